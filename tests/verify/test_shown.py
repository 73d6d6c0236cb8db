"""Which sentences a model is shown."""

from collections.abc import Mapping
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.types import Claim, Document, Judgement, Passage, Relation, RetrievedPassage, Span
from claimcheck.verify.case import Case
from claimcheck.verify.shown import MOST_TOKENS, choose_evidence

WORDS = "Sentence number {} says a thing or two about the harbour."


def document(name: str, sentences: int = 10, text: str = WORDS) -> tuple[Document, Passage]:
    spans, parts, at = [], [], 0
    for number in range(sentences):
        line = text.format(number)
        spans.append(Span(start=at, end=at + len(line)))
        parts.append(line)
        at += len(line) + 1
    whole = " ".join(parts)
    made = Document(id=name, text=whole, publisher=f"Press of {name}", published=date(2025, 1, 2))
    return made, Passage(
        id=f"{name}/1", document=name, span=Span(start=0, end=len(whole)), text=whole, sentences=tuple(spans)
    )


def case(name: str, *found: tuple[tuple[Document, Passage], Mapping[int, float]]) -> Case:
    """A claim, with how much each sentence bears on it."""
    judgements, passages, documents = [], [], {}
    for (source, passage), weights in found:
        passages.append(RetrievedPassage(passage=passage, score=1.0))
        documents[source.id] = source
        for number, span in enumerate(passage.sentences):
            weight = weights.get(number, 0.0)
            probabilities = dict.fromkeys(Relation, 0.0) | {
                Relation.SUPPORTS: weight, Relation.UNRELATED: 1.0 - weight,
            }  # fmt: skip
            judgements.append(
                Judgement(claim=name, document=source.id, passage=passage.id, span=span, probabilities=probabilities)
            )
    claim = Claim(id=name, span=Span(start=0, end=4), quote="text", text="text")
    return Case(claim, tuple(passages), documents, tuple(judgements))


def numbers(shown) -> list[tuple[str, int]]:
    return [(one.document.id, one.passage.sentences.index(one.span)) for one in shown]


A, B, C = document("a"), document("b"), document("c")


def test_what_bears_and_its_neighbours() -> None:
    (shown,) = choose_evidence([case("one", (A, {4: 0.5}), (B, {}))])
    assert numbers(shown) == [("a", 3), ("a", 4), ("a", 5)]


def test_the_source_is_named_once() -> None:
    (shown,) = choose_evidence([case("one", (A, {0: 0.5}), (B, {9: 0.5}))])
    assert [(s.variables()["publisher"], s.variables()["day"]) for s in shown] == [
        ("Press of a", "2025-01-02"), (None, None), ("Press of b", "2025-01-02"), (None, None),
    ]  # fmt: skip


def test_the_nearest_where_nothing_bears() -> None:
    (shown,) = choose_evidence([case("one", (A, {4: 0.05, 8: 0.06}), (B, {2: 0.01}))])
    assert numbers(shown) == [("a", 4), ("a", 8), ("b", 2)]


def test_nothing_where_nothing_was_found() -> None:
    assert choose_evidence([case("one")]) == [()]


def test_claims_that_meet_the_same_passages_are_shown_the_same_text_first() -> None:
    one = case("one", (B, {4: 0.9}), (A, {2: 0.3}))
    two = case("two", (A, {7: 0.5}), (B, {4: 0.2}), (C, {1: 0.9}))
    first, second = choose_evidence([one, two])
    assert numbers(first) == numbers(second)[: len(first)]
    assert {name for name, _ in numbers(first)} == {"a", "b"}
    assert numbers(second)[-1][0] == "c"


@settings(deadline=None, max_examples=40)
@given(st.lists(st.dictionaries(st.integers(0, 59), st.floats(0, 1)), min_size=1, max_size=4))
def test_no_more_than_the_cap_and_always_what_bears_most(weights) -> None:
    long = document("long", 60, "Number {} of a long table with many figures: " + "12,345.67 " * 30)
    cases = [case(str(n), (long, given)) for n, given in enumerate(weights)]
    for one, shown in zip(cases, choose_evidence(cases), strict=True):
        assert shown
        text = "".join(sentence.variables()["text"] for sentence in shown)
        assert len(text) * 0.3 <= MOST_TOKENS
        best = max(one.judgements, key=lambda j: 1 - j.probabilities[Relation.UNRELATED])
        assert best.span in {sentence.span for sentence in shown}
        starts = [sentence.span.start for sentence in shown]
        assert starts == sorted(set(starts))
