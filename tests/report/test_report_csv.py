import csv
import io

import pytest
from hostile import hostile_report, texts
from hypothesis import example, given, settings

from claimcheck.report.csv import (
    FORMULA_STARTS,
    SUMMARY_COLUMNS,
    VERDICT_COLUMNS,
    cell,
    summary_row,
    verdict_rows,
    write,
)
from claimcheck.types import Report


def test_the_summary_counts_what_the_report_holds(report: Report) -> None:
    row = summary_row(report)
    assert tuple(row) == SUMMARY_COLUMNS
    assert row == {
        "title": "Peru Becomes Latin America's Defence-Technology Hub",
        "claims": "15",
        "proven": "2",
        "aspirational": "2",
        "speculative": "10",
        "contradicted": "2",
        "mixed": "1",
        "no_evidence": "4",
        "self_sourced": "1",
        "unsure": "2",
        "unchecked": "1",
        "without_claim": "2",
        "as_of": "2025-12-31",
    }


def test_every_finding_is_a_row_contradicted_ones_first_with_all_quotes(report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(write(report), newline="")))
    assert tuple(rows[0]) == VERDICT_COLUMNS
    assert [row["number"] for row in rows][:3] == ["2", "4", "1"]
    assert len(rows) == len(report.findings)
    by_number = {int(row["number"]): row for row in rows}
    for number, finding in enumerate(report.findings, start=1):
        for citation in getattr(finding, "citations", ()):
            assert citation.quote in "".join(by_number[number][side] for side in ("for", "against", "nearest"))


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_a_cell_that_could_run_is_made_text(start: str) -> None:
    assert cell(f"{start}1+1") == f"'{start}1+1"
    assert cell(cell(f"{start}1")) == cell(f"{start}1")
    assert cell(f"x{start}") == f"x{start}"


@given(texts)
@example("=HYPERLINK(1)")
@example("\tx")
@settings(max_examples=25, deadline=None)
def test_no_cell_starts_a_formula(text: str) -> None:
    report = hostile_report(text)
    for row in [summary_row(report), *verdict_rows(report), *csv.DictReader(io.StringIO(write(report), newline=""))]:
        assert not [value for value in row.values() if value.startswith(FORMULA_STARTS)]
        assert row.get("claim", cell(text)) == cell(text)
