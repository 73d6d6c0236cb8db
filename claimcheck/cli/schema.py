"""``claimcheck schema``: what a JSON report looks like."""

from __future__ import annotations

import json

import typer

EXAMPLES = ("claimcheck schema > report.schema.json",)


def schema() -> None:
    """Print the JSON Schema of a report."""
    from claimcheck.types import Report

    typer.echo(json.dumps(Report.model_json_schema(mode="serialization"), indent=2, ensure_ascii=False))
