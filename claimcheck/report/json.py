"""The Report as JSON, for programs, and back."""

from __future__ import annotations

import json
from typing import Any, Final

from pydantic import ValidationError

from claimcheck.errors import ReadError
from claimcheck.types import REPORT_VERSION, Report

SCHEMA_ID: Final = f"urn:claimcheck:report:{REPORT_VERSION}"


def write(report: Report) -> str:
    """The report as indented JSON with a newline at its end; the same report gives the same text."""
    return report.model_dump_json(indent=2) + "\n"


def parse(text: str) -> Report:
    """The report that :func:`write` made this text of.

    Raises:
        ReadError: the text is not JSON, is of another version, or does not have the form of a report.
    """
    try:
        return Report.model_validate_json(text)
    except ValidationError as error:
        raise _cause(text, error) from error


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a report."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **Report.model_json_schema(mode="serialization"),
        "title": "claimcheck report",
    }


def _cause(text: str, error: ValidationError) -> ReadError:
    try:
        content = json.loads(text)
    except ValueError:
        return ReadError("The report is not JSON.", "Give a file that `claimcheck check --format json` wrote.")
    version = content.get("version") if isinstance(content, dict) else None
    if version is not None and version != REPORT_VERSION:
        return ReadError(
            f"The report is of version {version}; this claimcheck reads {REPORT_VERSION}.",
            "Check the draft again, or read the report with the claimcheck that wrote it.",
        )
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or "the whole"
    return ReadError(
        f"The report does not have the form of one, at {place}: {first['msg']}.",
        "`claimcheck schema` says what a report looks like.",
    )
