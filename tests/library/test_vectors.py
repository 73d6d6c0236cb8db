import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tiny import TinyEmbedder

from claimcheck.library.library import Library
from claimcheck.library.vectors import packed, unpacked

Added = Callable[..., list[tuple[str, str]]]
CLAIM = TinyEmbedder().embed_claims(["Plant 7 opened in town 7."])[0]


@pytest.fixture
def filled(library: Library, evidence: Path, added: Added) -> Library:
    for number in range(12):
        (evidence / f"{number:02}.txt").write_text(f"Plant {number} opened in town {number}.", encoding="utf-8")
    added(evidence)
    return library


def found(library: Library) -> list[tuple[str, float]]:
    return [(passage.id, score) for passage, score in library.nearest(CLAIM, 12)]


def disturb(library: Library, statement: str) -> None:
    connection = sqlite3.connect(library.folder / "catalogue.sqlite3")
    with connection:
        connection.execute(statement)
    connection.close()


def test_the_nearest_are_those_with_the_greatest_dot_products(filled: Library) -> None:
    passages = [passage for passage, _ in filled.nearest(CLAIM, 12)]
    vectors = unpacked(packed(TinyEmbedder().embed_passages([passage.text for passage in passages])))
    scores = [score for _, score in found(filled)]
    assert scores == sorted(scores, reverse=True)
    assert np.allclose(scores, vectors @ np.asarray(CLAIM), atol=1e-5)


def test_an_empty_library_has_nothing_near(library: Library) -> None:
    assert library.nearest(CLAIM, 5) == []
    assert library.nearest_to_each([], 5) == []
    assert list(library.check()) == []


def test_an_index_torn_by_a_kill_is_built_anew_when_it_is_next_needed(filled: Library) -> None:
    before = found(filled)
    filled.close()
    for file in filled.folder.glob("vectors-*/*/data_level0.bin"):
        file.write_bytes(file.read_bytes()[:100])
    disturb(filled, "UPDATE vector_index SET writing = 1")
    with Library.open(filled.folder) as library:
        assert found(library) == before
        assert list(library.check()) == []
        assert len(list(library.folder.glob("vectors-*"))) == 1


def test_check_finds_vectors_that_differ_are_missing_or_belong_to_no_passage(filled: Library) -> None:
    disturb(filled, "UPDATE vectors SET vector = (SELECT vector FROM vectors WHERE number = 1) WHERE number = 2")
    assert [problem.message for problem in filled.check()] == ["1 vectors are missing or differ from the catalogue's."]
    filled.repair()
    assert list(filled.check()) == []
    disturb(filled, "UPDATE vector_index SET upto = 99")
    disturb(filled, "UPDATE vectors SET number = 50 WHERE number = 3")
    assert {problem.part for problem in filled.check()} >= {"vectors"}


def test_check_finds_what_is_wrong_in_the_catalogue(filled: Library) -> None:
    disturb(filled, "DELETE FROM words WHERE rowid = 4")
    assert [problem.part for problem in filled.check()] == ["catalogue"]
    filled.repair()
    assert list(filled.check()) == []
    disturb(filled, "UPDATE passages SET text = 'Invented.' WHERE number = 4")
    assert [problem.message for problem in filled.check()] == ["There are 1 passages whose text is not the document's."]


def test_check_finds_files_that_are_gone_or_changed(filled: Library, evidence: Path) -> None:
    (evidence / "03.txt").unlink()
    (evidence / "04.txt").write_text("Something else.", encoding="utf-8")
    assert [problem.message.rsplit("/", 1)[1] for problem in filled.check()] == [
        "03.txt is no longer there.",
        "04.txt has changed since it was added.",
    ]
    assert list(filled.check(files=False)) == []


def test_vectors_without_a_passage_are_passed_over(filled: Library) -> None:
    before = found(filled)
    disturb(filled, "DELETE FROM passages WHERE number = 5")
    after = found(filled)
    assert len(after) == len(before) - 1
    assert set(after) < set(before)


def test_two_openings_in_one_process_see_one_library(filled: Library, evidence: Path) -> None:
    with Library.open(filled.folder, TinyEmbedder()) as other:
        assert found(other) == found(filled)
        (evidence / "new.txt").write_text("Plant 7 closed in town 7.", encoding="utf-8")
        list(other.add([evidence]))
        assert len(filled.nearest(CLAIM, 99)) == 13
    assert len(filled.nearest(CLAIM, 99)) == 13


def test_many_threads_read_while_one_adds(filled: Library, evidence: Path, added: Added) -> None:
    for number in range(12, 40):
        (evidence / f"{number:02}.txt").write_text(f"Plant {number} opened in town {number}.", encoding="utf-8")
    with ThreadPoolExecutor(4) as pool:
        readings = [pool.submit(found, filled) for _ in range(20)]
        added(evidence)
        readings += [pool.submit(found, filled) for _ in range(20)]
        results = [reading.result() for reading in readings]
    assert all(len(result) == 12 for result in results)
    assert len({tuple(result) for result in results[-10:]}) == 1


def test_a_library_can_be_moved(filled: Library, tmp_path: Path) -> None:
    before = found(filled)
    filled.close()
    moved = Path(shutil.move(filled.folder, tmp_path / "moved"))
    with Library.open(moved) as library:
        assert found(library) == before


def test_sixteen_bits_keep_the_cosine() -> None:
    rows = np.random.default_rng(7).standard_normal((50, 384))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    kept = unpacked(packed(rows.tolist()))
    assert np.abs(kept @ kept.T - rows @ rows.T).max() < 1e-4
