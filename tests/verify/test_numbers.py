"""The claim as the verifier is asked about it, with its numbers as the source gives them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.verify.numbers import with_numbers_of

COUNTED = "The depot counted 3,912 crates in June."


@pytest.mark.parametrize(
    ("claim", "asked"),
    [
        ("The depot counted nearly 4,000 crates.", "The depot counted 3,912 crates."),
        ("The depot counted about 3,900 crates.", "The depot counted 3,912 crates."),
        ("More than 3,900 crates were counted.", "3,912 crates were counted."),
        ("The depot counted 3,900 crates.", "The depot counted 3,912 crates."),
        ("The depot counted some 3,900 boxes.", "The depot counted 3,912 boxes."),
    ],
)
def test_a_number_that_agrees_is_asked_as_the_source_gives_it(claim: str, asked: str) -> None:
    assert with_numbers_of(claim, "en", COUNTED, "en") == asked


@pytest.mark.parametrize(
    "claim",
    [
        "The depot counted 3,912 crates.",
        "The depot counted at least 3,912 crates.",
        "The depot counted 3,400 crates.",
        "The depot counted more than 4,000 crates.",
        "The depot counted 3,900 kilograms.",
        "The depot is open.",
    ],
)
def test_a_number_that_does_not_agree_or_is_the_same_stays(claim: str) -> None:
    assert with_numbers_of(claim, "en", COUNTED, "en") == claim


def test_a_number_that_may_be_either_of_two_stays() -> None:
    claim = "The depot counted about 3,900 crates."
    assert with_numbers_of(claim, "en", COUNTED + " The mill counted 3,950 crates.", "en") == claim


def test_languages_may_differ() -> None:
    asked = with_numbers_of("The depot counted nearly 4,000 crates.", "en", "El depósito contó 3.912 cajas.", "es")
    assert asked == "The depot counted 3.912 crates."
    assert with_numbers_of("창고에는 직원 약 1,200명이 있다.", "ko", "It has 1,218 staff.", "en").count("1,218") == 1


@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["en", "es", "fr", "de", "pt", "ko", None]))
def test_nothing_is_reworded_without_a_number_in_the_source(claim: str, source: str, lang: str | None) -> None:
    if not any(character.isnumeric() for character in claim + source):
        assert with_numbers_of(claim, lang, "", lang) == claim
    assert with_numbers_of(claim, lang, claim, lang) == claim
