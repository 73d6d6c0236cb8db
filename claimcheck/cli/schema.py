"""``claimcheck schema``: what a JSON report looks like."""

from __future__ import annotations

import json

import typer

EXAMPLES = ("claimcheck schema > report.schema.json",)


def schema() -> None:
    """Print the JSON Schema of a report."""
    from claimcheck.report.json import schema as report_schema

    typer.echo(json.dumps(report_schema(), indent=2, ensure_ascii=False))
