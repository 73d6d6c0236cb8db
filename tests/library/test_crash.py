"""Killed in the middle, and two at once: nothing lost, nothing twice. Real processes, real Chroma."""

import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from tiny import TinyEmbedder

from claimcheck.library.library import Library

HERE = Path(__file__).resolve().parent
DOCUMENTS = 500
GROUP = 24


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evidence")
    for number in range(DOCUMENTS):
        paragraphs = (
            f"Plant {number} made {number * step} units in {2000 + step}. It is in town {number % 9}. It grew."
            for step in range(1, 4)
        )
        (folder / f"plant-{number:03}.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def fingerprint(evidence: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the library must be in the end: that of one undisturbed addition."""
    with Library.open(tmp_path_factory.mktemp("whole"), TinyEmbedder(), create=True) as library:
        assert len(list(library.add([evidence]))) == DOCUMENTS
        return library.fingerprint


def start(library: Path, evidence: Path, group: int = GROUP, wait_after: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(HERE / "add_process.py"), str(library), str(evidence), str(group), str(wait_after)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(HERE.parent.parent)},
    )


def kill_after(lines: int, library: Path, evidence: Path) -> list[str]:
    with start(library, evidence, wait_after=lines + GROUP) as process:
        assert process.stdout is not None
        seen = list(islice(process.stdout, lines))
        process.kill()
    return seen


def assert_whole(library: Library, fingerprint: str) -> None:
    assert list(library.check()) == []
    assert library.fingerprint == fingerprint
    counts = library.stats().counts
    assert counts.documents == counts.sources == DOCUMENTS
    assert sum(entry.passages for entry in library.documents()) == counts.passages
    hits = library.nearest(TinyEmbedder().embed_claims(["Plant 77 made 154 units in 2002."])[0], 2 * counts.passages)
    assert len({passage.id for passage, _ in hits}) == len(hits) == counts.passages


@pytest.mark.parametrize("lines", [1, 150, 400])
def test_killed_in_the_middle_and_run_again(lines: int, evidence: Path, fingerprint: str, tmp_path: Path) -> None:
    assert len(kill_after(lines, tmp_path, evidence)) == lines
    with Library.open(tmp_path, TinyEmbedder()) as library:
        held = {entry.source for entry in library.documents()}
        events = list(library.add([evidence]))
        assert lines <= len(held) < DOCUMENTS
        assert {event.source for event in events if type(event).__name__ == "Added"} == {
            str(path) for path in evidence.iterdir() if str(path.resolve()) not in held
        }
        assert_whole(library, fingerprint)


def test_killed_again_and_again(evidence: Path, fingerprint: str, tmp_path: Path) -> None:
    for lines in (40, 170, 290):
        kill_after(lines, tmp_path, evidence)
    with Library.open(tmp_path, TinyEmbedder()) as library:
        list(library.add([evidence]))
        assert_whole(library, fingerprint)


def test_what_was_reported_before_the_kill_is_there(evidence: Path, tmp_path: Path) -> None:
    seen = kill_after(60, tmp_path, evidence)
    with Library.open(tmp_path) as library:
        held = {entry.source for entry in library.documents()}
    assert {str(Path(line.split(" ", 1)[1].strip()).resolve()) for line in seen} <= held


def test_two_processes_add_the_same_at_once(evidence: Path, fingerprint: str, tmp_path: Path) -> None:
    with start(tmp_path, evidence) as one, start(tmp_path, evidence, GROUP - 7) as other:
        outputs = [process.communicate()[0] for process in (one, other)]
    assert (one.returncode, other.returncode) == (0, 0)
    added = [line for output in outputs for line in output.splitlines() if line.startswith("Added")]
    assert len(added) == len(set(added)) == DOCUMENTS
    with Library.open(tmp_path, TinyEmbedder()) as library:
        assert_whole(library, fingerprint)


def test_a_reader_sees_what_another_process_adds_while_it_adds(
    evidence: Path, fingerprint: str, tmp_path: Path
) -> None:
    first = evidence / "plant-000.txt"
    claim = TinyEmbedder().embed_claims(["Plant 77 made 154 units in 2002."])[0]
    with Library.open(tmp_path, TinyEmbedder(), create=True) as library:
        list(library.add([first]))
        counts = [len(library.nearest(claim, 5 * DOCUMENTS))]
        with start(tmp_path, evidence) as process:
            assert process.stdout is not None
            for place, _ in enumerate(process.stdout):
                if place % 50 == 0:
                    counts.append(len(library.nearest(claim, 5 * DOCUMENTS)))
        assert process.returncode == 0
        counts.append(len(library.nearest(claim, 5 * DOCUMENTS)))
        assert counts == sorted(counts)
        assert counts[0] < counts[3] < counts[-1]
        assert_whole(library, fingerprint)
