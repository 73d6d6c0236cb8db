"""What is counted of verdicts: labels, bases, confidence, citations; over all, and by language, topic, rule, trap."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from claimcheck.types import Basis, Flag, Label
from evals.judging import LABELS, Item
from evals.metrics import (
    Codes,
    area_under_errors,
    calibration_error,
    class_scores,
    confusion,
    errors_by_share,
    macro_f1,
    precision_by_coverage,
    ratio,
    reliability,
)
from evals.significance import Figure, Statistic, bootstrapped

CLASSES: Final = (*LABELS, "unchecked")
_PROVEN: Final = LABELS.index(Label.PROVEN.value)
_UNCHECKED: Final = CLASSES.index("unchecked")
_GROUP_ROUNDS: Final = 200
_POINTS: Final = 100

Figures = dict[str, Any]


class Outcomes:
    """Claims of a set as arrays, one row a claim: what was wanted, what was given."""

    def __init__(self, items: Sequence[Item]) -> None:
        given = [item["given"] for item in items]
        self.items = items
        self.wanted: Codes = np.array([CLASSES.index(item["wanted"]["label"]) for item in items], np.int64)
        self.given: Codes = np.array([CLASSES.index(g.get("label", "unchecked")) for g in given], np.int64)
        self.right = self.wanted == self.given
        self.basis = np.array(
            [g.get("basis") == item["wanted"]["basis"] for g, item in zip(given, items, strict=True)], bool
        )
        self.confidence = np.array([g.get("confidence", 0.0) for g in given], np.float64)
        self.answered = np.array([Flag.UNSURE.value not in g.get("flags", [Flag.UNSURE.value]) for g in given], bool)
        contradicted = Basis.CONTRADICTED.value
        self.contradicted = np.array([item["wanted"]["basis"] == contradicted for item in items], bool)
        self.found_contradicted = np.array([g.get("basis") == contradicted for g in given], bool)
        self.cited = np.array([cited_counts(item) for item in items], np.float64).reshape(-1, 8)

    def __len__(self) -> int:
        return len(self.items)

    def macro_f1(self, rows: NDArray[np.int64]) -> float:
        """Macro-F1 of the labels of some rows."""
        return macro_f1(self.wanted[rows], self.given[rows], len(CLASSES))

    def share(self, part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> Statistic:
        """The share of ``whole`` that is ``part`` too, as a figure of rows."""
        return lambda rows: ratio(float((part & whole)[rows].sum()), float(whole[rows].sum()))

    def micro(self, part: int, whole: int) -> Statistic:
        """One count of citations over another, as a figure of rows."""
        return lambda rows: ratio(self.cited[rows, part].sum(), self.cited[rows, whole].sum())


def cited_counts(item: Item) -> tuple[int, ...]:
    """What the citations of one claim add to the figures.

    Returns:
        Documents: those cited that are wanted, cited, those wanted that are cited, wanted; then the same of sentences.
    """
    wanted = [(document, quote.strip()) for document, quote in item["wanted"]["citations"]]
    given = [(document, quote.strip()) for document, quote in item["given"].get("citations", [])]
    wanted_documents, cited_documents = {d for d, _ in wanted}, {d for d, _ in given}
    both = len(wanted_documents & cited_documents)
    hits = sum(any(_same(c, w) for w in wanted) for c in given)
    found = sum(any(_same(c, w) for c in given) for w in wanted)
    return both, len(cited_documents), both, len(wanted_documents), hits, len(given), found, len(wanted)


def _same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return one[0] == other[0] and (one[1] in other[1] or other[1] in one[1])


def figures(items: Sequence[Item]) -> Figures:
    """All figures of a set's verdicts."""
    found = Outcomes(items)
    scores = class_scores(confusion(found.wanted, found.given, len(CLASSES)))
    proven = found.given == _PROVEN
    return {
        "claims": len(found),
        "overall": {name: figure.as_json() for name, figure in overall(found).items()},
        "labels": {
            label: {"wanted": s.wanted, "given": s.given, "precision": s.precision, "recall": s.recall, "f1": s.f1}
            for label, s in zip(LABELS, scores, strict=False)
        },
        "confusion": confusion(found.wanted, found.given, len(CLASSES)).tolist(),
        "flags": flags_raised(items),
        "by": {name: groups(found, key) for name, key in GROUPS.items()},
        "curves": {
            "reliability": [[b.count, b.confidence, b.right] for b in reliability(found.confidence, found.right)],
            "errors": thinned(errors_by_share(found.confidence, found.right)),
            "proven": precision_by_coverage(
                found.confidence[proven], found.right[proven], int((found.wanted == _PROVEN).sum())
            ),
        },
    }


