"""``claimcheck demo``: the whole of it on packaged evidence and drafts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from claimcheck.cli import opening
from claimcheck.cli.check import stream_text
from claimcheck.cli.options import LibraryOption
from claimcheck.cli.outcome import exit_code, summary_line
from claimcheck.cli.progress import Progress, note
from claimcheck.demonstration import DEMONSTRATION_DAY, demonstration_drafts, demonstration_notes
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
        Path, typer.Option("--out", metavar="DIR", help="Folder of the HTML reports.", show_default=True)
    ] = Path("out"),
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="Day from which the drafts are judged.")
    ] = DEMONSTRATION_DAY.isoformat(),
    library: LibraryOption = None,
) -> None:
    """Check two packaged drafts against packaged evidence.

    The verdicts are printed, and written as web pages. The library is made anew in a temporary folder, or kept where
    --library says.
    """
    findings: list[Verdict | Unchecked] = []
    with _library_folder(library) as folder:
        settings = load_settings(library=folder, as_of=as_of)
        with Progress("Building the library from the packaged notes"):
            note(f"evidence: {opening.add_evidence(demonstration_notes(), settings)} notes from the packaged corpus")
        with opening.open_checker(settings) as checker:
            for draft in demonstration_drafts():
                report = _check(checker, draft, settings, out)
                findings.extend(report.findings)
    raise typer.Exit(exit_code(findings))


def _check(checker: Checker, draft: Path, settings: Settings, out: Path) -> Report:
    document = opening.read_draft(str(draft), settings)
    with Progress(f"Checking {draft.name}") as progress:
        report = stream_text(checker, document, settings.day, progress)
    page = out / f"{draft.stem}.html"
    opening.deliver(opening.write_report(report, "html"), page)
    note(f"{draft.name}: {summary_line(report.findings, len(report.skipped))}")
    note(f"the same as a page: {page}")
    return report


@contextmanager
def _library_folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        yield kept
        return
    with TemporaryDirectory(prefix="claimcheck-demo-") as folder:
        yield Path(folder)
