"""What the demonstration shows: the promise of the README, claim by claim, over the real models."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from claimcheck import Checker
from claimcheck.demonstration import DEMONSTRATION_DAY, demonstration_drafts, demonstration_notes
from claimcheck.library.library import Library
from claimcheck.models import load_embedder
from claimcheck.readers import read
from claimcheck.settings import Settings
from claimcheck.types import Basis, Label, Report, Verdict


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Report]]:
    settings = Settings(library=tmp_path_factory.mktemp("demo") / "library", as_of=DEMONSTRATION_DAY)
    with Library.open(settings.library_folder, load_embedder(settings), create=True) as library:
        list(library.add([demonstration_notes()], settings))
    with Checker.open(settings=settings) as checker:
        yield {
            path.stem: checker.check(next(iter(read(path, max_bytes=10**6, timeout_s=5.0))))
            for path in demonstration_drafts()
        }


def verdict(report: Report, *words: str) -> Verdict:
    found = [v for v in report.verdicts if all(word in v.claim for word in words)]
    assert found, f"no claim with {words}: {[v.claim for v in report.verdicts]}"
    return found[0]


def test_every_quote_stands_in_its_source(reports: dict[str, Report]) -> None:
    notes = {}
    for line in Path(demonstration_notes()).read_text(encoding="utf-8").splitlines():
        note = json.loads(line)
        notes[note["id"]] = note["text"]
    quotes = 0
    for report in reports.values():
        stored = {source.id: source.text for source in report.sources}
        for item in report.verdicts:
            assert report.document.text[item.span.start : item.span.end] == item.quote
            for citation in item.citations:
                assert stored[citation.document][citation.start : citation.end] == citation.quote
                assert notes[citation.document][citation.start : citation.end] == citation.quote
                quotes += 1
    assert quotes > 20


def test_the_hub_is_an_aspiration_and_the_citation_says_so(reports: dict[str, Report]) -> None:
    hub = verdict(reports["press-release"], "hub")
    assert hub.label is Label.ASPIRATIONAL
    assert "buscan convertir al Perú en un polo" in hub.citations[0].quote


def test_the_contract_for_four_ships_is_proven(reports: dict[str, Report]) -> None:
    ships = verdict(reports["article"], "four warships")
    assert (ships.label, ships.basis) == (Label.PROVEN, Basis.SUPPORTED)


def test_ninety_vehicles_are_contradicted_with_both_sources(reports: dict[str, Report]) -> None:
    vehicles = verdict(reports["press-release"], "90 K808")
    assert vehicles.basis in (Basis.CONTRADICTED, Basis.MIXED)
    assert {"peru-04", "peru-15"} <= {citation.document for citation in vehicles.citations}


def test_what_nothing_speaks_of_has_no_evidence(reports: dict[str, Report]) -> None:
    drones = verdict(reports["press-release"], "Arequipa")
    assert (drones.label, drones.basis) == (Label.SPECULATIVE, Basis.NO_EVIDENCE)


def test_the_press_release_proves_little_and_the_article_much(reports: dict[str, Report]) -> None:
    proven = {name: sum(v.label is Label.PROVEN for v in report.verdicts) for name, report in reports.items()}
    assert proven["press-release"] <= 2
    assert proven["article"] >= 5


def test_every_verdict_says_what_would_settle_it(reports: dict[str, Report]) -> None:
    assert all(item.would_settle for report in reports.values() for item in report.verdicts)


def test_the_day_is_recorded(reports: dict[str, Report]) -> None:
    assert {report.as_of for report in reports.values()} == {date(2025, 12, 31)}
