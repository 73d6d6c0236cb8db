"""What is going on, on standard error."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self


class Progress:
    """One live line on standard error while something runs; nothing where standard error is not a terminal."""

    def __init__(self, message: str) -> None:
        from rich.console import Console

        console = Console(stderr=True)
        self._status = console.status(message) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def say(self, message: str) -> None:
        """Replace the line."""
        if self._status is not None:
            self._status.update(message)

    def stop(self) -> None:
        """Take the line away, for good."""
        if self._status is not None:
            self._status.stop()
            self._status = None


def note(message: str) -> None:
    """One lasting line on standard error, whatever a file's name or a source holds."""
    from claimcheck.report.steering import visible

    sys.stderr.write(f"claimcheck: {visible(' '.join(message.splitlines()))}\n")
    sys.stderr.flush()
