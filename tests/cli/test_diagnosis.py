"""What the doctor finds, in sound and in broken surroundings."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from claimcheck.cli.diagnosis import State, diagnose
from claimcheck.library.database import CATALOGUE_FILE
from claimcheck.models import weights
from claimcheck.settings import Settings

Run = Callable[..., Result]


def states(settings: Settings) -> dict[str, State]:
    return {found.subject: found.state for found in diagnose(settings)}


def test_everything_that_is_needed_is_examined(tmp_path: Path) -> None:
    found = states(Settings(library=tmp_path / "library"))
    files = (weights.EMBEDDING, weights.TOKENIZER, weights.RETRIEVER, weights.VERIFIER, weights.CALIBRATION)
    expected = {
        "Python",
        "claimcheck",
        "packaged corpus",
        "retriever",
        "verifier",
        "library",
        "library folder",
        "network",
    }
    assert expected | {f"sha256 of {name}" for name in files} <= set(found)


def test_a_library_that_is_not_there_yet_is_no_fault(tmp_path: Path) -> None:
    assert states(Settings(library=tmp_path / "library"))["library"] is State.NOTE


def test_a_missing_model_is_broken_and_the_next_step_is_said(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights.weights_hash.cache_clear()
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    result = run("doctor")
    weights.weights_hash.cache_clear()
    assert result.exit_code == 2
    lines = result.stdout.splitlines()
    broken = [number for number, line in enumerate(lines) if line.startswith("BROKEN")]
    assert any("embedding.q4" in lines[number] for number in broken)
    assert all("Install" in lines[number + 1] for number in broken)


def test_a_damaged_library_is_broken(run: Run, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    (library / CATALOGUE_FILE).write_bytes(b"not a database" * 100)
    result = run("doctor", "--library", str(library))
    assert result.exit_code == 2
    assert "BROKEN  library: " in result.stdout


def test_a_folder_that_cannot_be_written_is_broken(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert states(Settings(library=tmp_path / "file" / "library"))["library folder"] is State.BROKEN


def test_a_library_is_described(run: Run, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence.txt"
    evidence.write_text("The plant opened in May 2025.", encoding="utf-8")
    assert run("corpus", "add", str(evidence), "--library", "library").exit_code == 0
    assert "1 documents in 1 passages" in run("doctor", "--library", "library").stdout


def test_who_may_be_connected_to_is_said(tmp_path: Path) -> None:
    def network(**flags: object) -> str:
        settings = Settings(library=tmp_path / "library", **flags)
        return next(found.detail for found in diagnose(settings) if found.subject == "network")

    asking = {"model": "openai:any", "base_url": "http://127.0.0.1:9/v1"}
    assert network(**asking) == "claims may be sent to the language model openai:any at http://127.0.0.1:9/v1"
    assert "no connection" in network(**asking, offline=True)
    assert "not needed" in network(**asking, verifier="local")
