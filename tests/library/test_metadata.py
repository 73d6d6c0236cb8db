from datetime import date
from pathlib import Path

import pytest

from claimcheck.errors import MetadataError
from claimcheck.library.metadata import FolderNotes, Metadata, read_side_file
from claimcheck.types import Document, SourceKind

SIDE = """
title = "Annual report"
url = "https://example.org/report"
publisher = "Example plc"
published = 2025-03-01
lang = "pt-BR"
kind = "primary record"

[notes]
desk = "economy"
"""


def test_a_side_file_gives_every_field(tmp_path: Path) -> None:
    (tmp_path / "report.pdf.meta.toml").write_text(SIDE, encoding="utf-8")
    assert FolderNotes(tmp_path).of(tmp_path / "report.pdf") == Metadata(
        title="Annual report",
        url="https://example.org/report",
        publisher="Example plc",
        published=date(2025, 3, 1),
        lang="pt",
        kind=SourceKind.PRIMARY_RECORD,
        notes=(("desk", "economy"),),
    )


def test_the_side_file_may_leave_out_the_suffix_and_the_whole_name_goes_first(tmp_path: Path) -> None:
    (tmp_path / "report.meta.toml").write_text('title = "Both"', encoding="utf-8")
    (tmp_path / "report.txt.meta.toml").write_text('title = "Text"', encoding="utf-8")
    notes = FolderNotes(tmp_path)
    assert notes.of(tmp_path / "report.pdf").title == "Both"
    assert notes.of(tmp_path / "report.txt").title == "Text"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_manifest_gives_a_row_to_each_file(tmp_path: Path, delimiter: str) -> None:
    rows = [
        ("file", "title", "published", "kind", "notes"),
        ("a.txt", "El título", "2024-05-03", "social", "seen twice"),
    ]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    (tmp_path / "manifest.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    notes = FolderNotes(tmp_path)
    assert notes.of(tmp_path / "a.txt") == Metadata(
        title="El título", published=date(2024, 5, 3), kind=SourceKind.SOCIAL, notes=(("note", "seen twice"),)
    )
    assert notes.of(tmp_path / "b.txt") == Metadata()
    assert notes.missing() == ["a.txt"]


def test_a_side_file_goes_before_the_manifest_field_by_field(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("file,title,publisher\na.txt,Row,Row & Sons\n", encoding="utf-8")
    (tmp_path / "a.txt.meta.toml").write_text('title = "Side"', encoding="utf-8")
    found = FolderNotes(tmp_path).of(tmp_path / "a.txt")
    assert (found.title, found.publisher) == ("Side", "Row & Sons")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('title = "x"\npublished = "3 May"', "line 2, key 'published': '3 May' is no date."),
        ('kind = "rumour"', "line 1, key 'kind': there is no kind 'rumour'."),
        ('title = "x"\n\nauthors = "y"', "line 3: there is no key 'authors'."),
        ("title = x", "not TOML"),
        ('url = "example.org"', "key 'url': 'example.org' is no web address."),
        ("title = 7", "key 'title': 7 is not text."),
        ('lang = "english!"', "key 'lang': 'english!' is no language code."),
    ],
)
def test_a_bad_value_in_a_side_file_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a.txt.meta.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MetadataError) as raised:
        read_side_file(path)
    assert str(path) in raised.value.message
    assert said in raised.value.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("file,title,when\na.txt,x,y\n", "line 1: there is no column 'when'."),
        ("title\nx\n", "line 1: the column 'file' is missing."),
        ("file,title,title\n", "line 1: column 'title' stands twice."),
        ("file,title\n,x\n", "line 2, column 'file': is empty."),
        ("file,title\na.txt,x\na.txt,y\n", "line 3, column 'file': 'a.txt' has a row already."),
        ('file,title\na.txt,"x" y\n', "line 2: not a row of a CSV table"),
    ],
)
def test_a_manifest_that_is_no_table_is_refused_whole(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "manifest.csv").write_text(text, encoding="utf-8")
    with pytest.raises(MetadataError, match=r"manifest\.csv") as raised:
        FolderNotes(tmp_path)
    assert said in raised.value.message


def test_a_bad_value_in_a_row_concerns_that_file_alone(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text(
        'file,title,published\na.txt,"two\nlines",03/05/2024\nb.txt,B,2024-05-03\n', encoding="utf-8"
    )
    notes = FolderNotes(tmp_path)
    assert notes.of(tmp_path / "b.txt").title == "B"
    with pytest.raises(MetadataError, match="line 3, column 'published': '03/05/2024' is no date"):
        notes.of(tmp_path / "a.txt")


def test_notes_go_before_what_a_file_says_of_itself_unless_it_holds_many_documents() -> None:
    document = Document(id="d", text="x", title="Own", notes={"a": "own"})
    noted = Metadata(title="Noted", publisher="P", notes=(("a", "noted"), ("b", "noted")))
    over = noted.describe(document, own_first=False)
    assert (over.title, over.publisher, over.notes) == ("Noted", "P", {"a": "noted", "b": "noted"})
    under = noted.describe(document, own_first=True)
    assert (under.title, under.publisher, under.notes) == ("Own", "P", {"a": "own", "b": "noted"})
