import json
import sqlite3
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import docx
import pytest
from tiny import TinyEmbedder

from claimcheck.errors import DocumentNotFound, EmbeddingMismatch, LibraryError, LibraryNotFound
from claimcheck.library.library import Library
from claimcheck.readers import read
from claimcheck.types import SourceKind

Added = Callable[..., list[tuple[str, str]]]


def jsonl(path: Path, **texts: str) -> Path:
    lines = (json.dumps({"id": name.replace("_", "-"), "text": text}) for name, text in texts.items())
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def ids(library: Library) -> list[str]:
    return [entry.id for entry in library.documents()]


def test_a_library_must_exist_to_be_read(tmp_path: Path, embedder: TinyEmbedder) -> None:
    with pytest.raises(LibraryNotFound, match="corpus add"):
        Library.open(tmp_path / "none", embedder)
    assert not (tmp_path / "none").exists()


def test_embedding_models_are_never_mixed(library: Library) -> None:
    with pytest.raises(EmbeddingMismatch, match="tiny-1, not tiny-2"):
        Library.open(library.folder, TinyEmbedder("tiny-2"), create=True)
    with Library.open(library.folder) as reading:
        assert reading.embedding == "tiny-1"
        with pytest.raises(LibraryError, match="reading only"):
            reading.add([])


def test_a_folder_is_walked_to_the_bottom_without_what_is_no_evidence(
    library: Library, evidence: Path, added: Added
) -> None:
    (evidence / "sub" / "deep").mkdir(parents=True)
    (evidence / "a.txt").write_text("The plant opened.", encoding="utf-8")
    (evidence / "sub" / "deep" / "b.md").write_text("# Report\n\nThe plant closed.", encoding="utf-8")
    (evidence / ".hidden.txt").write_text("Not this.", encoding="utf-8")
    (evidence / "photo.xcf").write_bytes(b"\x00\x01")
    (evidence / "a.txt.meta.toml").write_text('kind = "official_statement"\npublished = 2025-05-02', encoding="utf-8")
    assert added(evidence) == [("Skipped", "photo.xcf"), ("Added", "a.txt"), ("Added", "b.md")]
    entry = next(iter(library.documents()))
    assert (entry.kind, entry.published, entry.passages) == (SourceKind.OFFICIAL_STATEMENT, date(2025, 5, 2), 1)
    assert added(evidence / "photo.xcf") == [("Failed", "photo.xcf")]


def test_what_is_unchanged_is_neither_read_nor_embedded_again(
    evidence: Path, added: Added, embedder: TinyEmbedder
) -> None:
    (evidence / "a.txt").write_text("The plant opened.", encoding="utf-8")
    added(evidence)
    embedder.passages = 0
    assert added(evidence) == [("Unchanged", "a.txt")]
    assert embedder.passages == 0


def test_a_changed_file_replaces_its_document_and_says_so(library: Library, evidence: Path, added: Added) -> None:
    (evidence / "a.txt").write_text("The plant opened in May.", encoding="utf-8")
    (evidence / "b.txt").write_text("The bridge is closed.", encoding="utf-8")
    added(evidence)
    before = library.fingerprint
    (evidence / "a.txt").write_text("The plant opened in June.", encoding="utf-8")
    assert added(evidence) == [("Unchanged", "b.txt"), ("Replaced", "a.txt")]
    assert [library.document(name).text for name in ids(library)] == [
        "The plant opened in June.",
        "The bridge is closed.",
    ]
    assert library.fingerprint != before
    assert [p.text for p, _ in library.lexical("plant May June", "en", 5)] == ["The plant opened in June."]
    assert len(library.nearest(TinyEmbedder().embed_claims(["plant"])[0], 9)) == 2
    assert list(library.check()) == []


def test_changed_notes_redescribe_without_embedding_again(
    library: Library, evidence: Path, added: Added, embedder: TinyEmbedder
) -> None:
    (evidence / "a.txt").write_text("The plant opened in May.", encoding="utf-8")
    added(evidence)
    (evidence / "manifest.csv").write_text("file,publisher\na.txt,The Ministry\n", encoding="utf-8")
    embedder.passages = 0
    assert added(evidence) == [("Replaced", "a.txt")]
    assert embedder.passages == 0
    assert library.document(ids(library)[0]).publisher == "The Ministry"


