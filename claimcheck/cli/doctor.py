"""``claimcheck doctor``: is everything in place?"""

from __future__ import annotations

import typer

from claimcheck.cli.exit_codes import ExitCode
from claimcheck.cli.options import LibraryOption
from claimcheck.settings import load_settings

EXAMPLES = ("claimcheck doctor", "claimcheck doctor --library newsroom-library")


def doctor(library: LibraryOption = None) -> None:
    """Show whether everything is in place, and what to do if not.

    Examines versions, models, the library, folders and the network; ends with code 2 if one is broken.
    """
    from claimcheck.cli.diagnosis import State, diagnose

    broken = False
    for result in diagnose(load_settings(library=library)):
        typer.echo(f"{result.state.value:<6}  {result.subject}: {result.detail}")
        if result.next_step:
            typer.echo(f"        {result.next_step}")
        broken = broken or result.state is State.BROKEN
    raise typer.Exit(ExitCode.BAD_INPUT if broken else ExitCode.DONE)
