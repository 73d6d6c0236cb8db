from collections.abc import Mapping
from enum import StrEnum

import pytest

from claimcheck.report import wording
from claimcheck.report.arrangement import bearing, draft_title, evidence, origin, percent, position, safe_link, standing
from claimcheck.types import (
    Anchor,
    Basis,
    ClaimKind,
    Difference,
    Document,
    Flag,
    Label,
    Relation,
    Report,
    Rung,
    SkipReason,
    SourceKind,
    Span,
)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (wording.SIGNS, wording.Standing),
        (wording.LABEL_STANDING, Label),
        (wording.BASIS_WORDS, Basis),
        (wording.FLAG_WORDS, Flag),
        (wording.RUNG_WORDS, Rung),
        (wording.RELATION_WORDS, Relation),
        (wording.KIND_WORDS, SourceKind),
        (wording.CLAIM_KIND_WORDS, ClaimKind),
        (wording.SKIP_WORDS, SkipReason),
    ],
)
def test_there_are_words_for_everything(words: Mapping[StrEnum, object], kind: type[StrEnum]) -> None:
    assert list(words) == list(kind)
    assert all(words.values())


def test_signs_differ() -> None:
    assert len({sign.glyph for sign in wording.SIGNS.values()}) == len(wording.SIGNS)
    assert len({sign.ascii for sign in wording.SIGNS.values()}) == len(wording.SIGNS)
    assert all(sign.ascii.isascii() for sign in wording.SIGNS.values())


def test_every_citation_has_one_place(report: Report) -> None:
    for verdict in report.verdicts:
        assert sorted(map(id, evidence(verdict).citations)) == sorted(map(id, verdict.citations))


def test_what_speaks_against_a_contradicted_claim_comes_first(report: Report) -> None:
    for verdict in report.verdicts:
        first = wording.AGAINST if standing(verdict) is wording.Standing.CONTRADICTED else wording.FOR
        assert evidence(verdict).sides[0].name == first


def test_how_a_citation_bears_is_told_with_its_figures(report: Report) -> None:
    citation = report.verdicts[0].citations[0].model_copy(update={"relation": Relation.SUPPORTS, "conflicts": ()})
    assert bearing(citation) == wording.RELATION_WORDS[Relation.SUPPORTS]
    assert bearing(citation.model_copy(update={"reckoned": True})).endswith(", by arithmetic")
    other = Difference(kind="number", outcome="conflict", claimed="90", found="30")
    assert bearing(citation.model_copy(update={"conflicts": (other,)})) == "gives “30”, not “90”"


def test_places_are_told_as_people_count(report: Report) -> None:
    text = "One. Two."
    runs = (Anchor(span=Span(start=0, end=9), locator="paragraph 2 run 1"),)
    assert position(Document(id="d", text=text, anchors=runs), 5) == "paragraph 2"
    assert position(Document(id="d", text=text), 5) == "line 1"
    assert position(Document(id="d", text="One.\nTwo.", notes={"first_line": "4"}), 5) == "line 5"
    assert position(Document(id="d", text=text, notes={"first_line": "four"}), 5) == "line 1"
    citation = report.verdicts[0].citations[0].model_copy(update={"locator": "table 1 row 2 cell 3 paragraph 1 run 4"})
    assert origin(citation).endswith(", table 1 row 2 cell 3 paragraph 1")


def test_standard_input_has_a_name() -> None:
    assert draft_title(Document(id="stdin-1a2b", text="One.", path="standard input")) == "standard input"


@pytest.mark.parametrize(
    ("address", "followed"),
    [
        ("https://example.org/a_(b)?c=1&d=2#e", True),
        ("HTTP://example.org", True),
        ("https://пример.example/путь", True),
        ("javascript:alert(1)", False),
        ("https://example.org/ x", False),
        ("https://example.org/\nx", False),
        ('https://example.org/"x', False),
        ("https://example.org/<x>", False),
        (" https://example.org/", False),
        ("https://", False),
        ("https://[bad", False),
        ("//example.org/", False),
        ("data:text/html,x", False),
        ("", False),
        (None, False),
    ],
)
def test_only_plain_web_addresses_are_followed(address: str | None, followed: bool) -> None:
    assert (safe_link(address) == address) is followed or address is None
    assert (safe_link(address) is not None) is followed


def test_confidence_is_never_rounded_to_certainty() -> None:
    assert [percent(share) for share in (0, 0.54, 0.999, 1)] == ["0%", "54%", "99%", "100%"]