def test_identical_bytes_under_two_names_count_once(library: Library, evidence: Path, added: Added) -> None:
    for name in ("a.txt", "b.txt"):
        (evidence / name).write_text("The plant opened in May.", encoding="utf-8")
    assert added(evidence) == [("Added", "a.txt"), ("Unchanged", "b.txt")]
    assert len(ids(library)) == 1
    assert added(evidence) == [("Unchanged", "a.txt"), ("Unchanged", "b.txt")]


def test_a_copy_gets_its_own_document_when_the_other_changes(library: Library, evidence: Path, added: Added) -> None:
    for name in ("a.txt", "b.txt"):
        (evidence / name).write_text("The plant opened in May.", encoding="utf-8")
    added(evidence)
    (evidence / "a.txt").write_text("Something else now.", encoding="utf-8")
    added(evidence)
    assert sorted(library.document(name).text for name in ids(library)) == [
        "Something else now.",
        "The plant opened in May.",
    ]
    assert list(library.check()) == []


def test_a_moved_file_keeps_its_document(library: Library, evidence: Path, added: Added) -> None:
    (evidence / "a.txt").write_text("The plant opened in May.", encoding="utf-8")
    added(evidence)
    (evidence / "a.txt").rename(evidence / "z.txt")
    added(evidence)
    assert [entry.source for entry in library.documents()] == [str((evidence / "z.txt").resolve())]
    assert list(library.check()) == []


def test_lines_of_a_file_are_added_replaced_and_removed_one_by_one(
    library: Library, evidence: Path, added: Added
) -> None:
    path = jsonl(evidence / "notes.jsonl", n_1="One stands here.", n_2="Two stands here.", n_3="Three stands here.")
    assert added(path) == [("Added", "notes.jsonl")] * 3
    jsonl(path, n_1="One stands here.", n_2="Two has changed.", n_4="Four is new.")
    assert added(path) == [
        ("Replaced", "notes.jsonl"),
        ("Added", "notes.jsonl"),
        ("Unchanged", "notes.jsonl"),
        ("Removed", "notes.jsonl"),
    ]
    assert ids(library) == ["n-1", "n-2", "n-4"]


def test_one_id_for_two_documents_is_refused_until_one_is_given_another(
    library: Library, evidence: Path, added: Added
) -> None:
    jsonl(evidence / "a.jsonl", n_1="One stands here.")
    jsonl(evidence / "b.jsonl", n_1="Another text altogether.")
    assert ("Failed", "b.jsonl") in added(evidence)
    assert ("Failed", "b.jsonl") in added(evidence)
    assert library.document("n-1").text == "One stands here."
    jsonl(evidence / "b.jsonl", n_2="Another text altogether.")
    assert added(evidence) == [("Unchanged", "a.jsonl"), ("Added", "b.jsonl")]


def test_one_bad_file_never_stops_the_others(library: Library, evidence: Path, added: Added) -> None:
    (evidence / "a.txt").write_bytes(b"")
    (evidence / "b.txt").write_text("The plant opened in May.", encoding="utf-8")
    (evidence / "c.txt").write_text("The plant closed in June.", encoding="utf-8")
    (evidence / "c.txt.meta.toml").write_text("published = 'soon'", encoding="utf-8")
    sub = evidence / "sub"
    sub.mkdir()
    (sub / "d.txt").write_text("Nobody knows what was noted about this.", encoding="utf-8")
    (sub / "manifest.csv").write_text("name\nd.txt\n", encoding="utf-8")
    failed = ["a.txt", "c.txt", "manifest.csv", "nowhere.txt"]
    events = added(evidence, evidence / "nowhere.txt")
    assert sorted(events) == [("Added", "b.txt"), *(("Failed", name) for name in failed)]
    assert len(ids(library)) == 1


