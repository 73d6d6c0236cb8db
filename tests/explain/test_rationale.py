"""What is kept of a model's words on a verdict."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.explain.backing import VerifierBacking
from claimcheck.explain.prose import figures_stand_in, prose
from claimcheck.explain.rationale import explanation
from claimcheck.llm.replies import Settlement
from claimcheck.types import Basis, Citation, Label, Relation, Span, Verdict

QUOTE = "Lindau plans to buy ten electric ferries by 2027 for 4.5 million euros, the council said."


def verdict(*quotes: str, relation: Relation = Relation.PLANS) -> Verdict:
    citations = tuple(
        Citation(
            document="d", title=None, url=None, publisher="Lake Weekly", published=date(2025, 3, 2), start=0,
            end=len(quote), quote=quote, relation=relation, probability=0.9,
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


def kept(backing: VerifierBacking, *rationale: tuple[str, tuple[int, ...]]) -> list[str]:
    return [s.text for s in explanation(verdict(QUOTE), said(*rationale), "m", backing).rationale]


def test_a_sentence_that_cites_none_is_cut(backing: VerifierBacking) -> None:
    told = "The council of Lindau plans to buy electric ferries."
    assert kept(backing, (told, (1,)), ("Everybody knows of the ferries.", ())) == [told]


def test_so_is_one_with_a_figure_that_it_does_not_cite(backing: VerifierBacking) -> None:
    told = "Lindau plans to buy ten electric ferries for 4.5 million euros."
    assert kept(backing, (told, (1,))) == [told]
    assert kept(backing, (told.replace("4.5", "45"), (1,))) == []
    assert kept(backing, (told.replace("ten", "10"), (1,))) == []


def test_so_is_one_that_what_it_cites_does_not_back(backing: VerifierBacking) -> None:
    told = "Lindau plans to buy ten electric ferries by 2027."
    untold = "Lindau has bought ten electric ferries, the council said."
    assert kept(backing, (f"{told} {untold}", (1,)), (untold, (1,))) == [told]


@pytest.mark.parametrize(
    ("claim", "of_it"),
    [
        ("The claim that Lindau plans to buy ten ferries is true.", "claim"),
        ("Die Behauptung stimmt: Lindau plant, zehn Fähren zu kaufen.", "Behauptung"),
        ("La afirmación de que Lindau planea comprar diez ferris es cierta.", "afirmación"),
    ],
)
def test_so_is_one_that_judges_the_claim(backing: VerifierBacking, claim: str, of_it: str) -> None:
    assert of_it in claim
    assert kept(backing, (claim, (1,))) == []


@pytest.mark.parametrize(
    "text", ["See https://evil.example", "Ask www.evil.example", "Write to a@b.example", "x" * 500]
)
def test_so_is_one_that_sends_the_reader_away_or_goes_on_and_on(backing: VerifierBacking, text: str) -> None:
    assert kept(backing, (text, (1,))) == []


def test_a_safer_wording_needs_evidence_and_its_figures(backing: VerifierBacking) -> None:
    good = "Lindau plans to buy ten electric ferries by 2027."

    def safer(text: str | None, *quotes: str, relation: Relation = Relation.PLANS) -> str | None:
        return explanation(verdict(*quotes, relation=relation), said(safer=text), "m", backing).safer_wording

    assert safer(good, QUOTE) == good
    for wrong in ("Lindau plans to buy 12 ferries.", "Lindau has bought the ferries.", verdict().claim, "", None):
        assert safer(wrong, QUOTE) is None
    assert safer(good) is None
    assert safer("Lindau plans to buy twelve electric ferries by 2027.", QUOTE, relation=Relation.REFUTES) is None


def test_what_would_settle_it_is_kept_without_invented_figures(backing: VerifierBacking) -> None:
    def settles(text: str) -> str | None:
        return explanation(verdict(QUOTE), said(settles=text), "m", backing).would_settle

    assert settles("The signed contract.") == "The signed contract."
    assert settles("Annex 77 of the contract.") is None


def test_what_would_settle_it_is_not_the_claim_or_a_quote_again(backing: VerifierBacking) -> None:
    for text in ("Lindau has bought ten electric ferries.", "The claim is plausible.", QUOTE):
        assert explanation(verdict(QUOTE), said(settles=text), "m", backing).would_settle is None


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
