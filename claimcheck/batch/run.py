"""Checks documents one after the other and keeps what was done."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from claimcheck.batch.files import write_whole
from claimcheck.batch.ledger import Ledger, LedgerEntry, work_key
from claimcheck.batch.tables import FailureRow, SummaryRow, summarise, write_table
from claimcheck.errors import ReadError
from claimcheck.library.records import document_digest
from claimcheck.types import Document, Report

LEDGER: Final = "done.jsonl"
SUMMARY: Final = "summary.csv"
FAILURES: Final = "failures.csv"
REPORTS: Final = "reports"
_MANY_IN_ONE: Final = frozenset({".jsonl"})


class ChecksDocuments(Protocol):
    """What a batch needs of a checker."""

    def check(self, draft: Document) -> Report:
        """The report of one document."""


@dataclass(frozen=True)
class Checked:
    """A document with a report; ``fresh`` if this run made it."""

    path: Path
    row: SummaryRow
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
        writers: a reporter for each ending of a report file.
    """

    out: Path
    checker: ChecksDocuments
    conditions: str
    read: Callable[[Path], Iterable[Document | ReadError]]
    writers: Mapping[str, Callable[[Report], str]]
    _rows: list[SummaryRow] = field(default_factory=list, init=False)
    _failures: list[FailureRow] = field(default_factory=list, init=False)

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
                    outcome = (
                        Failed(path, document)
                        if isinstance(document, ReadError)
                        else self._check(path, document, ledger)
                    )
                    self._keep(outcome)
                    yield outcome
        finally:
            write_table(self.out / SUMMARY, SummaryRow, self._rows)
            write_table(self.out / FAILURES, FailureRow, self._failures)

    def _check(self, path: Path, document: Document, ledger: Ledger) -> Checked:
        digest = document_digest(document)
        name = f"{REPORTS}/{path.stem[:60]}-{digest[:8]}"
        key = work_key(digest, self.conditions)
        label = f"{path}#{document.id}" if path.suffix.lower() in _MANY_IN_ONE else str(path)
        done = ledger.find(name, key)
        if done is not None and self._has_reports(name):
            return Checked(path, done.row.model_copy(update={"document": label}), fresh=False)
        report = self.checker.check(document)
        for ending, write in self.writers.items():
            write_whole(self.out / f"{name}.{ending}", write(report))
        row = summarise(label, report, name)
        ledger.add(LedgerEntry(key=key, row=row))
        return Checked(path, row, fresh=True)

    def _has_reports(self, name: str) -> bool:
        return all((self.out / f"{name}.{ending}").is_file() for ending in self.writers)

    def _keep(self, outcome: Checked | Failed) -> None:
        if isinstance(outcome, Checked):
            self._rows.append(outcome.row)
        else:
            self._failures.append(
                FailureRow(
                    document=str(outcome.path),
                    error=type(outcome.error).__name__,
                    message=outcome.error.message,
                    next_step=outcome.error.next_step,
                )
            )
