"""Standard output as a console; it loads Rich, which short commands do without."""

from __future__ import annotations

import sys
from typing import NoReturn

from rich.console import Console


class _ReportConsole(Console):
    """A console that leaves a closed pipe to the command, where Rich would end it with an exit code of its own."""

    def on_broken_pipe(self) -> NoReturn:
        """Called while the error that the pipe raised is handled.

        Raises:
            BrokenPipeError: that error again.
        """
        raise


def open_console() -> Console:
    """Standard output, with colours where it is a terminal."""
    return _ReportConsole(file=sys.stdout)