def test_removed_documents_come_back_when_their_files_are_added_again(
    library: Library, evidence: Path, added: Added
) -> None:
    path = jsonl(evidence / "notes.jsonl", n_1="One stands here.", n_2="Two stands here.")
    added(path)
    with pytest.raises(DocumentNotFound):
        library.remove(["n-1", "n-9"])
    assert ids(library) == ["n-1", "n-2"]
    assert library.remove(["n-1"]) == 1
    assert [p.document for p, _ in library.nearest(TinyEmbedder().embed_claims(["one"])[0], 9)] == ["n-2"]
    assert list(library.check()) == []
    assert added(path) == [("Added", "notes.jsonl"), ("Unchanged", "notes.jsonl")]


def test_documents_and_passages_come_back_as_they_were_read(library: Library, evidence: Path, added: Added) -> None:
    paper = docx.Document()
    paper.add_heading("Ein Bericht", level=1)
    paper.add_paragraph("El Perú firmó un acuerdo. 정부는 발표했다. 👩‍🚀 flew.")
    paper.add_paragraph("A second paragraph stands here.")
    paper.save(str(evidence / "a.docx"))
    added(evidence)
    document = library.document(ids(library)[0])
    (as_read,) = read(evidence / "a.docx", max_bytes=1_000_000, timeout_s=1)
    assert document == as_read
    assert document.anchors
    for passage, _ in library.nearest(TinyEmbedder().embed_claims(["acuerdo"])[0], 5):
        assert passage == library.passage(passage.id)
        assert passage.span.of(document.text) == passage.text


def test_a_korean_claim_finds_a_korean_passage_with_other_particles(
    library: Library, evidence: Path, added: Added
) -> None:
    korean = unicodedata.normalize("NFD", "정부가 울산에 배터리 공장을 건설하기로 했다.")
    (evidence / "a.txt").write_text(korean, encoding="utf-8")
    (evidence / "b.txt").write_text("날씨는 내일도 맑고 따뜻할 것으로 보인다.", encoding="utf-8")
    added(evidence)
    found = library.lexical("울산의 배터리 공장은 정부의 계획이다", "ko", 5)
    assert found[0][0].text.startswith("정부가 울산에")
    assert library.lexical("울산의 배터리 공장", "en", 5) == []


@pytest.mark.parametrize(
    "query",
    ['"', 'plant"', "plant AND", "NEAR(plant opened", "text:plant", "plant*", "-plant", "(plant", "^plant", "''"],
)
def test_a_query_is_text_and_never_syntax(library: Library, evidence: Path, added: Added, query: str) -> None:
    (evidence / "a.txt").write_text("The plant opened in May.", encoding="utf-8")
    added(evidence)
    assert len(library.lexical(query, "en", 5)) == ("plant" in query)


def test_words_without_content_find_nothing(library: Library, evidence: Path, added: Added) -> None:
    (evidence / "a.txt").write_text("The plant is open.", encoding="utf-8")
    added(evidence)
    assert library.lexical("The bridge is closed", "en", 5) == []


def test_the_fingerprint_is_the_same_for_the_same_documents_anywhere(
    tmp_path: Path, library: Library, evidence: Path, added: Added
) -> None:
    (evidence / "a.txt").write_text("The plant opened in May.", encoding="utf-8")
    added(evidence)
    copy = evidence.rename(tmp_path / "copy")
    with Library.open(tmp_path / "other", TinyEmbedder(), create=True) as other:
        assert len(list(other.add([copy]))) == 1
        assert other.fingerprint == library.fingerprint
        summary = other.summary()
    assert (summary.documents, summary.passages, summary.newest) == (1, 1, None)
    assert summary.fingerprint == library.fingerprint


def test_a_library_of_a_newer_version_is_left_alone(library: Library, tmp_path: Path) -> None:
    connection = sqlite3.connect(library.folder / "catalogue.sqlite3")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LibraryError, match="newer claimcheck"):
        Library.open(library.folder)


def test_a_catalogue_that_is_no_database_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite3").write_bytes(b"not a database" * 100)
    with pytest.raises(LibraryError, match="cannot be used"):
        Library.open(tmp_path)
