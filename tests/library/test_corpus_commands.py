import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from claimcheck.cli.application import app
from claimcheck.library.metadata import FIELDS
from claimcheck.types import SourceKind


class Corpus:
    """Runs `claimcheck corpus …` on one library."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, ["corpus", *arguments, "--library", str(self.folder / "library")])

    def json(self, *arguments: str) -> object:
        return json.loads(self(*arguments, "--format", "json").stdout)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("corpus")
    evidence = folder / "evidence"
    evidence.mkdir()
    notes = [
        {"id": "n-1", "title": "Opening", "lang": "en", "published": "2025-05-02", "text": "The plant opened in May."},
        {"id": "n-2", "lang": "es", "text": "El puente sigue cerrado por obras."},
    ]
    (evidence / "notes.jsonl").write_text("\n".join(map(json.dumps, notes)), encoding="utf-8")
    corpus = Corpus(folder)
    added = corpus("add", str(evidence))
    assert added.exit_code == 0
    assert added.stdout == ""
    assert added.stderr.splitlines()[-1] == "claimcheck: 2 added"
    return corpus


def test_list_and_show_say_what_is_there(corpus: Corpus) -> None:
    assert corpus("list").stdout.splitlines() == [
        "n-1  2025-05-02  en  -  1 passage  Opening",
        "n-2  -  es  -  1 passage  -",
    ]
    assert [entry["id"] for entry in corpus.json("list")] == ["n-1", "n-2"]
    assert "published: 2025-05-02" in corpus("show", "n-1").stdout
    assert corpus("show", "n-1").stdout.endswith("\n\nThe plant opened in May.\n")
    assert corpus.json("show", "n-2")["text"] == "El puente sigue cerrado por obras."


def test_an_unknown_id_is_one_line_and_exit_code_2(corpus: Corpus) -> None:
    for command in ("show", "remove"):
        result = corpus(command, "n-9")
        assert result.exit_code == 2
        assert (
            result.stderr
            == "claimcheck: The library holds no document 'n-9'. See the ids with: claimcheck corpus list\n"
        )


def test_search_finds_across_languages_with_exact_places(corpus: Corpus) -> None:
    hits = corpus.json("search", "The bridge is closed", "--limit", "1")
    assert [hit["id"] for hit in hits] == ["n-2"]
    text = corpus.json("show", "n-2")["text"]
    assert text[hits[0]["start"] : hits[0]["end"]] == hits[0]["text"]
    assert corpus("search", "The bridge is closed", "--limit", "1").stdout.startswith("n-2")


def test_help_tells_how_documents_are_described(corpus: Corpus) -> None:
    told = CliRunner().invoke(app, ["corpus", "add", "--help"]).stdout
    for word in ("manifest.csv", ".meta.toml", *FIELDS, *SourceKind):
        assert word in told


def test_a_search_for_nothing_is_refused(corpus: Corpus) -> None:
    for text in ("", "  "):
        result = corpus("search", text)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "nothing to search for" in result.stderr


def test_what_a_source_holds_cannot_steer_the_terminal(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    (tmp_path / "a\x1b[31m\nb.pdf").write_text("no PDF")
    (tmp_path / "pier.txt").write_text("The pier in Arle closed in May.")
    (tmp_path / "pier.txt.meta.toml").write_text('publisher = "News\\u202E"')
    lines = corpus("add", str(tmp_path)).stderr.splitlines()
    assert all(line.startswith("claimcheck: ") for line in lines)
    assert "a<U+001B>[31m b.pdf: is not a PDF" in "".join(lines)
    (found,) = corpus.json("search", "pier")
    assert found["publisher"] == "News\u202e"
    for shown in (corpus("search", "pier"), corpus("show", found["id"])):
        assert "News<U+202E>" in shown.stdout


def test_stats_count(corpus: Corpus) -> None:
    counts = corpus.json("stats")["counts"]
    assert (counts["documents"], counts["passages"], counts["newest"]) == (2, 2, "2025-05-02")
    assert "languages    en 1, es 1" in corpus("stats").stdout


def test_a_failure_is_named_and_ends_with_exit_code_2(corpus: Corpus) -> None:
    result = corpus("add", str(corpus.folder / "evidence"), str(corpus.folder / "nowhere.txt"))
    assert result.exit_code == 2
    assert "nowhere.txt: no such file or folder. Check the name and the folder." in result.stderr
    assert result.stderr.splitlines()[-1] == "claimcheck: 2 unchanged, 1 failed"


def test_check_ends_with_exit_code_2_if_anything_is_wrong(corpus: Corpus) -> None:
    assert corpus("check").exit_code == 0
    notes = corpus.folder / "evidence" / "notes.jsonl"
    moved = notes.rename(corpus.folder / "elsewhere.jsonl")
    result = corpus("check")
    assert result.exit_code == 2
    assert (
        result.stdout
        == f"files: {notes.resolve()} is no longer there. Put it back, or run: claimcheck corpus remove n-1 n-2\n"
    )
    assert corpus("check", "--no-files", "--repair").exit_code == 0
    moved.rename(notes)


def test_no_library_is_said_with_the_next_step(tmp_path: Path) -> None:
    result = Corpus(tmp_path)("list")
    assert result.exit_code == 2
    assert "claimcheck corpus add PATH" in result.stderr
