"""``claimcheck brief``: a checked article on one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claimcheck.cli import opening
from claimcheck.cli.options import (
    BaseUrlOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    ModelOption,
    OfflineOption,
)
from claimcheck.cli.outcome import note_usage
from claimcheck.settings import load_settings

if TYPE_CHECKING:
    from claimcheck.settings import Settings

EXAMPLES = (
    "claimcheck brief report.json",
    "claimcheck brief report.json --model openai:NAME --out brief.md",
)


def brief(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="Report in JSON, as `check --format json` writes.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the page to a file.", show_default=False)
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Put it together from the verdicts alone, also where a model is named.")
    ] = False,
    model: ModelOption = None,
    base_url: BaseUrlOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    max_cost: MaxCostOption = None,
    offline: OfflineOption = False,
) -> None:
    """Put a checked article on one page of Markdown, for an editor.

    Every sentence carries the numbers of the claims whose verdicts it rests on. With a language model, the page also
    reads them for technology, business, public interest and outlook; what cites no verdict is left out.
    """
    settings = load_settings(
        model=model,
        base_url=base_url,
        max_calls=max_calls,
        max_tokens=max_tokens,
        max_cost=max_cost,
        offline=offline or None,
    )
    _write(report, out, None if plain or settings.model is None else settings)


def _write(report: Path, out: Path | None, asking: Settings | None) -> None:
    from claimcheck.explain.brief import ask_brief, plain_brief
    from claimcheck.report import brief as page

    checked = opening.read_report(report)
    if asking is None or not checked.verdicts:
        opening.deliver(page.write(plain_brief(checked)), out)
        return
    from claimcheck.explain.backing import local_backing
    from claimcheck.llm.door import open_model

    with open_model(asking) as door:
        written = ask_brief(checked, door, local_backing(asking))
        used = door.usage
    opening.deliver(page.write(written, used), out)
    note_usage(used)
