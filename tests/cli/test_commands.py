"""What the commands do around a check: formats, files, conditions, exit codes, errors."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import Result

from claimcheck.cli import opening
from claimcheck.cli.outcome import exit_code, read_conditions, summary_line
from claimcheck.errors import SettingsError
from claimcheck.settings import Settings
from claimcheck.types import Document, Report

Run = Callable[..., Result]


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft.txt"
    lines = ["proven ships are being built", "skipped opinion", "aspirational plant", "speculative unsure order"]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_json_goes_to_standard_output_and_the_summary_to_standard_error(run: Run, draft: Path) -> None:
    result = run("check", str(draft), "--format", "json", "--as-of", "2025-12-31")
    assert result.exit_code == 0
    report = Report.model_validate_json(result.stdout)
    assert report.as_of.isoformat() == "2025-12-31"
    assert len(report.findings) == 3
    assert result.stderr.splitlines()[-1] == (
        "claimcheck: 3 claims: 1 proven, 1 aspirational, 1 speculative (1 contradicted); "
        "1 sentence without a claim to check."
    )


@pytest.mark.parametrize(("name", "start"), [("r.json", "{"), ("r.md", "#"), ("r.html", "<!"), ("deep/r.txt", "")])
def test_the_name_of_the_file_chooses_the_format(run: Run, draft: Path, tmp_path: Path, name: str, start: str) -> None:
    result = run("check", str(draft), "--out", name)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert (tmp_path / name).read_text(encoding="utf-8").lstrip().startswith(start)


@pytest.mark.parametrize(("name", "said"), [("r.pdf", "'.pdf'"), (".", "is a folder")])
def test_a_name_that_cannot_be_written_is_refused_before_the_work(run: Run, draft: Path, name: str, said: str) -> None:
    result = run("check", str(draft), "--out", name)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not Path("r.pdf").exists()


def test_an_ending_means_nothing_where_the_format_is_named(run: Run, draft: Path, tmp_path: Path) -> None:
    assert run("check", str(draft), "--format", "json", "--out", "r.sarif").exit_code == 0
    assert Report.model_validate_json((tmp_path / "r.sarif").read_text(encoding="utf-8"))


def test_text_comes_verdict_by_verdict(run: Run, draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    open_line_checker = opening.open_checker

    def open_watched(settings: Settings) -> object:
        checker = open_line_checker(settings)
        stream = checker.check_stream

        def watched(document: Document) -> Iterator[object]:
            for item in stream(document):
                # The runner keeps in memory what has reached standard output.
                written.append(sys.stdout.buffer.getvalue().decode())
                yield item

        monkeypatch.setattr(checker, "check_stream", watched, raising=False)
        return checker

    monkeypatch.setattr(opening, "open_checker", open_watched)
    assert run("check", str(draft)).exit_code == 0
    assert [[word in text for word in ("ships", "plant", "order")] for text in written] == [
        [False, False, False],
        [True, False, False],
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_skipped_sentences_are_shown_when_asked_for(run: Run, draft: Path) -> None:
    assert "skipped opinion" not in run("check", str(draft)).stdout
    assert "skipped opinion" in run("check", str(draft), "--show-skipped").stdout


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [("contradicted", 1), ("speculative,proven", 1), ("unsure", 1), ("mixed, no_evidence", 0), ("", 0), ("wrong", 2)],
)
def test_fail_on_decides_the_exit_code(run: Run, draft: Path, fail_on: str, code: int) -> None:
    result = run("check", str(draft), "--fail-on", fail_on)
    assert result.exit_code == code
    if code == 2:
        assert result.stdout == ""
        assert "Choose from: proven, aspirational, speculative, supported" in result.stderr


def test_a_claim_left_unchecked_shows_in_the_exit_code(run: Run) -> None:
    text = "proven a\nunchecked b\n"
    assert run("check", "-", "--format", "json", stdin=text).exit_code == 3
    assert run("check", "-", "--format", "json", "--fail-on", "proven", stdin=text).exit_code == 1
    assert run("claim", "unchecked b", "--format", "json").exit_code == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "missing.docx"), "missing.docx: no such file"),
        (("check", "draft.txt", "--library", "missing"), "Make one: claimcheck corpus add."),
        (("check", "draft.txt", "--as-of", "yesterday"), "as_of"),
        (("check", "draft.txt", "--format", "pdf"), "Choose from: text, json, md, html."),
        (("claim", " "), "The claim is empty."),
        (("batch", "missing", "--out", "o"), "There is no file or folder missing."),
        (("batch", "draft.txt", "--out", "draft.txt"), "cannot be written"),
        (("batch", "draft.txt", "--out", "o", "--self-source", "never"), "self_source"),
    ],
)
def test_an_error_is_one_line_with_the_next_step(run: Run, draft: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("claimcheck: ")
    assert said in line
    assert result.stdout == ""


def test_a_wrong_option_is_bad_input(run: Run) -> None:
    assert run("check").exit_code == 2
    assert run("check", "x", "--wrong").exit_code == 2
    assert run("wrong").exit_code == 2


def test_a_failed_check_leaves_the_report_of_an_earlier_one(run: Run, draft: Path, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("earlier", encoding="utf-8")
    assert run("check", "missing.docx", "--out", "report.json").exit_code == 2
    assert (tmp_path / "report.json").read_text(encoding="utf-8") == "earlier"


def test_a_report_that_cannot_be_written_is_an_error(run: Run, draft: Path) -> None:
    result = run("check", str(draft), "--out", str(draft / "report.html"))
    assert result.exit_code == 2
    assert "Name another place with --out." in result.stderr


def test_one_claim_is_answered(run: Run) -> None:
    result = run("claim", "proven ships")
    assert result.exit_code == 0
    assert "proven" in result.stdout.lower()
    assert result.stderr == ""
    assert run("claim", "speculative ships", "--fail-on", "contradicted").exit_code == 1


def test_claims_on_standard_input_become_json_lines(run: Run) -> None:
    result = run("claim", "-", "--format", "json", stdin="proven a\n\n  aspirational b\nunchecked c\n")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["claim"] for line in lines] == ["proven a", "aspirational b", "unchecked c"]
    assert [line["status"] for line in lines] == ["verdict", "verdict", "unchecked"]
    assert result.exit_code == 3


def test_the_library_and_the_day_reach_the_checker(
    run: Run, draft: Path, opened: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("check", str(draft), "--library", "here", "--as-of", "2025-12-31", "--format", "json")
    monkeypatch.setenv("CLAIMCHECK_LIBRARY", "from-environment")
    run("claim", "proven a", "--format", "json")
    assert [str(settings.library) for settings in opened] == ["here", "from-environment"]
    assert str(opened[0].as_of) == "2025-12-31"
    assert opened[1].self_source == "flag"


def test_batch_writes_reports_and_says_what_it_did(run: Run, draft: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    first = run("batch", "draft.txt", "empty.txt", "--out", "checked", "--format", "json,html,text")
    assert first.exit_code == 3
    assert "claimcheck: 1 checked, 0 done before, 1 failed" in first.stderr
    assert sorted(path.suffix for path in (tmp_path / "checked" / "reports").iterdir()) == [".html", ".json", ".txt"]
    second = run("batch", "draft.txt", "--out", "checked")
    assert second.exit_code == 0
    assert "claimcheck: 0 checked, 1 done before, 0 failed" in second.stderr


def test_a_press_release_may_not_prove_itself_unless_the_settings_say_so(
    run: Run, draft: Path, opened: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("batch", "draft.txt", "--out", "a")
    run("batch", "draft.txt", "--out", "b", "--self-source", "flag")
    monkeypatch.setenv("CLAIMCHECK_SELF_SOURCE", "flag")
    run("batch", "draft.txt", "--out", "c")
    assert [settings.self_source for settings in opened] == ["strict", "flag", "flag"]


def test_the_schema_describes_a_report(run: Run, draft: Path) -> None:
    schema = json.loads(run("schema").stdout)
    report = json.loads(run("check", str(draft), "--format", "json").stdout)
    assert set(schema["required"]) <= set(report) <= set(schema["properties"])


def test_an_interruption_ends_with_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(settings: Settings) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(opening, "open_checker", interrupted)
    result = run("claim", "proven a")
    assert result.exit_code == 130
    assert result.stderr == "claimcheck: interrupted.\n"


def test_conditions_and_summary_in_words() -> None:
    with pytest.raises(SettingsError, match="'never'"):
        read_conditions("proven,never")
    assert read_conditions(None) == frozenset()
    assert exit_code([]) == 0
    assert summary_line([]) == "0 claims: 0 proven, 0 aspirational, 0 speculative."
