"""``claimcheck check``: one draft, one report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claimcheck.cli import opening
from claimcheck.cli.options import (
    AsOfOption,
    BaseUrlOption,
    ExtractorOption,
    FailOnOption,
    LibraryOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    ModelOption,
    OfflineOption,
    VerifierOption,
)
from claimcheck.cli.outcome import exit_code, note_unanswered, note_usage, read_conditions, summary_line
from claimcheck.cli.progress import Progress, note
from claimcheck.settings import load_settings

if TYPE_CHECKING:
    from datetime import date

    from claimcheck.pipeline import Checker
    from claimcheck.types import Document, Report

FORMATS = ("text", "json", "md", "html")


EXAMPLES = (
    "claimcheck check draft.docx",
    "claimcheck check draft.md --out report.html",
    "claimcheck check release.txt --fail-on contradicted,speculative --as-of 2025-12-31",
    "pbpaste | claimcheck check - --format json",
)


def check(
    draft: Annotated[
        str, typer.Argument(metavar="DRAFT", help="File or web address of the draft; - for standard input.")
    ],
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="|".join(FORMATS),
            help="Form of the report. Default: by the ending of --out, else text.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the report to a file.", show_default=False),
    ] = None,
    fail_on: FailOnOption = None,
    show_skipped: Annotated[
        bool, typer.Option("--show-skipped", help="In text, also show the sentences without a claim, and why.")
    ] = False,
    library: LibraryOption = None,
    as_of: AsOfOption = None,
    verifier: VerifierOption = None,
    extractor: ExtractorOption = None,
    model: ModelOption = None,
    base_url: BaseUrlOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    max_cost: MaxCostOption = None,
    offline: OfflineOption = False,
) -> None:
    """Check every claim of a draft against the library.

    As text on standard output, each verdict is printed as soon as it is decided.
    """
    conditions = read_conditions(fail_on)
    form = opening.choose_format(format_, out, FORMATS)
    settings = load_settings(
        library=library,
        as_of=as_of,
        verifier=verifier,
        extractor=extractor,
        model=model,
        base_url=base_url,
        max_calls=max_calls,
        max_tokens=max_tokens,
        max_cost=max_cost,
        offline=offline or None,
    )
    with Progress(f"Reading {draft}") as progress:
        document = opening.read_draft(draft, settings)
        progress.say("Opening the library")
        with opening.open_checker(settings) as checker:
            if form == "text" and out is None:
                report = stream_text(checker, document, settings.day, progress, show_skipped=show_skipped)
            else:
                report = collect(checker, document, progress)
                opening.deliver(opening.write_report(report, form, show_skipped=show_skipped), out)
    note(summary_line(report.findings, len(report.skipped)))
    note_unanswered(report)
    note_usage(report.usage)
    raise typer.Exit(exit_code(report.findings, conditions, whole=not report.unanswered))


def collect(checker: Checker, document: Document, progress: Progress) -> Report:
    """Check a document to the end, counting claims on the progress line."""
    from claimcheck.types import Report, Skipped

    checked = 0
    for item in checker.check_stream(document):
        if isinstance(item, Report):
            return item
        if not isinstance(item, Skipped):
            checked += 1
            progress.say(f"{checked} claims checked")
    raise AssertionError("the stream ends with the report")


def stream_text(
    checker: Checker, document: Document, as_of: date, progress: Progress, *, show_skipped: bool = False
) -> Report:
    """Check a document and print each verdict to standard output when it is decided."""
    from claimcheck.cli.console import open_console
    from claimcheck.report.text import TextStream
    from claimcheck.types import Report, Skipped

    stream = TextStream(open_console(), show_skipped=show_skipped)
    progress.stop()
    stream.header(document, checker.corpus, as_of)
    for item in checker.check_stream(document):
        if isinstance(item, Report):
            stream.footer(item)
            return item
        if isinstance(item, Skipped):
            stream.skipped(item)
        else:
            stream.finding(item)
        sys.stdout.flush()
    raise AssertionError("the stream ends with the report")
