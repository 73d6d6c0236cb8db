"""Opens the parts that commands work with; the only place where commands reach them, since they load slowly."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from claimcheck.errors import LibraryError, OutputError, ReadError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.batch import Forms
    from claimcheck.pipeline import Checker
    from claimcheck.settings import Settings
    from claimcheck.types import CorpusSearched, Document, Report
    from claimcheck.usage import PromptUsed


def open_checker(settings: Settings) -> Checker:
    """A checker over the library that the settings name.

    Raises:
        LibraryError: the library is missing or cannot be served.
        ModelError: the weights of a model are missing or damaged.
    """
    # Nothing that loads is garbage: looking for cycles in it, now or at the end, is a tenth of a short command's time.
    gc.disable()
    try:
        from claimcheck.pipeline import Checker

        return Checker.open(settings=settings)
    finally:
        gc.freeze()
        gc.enable()


def prompts_in_force(settings: Settings) -> tuple[PromptUsed, ...]:
    """What a language model may be asked; nothing where the settings ask none.

    Raises:
        PromptError: a prompt of the user cannot be used.
    """
    if not settings.asks_model:
        return ()
    from claimcheck.llm.prompt import load_prompts

    return tuple(prompt.used for prompt in load_prompts(settings.prompts))


def read_draft(draft: str, settings: Settings) -> Document:
    """The one draft that a command names.

    Args:
        draft: path or web address; ``-`` for standard input.
        settings: limits of size and time.

    Raises:
        ReadError: it cannot be read, or holds several documents.
    """
    documents = list(read_documents(draft, settings))
    failed = next((item for item in documents if isinstance(item, ReadError)), None)
    if failed is not None:
        raise failed
    document, *more = [item for item in documents if not isinstance(item, ReadError)]
    if more:
        raise ReadError(f"{draft} holds {1 + len(more)} documents.", "Check them with `claimcheck batch`.")
    return document


def read_documents(source: str, settings: Settings) -> Iterator[Document | ReadError]:
    """Each document of a file, an address or standard input (``-``), or why it cannot be read."""
    from claimcheck.readers import read_each

    return read_each(
        source,
        max_bytes=settings.max_file_mb * 1_000_000,
        timeout_s=settings.fetch_timeout_s,
        offline=settings.offline,
    )


def readable_suffixes() -> frozenset[str]:
    """The endings of the files that can be read."""
    from claimcheck.readers import READERS

    return frozenset(READERS)


def add_evidence(notes: Path, settings: Settings) -> int:
    """Add a file of evidence to the library that the settings name, which is made if need be.

    Args:
        notes: the file; every document of it must be sound.
        settings: names the library.

    Returns:
        How many documents the file holds.

    Raises:
        LibraryError: the library cannot be made, or a document cannot be added.
        ModelError: the weights of a model are missing or damaged.
    """
    from claimcheck.library.events import Added, Failed, Replaced, Unchanged
    from claimcheck.library.library import Library
    from claimcheck.llm.embedder import open_embedder

    documents = 0
    with Library.open(settings.library_folder, open_embedder(settings), create=True) as library:
        for event in library.add([notes], settings):
            if isinstance(event, Failed):
                raise LibraryError(event.reason, event.next_step)
            if isinstance(event, Added | Replaced):
                documents += 1
            elif isinstance(event, Unchanged):
                documents += event.documents
    return documents


def describe_library(settings: Settings) -> CorpusSearched:
    """How large and how new the library is; no model is loaded.

    Raises:
        LibraryError: the library is missing, or its catalogue is damaged.
    """
    from claimcheck.library.library import Library

    with Library.open(settings.library_folder) as library:
        return library.summary()


def read_report(path: Path) -> Report:
    """A report that was written as JSON.

    Raises:
        ReadError: the file cannot be read, or holds no report.
    """
    from claimcheck.report.json import parse

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(
            f"{path} cannot be read: {error}.", "Give a report that `check --format json` wrote."
        ) from error
    return parse(text)


def reporters() -> Mapping[str, Callable[[Report], str]]:
    """One function for each format of report."""
    from claimcheck.report import REPORTERS

    return REPORTERS


def write_report(report: Report, form: str, *, show_skipped: bool = False) -> str:
    """A finished report in one of the formats; sentences without a claim are shown in text if asked for."""
    if form == "text":
        from claimcheck.report.text import write

        return write(report, show_skipped=show_skipped)
    return reporters()[form](report)


def batch_forms(formats: Iterable[str]) -> Forms:
    """How a batch writes its reports, in these formats, and its tables."""
    from claimcheck.batch import Forms
    from claimcheck.report import csv

    reports = {"txt" if form == "text" else form: reporters()[form] for form in formats}
    return Forms(reports=reports, columns=csv.SUMMARY_COLUMNS, row=csv.summary_row, table=csv.write_rows)


def choose_format(wanted: str | None, out: Path | None, allowed: tuple[str, ...]) -> str:
    """The format asked for, else the one that the name of the output file suggests, else the first allowed.

    Raises:
        SettingsError: the format is not one of those allowed, or the name suggests none.
        OutputError: the output file is a folder.
    """
    if out is not None and out.is_dir():
        raise OutputError(f"{out} is a folder.", "Name a file with --out.")
    suffix = out.suffix.lower() if out else ""
    suffixes = {".txt": "text", ".json": "json", ".jsonl": "json", ".md": "md", ".html": "html", ".htm": "html"}
    if wanted is None and suffix and suffix not in suffixes:
        raise SettingsError(f"No report is written as {suffix!r}.", f"End --out in one of: {', '.join(suffixes)}.")
    chosen = wanted or suffixes.get(suffix, allowed[0])
    if chosen not in allowed:
        raise SettingsError(f"There is no format {chosen!r} here.", f"Choose from: {', '.join(allowed)}.")
    return chosen


def deliver(text: str, out: Path | None) -> None:
    """Write a finished report to the file at ``out``, whole or not at all, or to standard output.

    Raises:
        OutputError: the file cannot be written.
    """
    if out is None:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        return
    from claimcheck.batch.files import write_whole

    write_whole(out, text)
