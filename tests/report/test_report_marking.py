import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.report.marking import Segment, mark
from claimcheck.types import Span


def segments_of(text: str, claims: dict[int, Span]) -> list[Segment]:
    return [segment for p in mark(text, claims) for segment in (*p.marks, *p.words, *p.gap)]


@st.composite
def drafts(draw: st.DrawFn) -> tuple[str, dict[int, Span]]:
    text = draw(st.text("ab# \n\té한😀", max_size=60))
    edges = st.integers(0, len(text))
    spans = draw(st.lists(st.tuples(edges, edges).map(sorted), max_size=6))
    return text, {number: Span(start=start, end=end) for number, (start, end) in enumerate(spans, start=1)}


@given(drafts())
@settings(max_examples=200, deadline=None)
def test_segments_are_the_draft_and_each_claim_is_the_segments_that_it_covers(
    draft: tuple[str, dict[int, Span]],
) -> None:
    text, claims = draft
    segments = segments_of(text, claims)
    assert "".join(segment.text for segment in segments) == text
    for number, span in claims.items():
        own = [(s, c) for s in segments for c in s.covers if c.number == number]
        assert "".join(segment.text for segment, _ in own) == span.of(text)
        if own:
            assert [cover.begins for _, cover in own] == [True] + [False] * (len(own) - 1)
            assert [cover.ends for _, cover in own] == [False] * (len(own) - 1) + [True]
            assert len({cover.level for _, cover in own}) == 1
    for segment in segments:
        assert len({cover.level for cover in segment.covers}) == len(segment.covers)


def test_an_outer_claim_lies_on_a_level_above_the_claims_in_it() -> None:
    text = "one two three four"
    segments = segments_of(text, {1: Span(start=4, end=7), 2: Span(start=0, end=13), 3: Span(start=8, end=18)})
    assert [[cover.number for cover in segment.covers] for segment in segments] == [[2], [2, 1], [2], [2, 3], [3]]


@pytest.mark.parametrize(
    ("text", "headings", "gaps"),
    [
        ("# Title\n\nWords.\n", [True, False], ["\n\n", "\n"]),
        ("# not a heading\nsince it goes on", [False], [""]),
        ("one\n \n\n  two", [False, False], ["\n \n\n  ", ""]),
        ("\n\nlate", [False, False], ["\n\n", ""]),
        ("", [], []),
    ],
)
def test_paragraphs(text: str, headings: list[bool], gaps: list[str]) -> None:
    paragraphs = mark(text, {})
    assert [paragraph.is_heading for paragraph in paragraphs] == headings
    assert ["".join(segment.text for segment in paragraph.gap) for paragraph in paragraphs] == gaps


def test_a_span_that_leaves_the_draft_or_is_empty_marks_nothing() -> None:
    (segment,) = segments_of("short", {1: Span(start=2, end=9), 2: Span(start=3, end=3)})
    assert segment == Segment("short", ())
