"""Draws the plots of the page, as SVG that is the same for the same figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from claimcheck.errors import InstallationError
from evals.parts import Measured
from evals.verdicts import CLASSES

_COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
"""Of Okabe and Ito, which people with any colour vision can tell apart."""

_MARKERS: Final = ("o", "s", "^", "D")
_SIZE: Final = (5.2, 3.6)
_STYLE: Final[Any] = {
    "svg.hashsalt": "claimcheck",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


@contextmanager
def axes(file: Path, panels: int = 1) -> Iterator[Any]:
    """Axes to draw on; the picture is in the file afterwards.

    Raises:
        InstallationError: matplotlib is not installed.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError as error:
        raise InstallationError(
            "The plots of the page need matplotlib.", "Install it with: pip install -r requirements-dev.txt"
        ) from error
    with rc_context(_STYLE):
        figure = Figure(figsize=(_SIZE[0] * panels, _SIZE[1]), layout="constrained")
        drawn = figure.subplots(1, panels)
        yield drawn
        file.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(file, metadata={"Date": None})


def confusion(result: Measured, file: Path) -> None:
    """What was wanted by row, what was given by column; each row is shaded by its shares."""
    table = [row[: len(CLASSES)] for row in result["figures"]["confusion"][: len(CLASSES) - 1]]
    given = len(CLASSES) if any(row[-1] for row in table) else len(CLASSES) - 1
    table = [row[:given] for row in table]
    shares = [[cell / max(1, sum(row)) for cell in row] for row in table]
    with axes(file) as ax:
        ax.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for y, row in enumerate(table):
            for x, cell in enumerate(row):
                ax.text(x, y, str(cell), ha="center", va="center", color="white" if shares[y][x] > 0.5 else "black")
        ax.set_xticks(range(given), CLASSES[:given])
        ax.set_yticks(range(len(table)), CLASSES[: len(table)])
        ax.set_xlabel("given")
        ax.set_ylabel("wanted")
        ax.set_title(f"{result['set']}, {result['figures']['claims']} claims")


def calibration(results: Sequence[Measured], file: Path) -> None:
    """Mean confidence of each bin against the share that was right."""
    with axes(file) as ax:
        ax.plot([0, 1], [0, 1], color="0.6", linewidth=1, linestyle="dashed", label="calibrated")
        for result, colour, marker in zip(results, _COLOURS, _MARKERS, strict=False):
            counts, confidence, right = zip(*result["figures"]["curves"]["reliability"], strict=True)
            ax.plot(confidence, right, color=colour, marker=marker, label=result["set"])
            for x, y, n in zip(confidence, right, counts, strict=True):
                ax.annotate(str(n), (x, y), textcoords="offset points", xytext=(5, -9), color=colour, fontsize=7)
        ax.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="confidence", ylabel="share with the right label")
        ax.legend(frameon=False)


def proven(results: Sequence[Measured], file: Path) -> None:
    """Precision of ``proven`` as ever less sure verdicts are taken in."""
    with axes(file) as ax:
        for result, colour, marker in zip(results, _COLOURS, _MARKERS, strict=False):
            points = result["figures"]["curves"]["proven"]
            if points:
                coverage, precision = zip(*points, strict=True)
                ax.plot(coverage, precision, color=colour, marker=marker, markersize=3, label=result["set"])
        ax.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="share of the provable called proven", ylabel="precision of proven")
        ax.legend(frameon=False)


def answering_less(results: Sequence[Measured], file: Path) -> None:
    """The share of errors among the surest verdicts."""
    with axes(file) as ax:
        for result, colour, marker in zip(results, _COLOURS, _MARKERS, strict=False):
            answered, errors = zip(*result["figures"]["curves"]["errors"], strict=True)
            ax.plot(answered, errors, color=colour, label=result["set"])
            overall = result["figures"]["overall"]
            at = overall["answered"]["value"], overall["errors_answered"]["value"]
            ax.plot(*at, color=colour, marker=marker, linestyle="none", label=f"{result['set']}, not marked unsure")
        ax.set(xlim=(0, 1), ylim=(0, None), xlabel="share answered, the surest first", ylabel="share of wrong labels")
        ax.legend(frameon=False)


def growth(result: Measured, file: Path) -> None:
    """Time of a look-up and memory held against the size of the library, with the lines fitted to them."""
    rows, fit = result["rows"], result["fit"]
    sizes = [row["passages"] for row in rows]
    with axes(file, panels=2) as (left, right):
        left.plot(sizes, [row["lookup_ms"] for row in rows], "o", color=_COLOURS[0], label="look-up")
        left.plot(sizes, [row["words_ms"] for row in rows], "s", color=_COLOURS[1], label="by words alone")
        fitted = [fit["time_factor_ms"] * size ** fit["time_exponent"] for size in sizes]
        left.plot(sizes, fitted, color=_COLOURS[0], label=f"passages to the power {fit['time_exponent']:.2f}")
        left.set(xscale="log", yscale="log", xlabel="passages", ylabel="milliseconds a claim")
        left.legend(frameon=False)
        right.plot(sizes, [row["held_mb"] for row in rows], "o", color=_COLOURS[2], label="held")
        line = [fit["memory_offset_mb"] + fit["memory_kb_a_passage"] * size / 1000 for size in sizes]
        label = f"{fit['memory_offset_mb']:.0f} MB and {fit['memory_kb_a_passage']:.1f} KB a passage"
        right.plot(sizes, line, color=_COLOURS[2], label=label)
        right.set(xlabel="passages", ylabel="megabytes held", ylim=(0, None))
        right.legend(frameon=False)
