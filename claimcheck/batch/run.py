"""Checks documents one after the other and keeps what was done."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from claimcheck.batch.files import write_whole
from claimcheck.batch.forms import Forms, Row
from claimcheck.batch.ledger import Ledger, LedgerEntry, work_key
from claimcheck.errors import ReadError
from claimcheck.library.records import document_digest
from claimcheck.types import Document, Report

LEDGER: Final = "done.jsonl"
SUMMARY: Final = "summary.csv"
FAILURES: Final = "failures.csv"
REPORTS: Final = "reports"
_LONGEST_STEM: Final = 60
_MANY_IN_ONE: Final = frozenset({".jsonl"})


class ChecksDocuments(Protocol):
    """What a batch needs of a checker."""

    def check(self, draft: Document) -> Report:
        """The report of one document."""


@dataclass(frozen=True)
class Checked:
    """A document with a report; ``fresh`` if this run made it.

    ``unchecked`` counts its claims that could not be checked, and its sentences that a language model did not read.
    """

    path: Path
    row: Row
    unchecked: int
    fresh: bool


@dataclass(frozen=True)
class Failed:
    """A document without a report, and why."""

    path: Path
    error: ReadError


@dataclass
class Batch:
    """A batch and its folder.

    Args:
        out: folder of the reports and tables.
        checker: checks one document.
        conditions: hash of everything but the document that a report depends on.
        read: the documents of one file; an error in the place of one that cannot be read.
        forms: how reports and tables are written.
        asks_again: whether a document of which an earlier run left something undone, as for want of a language
            model or of budget, is checked again.
    """

    out: Path
    checker: ChecksDocuments
    conditions: str
    read: Callable[[Path], Iterable[Document | ReadError]]
    forms: Forms
    asks_again: bool = False
    _rows: list[Row] = field(default_factory=list, init=False)
    _failures: list[tuple[str, ReadError]] = field(default_factory=list, init=False)

    def run(self, paths: Iterable[Path]) -> Generator[Checked | Failed, None, None]:
        """Check each document that is not done, and yield how each one went.

        The tables are written at the end, also when the run is interrupted.

        Raises:
            OutputError: a report or table cannot be written.
        """
        ledger = Ledger(self.out / LEDGER)
        try:
            for path in paths:
                for document in self.read(path):
                    yield self._outcome(path, document, ledger)
        finally:
            write_whole(self.out / SUMMARY, self.forms.summary(self._rows))
            write_whole(self.out / FAILURES, self.forms.failures(self._failures))

    def _outcome(self, path: Path, document: Document | ReadError, ledger: Ledger) -> Checked | Failed:
        if isinstance(document, ReadError):
            self._failures.append((str(path), document))
            return Failed(path, document)
        outcome = self._check(path, document, ledger)
        self._rows.append(outcome.row)
        return outcome

    def _check(self, path: Path, document: Document, ledger: Ledger) -> Checked:
        digest = document_digest(document)
        name = f"{REPORTS}/{path.stem[:_LONGEST_STEM]}-{digest[:8]}"
        key = work_key(digest, self.conditions)
        where = {"document": f"{path}#{document.id}" if path.suffix.lower() in _MANY_IN_ONE else str(path)}
        done = ledger.find(name, key)
        left = self.asks_again and done is not None and done.unchecked > 0
        if done is not None and not left and self._has_reports(name):
            return Checked(path, {**done.row, **where}, done.unchecked, fresh=False)
        report = self.checker.check(document)
        for ending, write in self.forms.reports.items():
            write_whole(self.out / f"{name}.{ending}", write(report))
        row = {**where, **self.forms.row(report), "report": name}
        undone = len(report.unchecked) + len(report.unanswered)
        ledger.add(LedgerEntry(key=key, report=name, row=row, unchecked=undone))
        return Checked(path, row, undone, fresh=True)

    def _has_reports(self, name: str) -> bool:
        return all((self.out / f"{name}.{ending}").is_file() for ending in self.forms.reports)
