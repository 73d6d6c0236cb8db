"""What is measured is the product as it ships, not as somebody has set it up."""

import sys
from pathlib import Path

import pytest

from claimcheck.errors import EvaluationError
from claimcheck.settings import Settings
from evals.shipped import as_shipped, run_bare


def test_neither_environment_nor_files_change_what_is_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plain = as_shipped()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "claimcheck.toml").write_text("candidates = 1\n", encoding="utf-8")
    monkeypatch.setenv("CLAIMCHECK_PASSAGES_PER_CLAIM", "1")
    assert (Settings().candidates, Settings().passages_per_claim) == (1, 1)
    assert as_shipped() == plain
    assert as_shipped(candidates=7).candidates == 7


def test_a_measured_process_sees_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMCHECK_CANDIDATES", "1")
    asked = "import os; print(sorted(name for name in os.environ if name.startswith('CLAIMCHECK_')))"
    assert run_bare([sys.executable, "-c", asked]).stdout.strip() == "[]"


def test_a_measured_process_that_fails_says_how() -> None:
    with pytest.raises(EvaluationError, match=r"failed \(3\): too bad"):
        run_bare([sys.executable, "-c", "import sys; print('too bad', file=sys.stderr); sys.exit(3)"])