def overall(found: Outcomes) -> dict[str, Figure]:
    """The figures of a whole set, with their intervals."""
    taken = {name: _figure(n, len(found), statistic) for name, (n, statistic) in statistics(found).items()}
    return taken | {"verbatim": verbatim(found.items)}


def points(found: Outcomes) -> dict[str, float]:
    """The figures of a whole set without intervals."""
    rows = np.arange(len(found))
    taken = {name: statistic(rows) for name, (_, statistic) in statistics(found).items()}
    return taken | {"verbatim": verbatim(found.items).value}


def statistics(found: Outcomes) -> dict[str, tuple[int, Statistic]]:
    """Each figure of a whole set, and how many things it counts."""
    everything = np.ones(len(found), bool)
    proven, provable = found.given == _PROVEN, found.wanted == _PROVEN
    checked = found.given != _UNCHECKED
    return {
        "macro_f1": (len(found), found.macro_f1),
        "label": (len(found), found.share(found.right, everything)),
        "basis": (len(found), found.share(found.basis, everything)),
        "precision_of_proven": (int(proven.sum()), found.share(found.right, proven)),
        "recall_of_proven": (int(provable.sum()), found.share(found.right, provable)),
        "contradicted_recall": (
            int(found.contradicted.sum()),
            found.share(found.found_contradicted, found.contradicted),
        ),
        "answered": (len(found), found.share(found.answered, everything)),
        "errors_answered": (int(found.answered.sum()), found.share(~found.right, found.answered)),
        "area_under_errors": (len(found), lambda r: area_under_errors(found.confidence[r], found.right[r])),
        "calibration_error": (len(found), lambda r: calibration_error(found.confidence[r], found.right[r])),
        "document_precision": (int(found.cited[:, 1].sum()), found.micro(0, 1)),
        "document_recall": (int(found.cited[:, 3].sum()), found.micro(2, 3)),
        "sentence_precision": (int(found.cited[:, 5].sum()), found.micro(4, 5)),
        "sentence_recall": (int(found.cited[:, 7].sum()), found.micro(6, 7)),
        "checked": (len(found), found.share(checked, everything)),
    }


def flags_raised(items: Sequence[Item]) -> dict[str, tuple[int, int]]:
    """For each flag that is wanted at all: how often it is raised where it is wanted, and how often it is wanted."""
    counts: dict[str, tuple[int, int]] = {}
    for item in items:
        for flag in item["wanted"]["flags"]:
            raised, wanted = counts.get(flag, (0, 0))
            counts[flag] = (raised + (flag in item["given"].get("flags", [])), wanted + 1)
    return dict(sorted(counts.items()))


def right_by_rule(items: Sequence[Item]) -> dict[str, float]:
    """For each rule that a set names, the share of its claims with the right label and basis."""
    found: dict[str, list[bool]] = {}
    for item in items:
        if item["rule"]:
            right = all(item["given"].get(name) == item["wanted"][name] for name in ("label", "basis"))
            found.setdefault(item["rule"], []).append(right)
    return {rule: ratio(sum(right), len(right)) for rule, right in sorted(found.items())}


