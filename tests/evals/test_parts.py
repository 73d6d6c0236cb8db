"""A part is measured once, and again when something it depends on changes."""

import json
from pathlib import Path
from typing import Any

import pytest

from claimcheck.errors import EvaluationError
from evals.parts import Part, Plan, code_hash, read_json, run
from evals.sets import Missing


class Counted:
    """Counts how often it is measured."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, watch: Any) -> dict[str, Any]:
        watch.at(1, 1)
        self.times += 1
        return {"figures": {"n": self.times}}

    def part(self, **inputs: str) -> Part:
        return Part("toy", "small", inputs, self)


def test_what_is_unchanged_is_not_measured_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counted, plan = Counted(), Plan(out=tmp_path)
    first, _ = run([counted.part(set="a")], plan)
    again, _ = run([counted.part(set="a")], plan)
    assert counted.times == 1
    assert first == again
    assert "toy/small: unchanged" in capsys.readouterr().err


@pytest.mark.parametrize("inputs", [{"set": "b"}, {"set": "a", "code": "x"}])
def test_what_changed_is_measured_again(tmp_path: Path, inputs: dict[str, str]) -> None:
    counted, plan = Counted(), Plan(out=tmp_path)
    run([counted.part(set="a")], plan)
    run([counted.part(**inputs)], plan)
    assert counted.times == 2
    run([counted.part(set="a")], plan)
    assert counted.times == 2


def test_fresh_measures_everything(tmp_path: Path) -> None:
    counted, plan = Counted(), Plan(out=tmp_path)
    run([counted.part(set="a")], plan)
    (result,), _ = run([counted.part(set="a")], plan, fresh=True)
    assert counted.times == 2
    assert result["figures"] == {"n": 2}


def test_an_interruption_leaves_what_was_done(tmp_path: Path) -> None:
    counted, plan = Counted(), Plan(out=tmp_path)

    def broken(watch: Any) -> dict[str, Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([counted.part(set="a"), Part("toy", "large", {}, broken)], plan)
    run([counted.part(set="a")], plan)
    assert counted.times == 1


def test_a_missing_set_is_said_and_handed_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results, missing = run([Missing("toy", tmp_path / "toy")], Plan(out=tmp_path))
    assert results == []
    assert [one.name for one in missing] == ["toy"]
    assert "SKIPPED: toy is not at" in capsys.readouterr().err


def test_results_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    for name, text in (("torn.json", '{"a"'), ("list.json", "[]")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(EvaluationError, match=name):
            read_json(tmp_path / name)


def test_the_code_of_a_part_is_the_files_it_names() -> None:
    assert code_hash("evals/metrics.py") != code_hash("evals/metrics.py", "evals/significance.py")
    assert code_hash("claimcheck/decide") == code_hash("claimcheck/decide")


def test_the_known_figures_of_the_backbone_stand_in_for_the_same_set_alone() -> None:
    known = {"claims/toy": {"set": "abc", "source": "a run of last week", "figures": {"label": 0.5}}}
    plan = Plan(known=known)
    assert plan.backbone_figures("claims/toy", "abc") == {
        "unchanged e5": {"label": 0.5, "source": "a run of last week"}
    }
    assert plan.backbone_figures("claims/toy", "abd") == {}
    assert plan.backbone_figures("claims/other", "abc") == {}


def test_inputs_name_models_packages_and_code() -> None:
    needs = Plan().needs("evals/metrics.py", set="abc")
    assert {"verifier.onnx", "retriever.onnx", "packages", "code", "backbone", "set"} <= set(needs)
    json.dumps(needs)
