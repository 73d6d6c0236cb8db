"""The section on retrieval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from evals.pages.tables import Section, Table, count, shown, sources
from evals.parts import Measured
from evals.retrieval import DEPTHS
from evals.unchanged import BASELINE

_NAMES: Final = {"words": "BM25 alone", "vectors": "vectors alone", "fused": "fused, as it ships", BASELINE: BASELINE}
_COLUMNS: Final = tuple(f"{name}@{k}" for name in ("recall", "ndcg") for k in DEPTHS)
_HEAD: Final = tuple(f"{name} at {k}" for name in ("recall", "nDCG") for k in DEPTHS)


def section(results: Sequence[Measured]) -> Section:
    """Retrieval on every set."""
    return Section(
        "Retrieval",
        (
            "Whether the passages that hold a cited sentence are found in one library of the set's documents and some "
            "ten thousand passages of other texts, none of which is measured. BM25 looks in the claim's language "
            "alone, as it does in the fused ranking, so that by itself it finds nothing across languages. A claim "
            "whose evidence is in several languages counts for each pair.",
            *sources(results),
        ),
        tuple(table for result in results for table in _tables(result)),
        headline=tuple(
            ("evidence among the first 5, fused", r["set"], shown(r["channels"]["fused"]["recall@5"])) for r in results
        ),
    )


def _tables(result: Measured) -> list[Table]:
    size = f"{count(result['claims'])} claims among {count(result['passages'])} passages"
    channels = {_NAMES[name]: found for name, found in result["channels"].items()}
    channels |= {f"{name} *": found for name, found in result["baselines"].items()}
    return [
        Table(
            f"{result['set']}: {size}",
            ("", *_HEAD),
            tuple((name, *(shown(found[column]) for column in _COLUMNS)) for name, found in channels.items()),
        ),
        Table(
            f"{result['set']} by language: recall at 5",
            ("claim and evidence", "claims", *channels),
            tuple(_languages(channels)),
        ),
    ]


def _languages(channels: dict[str, Any]) -> list[tuple[str, ...]]:
    by = {name: found.get("by_languages", {}) for name, found in channels.items()}
    groups = next(iter(by.values()))
    return [
        (
            pair,
            count(found["claims"]),
            *(shown(rows[pair]["recall@5"]["value"] if pair in rows else None) for rows in by.values()),
        )
        for pair, found in groups.items()
    ]
