"""Whole checks against a set of claims with known verdicts.

    python -m evals.claims [--data ../shared/data/gold-dev] [--as-of 2026-04-01] [--out out/claims.json]

The set is a folder with ``documents.jsonl`` (evidence, one a line, with a ``topic``) and ``claims.jsonl`` (``claim``,
``label``, ``basis``, ``citations`` of document and quote, ``topic``). Each claim is checked against a library of
its own topic's documents. Such a set only measures: nothing may be tuned on it.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from claimcheck.library.library import Library
from claimcheck.models import load_embedder
from claimcheck.pipeline import Checker
from claimcheck.settings import Settings
from claimcheck.types import Label, Verdict


@dataclass(frozen=True)
class Outcome:
    """One claim of the set, as wanted and as decided."""

    wanted: dict[str, Any]
    verdict: Verdict

    @property
    def right(self) -> bool:
        """Whether the label is right."""
        return self.verdict.label is Label(self.wanted["label"])

    @property
    def cited(self) -> bool:
        """Whether one of the wanted sentences is among the citations."""
        quotes = {(c["document"], c["quote"].strip()) for c in self.wanted["citations"]}
        return any((c.document, c.quote.strip()) in quotes for c in self.verdict.citations)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def run(data: Path, as_of: date) -> list[Outcome]:
    """Checks every claim of the set."""
    settings = Settings(as_of=as_of)
    documents, claims = _rows(data / "documents.jsonl"), _rows(data / "claims.jsonl")
    outcomes = []
    for topic in sorted({claim["topic"] for claim in claims}):
        with tempfile.TemporaryDirectory() as folder:
            notes = Path(folder) / "documents.jsonl"
            chosen = [
                {k: v for k, v in d.items() if k not in ("topic", "kind")} for d in documents if d["topic"] == topic
            ]
            notes.write_text("".join(json.dumps(d) + "\n" for d in chosen), encoding="utf-8")
            with Library.open(Path(folder) / "library", load_embedder(settings), create=True) as library:
                list(library.add([notes], settings))
            asked = [claim for claim in claims if claim["topic"] == topic]
            with Checker.open(Path(folder) / "library", settings) as checker:
                for claim, finding in zip(asked, checker.claims(c["claim"] for c in asked), strict=True):
                    assert isinstance(finding, Verdict)
                    outcomes.append(Outcome(claim, finding))
    return outcomes


def f1(outcomes: list[Outcome], label: Label) -> tuple[float, float, float]:
    """Precision, recall and F1 of one label."""
    given = [o for o in outcomes if o.verdict.label is label]
    wanted = [o for o in outcomes if o.wanted["label"] == label.value]
    hit = sum(o.right for o in given)
    precision, recall = hit / max(1, len(given)), hit / max(1, len(wanted))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def page(outcomes: list[Outcome]) -> str:
    """The figures as Markdown."""
    lines = ["| label | wanted | precision | recall | F1 |", "|---|---|---|---|---|"]
    scores = []
    for label in Label:
        precision, recall, score = f1(outcomes, label)
        scores.append(score)
        count = sum(o.wanted["label"] == label.value for o in outcomes)
        lines.append(f"| {label.value} | {count} | {precision:.3f} | {recall:.3f} | {score:.3f} |")
    decided = [o for o in outcomes if o.wanted["citations"] and o.verdict.basis.value != "no_evidence"]
    lines += [
        "",
        f"macro-F1 {sum(scores) / len(scores):.3f}; basis right "
        f"{sum(o.verdict.basis.value == o.wanted['basis'] for o in outcomes) / len(outcomes):.3f}; a wanted sentence "
        f"among the citations {sum(o.cited for o in decided) / max(1, len(decided)):.3f} of {len(decided)}",
    ]
    return "\n".join(lines)


def main() -> None:
    """Runs the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sets = Path(os.environ.get("CLAIMCHECK_DATA", "../shared/data"))
    parser.add_argument("--data", type=Path, default=sets / "gold-dev")
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2026, 4, 1))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    outcomes = run(options.data, options.as_of)
    print(page(outcomes))
    print(
        dict(
            Counter(
                f"{o.wanted['label']}/{o.wanted['basis']} -> {o.verdict.label.value}/{o.verdict.basis.value}"
                for o in outcomes
            )
        )
    )
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        rows = [{"wanted": o.wanted, "verdict": o.verdict.model_dump(mode="json")} for o in outcomes]
        options.out.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
