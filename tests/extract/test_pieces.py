from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.extract.pieces import cut_sentence, read_rules
from claimcheck.text.wordlists import LANGUAGES
from claimcheck.types import Span


def pieces(text: str, lang: str | None) -> list[str]:
    return [span.of(text) for span in cut_sentence(text, Span(start=0, end=len(text)), lang)]


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        (
            "Ostley built 1,200 homes, and Crane, which is larger, built 40.",
            "en",
            ["Ostley built 1,200 homes", "and Crane", "which is larger", "built 40"],
        ),
        ("Vendió 3,5 millones y perdió dos", "es", ["Vendió 3,5 millones", "y perdió dos"]),
        ("공장을 열었고 200명을 뽑았다.", "ko", ["공장을 열었고", "200명을 뽑았다"]),
        ("and, in May, it rose", "en", ["and", "in May", "it rose"]),
        ("Ha aperto nel 2024, ma ha chiuso", None, ["Ha aperto nel 2024", "ma ha chiuso"]),
        ("… — !", "en", []),
        ("नमस्ते, दुनिया", None, ["नमस्ते", "दुनिया"]),
    ],
)
def test_cuts(text: str, lang: str | None, expected: list[str]) -> None:
    assert pieces(text, lang) == expected


@given(st.text(max_size=120), st.sampled_from([*LANGUAGES, "it", None]))
def test_pieces_are_apart_in_order_and_hold_something(text: str, lang: str | None) -> None:
    spans = cut_sentence(text, Span(start=0, end=len(text)), lang)
    for span in spans:
        assert any(character.isalnum() for character in span.of(text))
    for before, after in pairwise(spans):
        assert before.end <= after.start


@pytest.mark.parametrize("name", ["clauses", "attribution", "references"])
def test_every_language_has_every_list(name: str) -> None:
    table = read_rules(name)
    assert set(table) == set(LANGUAGES)
    assert len({frozenset(part) for part in table.values()}) == 1
