"""The section on speed and memory."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from evals.pages import plots
from evals.pages.tables import Plot, Section, Table, count
from evals.parts import Measured


def section(results: Sequence[Measured]) -> Section:
    """Every measure of speed."""
    measures = [result for result in results if "figures" in result]
    grown = [result for result in results if "rows" in result]
    rows = tuple(
        (result["set"], what, f"{value:,.3g}") for result in measures for what, value in result["figures"].items()
    )
    return Section(
        "Speed and memory",
        (
            "Compare ratios, not seconds: both sides of a ratio ran by turns on one machine. `evals/speed.py` says "
            "what each measure is. No baseline of the other sections applies here; what stands beside claimcheck is "
            "the bare libraries, 32 bits, and the machine's own limit.",
            *(result["source"] for result in measures if result.get("source")),
        ),
        (Table("Measures", ("measure", "what", "value"), rows), *(_growth(result) for result in grown)),
        tuple(
            Plot("growth", "A look-up in ever larger libraries, and the memory held", partial(plots.growth, result))
            for result in grown
        ),
        tuple(
            ("cold start, times the bare libraries", "demonstration", f"{r['figures']['ratio']:.2f}")
            for r in measures
            if r["set"] == "cold-start"
        ),
    )


def _growth(result: Measured) -> Table:
    fit = result["fit"]
    rows = tuple(
        (count(r["passages"]), f"{r['lookup_ms']:.1f}", f"{r['words_ms']:.1f}", count(r["held_mb"]))
        for r in result["rows"]
    )
    note = (
        f"Time grows as the number of passages to the power {fit['time_exponent']:.2f}; memory by "
        f"{fit['memory_kb_a_passage']:.1f} KB a passage. Passages of made-up words with random vectors; without the "
        "embedding of the claim."
    )
    head = ("passages", "milliseconds a look-up", "of these by words", "megabytes held")
    return Table("Growth of a look-up", head, rows, note)
