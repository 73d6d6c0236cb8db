"""``claimcheck batch``: many documents, one report each, and a table over all."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claimcheck import __version__
from claimcheck.cli import opening
from claimcheck.cli.exit_codes import ExitCode
from claimcheck.cli.options import (
    AsOfOption,
    BaseUrlOption,
    ExtractorOption,
    LibraryOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    ModelOption,
    OfflineOption,
    VerifierOption,
)
from claimcheck.cli.outcome import note_usage
from claimcheck.cli.progress import Progress, note
from claimcheck.settings import load_settings

if TYPE_CHECKING:
    from claimcheck.settings import Settings

FORMATS = ("json", "html", "md", "text")


EXAMPLES = (
    "claimcheck batch releases/ --out checked",
    "claimcheck batch releases/ extra.docx --out checked --as-of 2025-12-31 --format json",
)


def batch(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Documents, and folders to search for documents.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the reports and tables.")],
    formats: Annotated[
        str, typer.Option("--format", metavar="LIST", help="Forms of each report: json, html, md, text.")
    ] = "json,html",
    self_source: Annotated[
        str | None,
        typer.Option(
            "--self-source",
            metavar="strict|flag",
            help="Whether an issuer's own text may prove its content. Default: strict, as suits press releases, "
            "unless the settings say otherwise.",
            show_default=False,
        ),
    ] = None,
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
    """Check many documents: a report and a row of a table each.

    The reports are written to DIR/reports, the table to DIR/summary.csv. A document that cannot be read is one line in
    DIR/failures.csv. A second run passes over what is done under the same settings, library and day (give --as-of to
    go on with a run on another day).
    """
    from claimcheck.batch import Batch, Checked, find_documents
    from claimcheck.batch.ledger import conditions_key
    from claimcheck.models.weights import models_used

    chosen = [opening.choose_format(word.strip(), None, FORMATS) for word in formats.split(",")]
    settings = _strict_by_default(
        load_settings(
            library=library,
            as_of=as_of,
            self_source=self_source,
            verifier=verifier,
            extractor=extractor,
            model=model,
            base_url=base_url,
            max_calls=max_calls,
            max_tokens=max_tokens,
            max_cost=max_cost,
            offline=offline or None,
        )
    )
    files = find_documents(paths, opening.readable_suffixes())
    fresh = done = failed = unchecked = 0
    prompts = opening.prompts_in_force(settings)
    with Progress("Opening the library") as progress, opening.open_checker(settings) as checker:
        work = Batch(
            out=out,
            checker=checker,
            conditions=conditions_key(settings, checker.corpus, models_used(), __version__, prompts),
            read=lambda path: opening.read_documents(str(path), settings),
            forms=opening.batch_forms(chosen),
            asks_again=settings.asks_model,
        )
        with closing(work.run(files)) as outcomes:
            for outcome in outcomes:
                if isinstance(outcome, Checked):
                    fresh += outcome.fresh
                    done += not outcome.fresh
                    unchecked += outcome.unchecked
                else:
                    failed += 1
                    note(f"not checked: {outcome.error}")
                progress.say(f"{fresh + done + failed} documents of {len(files)} files: {outcome.path.name}")
        used = checker.usage
    note(f"{fresh} checked, {done} done before, {failed} failed; see {out / 'summary.csv'}")
    note_usage(used)
    raise typer.Exit(ExitCode.PARTLY_UNCHECKED if failed or unchecked else ExitCode.DONE)


def _strict_by_default(settings: Settings) -> Settings:
    if "self_source" in settings.model_fields_set:
        return settings
    return settings.model_copy(update={"self_source": "strict"})
