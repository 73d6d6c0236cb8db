"""The gate: what is below its floor, and that floors only rise."""

import json
from datetime import date
from pathlib import Path

import pytest
from test_verdicts import PROVEN, ROWS, row

from claimcheck.errors import EvaluationError
from evals import gate
from evals.gate import Gate, changed_sets, fallen, figures, floor_of, raised

MADE = {"day": date(2026, 4, 1), "commit": "c", "models": {"verifier": "v"}, "sets": {"cases": "s"}}


def gate_of(**floors: float) -> Gate:
    return Gate.model_validate({"floors": {name.replace("_", " "): floor for name, floor in floors.items()}, **MADE})


def test_a_figure_below_its_floor_is_named_with_both() -> None:
    (one,) = fallen(gate_of(policy_basis=0.9, policy_checked=1.0), {"policy basis": 0.85, "policy checked": 1.0})
    assert str(one) == "policy basis is 0.8500; its floor is 0.9000"


def test_a_figure_that_is_gone_falls() -> None:
    (one,) = fallen(gate_of(policy_basis=0.9), {})
    assert str(one) == "policy basis is not measured any more; its floor is 0.9000"


def test_rounding_fells_nothing() -> None:
    third = 1 / 3
    assert fallen(gate_of(policy_rule=floor_of("policy rule", third)), {"policy rule": third}) == []


def test_only_figures_of_the_verifier_have_room() -> None:
    assert floor_of("verifier label", 0.7) == pytest.approx(0.68)
    assert floor_of("verifier verbatim", 1.0) == 1
    assert floor_of("policy rule 3a", 0.9) == pytest.approx(0.9)
    assert floor_of("verifier label", 0.01) == 0


def test_floors_only_rise() -> None:
    before = gate_of(policy_basis=0.8, policy_rule=0.5)
    after = raised(before, {"policy basis": 0.8, "policy rule": 0.75, "policy flag": 1.0}, **MADE)
    assert after.floors == {"policy basis": 0.8, "policy rule": 0.75, "policy flag": 1.0}
    lenient = raised(gate_of(verifier_label=0.7), {"verifier label": 0.71}, **MADE)
    assert lenient.floors == {"verifier label": 0.7}


def test_a_fallen_figure_refuses_the_raising_of_all_floors() -> None:
    with pytest.raises(EvaluationError, match=r"policy basis is 0\.7000; its floor is 0\.8000") as refused:
        raised(gate_of(policy_basis=0.8), {"policy basis": 0.7, "policy rule": 1.0}, **MADE)
    assert "by hand" in refused.value.next_step


def test_another_set_is_told_from_the_pinned_one() -> None:
    assert changed_sets(gate_of(), {"cases": "s"}) == []
    assert changed_sets(gate_of(), {"cases": "t"}) == ["cases"]
    assert changed_sets(gate_of(), {}) == ["cases"]


def test_figures_tell_verifier_from_policy() -> None:
    found = figures(ROWS, [row("a", PROVEN, PROVEN, rule="3a", wanted_flags=["stale"])], {"planned": 0.5})
    assert found["verifier label"] == pytest.approx(4 / 7)
    assert found["policy rule 3a"] == 1
    assert found["policy flag stale"] == 0
    assert found["decisions by planned"] == 0.5


def test_a_gate_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "gate.json"
    gate.write(gate_of(policy_basis=0.8), file)
    assert gate.read(file) == gate_of(policy_basis=0.8)


@pytest.mark.parametrize(("text", "said"), [(None, "There is no gate"), ("{}", "day: "), ("no", "gate.json")])
def test_a_gate_that_cannot_be_used_is_no_open_gate(tmp_path: Path, text: str | None, said: str) -> None:
    file = tmp_path / "gate.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationError, match=said):
        gate.read(file)


def test_the_committed_gate_holds_every_rule_of_the_cases() -> None:
    pinned = json.loads(gate.FILE.read_text(encoding="utf-8"))
    assert pinned["floors"]["verifier verbatim"] == 1
    assert pinned["floors"]["verifier checked"] == 1
    assert sum(name.startswith("policy rule ") for name in pinned["floors"]) >= 20
