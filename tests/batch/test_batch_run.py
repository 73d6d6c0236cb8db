"""A batch over real files and real readers, with a hand-written checker that counts its work."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from claimcheck.batch import Batch, Checked, Failed, Forms, find_documents
from claimcheck.batch.ledger import conditions_key
from claimcheck.errors import OutputError, ReadError
from claimcheck.readers import read_each
from claimcheck.report import csv as report_csv
from claimcheck.settings import Settings
from claimcheck.types import Basis, CorpusSearched, Document, Flag, Label, ModelUsed, Report, Span, Unchecked, Verdict
from claimcheck.usage import PromptUsed

CORPUS = CorpusSearched(location="library", fingerprint="f" * 64, documents=1, passages=1, newest=None)


def verdict(number: int, label: Label, basis: Basis, *flags: Flag) -> Verdict:
    span = Span(start=0, end=1)
    return Verdict(
        id=f"c{number}", claim="claim", span=span, quote="c", label=label, basis=basis, flags=flags, confidence=0.9,
        rule="rule", would_settle="evidence",
    )  # fmt: skip


class CountingChecker:
    """Finds the same in every document and remembers which ones it saw; may be interrupted at one of them."""

    def __init__(self, interrupted_at: str = "") -> None:
        self.checked: list[str] = []
        self.interrupted_at = interrupted_at

    def check(self, draft: Document) -> Report:
        if self.interrupted_at and self.interrupted_at in draft.text:
            raise KeyboardInterrupt
        self.checked.append(draft.text)
        findings = (
            verdict(1, Label.PROVEN, Basis.SUPPORTED),
            verdict(2, Label.SPECULATIVE, Basis.CONTRADICTED, Flag.UNSURE),
            Unchecked(id="c3", claim="x", span=Span(start=0, end=1), quote="x", reason="r", next_step="n"),
        )
        return Report(
            claimcheck="0",
            document=draft,
            as_of=date(2025, 12, 31),
            findings=findings,
            corpus=CORPUS,
            models=(),
            settings={},
        )


def read(path: Path) -> Iterator[Document | ReadError]:
    return read_each(path, max_bytes=10_000_000, timeout_s=1)


def batch(out: Path, checker: CountingChecker, conditions: str = "same") -> Batch:
    reports = {"json": lambda report: report.model_dump_json(), "md": lambda report: f"# {report.document.title}"}
    forms = Forms(reports, report_csv.SUMMARY_COLUMNS, report_csv.summary_row, report_csv.write_rows)
    return Batch(out=out, checker=checker, conditions=conditions, read=read, forms=forms)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    folder = tmp_path / "releases"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("First release.", encoding="utf-8")
    (folder / "deep" / "b.md").write_text("# Second\n\nSecond release.", encoding="utf-8")
    (folder / "c.pdf").write_bytes(b"not a pdf")
    (folder / ".hidden.txt").write_text("hidden", encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    return folder


def test_each_document_has_its_reports_and_rows_and_a_failure_is_one_line(releases: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    outcomes = list(batch(out, CountingChecker()).run(find_documents([releases], {".txt", ".md", ".pdf"})))
    assert [type(outcome) for outcome in outcomes] == [Checked, Failed, Checked]
    summary = rows(out / "summary.csv")
    assert [row["document"] for row in summary] == [str(releases / "a.txt"), str(releases / "deep" / "b.md")]
    counted = {"claims": "3", "proven": "1", "speculative": "1", "contradicted": "1", "unsure": "1", "unchecked": "1"}
    assert all(counted.items() <= row.items() for row in summary)
    for row in summary:
        assert (out / f"{row['report']}.md").is_file()
        report = Report.model_validate_json((out / f"{row['report']}.json").read_text(encoding="utf-8"))
        assert report.document.path == row["document"]
    (failure,) = rows(out / "failures.csv")
    assert failure["document"] == str(releases / "c.pdf")
    assert failure["message"]
    assert failure["next_step"]


def test_a_second_run_does_only_what_is_left(releases: Path, tmp_path: Path) -> None:
    out, paths = tmp_path / "out", find_documents([releases], {".txt", ".md"})
    list(batch(out, CountingChecker()).run(paths))
    first_summary = (out / "summary.csv").read_text(encoding="utf-8")

    idle = CountingChecker()
    assert [outcome.fresh for outcome in batch(out, idle).run(paths) if isinstance(outcome, Checked)] == [False, False]
    assert idle.checked == []
    assert (out / "summary.csv").read_text(encoding="utf-8") == first_summary

    (releases / "a.txt").write_text("First release, corrected.", encoding="utf-8")
    again = CountingChecker()
    list(batch(out, again).run(paths))
    assert again.checked == ["First release, corrected."]

    other = CountingChecker()
    list(batch(out, other, conditions="another library").run(paths))
    assert len(other.checked) == 2
    back = CountingChecker()
    list(batch(out, back).run(paths))
    assert len(back.checked) == 2, "the reports that lie there come from the other library"


def test_a_missing_report_is_made_again(releases: Path, tmp_path: Path) -> None:
    out, paths = tmp_path / "out", find_documents([releases / "a.txt"], {".txt"})
    list(batch(out, CountingChecker()).run(paths))
    next((out / "reports").glob("*.md")).unlink()
    checker = CountingChecker()
    list(batch(out, checker).run(paths))
    assert len(checker.checked) == 1


def test_an_interrupted_run_keeps_what_is_done_and_goes_on(releases: Path, tmp_path: Path) -> None:
    out, paths = tmp_path / "out", find_documents([releases], {".txt", ".md"})
    with pytest.raises(KeyboardInterrupt):
        list(batch(out, CountingChecker(interrupted_at="Second")).run(paths))
    assert len(rows(out / "summary.csv")) == 1
    with (out / "done.jsonl").open("a", encoding="utf-8") as ledger:
        ledger.write('{"key": "cut sho')
    checker = CountingChecker()
    list(batch(out, checker).run(paths))
    assert [text for text in checker.checked if "First" in text] == []
    assert len(rows(out / "summary.csv")) == 2


def test_a_line_cut_short_does_not_swallow_the_next(releases: Path, tmp_path: Path) -> None:
    out, paths = tmp_path / "out", find_documents([releases], {".txt", ".md"})
    out.mkdir()
    (out / "done.jsonl").write_text('{"key": "cut sho', encoding="utf-8")
    list(batch(out, CountingChecker()).run(paths))
    idle = CountingChecker()
    list(batch(out, idle).run(paths))
    assert idle.checked == []


def test_each_line_of_json_lines_is_a_document(tmp_path: Path) -> None:
    file = tmp_path / "releases.jsonl"
    file.write_text('{"id": "one", "text": "A."}\n{"id": "two"}\n{"id": "three", "text": "C."}\n', encoding="utf-8")
    out = tmp_path / "out"
    outcomes = list(batch(out, CountingChecker()).run([file]))
    assert [type(outcome) for outcome in outcomes] == [Checked, Failed, Checked]
    assert [row["document"] for row in rows(out / "summary.csv")] == [f"{file}#one", f"{file}#three"]


def test_a_folder_that_cannot_be_written_is_said(releases: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="--out"):
        list(batch(blocked, CountingChecker()).run([releases / "a.txt"]))


def test_documents_are_found_once_and_in_order(releases: Path) -> None:
    found = find_documents([releases, releases / "a.txt", releases / "picture.png"], {".txt", ".md"})
    assert [path.name for path in found] == ["a.txt", "b.md", "picture.png"]


def test_a_wrong_path_and_an_empty_folder_are_bad_input(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no file or folder"):
        find_documents([tmp_path / "missing"], {".txt"})
    with pytest.raises(ReadError, match="No documents"):
        find_documents([tmp_path], {".txt"})


def test_conditions_are_what_changes_a_report_and_nothing_else() -> None:
    model = ModelUsed(task="verification", name="v", sha256="0")

    def key(
        settings: Settings,
        corpus: CorpusSearched = CORPUS,
        models: tuple[ModelUsed, ...] = (model,),
        prompts: tuple[PromptUsed, ...] = (),
    ) -> str:
        return conditions_key(settings, corpus, models, "1", prompts)

    day = date(2025, 12, 31)
    same = key(Settings(as_of=day))
    assert key(Settings(as_of=day, threads=2, batch_size=1, library=Path("elsewhere"))) == same
    assert key(Settings(as_of=day, prompts=Path("elsewhere"))) == same
    assert key(Settings(as_of=day, max_calls=5, concurrency=1, llm_retries=0, llm_cache=Path("kept"))) == same
    others = [
        key(Settings(as_of=date(2026, 1, 1))),
        key(Settings(as_of=day, self_source="strict")),
        key(Settings(as_of=day, model="openai:any")),
        key(Settings(as_of=day), prompts=(PromptUsed(task="verify", version=1, sha256="2"),)),
        key(Settings(as_of=day), CORPUS.model_copy(update={"fingerprint": "0"})),
        key(Settings(as_of=day), models=(model.model_copy(update={"sha256": "1"}),)),
    ]
    assert len({same, *others}) == 7


@pytest.mark.parametrize("name", ["=1+1.txt", "+a.txt", "-b.txt", "@c.txt", "\td.txt"])
def test_no_cell_of_a_table_starts_a_formula(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text("A release.", encoding="utf-8")
    Path(f"{name}.pdf").write_bytes(b"not a pdf")
    list(batch(Path("out"), CountingChecker()).run([Path(name), Path(f"{name}.pdf")]))
    (done,), (failed,) = rows(Path("out/summary.csv")), rows(Path("out/failures.csv"))
    assert (done["document"], failed["document"]) == (f"'{name}", f"'{name}.pdf")


def test_an_empty_table_has_its_columns(tmp_path: Path) -> None:
    list(batch(tmp_path, CountingChecker()).run([]))
    assert (tmp_path / "summary.csv").read_text(encoding="utf-8").split(",")[:3] == ["document", "title", "claims"]
    assert (tmp_path / "failures.csv").read_text(encoding="utf-8") == "document,error,message,next_step\n"
