"""Mutants of the policy: each one changes the source, and every rule and pair of labels has its own."""

import ast
from pathlib import Path

from claimcheck.decide import RULES
from evals.mutants import FILES, mutants
from evals.mutation import equivalents, report
from evals.sets import ROOT

POLICY = ROOT / "claimcheck" / "decide"


def test_every_rule_is_dropped_and_every_two_labels_swapped() -> None:
    names = {mutant.name for mutant in mutants()}
    assert {f"rules.py RULES: without {rule.__name__}" for rule in RULES[:-1]} <= names
    swapped = {name for name in names if name.startswith("rules.py everywhere:")}
    assert len(swapped) == 3


def test_every_mutant_has_a_name_of_its_own_and_another_source() -> None:
    made = mutants()
    assert len({mutant.name for mutant in made}) == len(made)
    plain = {file: ast.unparse(ast.parse((POLICY / file).read_text(encoding="utf-8"))) for file in FILES}
    assert all(mutant.source != plain[mutant.file] for mutant in made)
    assert all(ast.parse(mutant.source) for mutant in made)


def test_what_is_said_to_change_nothing_exists_and_has_a_reason() -> None:
    names = {mutant.name for mutant in mutants()}
    assert {name for name in equivalents() if name not in names} == set()
    assert all(len(why.split()) >= 4 for why in equivalents().values())


def test_an_unexplained_survivor_fails(tmp_path: Path) -> None:
    fates = {"a": "policy basis is 0.5; its floor is 0.6", "b": ""}
    assert report(fates, {"b": "it only words the verdict"}, tmp_path / "m.json") == 0
    assert report(fates, {}, tmp_path / "m.json") == 1
