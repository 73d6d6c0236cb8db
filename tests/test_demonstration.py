"""The packaged corpus and drafts are what they say they are."""

import json
from pathlib import Path

from claimcheck.demonstration import (
    DEMONSTRATION_DAY,
    corpus_folder,
    demonstration_drafts,
    demonstration_notes,
    prompts_folder,
)
from claimcheck.readers import read
from claimcheck.types import Document


def documents(path: Path) -> list[Document]:
    return list(read(path, max_bytes=1_000_000, timeout_s=1))


def test_every_note_says_that_it_is_a_summary_and_of_what() -> None:
    notes = documents(demonstration_notes())
    assert len(notes) == 16
    for note in notes:
        assert note.title is not None
        assert note.title.endswith(("(summary)", "(resumen)"))
        assert note.notes["nature"]
        assert note.url
        assert note.publisher
        assert note.kind
        assert note.lang in {"en", "es"}
        assert note.published is None or note.published <= DEMONSTRATION_DAY


def test_a_day_that_the_page_does_not_state_stays_unstated() -> None:
    lines = [json.loads(line) for line in demonstration_notes().read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines if line["published"] is None] == ["peru-08", "peru-09", "peru-11"]


def test_there_are_two_drafts_and_a_readme_that_explains_them() -> None:
    drafts = demonstration_drafts()
    assert [draft.name for draft in drafts] == ["article.md", "press-release.md"]
    assert all(len(documents(draft)) == 1 for draft in drafts)
    readme = (corpus_folder() / "README.md").read_text(encoding="utf-8")
    assert "summaries" in readme
    assert "invented" in readme


def test_the_prompts_come_along() -> None:
    assert (prompts_folder() / "README.md").is_file()
