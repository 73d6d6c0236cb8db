"""``claimcheck claim``: one claim, or one a line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from claimcheck.cli import opening
from claimcheck.cli.options import (
    AsOfOption,
    BaseUrlOption,
    FailOnOption,
    LibraryOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    ModelOption,
    OfflineOption,
    VerifierOption,
)
from claimcheck.cli.outcome import exit_code, note_usage, read_conditions, summary_line
from claimcheck.cli.progress import Progress, note
from claimcheck.errors import SettingsError
from claimcheck.settings import load_settings

if TYPE_CHECKING:
    from claimcheck.types import CorpusSearched, Unchecked, Verdict

FORMATS = ("text", "json")


EXAMPLES = (
    'claimcheck claim "The ministry signed a contract for 30 vehicles in May 2024."',
    "claimcheck claim - --format json < claims.txt > findings.jsonl",
)


def claim(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The claim; - for one claim a line on standard input.")],
    format_: Annotated[
        str,
        typer.Option("--format", metavar="|".join(FORMATS), help="Text, or JSON Lines with one finding a line."),
    ] = "text",
    fail_on: FailOnOption = None,
    library: LibraryOption = None,
    as_of: AsOfOption = None,
    verifier: VerifierOption = None,
    model: ModelOption = None,
    base_url: BaseUrlOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    max_cost: MaxCostOption = None,
    offline: OfflineOption = False,
) -> None:
    """Check one claim, or each line of standard input."""
    conditions = read_conditions(fail_on)
    form = opening.choose_format(format_, None, FORMATS)
    settings = load_settings(
        library=library,
        as_of=as_of,
        verifier=verifier,
        model=model,
        base_url=base_url,
        max_calls=max_calls,
        max_tokens=max_tokens,
        max_cost=max_cost,
        offline=offline or None,
    )
    texts = _claims(text)
    findings: list[Verdict | Unchecked] = []
    with Progress("Opening the library") as progress, opening.open_checker(settings) as checker:
        write = _json_line if form == "json" else _text_writer(checker.corpus)
        for finding in checker.claims(texts):
            progress.stop()
            write(finding)
            sys.stdout.flush()
            findings.append(finding)
        used = checker.usage
    if text == "-":
        note(summary_line(findings))
    note_usage(used)
    raise typer.Exit(exit_code(findings, conditions))


def _claims(text: str) -> Iterator[str]:
    """The claims to check, one after the other as they arrive."""
    if text == "-":
        return (line.strip() for line in sys.stdin if line.strip())
    if not text.strip():
        raise SettingsError("The claim is empty.", 'Give it in quotes: claimcheck claim "…".')
    return iter([text.strip()])


def _json_line(finding: Verdict | Unchecked) -> None:
    sys.stdout.write(finding.model_dump_json() + "\n")


def _text_writer(corpus: CorpusSearched) -> Callable[[Verdict | Unchecked], None]:
    from claimcheck.cli.console import open_console
    from claimcheck.report.text import TextStream

    return TextStream(open_console(), corpus=corpus).finding
