"""Takes time fairly: sides alternate, medians are compared."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Self

Figures = dict[str, float]


def alternating(sides: dict[str, Callable[[], float]], runs: int) -> dict[str, float]:
    """The median of what each side returns, over as many rounds; in each round every side has its turn.

    So a machine that slows down or speeds up favours neither side.
    """
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(runs):
        for name, run in sides.items():
            taken[name].append(run())
    return {name: statistics.median(values) for name, values in taken.items()}


def seconds(run: Callable[[], object]) -> float:
    """Seconds by the clock that a call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


class Stopwatch:
    """Seconds by the clock, and seconds that the cores of the machine worked for this process."""

    def __init__(self) -> None:
        self.wall = self.work = 0.0

    def __enter__(self) -> Self:
        self.wall -= time.perf_counter()
        self.work -= time.process_time()
        return self

    def __exit__(self, *error: object) -> None:
        self.wall += time.perf_counter()
        self.work += time.process_time()


def peak_mb(who: int = resource.RUSAGE_SELF) -> float:
    """The megabytes that this process (or its greatest child) held at most."""
    peak = resource.getrusage(who).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3
