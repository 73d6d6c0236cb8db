"""What holds of every decision, whatever the evidence."""

from datetime import date, timedelta
from typing import Any

from decide_cases import POLICY, STRICT, said
from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.decide import Decision, confidence, decide
from claimcheck.types import (
    Basis,
    Claim,
    Difference,
    Document,
    Flag,
    Judgement,
    Label,
    Relation,
    Rung,
    SourceKind,
    Span,
)
from evals.decisions import AS_OF, claim_of, evidence

days = st.none() | st.integers(-900, 60).map(lambda offset: AS_OF + timedelta(days=offset))
shares = st.lists(st.integers(0, 20), min_size=5, max_size=5).filter(any)
differences = st.sampled_from(["number", "date", "name", "rung"]).flatmap(
    lambda kind: st.sampled_from(["conflict", "missing"]).map(
        lambda outcome: Difference(kind=kind, outcome=outcome, claimed="ten", found=None)
    )
)


@st.composite
def pieces(draw: st.DrawFn) -> tuple[list[Judgement], dict[str, Document]]:
    documents = {
        f"d{number}": Document(
            id=f"d{number}",
            text="",
            publisher=draw(st.sampled_from([None, "Acme", "News", "Post"])),
            published=draw(days),
            kind=draw(st.none() | st.sampled_from(list(SourceKind))),
        )
        for number in range(draw(st.integers(1, 4)))
    }
    judgements = []
    for number in range(draw(st.integers(0, 7))):
        parts = draw(shares)
        judgements.append(
            Judgement(
                claim="c1",
                document=draw(st.sampled_from(sorted(documents))),
                passage=f"p{number % 3}",
                span=Span(start=10 * draw(st.integers(0, 3)), end=10 * number + 40),
                probabilities={relation: part / sum(parts) for relation, part in zip(Relation, parts, strict=True)},
                differences=tuple(draw(st.lists(differences, max_size=1))),
                rung=draw(st.none() | st.sampled_from(list(Rung))),
                conditional=draw(st.booleans()),
                cancelled=draw(st.booleans()),
                deadline=draw(days),
                progress=draw(st.none() | st.sampled_from([(4.0, 10.0), (10.0, 10.0)])),
            )
        )
    return judgements, documents


claims = st.sampled_from(["fact", "plan", "prediction", "quotation"]).map(lambda kind: claim_of("Ten sites.", kind))
contexts = st.fixed_dictionaries(
    {
        "policy": st.sampled_from([POLICY, STRICT]),
        "claim_deadline": days,
        "event_start": days,
        "present_state": st.booleans(),
        "issuer": st.sampled_from([None, "Acme"]),
    }
)


def decided(
    claim: Claim, judgements: list[Judgement], documents: dict[str, Document], context: dict[str, Any]
) -> Decision:
    return decide(claim, judgements, documents, as_of=AS_OF, **context)


@settings(max_examples=60, deadline=None)
@given(claims, pieces(), contexts, st.randoms(use_true_random=False))
def test_the_order_of_the_evidence_does_not_matter(claim: Claim, given_pieces, context, random) -> None:
    judgements, documents = given_pieces
    shuffled = random.sample(judgements, len(judgements))
    assert decided(claim, judgements, documents, context) == decided(claim, shuffled, documents, context)


@settings(max_examples=60, deadline=None)
@given(claims, pieces(), contexts)
def test_every_decision_is_whole(claim: Claim, given_pieces, context) -> None:
    judgements, documents = given_pieces
    decision = decided(claim, judgements, documents, context)
    assert decision == decided(claim, judgements, documents, context)
    assert 0 <= decision.confidence <= 1
    assert decision.confidence >= POLICY.unsure_below or Flag.UNSURE in decision.flags
    assert len(decision.supporting) <= 3
    assert len(decision.opposing) <= 3
    for cited in (decision.supporting, decision.opposing):
        assert len({(j.document, j.span.start, j.span.end) for j in cited}) == len(cited)
    places = {(j.document, j.span) for j in judgements}
    assert all((j.document, j.span) in places for j in (*decision.supporting, *decision.opposing))
    assert "{" not in decision.would_settle
    assert decision.would_settle.endswith(".")
    assert decision.label is not Label.SPECULATIVE or decision.basis != "supported" or decision.supporting


@settings(max_examples=60, deadline=None)
@given(claims, pieces(), contexts)
def test_nothing_is_proven_without_sure_support(claim: Claim, given_pieces, context) -> None:
    judgements, documents = given_pieces
    weak = [j for j in judgements if j.probabilities[Relation.SUPPORTS] < POLICY.proven_at]
    assert decided(claim, weak, documents, context).label is not Label.PROVEN


@settings(max_examples=60, deadline=None)
@given(claims, pieces(), contexts, shares, days)
def test_an_unrelated_sentence_never_changes_the_label(claim: Claim, given_pieces, context, parts, day) -> None:
    judgements, documents = given_pieces
    parts[-1] = sum(parts[:-1]) + 1
    unrelated = Judgement(
        claim="c1",
        document="other",
        passage="p9",
        span=Span(start=0, end=9),
        probabilities={relation: part / sum(parts) for relation, part in zip(Relation, parts, strict=True)},
        cancelled=True,
        progress=(4, 10),
    )
    more = {**documents, "other": Document(id="other", text="", published=day, kind=SourceKind.PRIMARY_RECORD)}
    before, after = (
        decided(claim, judgements, documents, context),
        decided(claim, [*judgements, unrelated], more, context),
    )
    assert (before.label, before.basis, before.rule) == (after.label, after.basis, after.rule)
    assert before.opposing == after.opposing
    nearest = before.basis is Basis.CONTRADICTED and not before.supporting
    assert after.supporting == before.supporting or (nearest and [j.document for j in after.supporting] == ["other"])


@settings(max_examples=50, deadline=None)
@given(claims, pieces(), contexts, st.text(max_size=20))
def test_the_text_of_documents_does_not_matter_for_the_label(claim: Claim, given_pieces, context, text: str) -> None:
    judgements, documents = given_pieces
    rewritten = {
        name: document.model_copy(update={"text": text, "title": text}) for name, document in documents.items()
    }
    chosen = {"supporting", "opposing", "would_settle"}  # a heading gives way to a sentence below it
    one, other = (decided(claim, judgements, d, context) for d in (documents, rewritten))
    assert one.model_dump(exclude=chosen) == other.model_dump(exclude=chosen)


@settings(max_examples=50, deadline=None)
@given(claims, pieces(), contexts)
def test_what_comes_after_the_day_does_not_matter(claim: Claim, given_pieces, context) -> None:
    judgements, documents = given_pieces
    known = [j for j in judgements if (documents[j.document].published or date.min) <= AS_OF]
    assert decided(claim, judgements, documents, context) == decided(claim, known, documents, context)


probabilities = st.floats(0, 1.001)


@given(probabilities, probabilities, probabilities)
def test_confidence_rises_with_what_decides_and_falls_with_what_opposes(a: float, b: float, c: float) -> None:
    low, high = sorted((a, b))
    assert confidence(low, c) <= confidence(high, c)
    assert confidence(c, low) >= confidence(c, high)
    assert 0 <= confidence(a, b) <= 1


@given(st.floats(0.6, 1), st.floats(0.6, 1))
def test_surer_support_makes_a_surer_verdict(a: float, b: float) -> None:
    def of(probability: float) -> float:
        judgements, documents = evidence(said("supports", probability))
        return decide(claim_of("Ten sites."), judgements, documents, as_of=AS_OF, policy=POLICY).confidence

    low, high = sorted((a, b))
    assert of(low) <= of(high)
