"""What holds for every sort of source: names, limits, refusals."""

import hashlib
import io
import subprocess
import sys
from types import SimpleNamespace

import pytest

from claimcheck.errors import EmptyDocument, ReadError, TooLarge, UnsupportedFormat
from claimcheck.readers import READERS, read, read_each
from claimcheck.types import Document

from .conftest import LIMITS, pdf_bytes, read_all, read_one, refusal


def test_a_document_is_named_after_its_file_and_bytes_not_its_folder(tmp_path):
    data = "Der Park wurde im Mai eröffnet.".encode()
    digest = hashlib.sha256(data).hexdigest()
    documents = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "Bericht Süd_2024.txt"
        path.write_bytes(data)
        documents.append((path, read_one(path)))
    for path, document in documents:
        assert document.id == f"bericht-süd-2024-{digest[:8]}"
        assert document.sha256 == digest
        assert document.path == str(path)
        assert document.lang == "de"


def test_a_name_without_letters_still_gives_an_id(write):
    assert read_one(write("---.txt", "Some text is here.")).id.startswith("document-")


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_every_reader_loads_and_refuses_noise_with_one_error(write, suffix):
    refusal(write(f"noise{suffix}", bytes(range(256)) * 8))


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_an_empty_file_is_refused(write, suffix):
    assert isinstance(refusal(write(f"empty{suffix}", b"")), EmptyDocument)


@pytest.mark.parametrize(("suffix", "blanks"), [(".txt", "\u200b"), (".md", "\u00a0"), (".jsonl", ""), (".html", "")])
def test_a_blank_file_is_refused(write, suffix, blanks):
    assert isinstance(refusal(write(f"blank{suffix}", f" \n\t\n{blanks} \n")), EmptyDocument)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert "no such file" in refusal(tmp_path / "none.txt").message
    (tmp_path / "folder.txt").mkdir()
    assert "is a folder" in refusal(tmp_path / "folder.txt").message
    (error,) = read_all("a\0b.txt")
    assert isinstance(error, ReadError)


def test_an_unsupported_suffix_is_refused_with_the_supported_ones(write):
    error = refusal(write("table.xlsx", b"PK\x03\x04"))
    assert isinstance(error, UnsupportedFormat)
    assert all(suffix in error.next_step for suffix in READERS)


def test_size_is_checked_before_reading(write, monkeypatch):
    path = write("large.txt", b"x" * 1001)
    monkeypatch.setattr("pathlib.Path.open", lambda *_: pytest.fail("the file was opened"))
    (error,) = read_each(path, max_bytes=1000, timeout_s=1)
    assert isinstance(error, TooLarge)


def test_a_file_of_exactly_the_limit_is_read(write):
    (document,) = read_each(write("fits.txt", b"x" * 1000), max_bytes=1000, timeout_s=1)
    assert isinstance(document, Document)


def test_files_without_suffix_are_told_by_their_bytes(write):
    assert read_one(write("page", "<!DOCTYPE html><html><body><p>Seen text here.</p></body></html>")).text == (
        "Seen text here."
    )
    assert "page 1" in {a.locator for a in read_one(write("print", pdf_bytes([["Printed text."]]))).anchors}
    assert read_one(write("notes", "Plain words.")).text == "Plain words."


def test_a_wrong_suffix_is_explained(write):
    assert ".pdf" in refusal(write("really.txt", pdf_bytes([["Printed."]]))).message
    assert "Office" in refusal(write("old.txt", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99)).message


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO("Café ouvert.".encode())))
    document = read_one("-")
    assert (document.text, document.path) == ("Café ouvert.", "standard input")
    assert document.id.startswith("stdin-")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"x" * 3_000_000)))
    (error,) = read_all("-")
    assert isinstance(error, TooLarge)
    assert error.message.startswith("standard input: ")


def test_read_yields_the_good_and_raises_the_first_error(write):
    path = write("set.jsonl", '{"text": "One is here."}\nbad\n{"text": "Three is here."}\n')
    seen = []
    with pytest.raises(ReadError, match="line 2"):
        seen.extend(document.text for document in read(path, **LIMITS))
    documents = read(path, **LIMITS)
    assert next(documents).text == "One is here."


def test_the_face_of_the_package_loads_nothing_heavy():
    heavy = "{'lxml', 'docx', 'pypdf', 'trafilatura', 'urllib3', 'pydantic', 'yaml'}"
    code = f"import sys, claimcheck.readers; print(sorted({heavy} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
