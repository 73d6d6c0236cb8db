"""The command line. Each command is a thin file of its own; nothing heavy loads before a command needs it."""

from __future__ import annotations

from claimcheck.cli.application import app


def main() -> None:
    """Run the command line with the arguments of the process, and exit."""
    app(prog_name="claimcheck")
