"""The page: every suite has a section with its baselines, and says what was skipped."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_verdicts import ROWS

from evals import extraction, pairs, retrieval
from evals.pages.tables import Table
from evals.pages.writing import SECTIONS, as_text, write_page
from evals.sets import WantedClaim
from evals.suites import SUITES
from evals.verdicts import figures, of_labels

SOURCE = "a run of last week"
MADE: dict[str, Any] = {
    "command": "claimcheck eval --write-page",
    "commit": "c0ffee",
    "changed": False,
    "day": "2026-04-01",
    "models": {"verifier.onnx": "a" * 64},
    "sets": {"claims/toy": "b" * 64},
    "packages": "numpy==2",
    "machine": "two cores",
}


def lookup(name: str, lang: str, *relevant: str) -> retrieval.Lookup:
    claim = WantedClaim(id=name, claim=name, lang=lang, label="speculative", basis="no_evidence")  # type: ignore[arg-type]
    return retrieval.Lookup(claim, ("en",), frozenset(relevant))


@pytest.fixture(scope="module")
def results() -> list[dict[str, Any]]:
    wanted, given = np.array([0, 0, 3, 4]), np.array([0, 4, 3, 4])
    labels = of_labels(np.array([0] * len(ROWS)), np.array([2] * len(ROWS)), ROWS)
    asked, ranks = [lookup("a", "en", "p1"), lookup("b", "ko", "p2", "p3")], [[1], [2, 7]]
    channels = {name: retrieval.figures(asked, ranks) for name in retrieval.CHANNELS}
    counts = [Counter(claim_sentences=2, claim_sentences_reached=1, other_sentences=1, annotated=2, paired=1, found=2)]
    found = extraction.figures(counts, tuple(extraction.FIGURES))
    by_language = {"articles": 1, "claims": 2} | dict.fromkeys(extraction.FIGURES, 0.5)
    half = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 2}
    return [
        {
            "suite": "claims",
            "set": "toy",
            "figures": figures(ROWS),
            "perfect": figures(ROWS),
            "baselines": {"majority": labels, "unchanged e5": {**labels, "source": SOURCE}},
            "not_checkable": {"x": 1},
        },
        {
            "suite": "pairs",
            "set": "written",
            "pairs": 4,
            "of": 9,
            "relations": ["supports", "plans", "refutes", "unrelated"],
            "figures": pairs.scored(wanted, given)
            | {"by_relation": pairs.by_relation(wanted, given, ["supports", "plans", "hedges", "refutes", "unrelated"])}
            | {"by_languages": {"en→ko": {"pairs": 4, "accuracy": 0.75}}},
            "baselines": {"majority": pairs.scored(wanted, given), "pilot": {"macro_f1": half, "source": "the pilot"}},
        },
        {
            "suite": "retrieval",
            "set": "toy",
            "claims": 2,
            "passages": 10_027,
            "channels": channels,
            "baselines": {"unchanged e5": {**channels["vectors"], "source": SOURCE}},
        },
        {
            "suite": "extraction",
            "set": "articles",
            "articles": 1,
            "claims": 2,
            "figures": found,
            "by_language": {"en": by_language},
            "baselines": {"every sentence": {**found, "by_language": {"en": by_language}}},
            "restated": {name: {"no_less": half, "no_more": half} for name in ("found text", "bare quote")},
        },
        {"suite": "speed", "set": "cold-start", "figures": {"ratio": 1.1, "allowed ratio": 1.3}},
        {
            "suite": "speed",
            "set": "growth",
            "rows": [{"passages": n, "lookup_ms": n / 100, "words_ms": 1.0, "held_mb": n / 50} for n in (1000, 10_000)],
            "fit": {"time_exponent": 1, "time_factor_ms": 0.01, "memory_kb_a_passage": 20, "memory_offset_mb": 0},
        },
    ]


def test_every_suite_has_a_section() -> None:
    assert set(SECTIONS) == set(SUITES)


def test_the_page_says_how_it_was_made_what_was_skipped_and_what_is_known_from_elsewhere(
    results: list[dict[str, Any]], tmp_path: Path
) -> None:
    page = tmp_path / "quality.md"
    write_page(results, MADE, ["gold-dev is not here."], page)
    text = page.read_text(encoding="utf-8")
    assert "**Skipped:** gold-dev is not here." in text
    for made in ("claimcheck eval --write-page", "c0ffee", "2026-04-01", "two cores", "a" * 16, "b" * 16):
        assert made in text
    assert f"\\* unchanged e5: not measured in this run; from {SOURCE}." in text
    assert "| pilot *" not in text
    assert "0.500 *" in text
    assert "\n\n\n" not in text
    pictures = sorted(path.name for path in (tmp_path / "quality").iterdir())
    assert pictures == [
        "answering-less.svg",
        "calibration.svg",
        "confusion-toy.svg",
        "growth.svg",
        "proven.svg",
    ]
    assert all(f"](quality/{name})" in text for name in pictures)


def test_the_same_figures_give_the_same_page(results: list[dict[str, Any]], tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_page(results, MADE, [], tmp_path / name / "quality.md")
    one, other = (sorted((tmp_path / name).rglob("*.*")) for name in ("a", "b"))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]


def test_standard_output_has_the_tables_of_what_was_measured(results: list[dict[str, Any]]) -> None:
    text = as_text([results[2]])
    assert text.startswith("## Retrieval\n\n### toy: 2 claims among 10,027 passages")
    assert "| fused, as it ships | 0.500 (0.00 to 1.00) |" in text
    assert "## Verdicts" not in text


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    assert str(Table("", ("a",), (("x | y",),))).splitlines()[-1] == "| x \\| y |"
