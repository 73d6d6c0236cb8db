"""Whole checks with the shipped models and a small library."""

import doctest
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import claimcheck
from claimcheck import Checker
from claimcheck.citing import cite
from claimcheck.errors import DocumentNotFound, EmbeddingMismatch, EmptyDocument, LibraryNotFound, ReadError
from claimcheck.library.library import Library
from claimcheck.models import load_embedder
from claimcheck.settings import Settings
from claimcheck.text.normalise import normalise
from claimcheck.types import (
    Anchor,
    Document,
    Finding,
    Judgement,
    Label,
    Relation,
    Report,
    Skipped,
    Span,
    Unchecked,
    Verdict,
)

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2025, 12, 31)
EVIDENCE = [
    {
        "id": "ships-en", "title": "Four ships", "url": "https://example.org/ships", "publisher": "Harbour Post",
        "published": "2024-05-02", "lang": "en", "kind": "independent_news",
        "text": "🚢 News of the cafe\u0301 quarter. Peru signed a contract for four ships in April 2024. "
        "The ships will be built at Callao. The first ship is to be delivered in 2026.",
    },
    {
        "id": "barcos-es", "title": "Cuatro buques", "publisher": "Gaceta", "published": "2024-05-03", "lang": "es",
        "kind": "official_statement",
        "text": "El Perú firmó en abril de 2024 un contrato por cuatro buques. "
        "El astillero entregará el primero en 2026.",
    },
    {
        "id": "plant-ko", "title": "공장", "publisher": "산업일보", "published": "2025-03-01", "lang": "ko",
        "text": "현대로템은 2026년 페루에 장갑차 조립 공장을 열 계획이라고 밝혔다. 투자액은 2억 7천만 달러다.",
    },
    {
        "id": "rain-en", "title": "Rain", "publisher": "Weather Desk", "published": "2025-06-01", "lang": "en",
        "text": "Rain is expected over the northern valleys until the weekend. Farmers welcomed it.",
    },
]  # fmt: skip
DRAFT = (
    "Good morning, dear readers!\n\n"
    "Peru signed a contract for four ships in April 2024. Hyundai Rotem will open a plant for armoured vehicles "
    "in Peru in 2026. Isn't that something?\n\n"
    "The 🚢 yard at Callao has delivered nine submarines to Norway, and the harbour of Lima employs 12,000 people."
)


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(as_of=DAY)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Path:
    """A library of the evidence above."""
    place = tmp_path_factory.mktemp("pipeline")
    notes = place / "notes.jsonl"
    notes.write_text("".join(json.dumps(document) + "\n" for document in EVIDENCE), encoding="utf-8")
    with Library.open(place / "library", load_embedder(settings), create=True) as library:
        list(library.add([notes], settings))
    return place / "library"


