"""The section on finding claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from evals.extraction import OF_SPANS
from evals.pages.tables import Section, Table, baseline_rows, count, row, shown
from evals.parts import Measured

_HEAD: Final = (
    "sentences: precision",
    "recall",
    "let through",
    "claims: precision",
    "recall",
    "F1",
    "F1 strict",
    "covered",
)
_SPOKEN: Final = {
    "speaker": "attributed claims whose speaker shares a word with the annotated one",
    "speaker_too_many": "claims of nobody that got a speaker",
    "kind": "claims rightly taken for realised or not",
    "named": "quotes that begin with a pronoun and got the name that they stand for",
    "other_name": "restated claims that got a name which the annotation has not",
}
_LANGUAGE: Final = ("sentence_recall", "let_through", "claim_precision", "claim_recall", "claim_f1", "claim_f1_strict")


def section(results: Sequence[Measured]) -> Section:
    """Extraction on every set."""
    return Section(
        "Finding claims",
        (
            "What the local extraction finds in articles that trained nothing. *Let through* is the share of sentences "
            "without a claim in which one is found. `evals/spans.py` says when a found claim is an annotated one. "
            "Neither the pilot nor unchanged e5 finds claims; *numbers and names* takes each sentence with one of "
            "these for a claim.",
        ),
        tuple(table for result in results for table in _tables(result)),
        headline=tuple(("claims found, F1", r["set"], shown(r["figures"]["claim_f1"])) for r in results if r["claims"]),
    )


def _tables(result: Measured) -> list[Table]:
    name, figures = result["set"], result["figures"]
    rows = (row("claimcheck", figures, OF_SPANS), *baseline_rows(result["baselines"], OF_SPANS))
    title = f"{name}: {count(result['articles'])} texts, {count(result['claims'])} marked claims"
    made = [Table(title, ("", *_HEAD), rows)]
    if not result["claims"]:
        return made
    made.append(
        Table(
            f"Standing alone, {name}",
            ("", "says no less", "says no more"),
            tuple((what, shown(f["no_less"]), shown(f["no_more"])) for what, f in result["restated"].items()),
            "Judged by the verifier: *no less* if the text supports what the annotation says, *no more* if annotation "
            "and sentence support it. The verifier errs on both, as the annotated text against itself shows.",
        )
    )
    if "speaker" in figures:
        said = tuple((what, shown(figures[key])) for key, what in _SPOKEN.items())
        made.append(Table(f"Speakers, kinds and names, {name}", ("share of", ""), said))
        made.append(
            Table(
                f"By language, {name}",
                (
                    *("language", "articles", "claims", "sentences: recall", "let through", *_HEAD[3:7]),
                    *(f"F1, {other}" for other in result["baselines"]),
                ),
                tuple(
                    (
                        *(lang, count(f["articles"]), count(f["claims"]), *(shown(f[key]) for key in _LANGUAGE)),
                        *(shown(o["by_language"][lang]["claim_f1"]) for o in result["baselines"].values()),
                    )
                    for lang, f in result["by_language"].items()
                ),
            )
        )
    return made
