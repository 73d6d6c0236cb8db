"""``claimcheck demo``: the whole of it on packaged evidence and drafts."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated

import typer

from claimcheck.cli import opening
from claimcheck.cli.check import stream_text
from claimcheck.cli.options import LibraryOption
from claimcheck.cli.outcome import exit_code, note_usage, summary_line
from claimcheck.cli.progress import Progress, note
from claimcheck.demonstration import DEMONSTRATION_DAY, demonstration_drafts, demonstration_notes
from claimcheck.errors import EmbeddingMismatch
from claimcheck.settings import load_settings

if TYPE_CHECKING:
    from claimcheck.pipeline import Checker
    from claimcheck.settings import Settings
    from claimcheck.types import Report, Unchecked, Verdict


EXAMPLES = (
    "claimcheck demo",
    "claimcheck demo --out reports --library demo-library",
)


def demo(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder of the reports and the library.", show_default=True)
    ] = Path("out"),
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="Day from which the drafts are judged.")
    ] = DEMONSTRATION_DAY.isoformat(),
    library: LibraryOption = None,
) -> None:
    """Check two packaged drafts against packaged evidence.

    The verdicts are printed, and written as web pages. The library is kept in DIR/library for further questions, or
    where --library says.
    """
    findings: list[Verdict | Unchecked] = []
    settings = load_settings(library=library or out / "library", as_of=as_of)
    with Progress("Building the library from the packaged notes"):
        notes = _build(settings, anew=library is None)
    note(f"{notes} packaged notes are in the library {settings.library_folder}")
    with opening.open_checker(settings) as checker:
        for draft in demonstration_drafts():
            report = _check(checker, draft, settings, out)
            findings.extend(report.findings)
    raise typer.Exit(exit_code(findings))


def _build(settings: Settings, *, anew: bool) -> int:
    try:
        return opening.add_evidence(demonstration_notes(), settings)
    except EmbeddingMismatch:
        if not anew:
            raise
        # An earlier claimcheck made the demonstration's own library with other models.
        rmtree(settings.library_folder)
        return opening.add_evidence(demonstration_notes(), settings)


def _check(checker: Checker, draft: Path, settings: Settings, out: Path) -> Report:
    document = opening.read_draft(str(draft), settings)
    with Progress(f"Checking {draft.name}") as progress:
        report = stream_text(checker, document, settings.day, progress)
    page = out / f"{draft.stem}.html"
    opening.deliver(opening.write_report(report, "html"), page)
    note(f"{draft.name}: {summary_line(report.findings, len(report.skipped))}")
    note(f"the same as a page: {page}")
    note_usage(report.usage)
    return report
