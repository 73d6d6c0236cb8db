"""Headings: what they are, and that the sentences below them are cited in their place."""

import pytest
from decide_cases import said

from claimcheck.decide.decision import cited
from claimcheck.decide.evidence import Reading
from claimcheck.decide.headings import is_heading
from claimcheck.types import Span
from evals.decisions import evidence

PAGE = "# Mill closes\n\nThe mill closed in May.\n\nWhat comes next\n\nA plant. And “more.”\n- two jobs\nMay 3 — Arle"


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("# Mill closes", True),
        ("What comes next", True),
        ("May 3 — Arle", True),
        ("The mill closed in May.", False),
        ("A plant.", False),
        ("And “more.”", False),
        ("- two jobs", False),
        ("comes next", False),
        ("What comes", False),
    ],
)
def test_a_heading_is_a_line_by_itself_without_a_stop(part: str, *, expected: bool) -> None:
    start = PAGE.index(part)
    assert is_heading(PAGE, Span(start=start, end=start + len(part))) is expected


def test_nothing_is_no_heading() -> None:
    assert not is_heading("", Span(start=0, end=0))


def readings(*parts: str) -> list[Reading]:
    judgements, documents = evidence(*(said("supports", 0.9 - number / 10, source="d") for number in range(len(parts))))
    document = documents["d"].model_copy(update={"text": PAGE})
    found = []
    for judgement, part in zip(judgements, parts, strict=True):
        start = PAGE.index(part)
        span = Span(start=start, end=start + len(part))
        found.append(Reading(judgement.model_copy(update={"span": span}), document, judgement.probabilities))
    return found


def test_a_heading_gives_way_to_a_sentence_of_its_document() -> None:
    heading, sentence = readings("# Mill closes", "The mill closed in May.")
    assert cited([heading, sentence]) == (sentence,)


def test_a_heading_alone_is_cited() -> None:
    (heading,) = readings("# Mill closes")
    assert cited([heading]) == (heading,)
