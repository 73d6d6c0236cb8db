"""Sets: what a bad row is told, and that a missing set is no empty one."""

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from claimcheck.errors import BadRow
from evals.sets import (
    ClaimSet,
    Missing,
    PairRow,
    cases,
    drawn,
    gold_dev,
    pair_files,
    read_claim_set,
    read_pairs,
    read_rows,
)

DOCUMENT = {"id": "D1", "text": "The plant opened in May 2025. It employs 40.", "lang": "en", "kind": "note"}
CLAIM = {
    "id": "C1",
    "claim": "The plant has opened.",
    "label": "proven",
    "basis": "supported",
    "citations": [{"document": "D1", "quote": "The plant opened in May 2025."}],
    "lang": "en",
}
PLAN = {
    **CLAIM,
    "id": "C2",
    "claim": "Acme will build a second plant in Leeds in 2027.",
    "label": "aspirational",
    "basis": "planned",
    "citations": [{"document": "D1", "quote": "A second plant is to be built in Leeds in 2027, Acme said."}],
}
DAY = date(2026, 4, 1)


def write(path: Path, *rows: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows), encoding="utf-8")
    return path


def make_set(folder: Path, *claims: Any, documents: tuple[Any, ...] = (DOCUMENT,)) -> ClaimSet | Missing:
    write(folder / "plants" / "documents.jsonl", *documents)
    write(folder / "plants" / "claims.jsonl", *claims)
    return read_claim_set("toy", folder, as_of=DAY)


def test_topics_are_named_after_their_folders(tmp_path: Path) -> None:
    found = make_set(tmp_path, CLAIM)
    assert isinstance(found, ClaimSet)
    (topic,) = found.topics
    assert (topic.name, len(topic.documents), len(topic.claims)) == ("plants", 1, 1)
    assert found.texts() == {"D1": DOCUMENT["text"]}
    assert json.loads(topic.documents[0].as_note()).get("kind") is None


def test_the_hash_is_of_every_byte(tmp_path: Path) -> None:
    one, same = make_set(tmp_path / "a", CLAIM), make_set(tmp_path / "b", CLAIM)
    other = make_set(tmp_path / "c", CLAIM | {"claim": "The plant opened."})
    assert isinstance(one, ClaimSet)
    assert isinstance(same, ClaimSet)
    assert isinstance(other, ClaimSet)
    assert one.sha256 == same.sha256 != other.sha256


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{", "Invalid JSON"),
        (CLAIM | {"label": "true"}, "label: Input should be 'proven', 'aspirational' or 'speculative'"),
        (CLAIM | {"lable": "proven"}, "lable: Extra inputs are not permitted"),
        (CLAIM | {"label": None}, "a checkable claim needs a label and a basis"),
        (CLAIM | {"checkable": False}, "a claim that is not checkable has neither label nor basis"),
        (CLAIM | {"basis": "planned"}, "no claim is proven on the basis planned"),
        (CLAIM | {"label": "aspirational"}, "no claim is aspirational on the basis supported"),
        (CLAIM | {"citations": []}, "the basis supported needs a citation"),
        (CLAIM | {"id": "C2", "topic": "trains"}, "its topic 'trains' has no documents"),
        (CLAIM | {"id": "C2", "citations": [{"document": "D2", "quote": "x"}]}, "its topic has no document 'D2'"),
        (
            CLAIM | {"id": "C2", "citations": [{"document": "D1", "quote": "It employs 41."}]},
            "D1 does not hold 'It employs 41.'",
        ),
        (CLAIM, "the id 'C1' is that of plants/claims.jsonl, line 1"),
    ],
)
def test_a_bad_row_names_file_line_and_reason(tmp_path: Path, row: Any, reason: str) -> None:
    with pytest.raises(BadRow) as raised:
        make_set(tmp_path, CLAIM, "", row)
    assert raised.value.message.startswith(f"{tmp_path / 'plants' / 'claims.jsonl'}, line 3: ")
    assert reason in raised.value.message
    assert raised.value.next_step


def test_a_file_that_is_no_text_or_no_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "torn.jsonl.gz").write_bytes(gzip.compress(b"{}\n" * 999)[:-9])
    (tmp_path / "other.jsonl").write_bytes(b"\xff\xfe{}")
    for name in ("torn.jsonl.gz", "other.jsonl", "nothing.jsonl"):
        with pytest.raises(BadRow, match=name):
            list(read_rows(tmp_path / name, PairRow))


def test_a_missing_set_says_where_it_should_be(tmp_path: Path) -> None:
    missing = gold_dev(tmp_path)
    assert isinstance(missing, Missing)
    assert str(missing) == f"gold-dev is not at {tmp_path / 'gold-dev'}. {missing.next_step}"
    assert "CLAIMCHECK_DATA" in missing.next_step


def test_pairs_are_read_with_what_they_leave_open(tmp_path: Path) -> None:
    folder = tmp_path / "measure"
    folder.mkdir()
    rows = [
        {"claim": "a", "evidence": "b", "label": "nei", "date": "", "made": "by hand"},
        {"claim": "a", "evidence": "b", "label": "supports", "lang": "de", "evidence_lang": "ko", "date": "2025-01-02"},
    ]
    for name in ("toy", "promise"):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.write("".join(json.dumps(row) + "\n" for row in rows))
    (path,) = pair_files(tmp_path)
    first, second = read_pairs(path)
    assert (first.languages, first.published) == ("en→en", None)
    assert (second.languages, second.published) == ("de→ko", date(2025, 1, 2))


def test_the_same_rows_are_drawn_every_time() -> None:
    rows = [PairRow(claim=str(n), evidence="e", label="nei") for n in range(50)]
    chosen = drawn(rows, 10)
    assert chosen == drawn(rows, 10) == sorted(chosen)
    assert len(chosen) == 10
    assert set(chosen) < set(drawn(rows, 20))


def test_the_projects_own_cases_are_sound() -> None:
    found = cases()
    assert isinstance(found, ClaimSet)
    assert sum(claim.checkable for claim in found.claims) >= 200
    assert {claim.lang for claim in found.claims} == {"en", "es", "fr", "de", "pt", "ko"}
