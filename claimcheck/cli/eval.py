"""``claimcheck eval``: how good claimcheck is, measured. Works in a source checkout, where the sets and code are."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

import claimcheck
from claimcheck.cli.exit_codes import ExitCode
from claimcheck.cli.options import BaseUrlOption, ModelOption
from claimcheck.errors import InstallationError, SettingsError

SUITES = ("claims", "pairs", "retrieval", "extraction", "speed", "cost")
_COMPARE = "compare"
_COST = "cost"


EXAMPLES = (
    "claimcheck eval",
    "claimcheck eval claims retrieval/gold-dev --out before.json",
    "claimcheck eval compare before.json after.json",
    "claimcheck eval --gate",
    "claimcheck eval cost --model openai:any --base-url http://127.0.0.1:8080/v1",
)


def evaluate(
    suites: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SUITE",
            help=f"What to measure: {', '.join(SUITES)}, or one of them on one set, such as claims/cases. "
            "Default: everything but cost. Or: compare A.json B.json.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="All results as JSON, for `compare`.", show_default=True)
    ] = Path("out/eval/results.json"),
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Measure again what is unchanged since it was measured.")
    ] = False,
    write_page: Annotated[
        bool, typer.Option("--write-page", help="Write docs/quality.md and its plots; measures every suite.")
    ] = False,
    gate: Annotated[
        bool,
        typer.Option(
            "--gate", help="Measure the packaged cases alone; exit with code 1 if a figure is below its floor."
        ),
    ] = False,
    raise_floors: Annotated[
        bool, typer.Option("--raise-floors", help="Raise the floors of the gate to what is measured; never lowers one.")
    ] = False,
    model: ModelOption = None,
    base_url: BaseUrlOption = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", metavar="N", min=1, help="Claims that cost asks about. Default: 30.", show_default=False
        ),
    ] = None,
) -> None:
    """Measure how good and how fast claimcheck is; in a source checkout.

    Sets that stay out of the project are looked for in the folder that CLAIMCHECK_DATA names; a missing one is said
    and skipped. Results are kept in out/eval, so that a second run measures only what changed. The tables go to
    standard output. The suite cost asks a language model, for an hour on a small machine: it is measured only where it
    is named, and goes on where it was stopped.
    """
    named = suites or []
    if sum((gate, raise_floors, write_page, named[:1] == [_COMPARE])) > 1 or ((gate or raise_floors) and named):
        raise SettingsError(
            "--gate, --raise-floors, --write-page and compare exclude one another and take no suite.",
            "Give one of them alone.",
        )
    asked = {name.partition("/")[0] for name in named}
    if _COST not in asked and (model, base_url, limit) != (None, None, None):
        raise SettingsError(
            "--model, --base-url and --limit are for the suite cost.", "Name it: claimcheck eval cost …"
        )
    command = _measuring()
    if gate:
        raise typer.Exit(ExitCode.DONE if command.hold_gate(fresh=fresh) else ExitCode.FAIL_ON)
    if raise_floors:
        command.raise_floors()
    elif named[:1] == [_COMPARE]:
        if len(named) != 3:
            raise SettingsError("compare takes two files of results.", "claimcheck eval compare A.json B.json")
        typer.echo(command.compare(Path(named[1]), Path(named[2])))
    else:
        typer.echo(
            command.measure(named, fresh=fresh, out=out, page=write_page, model=model, base_url=base_url, limit=limit)
        )


def _measuring() -> Any:
    """The code that measures, which lies beside the package in a checkout and is in no wheel."""
    checkout = Path(claimcheck.__file__).resolve().parent.parent
    if not (checkout / "evals" / "command.py").is_file():
        raise InstallationError(
            "This installation of claimcheck has neither the sets nor the code that measure it.",
            "Work in a source checkout: get the project's sources and run `make eval` there.",
        )
    if str(checkout) not in sys.path:
        sys.path.insert(0, str(checkout))
    return import_module("evals.command")
