"""Reports as rows of tables that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Final

from claimcheck.report.arrangement import (
    bearing,
    contradicted_first,
    counts,
    draft_title,
    evidence,
    origin,
    standing,
)
from claimcheck.report.wording import FOR, Standing
from claimcheck.types import Basis, Citation, Flag, Label, Report, Unchecked, Verdict

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet may run a cell as a formula if it starts so; the wide forms count in East Asian editions."""

SUMMARY_COLUMNS: Final = (
    "title",
    "claims",
    "proven",
    "aspirational",
    "speculative",
    "contradicted",
    "mixed",
    "no_evidence",
    "self_sourced",
    "unsure",
    "unchecked",
    "without_claim",
    "as_of",
)
VERDICT_COLUMNS: Final = (
    "number",
    "standing",
    "label",
    "basis",
    "flags",
    "claim",
    "quote",
    "start",
    "end",
    "speaker",
    "claim_kind",
    "for",
    "against",
    "nearest",
    "rung",
    "done",
    "of",
    "confidence",
    "rule",
    "would_settle",
    "reason",
    "next_step",
)


def cell(value: str) -> str:
    """A cell that a spreadsheet shows as text: an apostrophe in front of whatever could start a formula."""
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


def summary_row(report: Report) -> dict[str, str]:
    """What a report found, in numbers: the columns of ``SUMMARY_COLUMNS``, each a safe cell.

    Contradicted claims are counted among the speculative ones too, as their label says.
    """
    verdicts = report.verdicts
    values = {
        "title": draft_title(report.document),
        "claims": len(report.findings),
        **{label.value: sum(verdict.label is label for verdict in verdicts) for label in Label},
        **{
            basis.value: sum(verdict.basis is basis for verdict in verdicts)
            for basis in (Basis.CONTRADICTED, Basis.MIXED, Basis.NO_EVIDENCE)
        },
        **{flag.value: sum(flag in verdict.flags for verdict in verdicts) for flag in (Flag.SELF_SOURCED, Flag.UNSURE)},
        "unchecked": counts(report.findings)[Standing.UNCHECKED],
        "without_claim": len(report.skipped),
        "as_of": report.as_of.isoformat(),
    }
    return {column: cell(str(values[column])) for column in SUMMARY_COLUMNS}


def verdict_rows(report: Report) -> list[dict[str, str]]:
    """One row for each finding, contradicted ones first: the columns of ``VERDICT_COLUMNS``, each a safe cell."""
    contradicted, others = contradicted_first(report)
    return [
        {column: cell(values.get(column, "")) for column in VERDICT_COLUMNS}
        for item in contradicted + others
        for values in [_values(item.number, item.finding)]
    ]


def write(report: Report) -> str:
    """The findings of a report as CSV (RFC 4180) with a head line."""
    return write_rows(VERDICT_COLUMNS, verdict_rows(report))


def write_rows(columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Rows as CSV (RFC 4180) with a head line; every cell is made safe."""
    text = io.StringIO()
    names = list(columns)
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([cell(row[name]) for name in names] for row in rows)
    return text.getvalue()


def _values(number: int, finding: Verdict | Unchecked) -> dict[str, str]:
    common = {
        "number": str(number),
        "standing": standing(finding).value,
        "claim": finding.claim,
        "quote": finding.quote,
        "start": str(finding.span.start),
        "end": str(finding.span.end),
        "speaker": finding.speaker or "",
        "claim_kind": finding.claim_kind.value,
    }
    if isinstance(finding, Unchecked):
        return common | {"reason": finding.reason, "next_step": finding.next_step}
    shown = evidence(finding)
    return common | {
        "label": finding.label.value,
        "basis": finding.basis.value,
        "flags": " ".join(flag.value for flag in finding.flags),
        **{("for" if side.name == FOR else "against"): _quotes(side.citations) for side in shown.sides},
        "nearest": _quotes(shown.nearest.citations),
        "rung": finding.rung.value if finding.rung else "",
        "done": f"{finding.progress[0]:g}" if finding.progress else "",
        "of": f"{finding.progress[1]:g}" if finding.progress else "",
        "confidence": f"{finding.confidence:.3f}",
        "rule": finding.rule,
        "would_settle": finding.would_settle,
    }


def _quotes(citations: Iterable[Citation]) -> str:
    return "\n".join(
        f"“{c.quote}” ({bearing(c)}; {'; '.join(filter(None, (origin(c), c.title, c.url)))})" for c in citations
    )
