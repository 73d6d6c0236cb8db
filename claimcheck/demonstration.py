"""Where the demonstration corpus and the prompts lie: inside the installed package, or in a checkout beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from claimcheck.errors import InstallationError

DEMONSTRATION_DAY: Final = date(2025, 12, 31)
"""The day as of which the demonstration is judged: the notes end in December 2025."""

_PACKAGE = Path(__file__).resolve().parent


def corpus_folder() -> Path:
    """Folder of the demonstration corpus, with ``peru/notes.jsonl`` and ``drafts/``.

    Raises:
        InstallationError: it did not come with this installation.
    """
    return _shipped("_corpus", "corpus")


def prompts_folder() -> Path:
    """Folder of the prompts, one file for each task.

    Raises:
        InstallationError: it did not come with this installation.
    """
    return _shipped("_prompts", "prompts")


def demonstration_notes() -> Path:
    """The evidence of the demonstration, one note a line.

    Raises:
        InstallationError: it did not come with this installation.
    """
    return corpus_folder() / "peru" / "notes.jsonl"


def demonstration_drafts() -> tuple[Path, ...]:
    """The drafts of the demonstration, in the order of their names.

    Raises:
        InstallationError: they did not come with this installation.
    """
    return tuple(sorted((corpus_folder() / "drafts").glob("*.md")))


def _shipped(installed: str, checkout: str) -> Path:
    in_checkout = (_PACKAGE.parent / "pyproject.toml").is_file()
    folder = _PACKAGE.parent / checkout if in_checkout else _PACKAGE / installed
    if not folder.is_dir():
        raise InstallationError(
            f"The folder {checkout!r} of claimcheck is missing from this installation.",
            "Install claimcheck again from its wheel, or work from a whole checkout.",
        )
    return folder
