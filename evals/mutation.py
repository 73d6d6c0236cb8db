"""Breaks the policy on purpose, one rule at a time, and counts what the gate notices.

    python -m evals.mutation [--only TEXT] [--list] [--out out/eval/mutation.json]

The cases are judged once, by the shipped verifier and by a perfect one. Then each mutant of ``claimcheck/decide``
decides them and the decision table again in a process of its own, under the floors of the gate. A mutant that changes
nothing anybody could see is named in ``evals/mutation.toml`` with the reason. Exit code 1 if another one survives.

Mutants: each rule dropped; each rule before the one it follows; two labels swapped; a label, basis or flag in place of
another; a condition turned round; ``and`` for ``or``; a comparison moved by its boundary; a step of reading left out.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import pickle
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from claimcheck.batch.files import write_whole
from claimcheck.cli.progress import note
from claimcheck.decide import Decision
from claimcheck.errors import EvaluationError
from evals import decisions, gate
from evals.judging import EVERYTHING, Given, Judged, given_again, item, judge
from evals.mutants import Mutant, mutants, unchanged
from evals.parts import CORE, OUT, code_hash, model_hashes
from evals.perfect import perfect_verifier
from evals.progress import Shown
from evals.sets import ROOT, Missing, WantedClaim, cases

EQUIVALENT: Final = ROOT / "evals" / "mutation.toml"
_POLICY: Final = "claimcheck.decide"


@dataclass(frozen=True)
class Case:
    """One case and what the policy was given for it."""

    wanted: WantedClaim
    given: Given
    languages: Mapping[str, str | None]


Cases = tuple[list[Case], list[Case]]
"""The cases as the shipped verifier judged them, and as a perfect one did."""


def judged_cases(out: Path = OUT) -> Cases:
    """The cases with what the policy was given, from an earlier run if nothing has changed since.

    Raises:
        EvaluationError: the cases are not there, or one was left unchecked.
    """
    found = cases()
    if isinstance(found, Missing):
        raise EvaluationError(f"There is nothing to decide: {found}", "It needs no other set.")
    key = f"{found.sha256[:8]}-{code_hash(*CORE)[:8]}-{model_hashes()['verifier.onnx'][:8]}"
    file = out / f"judged-{key}.pickle"
    if file.is_file():
        kept: Cases = pickle.loads(file.read_bytes())  # noqa: S301 - written below, on this machine
        return kept
    with Shown() as watch:
        watch.begin("judging the cases")
        ours = judge(found, watch)
        with perfect_verifier() as verifier:
            ideal = judge(found, watch, asking=verifier.asked, passages=EVERYTHING)
        watch.end()
    languages = found.languages()
    judged = ([_case(one, languages) for one in ours], [_case(one, languages) for one in ideal])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(pickle.dumps(judged))
    return judged


def _case(one: Judged, languages: Mapping[str, str | None]) -> Case:
    if one.given is None:
        raise EvaluationError(f"{one.wanted.id} was left unchecked.", "Mend that first: claimcheck eval claims/cases")
    return Case(one.wanted, one.given, languages)


class _Planted(MetaPathFinder, InspectLoader):
    """Gives one module another source."""

    def __init__(self, name: str, source: str) -> None:
        self._name, self._source = name, source

    def find_spec(self, name: str, path: object = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The module, if it is the one."""
        if name != self._name:
            return None
        folder = ROOT.joinpath(*_POLICY.split("."))
        spec = spec_from_loader(name, self, is_package=name == _POLICY)
        if spec is not None and spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(str(folder))
        return spec

    def get_source(self, fullname: str) -> str:
        """The source."""
        return self._source


def policy_of(mutant: Mutant) -> Callable[..., Decision]:
    """The policy of a mutant; this process imports no other one from then on."""
    for name in [name for name in sys.modules if name == _POLICY or name.startswith(f"{_POLICY}.")]:
        del sys.modules[name]
    module = _POLICY if mutant.file == "__init__.py" else f"{_POLICY}.{mutant.file.removesuffix('.py')}"
    sys.meta_path.insert(0, _Planted(module, mutant.source))
    policy: Callable[..., Decision] = import_module(_POLICY).decide
    return policy


_judged: Cases = ([], [])


def fells(mutant: Mutant) -> str:
    """The first figure that a mutant fells; nothing if none falls."""
    policy = policy_of(mutant)
    ours, ideal = ([item(c.wanted, given_again(c.given, policy), c.languages) for c in side] for side in _judged)
    table = decisions.right_of(decisions.read_decisions(), policy)
    below = gate.fallen(gate.read(), gate.figures(ours, ideal, table))
    return str(below[0]) if below else ""


def noticed(chosen: Sequence[Mutant], judged: Cases) -> Iterator[str]:
    """What each mutant fells; each one has a process of its own, so that a crash is its own, too."""
    global _judged
    _judged = judged
    with multiprocessing.get_context("fork").Pool(os.cpu_count(), maxtasksperchild=1) as pool:
        waiting = [pool.apply_async(fells, (mutant,)) for mutant in chosen]
        for result in waiting:
            result.wait()
            yield result.get() if result.successful() else "the policy crashes"


def equivalents() -> dict[str, str]:
    """The mutants that change nothing anybody could see, with the reason."""
    rows = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("equivalent", [])
    return {row["mutant"]: row["why"] for row in rows}


def main() -> None:
    """Breaks every rule and reports what noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only mutants whose name holds this")
    parser.add_argument("--list", action="store_true", help="print the names of the mutants and end")
    parser.add_argument("--out", type=Path, default=OUT / "mutation.json")
    options = parser.parse_args()
    chosen = [mutant for mutant in mutants() if options.only in mutant.name]
    if options.list:
        print("\n".join(mutant.name for mutant in chosen))
        return
    judged = judged_cases()
    (told,) = noticed([unchanged()], judged)
    if told:
        next_step = "Mend it, or: claimcheck eval --raise-floors"
        raise EvaluationError(f"The policy as it is does not hold: {told}.", next_step)
    fates: dict[str, str] = {}
    with Shown() as watch:
        watch.begin("mutants")
        for number, (mutant, told) in enumerate(zip(chosen, noticed(chosen, judged), strict=True), 1):
            fates[mutant.name] = told
            watch.at(number, len(chosen))
        watch.end()
    sys.exit(report(fates, equivalents(), options.out))


def report(fates: dict[str, str], known: dict[str, str], out: Path) -> int:
    """Prints what became of the mutants and keeps it; the exit code."""
    alive = [name for name, told in fates.items() if not told]
    unexplained = [name for name in alive if name not in known]
    result: dict[str, Any] = {"fates": fates, "equivalent": {n: known[n] for n in alive if n in known}}
    write_whole(out, json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(fates)} mutants: {len(fates) - len(alive)} caught by the gate, "
          f"{len(alive) - len(unexplained)} change nothing, {len(unexplained)} survive")  # fmt: skip
    for name in unexplained:
        print(f"SURVIVED {name}")
    for name in sorted(set(known) - set(alive)):
        if name in fates:
            note(f"{EQUIVALENT.name} explains {name!r}, which is caught: {fates[name]}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    main()
