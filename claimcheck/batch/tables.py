"""The two tables of a batch: one row a document, and one line a failure."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict

from claimcheck.batch.files import write_whole
from claimcheck.types import Basis, Flag, Label, Report

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
FAILURE_COLUMNS: Final = ("document", "error", "message", "next_step")


class SummaryRow(BaseModel):
    """One document of a batch in numbers; its fields are the columns of ``summary.csv``."""

    model_config = ConfigDict(frozen=True)

    document: str
    title: str
    claims: int
    proven: int
    aspirational: int
    speculative: int
    contradicted: int
    mixed: int
    no_evidence: int
    self_sourced: int
    unsure: int
    unchecked: int
    without_claim: int
    as_of: str
    report: str


class FailureRow(BaseModel):
    """One document that could not be checked; its fields are the columns of ``failures.csv``."""

    model_config = ConfigDict(frozen=True)

    document: str
    error: str
    message: str
    next_step: str


Row = TypeVar("Row", bound=BaseModel)


def summarise(document: str, report: Report, name: str) -> SummaryRow:
    """Count what a report found.

    Args:
        document: the file that was checked, and which document of it.
        report: its report.
        name: where the report lies, without its ending, below the folder of the batch.
    """
    labels = Counter(verdict.label for verdict in report.verdicts)
    bases = Counter(verdict.basis for verdict in report.verdicts)
    flags = Counter(flag for verdict in report.verdicts for flag in verdict.flags)
    return SummaryRow(
        document=document,
        title=report.document.title or "",
        claims=len(report.findings),
        proven=labels[Label.PROVEN],
        aspirational=labels[Label.ASPIRATIONAL],
        speculative=labels[Label.SPECULATIVE],
        contradicted=bases[Basis.CONTRADICTED],
        mixed=bases[Basis.MIXED],
        no_evidence=bases[Basis.NO_EVIDENCE],
        self_sourced=flags[Flag.SELF_SOURCED],
        unsure=flags[Flag.UNSURE],
        unchecked=len(report.unchecked),
        without_claim=len(report.skipped),
        as_of=report.as_of.isoformat(),
        report=name,
    )


def write_table(path: Path, kind: type[Row], rows: Iterable[Row]) -> None:
    """Write rows as CSV (RFC 4180), whole or not at all.

    Raises:
        OutputError: the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(kind.model_fields)
    for row in rows:
        writer.writerow([_cell(value) for value in row.model_dump().values()])
    write_whole(path, text.getvalue())


def _cell(value: object) -> object:
    # A spreadsheet runs such a cell as a formula; a leading apostrophe makes it text.
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
