"""What ``claimcheck eval`` does: measures suites, holds the gate, compares two runs."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from claimcheck.batch.files import write_whole
from claimcheck.cli.progress import note
from claimcheck.errors import EvaluationError
from evals import claims, comparing, cost, decisions, gate, unchanged
from evals.pages import writing
from evals.parts import OUT, Measured, Plan, model_hashes, provenance, read_json, run
from evals.sets import ROOT, Missing, cases
from evals.suites import check_names, chosen

RESULTS: Final = OUT / "results.json"
KNOWN: Final = ROOT / "evals" / "unchanged.json"
"""Figures of the unchanged backbone that were measured before, for machines without it."""


def measure(
    suites: Sequence[str],
    *,
    fresh: bool,
    out: Path,
    page: bool,
    model: str | None = None,
    base_url: str | None = None,
    limit: int | None = None,
) -> str:
    """Measure suites, keep the results, and write the page if asked to.

    Args:
        suites: names of suites, or of a suite on a set (``claims/cases``); none for all.
        fresh: measure again what is unchanged, too.
        out: file for all results as JSON.
        page: whether to write ``docs/quality.md`` and the figures that stand in where something is missing.
        model: the language model that the suite ``cost`` asks; unset: as the settings say.
        base_url: its server; unset: as the settings say.
        limit: claims that it asks about; unset: as many as it does.

    Returns:
        The tables, as Markdown.

    Raises:
        EvaluationError: a set cannot be used, or there is no such suite.
    """
    if page and suites:
        raise EvaluationError("The page shows every suite.", "Name no suite with --write-page.")
    check_names(suites)
    begun = time.perf_counter()
    plan = Plan(
        backbone=unchanged.find(),
        known=read_json(KNOWN) if KNOWN.is_file() else {},
        named=frozenset(name.partition("/")[0] for name in suites),
        fresh=fresh,
        model=model,
        base_url=base_url,
        limit=limit,
    )
    if plan.backbone is None:
        note(f"SKIPPED: {unchanged.HOW} Figures measured before stand in where there are some.")
    results, missing = run(chosen(suites, plan), plan, fresh=fresh)
    skipped = [str(one) for one in missing] + ([] if plan.backbone else [unchanged.HOW])
    command = ["claimcheck", "eval", *suites, *(["--write-page"] if page else [])]
    made = provenance(_sets(results), command)
    write_whole(out, json.dumps({"made": made, "skipped": skipped, "parts": results}, ensure_ascii=False) + "\n")
    note(f"results: {out}; {time.perf_counter() - begun:.0f} s")
    if page:
        _keep_backbone(results, made)
        writing.write_page([*results, *cost.known_before(results, made)], made, skipped)
        note(f"page: {writing.PAGE}")
    return writing.as_text(results)


def _sets(results: Sequence[Measured]) -> dict[str, str]:
    return {f"{r['suite']}/{r['set']}": r["inputs"]["set"] for r in results if "set" in r["inputs"]}


def _keep_backbone(results: Sequence[Measured], made: Measured) -> None:
    """Keep what the unchanged backbone reached, for machines without it."""
    known = dict(read_json(KNOWN)) if KNOWN.is_file() else {}
    source = f"`python -m evals.unchanged` and `{made['command']}` at {made['commit'][:12]} on {made['day']}"
    for result in results:
        found = {**result.get("baselines", {}), **result.get("channels", {})}.get(unchanged.BASELINE)
        if found is not None and "source" not in found:
            known[f"{result['suite']}/{result['set']}"] = {
                "set": result["inputs"]["set"],
                "source": source,
                "figures": found,
            }
    write_whole(KNOWN, json.dumps(dict(sorted(known.items())), indent=1) + "\n")


def hold_gate(*, fresh: bool) -> bool:
    """Measure the cases and the decision table and hold every figure to its floor, saying what fell on standard error.

    Returns:
        Whether the gate holds.

    Raises:
        EvaluationError: the cases or the gate are not there, or cannot be used.
    """
    pinned = gate.read()
    found, sets = gate_figures(fresh=fresh)
    if pinned.models != model_hashes():
        note("the floors were measured with other models; `claimcheck eval --raise-floors` measures them anew")
    changed = gate.changed_sets(pinned, sets)
    for name in changed:
        note(f"GATE: the set {name} is not the one that the floors were measured on: claimcheck eval --raise-floors")
    below = gate.fallen(pinned, found)
    for one in below:
        note(f"GATE: {one}")
    if not below and not changed:
        note(f"gate: {len(pinned.floors)} figures, none below its floor")
    return not below and not changed


def raise_floors() -> None:
    """Measure the cases and raise the floors to what was measured.

    Raises:
        EvaluationError: a figure lies below a floor that stands.
    """
    before = gate.read() if gate.FILE.is_file() else None
    found, sets = gate_figures(fresh=False)
    made = provenance(sets, [])
    after = gate.raised(
        before, found, day=made["day"], commit=made["commit"], models=dict(made["models"]), sets=dict(sets)
    )
    gate.write(after)
    old = before.floors if before else {}
    for name, floor in after.floors.items():
        if floor != old.get(name):
            note(
                f"{name}: floor {old[name]:.4f} raised to {floor:.4f}" if name in old else f"{name}: floor {floor:.4f}"
            )
    note(f"floors: {gate.FILE}")


def gate_figures(*, fresh: bool) -> tuple[dict[str, float], dict[str, str]]:
    """The figures that the gate looks at, and the hash of each set.

    Raises:
        EvaluationError: the cases or the decision table are not there, or cannot be used.
    """
    found = cases()
    if isinstance(found, Missing):
        raise EvaluationError(f"The gate has nothing to measure: {found}", "It needs no other set.")
    plan = Plan()
    (result,), _ = run([claims.part(found, plan)], plan, fresh=fresh)
    table = decisions.right_of(decisions.read_decisions())
    figures = gate.figures(result["items"], result["perfect_items"], table)
    return figures, {found.name: found.sha256, "decisions": decisions.hash_of()}


def compare(first: Path, second: Path) -> str:
    """What changed between two files of results, as Markdown.

    Raises:
        EvaluationError: a file holds no results, or the two have no part in common.
    """
    one, other = (read_json(path) for path in (first, second))
    for path, found in ((first, one), (second, other)):
        if "parts" not in found:
            raise EvaluationError(f"{path} holds no results.", "Name files that `claimcheck eval --out` wrote.")
    compared = list(comparing.compare(one["parts"], other["parts"]))
    if not compared:
        raise EvaluationError("The two runs measured nothing in common.", "Measure the same suites in both.")
    return comparing.as_text(compared)
