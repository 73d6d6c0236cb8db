"""``claimcheck eval``: what it refuses, how it compares, and what it does without the code that measures."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

import claimcheck
from claimcheck.cli import eval as evaluation
from evals.suites import SUITES

Run = Callable[..., Result]


def results(path: Path, *right: bool) -> Path:
    rows = [{"id": f"r{n}", "claim": f"claim {n}", "right": hit} for n, hit in enumerate(right)]
    part = {"suite": "extraction", "set": "toy", "items": rows}
    path.write_text(json.dumps({"parts": [part]}), encoding="utf-8")
    return path


def test_the_help_names_every_suite(run: Run) -> None:
    assert set(evaluation.SUITES) == set(SUITES)
    assert all(name in run("eval", "--help").stdout for name in SUITES)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["speling"], "There is no suite 'speling'. Choose from: claims,"),
        (["--gate", "--raise-floors"], "exclude one another"),
        (["--gate", "claims"], "take no suite"),
        (["claims", "--write-page"], "Name no suite with --write-page."),
        (["claims", "--limit", "5"], "Name it: claimcheck eval cost"),
        (["--gate", "--model", "openai:any"], "are for the suite cost"),
        (["cost", "--base-url", "http://127.0.0.1:9/v1"], "no 'model' is set"),
        (["compare", "a.json"], "compare takes two files"),
        (["compare", "a.json", "b.json"], "a.json cannot be read as results"),
    ],
)
def test_what_cannot_be_done_is_one_line_with_a_next_step(run: Run, arguments: list[str], said: str) -> None:
    result = run("eval", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr.splitlines()[-1]


def test_two_runs_are_compared_row_by_row(run: Run, tmp_path: Path) -> None:
    one, other = results(tmp_path / "a.json", True, True), results(tmp_path / "b.json", True, False)
    result = run("eval", "compare", str(one), str(other))
    assert result.exit_code == 0
    assert "| extraction/toy | 2 | 0 | 1 | 1.000 |" in result.stdout
    assert "| broken | r1 | claim 1 |" in result.stdout


def test_runs_of_different_suites_cannot_be_compared(run: Run, tmp_path: Path) -> None:
    one, other = results(tmp_path / "a.json", True), tmp_path / "b.json"
    other.write_text(json.dumps({"parts": []}), encoding="utf-8")
    result = run("eval", "compare", str(one), str(other))
    assert result.exit_code == 2
    assert "nothing in common" in result.stderr


def test_without_a_checkout_it_says_where_it_can_be_done(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(claimcheck, "__file__", str(tmp_path / "site-packages" / "claimcheck" / "__init__.py"))
    result = run("eval", "claims")
    assert result.exit_code == 2
    assert "source checkout" in result.stderr