@pytest.fixture(scope="module")
def checker(folder: Path, settings: Settings) -> Iterator[Checker]:
    with Checker.open(folder, settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def report(checker: Checker) -> Report:
    return checker.check(DRAFT, title="A draft")


class TestReport:
    def test_claims_are_quoted_from_the_draft(self, report: Report) -> None:
        assert len(report.findings) >= 3
        for finding in report.findings:
            assert finding.quote == finding.span.of(report.document.text)
        for skipped in report.skipped:
            assert skipped.quote == skipped.span.of(report.document.text)

    def test_every_quote_is_the_stored_text_at_its_place(self, report: Report, folder: Path) -> None:
        cited = [citation for verdict in report.verdicts for citation in verdict.citations]
        assert cited
        with Library.open(folder) as library:
            for citation in cited:
                document = library.document(citation.document)
                text = document.text
                assert citation.quote == text[citation.start : citation.end] != ""
                assert text[: citation.start].endswith(citation.before)
                assert text[citation.end :].startswith(citation.after)
                assert len(citation.before) == min(32, citation.start)
                assert len(citation.after) == min(32, len(text) - citation.end)
                assert citation.document_sha256 == hashlib.sha256(text.encode()).hexdigest()
                assert (citation.title, citation.published) == (document.title, document.published)

    def test_sources_are_the_cited_documents_once_and_whole(self, report: Report, folder: Path) -> None:
        cited = {citation.document for verdict in report.verdicts for citation in verdict.citations}
        assert [source.id for source in report.sources] == sorted(cited)
        with Library.open(folder) as library:
            assert all(source == library.document(source.id) for source in report.sources)

    def test_what_the_evidence_says_in_so_many_words_is_proven(self, report: Report) -> None:
        first = report.verdicts[0]
        assert first.label is Label.PROVEN
        assert "ships-en" in {citation.document for citation in first.citations}

    def test_it_survives_json(self, report: Report) -> None:
        assert Report.model_validate_json(report.model_dump_json()) == report

    def test_it_records_what_it_was_made_with(self, report: Report, checker: Checker) -> None:
        assert report.claimcheck == claimcheck.__version__
        assert report.corpus == checker.corpus
        assert report.corpus.documents == len(EVIDENCE)
        assert report.corpus.newest == date(2025, 6, 1)
        assert {model.task for model in report.models} >= {"retrieval", "verification"}
        assert report.settings["self_source"] == "flag"
        assert report.settings["passages_per_claim"] == Settings().passages_per_claim
        assert "policy.settled" in report.settings

    def test_findings_and_skipped_stand_in_the_order_of_the_draft(self, report: Report) -> None:
        for items in (report.findings, report.skipped):
            starts = [item.span.start for item in items]
            assert starts == sorted(starts)

    def test_the_same_input_gives_the_same_report(self, report: Report, folder: Path, settings: Settings) -> None:
        with Checker.open(folder, settings) as another:
            assert another.check(DRAFT, title="A draft") == report


@pytest.fixture(scope="module")
def items(checker: Checker, report: Report) -> list[Finding | Skipped | Report]:
    return list(checker.check_stream(report.document))


class TestStream:
    def test_the_last_item_alone_is_the_report(self, items, report: Report) -> None:
        assert items[-1] == report
        assert not any(isinstance(item, Report) for item in items[:-1])

    def test_all_else_comes_in_the_order_of_the_draft(self, items, report: Report) -> None:
        starts = [item.span.start for item in items[:-1]]
        assert starts == sorted(starts)
        assert tuple(item for item in items[:-1] if not isinstance(item, Skipped)) == report.findings
        assert tuple(item for item in items[:-1] if isinstance(item, Skipped)) == report.skipped
        assert report.skipped


class TestDay:
    CLAIM = "The first ship will be delivered in 2026."

    def test_it_is_recorded_and_respected(self, folder: Path) -> None:
        found = {}
        for day in (date(2025, 1, 1), date(2030, 1, 1)):
            with Checker.open(folder, Settings(as_of=day)) as checker:
                report = checker.check(self.CLAIM)
                assert report.as_of == day
                found[day] = {flag.value for verdict in report.verdicts for flag in verdict.flags}
        assert "overdue" not in found[date(2025, 1, 1)]
        assert found[date(2025, 1, 1)] != found[date(2030, 1, 1)]


class TestClaims:
    def test_each_is_decided_before_the_next_is_taken(self, checker: Checker) -> None:
        taken: list[str] = []

        def given() -> Iterator[str]:
            for text in (
                "Peru signed a contract for four ships in April 2024.",
                "It may rain.",
                "Nobody asks for this.",
            ):
                taken.append(text)
                yield text

        findings = checker.claims(given())
        assert taken == []
        first = next(findings)
        assert len(taken) == 1
        assert (first.id, first.quote, first.claim) == ("c1", taken[0], taken[0])
        assert next(findings).id == "c2"
        assert len(taken) == 2

    def test_a_claim_is_taken_whole_in_normal_form(self, checker: Checker) -> None:
        (finding,) = checker.claims(["Das Cafe\u0301 🚢  eröffnete im Mai."])
        assert finding.claim == finding.quote == normalise("Das Cafe\u0301 🚢  eröffnete im Mai.")
        assert finding.span == Span(start=0, end=len(finding.quote))
        assert finding.lang == "de"

    def test_one_alone_is_decided_as_in_company(self, checker: Checker) -> None:
        texts = ["Peru signed a contract for four ships in April 2024.", "페루가 잠수함을 샀다.", "Il pleut."]
        together = list(checker.claims(texts))
        for text, finding in zip(texts, together, strict=True):
            (alone,) = checker.claims([text])
            assert alone.model_copy(update={"id": finding.id}) == finding

    def test_a_claim_in_another_language_finds_its_evidence(self, checker: Checker) -> None:
        (finding,) = checker.claims(["페루는 2024년 4월 군함 네 척의 계약을 체결했다."])
        assert isinstance(finding, Verdict)
        assert {citation.document for citation in finding.citations} & {"ships-en", "barcos-es"}

    @pytest.mark.parametrize("empty", ["", " \n\t"])
    def test_an_empty_claim_is_refused_by_its_number(self, checker: Checker, empty: str) -> None:
        findings = checker.claims(["It may rain.", empty])
        next(findings)
        with pytest.raises(EmptyDocument, match="Claim 2 is empty"):
            next(findings)


@pytest.mark.parametrize(
    "text", ["Did the harbour open in May?", "“Is it open?”", "¿Abrió el puerto?", "항구가 열렸습니까？"]
)
def test_a_question_is_no_claim(checker: Checker, text: str) -> None:
    (finding,) = checker.claims([text])
    assert isinstance(finding, Unchecked)
    assert "question" in finding.reason


class TestRefusals:
    @pytest.mark.parametrize("empty", ["", "  \n\n", Document(id="d", text=" "), "\ufeff"])
    def test_an_empty_draft(self, checker: Checker, empty: str | Document) -> None:
        with pytest.raises(ReadError, match=r"The draft is empty\. Give a text"):
            checker.check(empty)

    def test_no_library(self, tmp_path: Path) -> None:
        with pytest.raises(LibraryNotFound, match="claimcheck corpus add"):
            Checker.open(tmp_path / "none")

    def test_the_library_of_another_model(self, tmp_path: Path, settings: Settings) -> None:
        class Other:
            name, dimension = "other", 384

        with Library.open(tmp_path, Other(), create=True):  # type: ignore[arg-type]
            pass
        with pytest.raises(EmbeddingMismatch):
            Checker.open(tmp_path, settings)

    def test_a_claim_whose_evidence_is_gone_is_unchecked(
        self, folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def gone(document: str) -> Document:
            raise DocumentNotFound(f"The library holds no document {document!r}.", "See the ids.")

        with Library.open(folder, load_embedder(settings)) as library:
            monkeypatch.setattr(library, "document", gone)
            report = Checker(library, settings).check(DRAFT)
        assert report.verdicts == ()
        assert len(report.unchecked) == len(report.findings) > 0
        for finding in report.unchecked:
            assert isinstance(finding, Unchecked)
            assert "holds no document" in finding.reason
            assert finding.next_step == "See the ids."
            assert finding.quote == finding.span.of(report.document.text)


def test_a_draft_without_a_claim_has_a_report(checker: Checker) -> None:
    report = checker.check("Good morning!")
    assert report.verdicts == ()
    assert report.sources == ()


def test_a_document_from_a_reader_is_checked_as_it_is(checker: Checker) -> None:
    document = Document(id="mine", text=DRAFT, publisher="Harbour Post", lang="en", path="draft.txt")
    assert checker.check(document).document is document


def test_the_library_of_the_settings_is_opened(folder: Path) -> None:
    with Checker.open(settings=Settings(library=folder)) as checker:
        assert checker.corpus.location == str(folder)


def test_a_citation_says_where_its_quote_stood() -> None:
    text = "é" * 40 + "The quote." + "🚢" * 40
    document = Document(
        id="d", text=text, title="T", anchors=(Anchor(span=Span(start=40, end=50), locator="paragraph 2"),)
    )
    probabilities = {relation: float(relation is Relation.PLANS) for relation in Relation}
    cited = cite(
        Judgement(claim="c", document="d", passage="p", span=Span(start=40, end=50), probabilities=probabilities),
        document,
    )
    assert (cited.quote, cited.before, cited.after) == ("The quote.", "é" * 32, "🚢" * 32)
    assert (cited.locator, cited.relation, cited.probability) == ("paragraph 2", Relation.PLANS, 1.0)


class TestExamples:
    @pytest.fixture
    def libraries(self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The libraries that the examples name, in the working folder."""
        for name in ("my-library", "newsroom-library"):
            (tmp_path / name).symlink_to(folder, target_is_directory=True)
        monkeypatch.chdir(tmp_path)

    @pytest.mark.usefixtures("libraries")
    def test_of_the_docstring(self) -> None:
        (example,) = doctest.DocTestFinder(recurse=False).find(Checker, "Checker")
        assert example.examples
        assert doctest.DocTestRunner().run(example).failed == 0

    @pytest.mark.usefixtures("libraries")
    def test_of_the_readme(self, capsys: pytest.CaptureFixture[str]) -> None:
        blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
        assert blocks
        for block in blocks:
            exec(compile(block, "README.md", "exec"), {})
        assert capsys.readouterr().out
