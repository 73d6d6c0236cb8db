"""Breaks the policy on purpose, one rule at a time, and counts what the gate and the tests of the policy notice.

    python -m evals.mutation [--only TEXT] [--list] [--out out/eval/mutation.json]

The cases are judged once, by the shipped verifier and by a perfect one. Then each mutant of ``claimcheck/decide``
decides them again in a process of its own, under the floors of the gate; what slips through there meets
``tests/test_decide*.py``. A mutant that changes nothing anybody could see is named in ``evals/mutation.toml`` with the
reason. Exit code 1 if another one survives.

Mutants: each rule dropped; each rule before the one it follows; two labels swapped; a label, basis or flag in place of
another; a condition turned round; ``and`` for ``or``; a comparison moved by its boundary; a step of reading left out.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from claimcheck.batch.files import write_whole
from claimcheck.cli.progress import note
from claimcheck.errors import EvaluationError
from evals import gate
from evals.judging import EVERYTHING, Judged, judge
from evals.mutants import Mutant, mutants
from evals.parts import CORE, OUT, code_hash, model_hashes
from evals.perfect import perfect_verifier
from evals.progress import Shown
from evals.redeciding import Case
from evals.sets import ROOT, Missing, cases

EQUIVALENT: Final = ROOT / "evals" / "mutation.toml"
_TESTS: Final = ("test_decide.py", "test_decide_details.py", "test_decide_wording.py", "test_decide_properties.py")
_CAUGHT: Final = 1


def judged_cases(out: Path = OUT) -> Path:
    """The file with what the policy was given for every case, made if it is not there.

    Raises:
        EvaluationError: the cases are not there.
    """
    found = cases()
    if isinstance(found, Missing):
        raise EvaluationError(f"There is nothing to decide: {found}", "It needs no other set.")
    key = f"{found.sha256[:8]}-{code_hash(*CORE)[:8]}-{model_hashes()['verifier.onnx'][:8]}"
    file = out / f"judged-{key}.pickle"
    if file.is_file():
        return file
    with Shown() as watch:
        watch.begin("judging the cases")
        ours = judge(found, watch)
        with perfect_verifier() as verifier:
            ideal = judge(found, watch, asking=verifier.asked, passages=EVERYTHING)
        watch.end()
    file.parent.mkdir(parents=True, exist_ok=True)
    languages = found.languages()
    file.write_bytes(pickle.dumps([[_case(one, languages) for one in side] for side in (ours, ideal)]))
    return file


def _case(one: Judged, languages: dict[str, str | None]) -> Case:
    if one.given is None:
        raise EvaluationError(f"{one.wanted.id} was left unchecked.", "Mend that first: claimcheck eval claims/cases")
    return Case(one.wanted, one.given, languages)


def fate(mutant: Mutant, judged: Path) -> str:
    """What notices a mutant: ``gate: …``, ``tests: …``, or nothing (empty)."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _plant(mutant, folder)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join((place, str(ROOT))), "CI": "1"}
        told = _run([sys.executable, "-m", "evals.redeciding", str(judged)], folder, environment)
        if told.returncode:
            return f"gate: {(told.stdout or told.stderr).strip().splitlines()[-1]}"
        tests = [str(ROOT / "tests" / name) for name in _TESTS]
        options = ["-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=no"]
        told = _run([sys.executable, *options, *tests], folder, environment)
        if told.returncode:
            failed = [line for line in told.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
            return f"tests: {failed[0].partition('::')[2].partition(' - ')[0] if failed else 'an error'}"
    return ""


def _plant(mutant: Mutant, folder: Path) -> None:
    """A package like the checkout's but for the one module that was changed."""
    package = folder / "claimcheck"
    package.mkdir()
    for entry in (ROOT / "claimcheck").iterdir():
        if entry.name not in ("decide", "__pycache__"):
            (package / entry.name).symlink_to(entry)
    (package / "decide").mkdir()
    for entry in (ROOT / "claimcheck" / "decide").glob("*.py"):
        source = mutant.source if entry.name == mutant.file else entry.read_text(encoding="utf-8")
        (package / "decide" / entry.name).write_text(source, encoding="utf-8")


def _run(command: Sequence[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


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
    gate.read()
    judged = judged_cases()
    with Shown() as watch, ThreadPoolExecutor(os.cpu_count()) as pool:
        watch.begin("mutants")
        fates: dict[str, str] = {}
        for mutant, told in zip(chosen, pool.map(lambda m: fate(m, judged), chosen), strict=True):
            fates[mutant.name] = told
            watch.at(len(fates), len(chosen))
        watch.end()
    sys.exit(report(fates, equivalents(), options.out))


def report(fates: dict[str, str], known: dict[str, str], out: Path) -> int:
    """Prints what became of the mutants and keeps it; the exit code."""
    counts = Counter("caught by the " + told.partition(":")[0] for told in fates.values() if told)
    alive = [name for name, told in fates.items() if not told]
    unexplained = [name for name in alive if name not in known]
    result: dict[str, Any] = {"fates": fates, "equivalent": {n: known[n] for n in alive if n in known}}
    write_whole(out, json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(fates)} mutants: {', '.join(f'{n} {what}' for what, n in sorted(counts.items()))}, "
          f"{len(alive) - len(unexplained)} change nothing, {len(unexplained)} survive")  # fmt: skip
    for name in unexplained:
        print(f"SURVIVED {name}")
    for name in sorted(set(known) - set(alive)):
        if name in fates:
            note(f"{EQUIVALENT.name} explains {name!r}, which is caught: {fates[name]}")
    return _CAUGHT if unexplained else 0


if __name__ == "__main__":
    main()
