"""What a page is made of: sections of prose, tables and plots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from evals.significance import Figure

DASH: Final = "-"


@dataclass(frozen=True)
class Table:
    """A table; ``note`` says below it what its columns mean."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def __str__(self) -> str:
        lines = (self.head, ("---",) * len(self.head), *self.rows)
        return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


@dataclass(frozen=True)
class Plot:
    """A picture, drawn into a file when the page is written."""

    name: str
    caption: str
    draw: Callable[[Path], None]


@dataclass(frozen=True)
class Section:
    """What one suite comes to."""

    title: str
    prose: tuple[str, ...]
    tables: tuple[Table, ...]
    plots: tuple[Plot, ...] = ()
    headline: tuple[tuple[str, str, str], ...] = field(default=())
    """Rows for the top of the page: what, on which set, how much."""


def shown(figure: Mapping[str, float] | float | None) -> str:
    """A figure as it stands in a cell: with its interval if it has one."""
    if figure is None:
        return DASH
    if isinstance(figure, Mapping):
        whole = Figure.from_json(dict(figure))
        return f"{whole.value:.3f}" if whole.low == whole.high else str(whole)
    return f"{figure:.3f}"


def count(number: float) -> str:
    """A count as it stands in a cell."""
    return f"{number:,.0f}"


def row(name: str, figures: Mapping[str, Any], columns: Sequence[str]) -> tuple[str, ...]:
    """A row of figures; a dash where there is none."""
    return (name, *(shown(figures.get(column)) for column in columns))


def baseline_rows(baselines: Mapping[str, Mapping[str, Any]], columns: Sequence[str]) -> list[tuple[str, ...]]:
    """A row for each baseline; figures that were measured before say so."""
    return [row(f"{name} *" if "source" in found else name, found, columns) for name, found in baselines.items()]


def sources(results: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """A sentence for each source of figures that were not measured in this run."""
    found = {
        (name, str(figures["source"]))
        for result in results
        for name, figures in result.get("baselines", {}).items()
        if "source" in figures
    }
    return tuple(f"\\* {name}: not measured in this run; from {source}." for name, source in sorted(found))