def _figure(counted: int, rows: int, statistic: Statistic) -> Figure:
    figure = bootstrapped(rows, statistic)
    return Figure(figure.value, figure.low, figure.high, counted)


def verbatim(items: Iterable[Item]) -> Figure:
    """The share of quotes that stand in the set's own text, to the character, where the citation says."""
    quotes = [exact for item in items for exact in item["given"].get("verbatim", [])]
    value = ratio(sum(quotes), len(quotes))
    return Figure(value, value, value, len(quotes))


def across(item: Item) -> Iterable[str]:
    """Whether the evidence is in the claim's language."""
    if not item["evidence_langs"]:
        return ["no evidence"]
    return ["same language" if item["evidence_langs"] == [item["lang"]] else "another language"]


GROUPS: Final[Mapping[str, Callable[[Item], Iterable[str]]]] = {
    "languages": across,
    "language pair": lambda item: [f"{item['lang']}→{lang}" for lang in item["evidence_langs"]],
    "topic": lambda item: [item["topic"]],
    "rule": lambda item: [item["rule"]] if item["rule"] else [],
    "trap": lambda item: item["traps"],
    "basis": lambda item: [item["wanted"]["basis"]],
}
"""How claims are put together: by name, the groups that a claim belongs to."""


def groups(found: Outcomes, key: Callable[[Item], Iterable[str]]) -> dict[str, Figures]:
    """The figures of each group of claims."""
    return {name: _group(found, np.array(rows)) for name, rows in members(found.items, key).items()}


def members(items: Sequence[Item], key: Callable[[Item], Iterable[str]]) -> dict[str, list[int]]:
    """The rows of each group of claims, by the names of the groups."""
    rows: dict[str, list[int]] = {}
    for row, item in enumerate(items):
        for group in key(item):
            rows.setdefault(group, []).append(row)
    return dict(sorted(rows.items()))


def _group(found: Outcomes, rows: NDArray[np.int64]) -> Figures:
    right = bootstrapped(len(rows), lambda drawn: float(found.right[rows[drawn]].mean()), _GROUP_ROUNDS)
    return {
        "claims": len(rows),
        "label": right.as_json(),
        "macro_f1": found.macro_f1(rows),
        "basis": float(found.basis[rows].mean()),
    }


def thinned(values: NDArray[np.float64]) -> list[list[float]]:
    """``[share answered, value]`` at no more than a hundred points."""
    chosen = np.unique(np.linspace(0, len(values) - 1, min(_POINTS, len(values))).astype(np.int64))
    return [[float((place + 1) / len(values)), float(values[place])] for place in chosen]


def of_labels(wanted: Codes, given: Codes, items: Sequence[Item] = ()) -> Figures:
    """The figures of a baseline that gives labels alone; by group for the items of the same rows."""
    proven, provable = given == _PROVEN, wanted == _PROVEN
    right = wanted == given
    taken = {
        "macro_f1": bootstrapped(len(wanted), lambda r: macro_f1(wanted[r], given[r], len(CLASSES))),
        "label": bootstrapped(len(wanted), lambda r: float(right[r].mean())),
        "precision_of_proven": _figure(
            int(proven.sum()), len(wanted), lambda r: ratio(float((right & proven)[r].sum()), float(proven[r].sum()))
        ),
        "recall_of_proven": _figure(
            int(provable.sum()),
            len(wanted),
            lambda r: ratio(float((right & proven)[r].sum()), float(provable[r].sum())),
        ),
    }
    scores = class_scores(confusion(wanted, given, len(CLASSES)))
    figures: Figures = {name: figure.as_json() for name, figure in taken.items()}
    return figures | {
        "labels": {label: score.f1 for label, score in zip(LABELS, scores, strict=False)},
        "by": {
            name: {group: float(right[rows].mean()) for group, rows in members(items, key).items()}
            for name, key in GROUPS.items()
        },
    }
