"""The nouns: spans, what must hold of judgements, and reports that survive JSON."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from claimcheck.types import (
    REPORT_VERSION,
    Anchor,
    Basis,
    Citation,
    Claim,
    ClaimKind,
    CorpusSearched,
    Difference,
    Document,
    Finding,
    Flag,
    Judgement,
    Label,
    ModelUsed,
    Relation,
    Report,
    Rung,
    Skipped,
    SkipReason,
    Span,
    Unchecked,
    Verdict,
)

SPANS = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda ends: Span(start=min(ends), end=max(ends)))
TEXTS = st.text(max_size=60)
CLAIM = Claim(
    id="c1",
    span=Span(start=5, end=9),
    quote="ships",
    text="Peru bought four ships.",
    kind=ClaimKind.PLAN,
    speaker="the minister",
    lang="en",
)


class TestSpan:
    @given(text=TEXTS, span=SPANS)
    def test_of_is_the_characters_between_its_ends(self, text, span):
        assert span.of(text) == "".join(text[place] for place in range(span.start, min(span.end, len(text))))

    @given(before=TEXTS, quote=TEXTS, after=TEXTS)
    def test_a_quote_is_found_again_in_any_unicode(self, before, quote, after):
        assert Span(start=len(before), end=len(before) + len(quote)).of(before + quote + after) == quote

    @given(one=SPANS, other=SPANS)
    def test_spans_overlap_if_they_share_a_character(self, one, other):
        shared = set(range(one.start, one.end)) & set(range(other.start, other.end))
        if one.start < one.end and other.start < other.end:
            assert one.overlaps(other) == bool(shared)
        assert one.overlaps(other) == other.overlaps(one)

    def test_neighbours_do_not_overlap(self):
        assert not Span(start=0, end=3).overlaps(Span(start=3, end=5))

    @given(span=SPANS)
    def test_json_and_back(self, span):
        assert Span.model_validate_json(span.model_dump_json()) == span

    @pytest.mark.parametrize(("start", "end"), [(-1, 2), (0, -1), (3, 2), (1.5, 2), ("x", 2)])
    def test_ends_that_make_no_span(self, start, end):
        with pytest.raises(ValidationError):
            Span(start=start, end=end)

    def test_a_span_ordered_backwards_is_named(self):
        with pytest.raises(ValidationError, match="ends at 2, before it starts at 3"):
            Span(start=3, end=2)

    def test_spans_do_not_change_and_can_be_keys(self):
        span = Span(start=1, end=2)
        with pytest.raises(ValidationError, match="frozen"):
            span.start = 0  # type: ignore[misc]
        assert {span: 1}[Span(start=1, end=2)] == 1

    def test_no_other_fields(self):
        with pytest.raises(ValidationError, match="Extra inputs"):
            Span.model_validate({"start": 0, "end": 1, "length": 1})


class TestDocument:
    document = Document(
        id="d",
        text="Heading\nOne two.",
        anchors=(
            Anchor(span=Span(start=0, end=16), locator="page 1"),
            Anchor(span=Span(start=8, end=16), locator="paragraph 2"),
            Anchor(span=Span(start=8, end=11), locator="paragraph 2 run 1"),
        ),
    )

    @pytest.mark.parametrize(
        ("offset", "locator"),
        [(0, "page 1"), (7, "page 1"), (8, "paragraph 2 run 1"), (11, "paragraph 2"), (15, "paragraph 2"), (16, None)],
    )
    def test_the_finest_position_that_holds_a_character(self, offset, locator):
        assert self.document.locator(offset) == locator

    def test_no_positions(self):
        assert Document(id="d", text="text").locator(0) is None

    def test_anchors_are_kept_out_of_its_printed_form(self):
        assert "paragraph 2" not in repr(self.document)


def test_rungs_stand_in_order():
    assert [rung.height for rung in Rung] == list(range(len(Rung)))
    assert Rung.ANNOUNCED.height == 0
    assert Rung.VERIFIED.height > Rung.DELIVERED.height > Rung.UNDER_WAY.height


class TestJudgement:
    def judgement(self, **probabilities: float) -> Judgement:
        return Judgement(
            claim="c1", document="d", passage="p", span=Span(start=0, end=1),
            probabilities={relation: probabilities.get(relation.value, 0.0) for relation in Relation},
        )  # fmt: skip

    def test_the_likeliest_relation(self):
        assert self.judgement(plans=0.6, supports=0.4).relation is Relation.PLANS

    def test_at_a_tie_the_first_in_order(self):
        assert self.judgement(refutes=0.5, supports=0.5).relation is Relation.SUPPORTS

    @pytest.mark.parametrize("total", [0.9, 1.1])
    def test_probabilities_add_up(self, total):
        with pytest.raises(ValidationError, match="add up to 1"):
            self.judgement(supports=total)

    def test_every_relation_has_one(self):
        with pytest.raises(ValidationError, match="all five relations"):
            Judgement(claim="c", document="d", passage="p", span=Span(start=0, end=1), probabilities={"supports": 1.0})


VERDICT = Verdict(
    **CLAIM.stated(),
    label=Label.PROVEN,
    basis=Basis.SUPPORTED,
    flags=(Flag.SINGLE_SOURCE,),
    rung=Rung.CONTRACTED,
    progress=(4.0, 10.0),
    confidence=0.9,
    citations=(
        Citation(
            document="d",
            title="T",
            url=None,
            publisher="P",
            published=date(2024, 4, 26),
            start=0,
            end=5,
            quote="🚢 é e\u0301",
            relation=Relation.SUPPORTS,
            probability=0.9,
        ),
    ),
    rule="fact",
    would_settle="A later source.",
)
UNCHECKED = Unchecked(**CLAIM.stated(), reason="The model failed.", next_step="Run it again.")
REPORT = Report(
    claimcheck="0",
    document=Document(id="draft", text="They bought ships. Hello!", lang="en"),
    as_of=date(2025, 12, 31),
    findings=(VERDICT, UNCHECKED),
    skipped=(Skipped(span=Span(start=19, end=25), quote="Hello!", reason=SkipReason.GREETING),),
    corpus=CorpusSearched(location="l", fingerprint="f", documents=1, passages=2, newest=date(2024, 4, 26)),
    models=(ModelUsed(task="t", name="n", sha256="s"),),
    settings={"self_source": "flag", "stale_after_days": 730, "ratio": 0.5, "on": True},
    sources=(Document(id="d", text="🚢 é e\u0301", notes={"who": "me"}),),
)


def test_a_finding_begins_with_what_the_claim_states():
    for finding in (VERDICT, UNCHECKED):
        stated = {name: getattr(finding, name) for name in CLAIM.stated()}
        assert stated == CLAIM.stated()
        assert (finding.claim, finding.claim_kind) == (CLAIM.text, CLAIM.kind)


def test_findings_are_told_apart_by_their_status():
    finding = TypeAdapter(Finding)
    assert finding.validate_json(VERDICT.model_dump_json()) == VERDICT
    assert finding.validate_json(UNCHECKED.model_dump_json()) == UNCHECKED
    with pytest.raises(ValidationError, match="status"):
        finding.validate_python({**UNCHECKED.model_dump(), "status": "guessed"})


def test_an_unchecked_claim_has_no_label():
    with pytest.raises(ValidationError, match="Extra inputs"):
        Unchecked.model_validate({**UNCHECKED.model_dump(), "label": "proven"})


@pytest.mark.parametrize("confidence", [-0.1, 1.1])
def test_confidence_is_a_probability(confidence):
    with pytest.raises(ValidationError):
        Verdict.model_validate({**VERDICT.model_dump(), "confidence": confidence})


def test_a_report_keeps_verdicts_and_unchecked_claims_apart():
    assert REPORT.verdicts == (VERDICT,)
    assert REPORT.unchecked == (UNCHECKED,)
    assert REPORT.version == REPORT_VERSION


def test_a_report_survives_json():
    assert Report.model_validate_json(REPORT.model_dump_json()) == REPORT


def test_a_report_of_another_version_is_refused():
    with pytest.raises(ValidationError, match="version"):
        Report.model_validate({**REPORT.model_dump(), "version": "9.0"})


def test_a_citation_opposes_by_its_relation_or_by_a_detail_that_it_gives_otherwise() -> None:
    conflict = Difference(kind="number", outcome="conflict", claimed="90", found="30")
    shared = {"document": "d", "title": None, "url": None, "publisher": None, "published": None}
    where = {"start": 0, "end": 1, "quote": "x", "probability": 0.5}
    assert Citation(**shared, **where, relation=Relation.REFUTES).opposes
    assert Citation(**shared, **where, relation=Relation.PLANS, conflicts=(conflict,)).opposes
    assert not Citation(**shared, **where, relation=Relation.PLANS).opposes
