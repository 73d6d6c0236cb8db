"""What is kept of a model's words on a verdict."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.explain.prose import figures_stand_in, prose
from claimcheck.explain.rationale import explanation
from claimcheck.llm.replies import Settlement
from claimcheck.types import Basis, Citation, Label, Relation, Span, Verdict

QUOTE = "Lindau plans to buy ten electric ferries by 2027 for 4.5 million euros, the council said."


def verdict(*quotes: str) -> Verdict:
    citations = tuple(
        Citation(
            document="d", title=None, url=None, publisher="Lake Weekly", published=date(2025, 3, 2), start=0,
            end=len(quote), quote=quote, relation=Relation.PLANS, probability=0.9,
        )
        for quote in quotes
    )  # fmt: skip
    claim = "Lindau has bought ten electric ferries."
    return Verdict(
        id="c1", claim=claim, span=Span(start=0, end=len(claim)), quote=claim, label=Label.ASPIRATIONAL,
        basis=Basis.PLANNED, confidence=0.8, citations=citations, rule="planned", would_settle="A contract.",
    )  # fmt: skip


def said(*rationale: tuple[str, tuple[int, ...]], settles: str = "", safer: str | None = None) -> Settlement:
    return Settlement.model_validate(
        {
            "rationale": tuple({"text": text, "sentences": numbers} for text, numbers in rationale),
            "would_settle": settles,
            "safer_wording": safer,
        },
        context={"sentences": 9},
    )


def kept(*rationale: tuple[str, tuple[int, ...]]) -> list[str]:
    return [sentence.text for sentence in explanation(verdict(QUOTE), said(*rationale), "m").rationale]


def test_a_sentence_that_cites_none_is_cut() -> None:
    assert kept(("The council plans it.", (1,)), ("Everybody knows it.", ())) == ["The council plans it."]


def test_so_is_one_with_a_figure_that_it_does_not_cite() -> None:
    assert kept(("It costs 4.5 million.", (1,)), ("It costs 45 million and 7 more.", (1,))) == ["It costs 4.5 million."]
    assert kept(("They come in 2029.", (1,))) == []


@pytest.mark.parametrize(
    "text", ["See https://evil.example", "Ask www.evil.example", "Write to a@b.example", "x" * 500]
)
def test_so_is_one_that_sends_the_reader_away_or_goes_on_and_on(text: str) -> None:
    assert kept((text, (1,))) == []


def test_a_safer_wording_needs_evidence_and_its_figures() -> None:
    good = "Lindau plans to buy ten electric ferries by 2027."
    assert explanation(verdict(QUOTE), said(safer=good), "m").safer_wording == good
    for wrong in ("Lindau bought 12 ferries.", verdict().claim, "", None):
        assert explanation(verdict(QUOTE), said(safer=wrong), "m").safer_wording is None
    assert explanation(verdict(), said(safer=good), "m").safer_wording is None


def test_what_would_settle_it_is_kept_without_invented_figures() -> None:
    assert explanation(verdict(), said(settles="The signed contract."), "m").would_settle == "The signed contract."
    assert explanation(verdict(), said(settles="Annex 77 of the contract."), "m").would_settle is None


@given(st.text(max_size=600))
def test_prose_is_one_line_without_tags(text: str) -> None:
    line = prose(text)
    if line is not None:
        assert len(line) <= 400
        assert line.splitlines() == [line]
        assert "</" not in line
        assert "<s" not in line


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_text_holds_its_own_figures(text: str, more: str) -> None:
    assert figures_stand_in(text, [more, text])
