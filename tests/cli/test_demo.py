"""The demonstration's own library outlives a change of models; one that the user named is left alone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from claimcheck.cli import demo, opening
from claimcheck.errors import EmbeddingMismatch
from claimcheck.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def outdated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    draft = tmp_path / "draft.md"
    draft.write_text("proven ships are being built", encoding="utf-8")

    def add_evidence(notes: Path, settings: Settings) -> int:
        if (settings.library_folder / "made by another model").exists():
            raise EmbeddingMismatch("The library was made with another model.", "Make a new one.")
        return 16

    monkeypatch.setattr(opening, "add_evidence", add_evidence)
    monkeypatch.setattr(demo, "demonstration_drafts", lambda: (draft,))


def make_outdated(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "made by another model").write_text("", encoding="utf-8")


@pytest.mark.usefixtures("outdated")
def test_the_demonstration_makes_its_library_anew(run: Run, tmp_path: Path) -> None:
    make_outdated(tmp_path / "out" / "library")
    result = run("demo")
    assert result.exit_code == 0, result.stderr
    assert "16 packaged notes are in the library out/library" in result.stderr
    assert (tmp_path / "out" / "draft.html").is_file()


@pytest.mark.usefixtures("outdated")
def test_a_library_of_the_user_is_not_touched(run: Run, tmp_path: Path) -> None:
    make_outdated(tmp_path / "mine")
    assert run("demo", "--library", "mine").exit_code == 2
    assert (tmp_path / "mine" / "made by another model").exists()
