"""The forms that the results of a batch are written in; who starts a batch supplies them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from claimcheck.errors import ReadError
from claimcheck.types import Report

FAILURE_COLUMNS: Final = ("document", "error", "message", "next_step")

Row = Mapping[str, str]


@dataclass(frozen=True)
class Forms:
    """How reports and tables are written.

    Attributes:
        reports: for each ending of a report file, what writes a report in that form.
        columns: the columns that a report fills in the summary.
        row: those columns of one report.
        table: a head line and rows as one text, each cell safe to open in a spreadsheet.
    """

    reports: Mapping[str, Callable[[Report], str]]
    columns: tuple[str, ...]
    row: Callable[[Report], Row]
    table: Callable[[Iterable[str], Iterable[Row]], str]

    def summary(self, rows: Iterable[Row]) -> str:
        """The table of all documents that have a report."""
        return self.table(("document", *self.columns, "report"), rows)

    def failures(self, failures: Iterable[tuple[str, ReadError]]) -> str:
        """The table of all documents that have none, and why."""
        rows = (
            {
                "document": document,
                "error": type(error).__name__,
                "message": error.message,
                "next_step": error.next_step,
            }
            for document, error in failures
        )
        return self.table(FAILURE_COLUMNS, rows)
