"""What a long measurement is doing, on standard error: a bar where that is a terminal, else a line for each part."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from claimcheck.cli.progress import note


class Watch(Protocol):
    """Is told how far a part has come."""

    def at(self, done: int, of: int) -> None:
        """So many pieces of work are done, of how many."""


class Unwatched:
    """For whoever does not want to know."""

    def at(self, done: int, of: int) -> None:
        """Nothing."""


class Shown:
    """A bar for the part in progress, and a lasting line for each that is over."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task("", total=None)
        self._name = ""
        self._since = 0.0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def begin(self, name: str) -> None:
        """A part begins."""
        self._name, self._since = name, time.perf_counter()
        self._bar.reset(self._task, description=name, total=None)

    def at(self, done: int, of: int) -> None:
        """So many pieces of the part are done, of how many."""
        self._bar.update(self._task, completed=done, total=of)

    def end(self) -> float:
        """The part is over; the seconds that it took."""
        taken = time.perf_counter() - self._since
        note(f"{self._name}: measured in {taken:.0f} s")
        return taken
