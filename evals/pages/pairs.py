"""The section on the verifier alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from evals.pages.tables import DASH, Section, Table, count, shown, sources
from evals.parts import Measured

_BASELINES: Final = ("majority", "shared words", "unchanged e5", "pilot")
_BESIDE: Final = _BASELINES[:-1]
"""Those of which more is known than a published figure."""


def section(results: Sequence[Measured]) -> Section:
    """The verifier on every set of pairs."""
    head = ("set", "pairs", "of", "accuracy", "macro-F1", *(f"{name}, macro-F1" for name in _BASELINES))
    rows = tuple(
        (
            result["set"],
            count(result["pairs"]),
            count(result["of"]),
            shown(result["figures"]["accuracy"]),
            shown(result["figures"]["macro_f1"]),
            *(_baseline(result, name) for name in _BASELINES),
        )
        for result in results
    )
    written = [result for result in results if len(result["relations"]) > 3]
    below = [r["set"] for r in results if _best_baseline(r) >= r["figures"]["macro_f1"]["value"]]
    behind = f" A baseline is as good as the verifier, or better, on {', '.join(below)}." if below else ""
    return Section(
        "The verifier alone",
        (
            "The shipped verifier in 8 bits on a claim and its evidence, on pairs drawn from sets that only measure, "
            "in the relations that each set has: five, three (plans and guesses count as unrelated), or supported and "
            f"not. The baselines saw the same pairs.{behind}",
            *sources(results),
        ),
        (
            Table("Every set", head, rows),
            Table(
                "Each relation",
                ("set", "relation", "precision", "recall", "F1", *(f"F1, {name}" for name in _BESIDE)),
                tuple(_relations(written)),
            ),
            Table(
                "By language",
                ("set", "claim and evidence", "pairs", "accuracy", *(f"accuracy, {name}" for name in _BESIDE)),
                tuple(_languages(written)),
            ),
        ),
        headline=tuple(("relation, macro-F1", r["set"], shown(r["figures"]["macro_f1"])) for r in written),
    )


def _baseline(result: Measured, name: str) -> str:
    found = result["baselines"].get(name)
    if found is None:
        return DASH
    mark = " *" if "source" in found else ""
    return f"{found['macro_f1']['value']:.3f}{mark}"


def _best_baseline(result: Measured) -> float:
    found = result["baselines"].items()
    return max(float(figures["macro_f1"]["value"]) for name, figures in found if name != "pilot")


def _relations(results: Sequence[Measured]) -> list[tuple[str, ...]]:
    return [
        (
            result["set"],
            name,
            *(shown(f[key]) for key in ("precision", "recall", "f1")),
            *(_within(result, other, "by_relation", name, "f1") for other in _BESIDE),
        )
        for result in results
        for name, f in result["figures"]["by_relation"].items()
    ]


def _languages(results: Sequence[Measured]) -> list[tuple[str, ...]]:
    return [
        (
            result["set"],
            pair,
            count(f["pairs"]),
            shown(f["accuracy"]),
            *(_within(result, other, "by_languages", pair, "accuracy") for other in _BESIDE),
        )
        for result in results
        for pair, f in result["figures"]["by_languages"].items()
    ]


def _within(result: Measured, baseline: str, part: str, group: str, key: str) -> str:
    found = result["baselines"].get(baseline, {}).get(part, {}).get(group)
    return DASH if found is None else shown(found[key])
