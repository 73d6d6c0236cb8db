"""Suite ``pairs``: the shipped verifier alone, on a claim and its evidence, in the relations that each set has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from claimcheck.models import load_verifier
from claimcheck.models.verifier import Question, VerifierModel
from claimcheck.text.sentences import split_sentences
from evals import baselines, unchanged
from evals.baselines import Scorer, ScoreTable
from evals.metrics import Codes, Numbers, calibration_error, class_scores, confusion, macro_f1
from evals.parts import PILOT, Measured, Part, Plan, pilot
from evals.progress import Watch
from evals.sets import Missing, PairRow, dev_items, drawn, pair_files, read_pairs, set_name, sha256_of
from evals.shipped import as_shipped
from evals.significance import Figure, bootstrapped
from training.labels import LABELS, NOT_SUPPORTS
from training.scores import FIVE_WAY, coarse

NAME: Final = "pairs"
CODE: Final = (
    "claimcheck/models",
    "claimcheck/text",
    "training/scores.py",
    *(f"evals/{name}.py" for name in ("baselines", "metrics", "pairs", "sets", "significance")),
)
MOST: Final = 250
"""Pairs drawn from a set, so that all sets together take minutes."""

MORE: Final = {"written": 1000}
"""Pairs drawn from the sets that are nearest to what claimcheck is for."""

_AT_ONCE: Final = 64
_FITTED_ON: Final = 60
_FITTED_ON_WRITTEN: Final = 600
_AS_LABEL: Final = {"nei": "unrelated", "partly": NOT_SUPPORTS}


def parts(plan: Plan) -> Iterator[Part | Missing]:
    """The suite on each set of pairs that only measures."""
    files = pair_files(plan.data)
    if not files:
        yield Missing("pairs", plan.data / "measure")
    fit = _Fitted(plan)
    for file in files:
        yield part(file, plan, fit)


def part(file: Path, plan: Plan, fit: _Fitted) -> Part:
    """The suite on one set."""
    inputs = plan.needs(*CODE, set=sha256_of([file]))
    return Part(NAME, set_name(file), inputs, lambda watch: measure(file, plan, fit, watch))


def measure(file: Path, plan: Plan, fit: _Fitted, watch: Watch) -> Measured:
    """How the pairs drawn from one set are judged, and the baselines beside it."""
    rows, source = read_pairs(file), set_name(file)
    chosen = drawn(rows, MORE.get(source, MOST))
    pairs = [rows[number] for number in chosen]
    wanted = labels_of(pairs)
    given, confidence = judged(pairs, watch)
    truth, answer, names = coarse(source, wanted, given)
    found: dict[str, Codes] = {"majority": baselines.most_frequent(truth)}
    for name, scorer in fit.scorers.items():
        scores = scorer([(pair.claim, [pair.evidence]) for pair in pairs])
        found[name] = coarse(source, wanted, fit.table(name, kind_of(source, wanted)).classes_of(scores))[1]
    five_way = names is LABELS and source in FIVE_WAY
    return {
        "pairs": len(pairs),
        "of": len(rows),
        "relations": [names[c] for c in np.unique(truth)],
        "figures": everything(pairs, truth, answer, names)
        | {"calibration_error": calibration_error(confidence, truth == answer) if five_way else None},
        "baselines": {name: everything(pairs, truth, codes, names) for name, codes in found.items()}
        | plan.backbone_figures(f"{NAME}/{source}", sha256_of([file]))
        | pilot_of(source),
        "items": [
            {"id": f"{source}:{number + 1}", "claim": rows[number].claim, "wanted": names[w], "given": names[g]}
            for number, w, g in zip(chosen, truth, answer, strict=True)
        ],
    }


def labels_of(pairs: Sequence[PairRow]) -> Codes:
    """The label of each pair by its number in ``training.labels.LABELS``."""
    return np.array([LABELS.index(_AS_LABEL.get(pair.label, pair.label)) for pair in pairs], np.int64)


def judged(pairs: Sequence[PairRow], watch: Watch) -> tuple[Codes, Numbers]:
    """The likeliest relation of each pair to the shipped verifier, by its number in ``LABELS``, and its probability."""
    model = _verifier()
    order = [LABELS.index(relation.value) for relation in model.calibration.relations]
    relations, confidence = np.zeros(len(pairs), np.int64), np.zeros(len(pairs), np.float64)
    for start in range(0, len(pairs), _AT_ONCE):
        for row, judgement in enumerate(model.judge([question(p) for p in pairs[start : start + _AT_ONCE]]), start):
            best = int(judgement.passage.argmax())
            relations[row], confidence[row] = order[best], judgement.passage[best]
        watch.at(min(start + _AT_ONCE, len(pairs)), len(pairs))
    return relations, confidence


def question(pair: PairRow) -> Question:
    """What the verifier is asked of a pair."""
    spans = split_sentences(pair.evidence, pair.evidence_lang or pair.lang)
    sentences = tuple(span.of(pair.evidence) for span in spans) or (pair.evidence,)
    return Question(pair.claim, sentences, published=pair.published)


@cache
def _verifier() -> VerifierModel:
    return load_verifier(as_shipped())


def everything(pairs: Sequence[PairRow], truth: Codes, given: Codes, names: Sequence[str]) -> dict[str, Any]:
    """The figures of one answer to the pairs, over all, by relation and by language."""
    return scored(truth, given) | {
        "by_relation": by_relation(truth, given, names),
        "by_languages": by_languages(pairs, truth == given),
    }


def scored(truth: Codes, given: Codes) -> dict[str, Any]:
    """Accuracy and macro-F1 with their intervals."""
    right = truth == given
    figures: dict[str, Figure] = {
        "accuracy": bootstrapped(len(truth), lambda rows: float(right[rows].mean())),
        "macro_f1": bootstrapped(len(truth), lambda rows: macro_f1(truth[rows], given[rows], len(LABELS))),
    }
    return {name: figure.as_json() for name, figure in figures.items()}


def by_relation(truth: Codes, given: Codes, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 of each relation that occurs."""
    scores = class_scores(confusion(truth, given, len(LABELS)))
    return {
        names[c]: {"precision": scores[c].precision, "recall": scores[c].recall, "f1": scores[c].f1}
        for c in np.unique(truth)
    }


def by_languages(pairs: Sequence[PairRow], right: Any) -> dict[str, dict[str, float]]:
    """How many pairs of each two languages there are, and the share that is right."""
    rows: dict[str, list[bool]] = {}
    for pair, hit in zip(pairs, right, strict=True):
        rows.setdefault(pair.languages, []).append(bool(hit))
    return {name: {"pairs": len(hits), "accuracy": sum(hits) / len(hits)} for name, hits in sorted(rows.items())}


def kind_of(source: str, wanted: Codes) -> int:
    """How many relations a set knows: five, two, or three."""
    if source in FIVE_WAY:
        return 5
    return 2 if (wanted == LABELS.index(NOT_SUPPORTS)).any() else 3


class _Fitted:
    """The scores of the baselines and the tables that turn them into relations, made when they are first asked for."""

    def __init__(self, plan: Plan) -> None:
        self._data = plan.data
        self._tables: dict[tuple[str, int], ScoreTable] = {}
        self.scorers: dict[str, Scorer] = {"shared words": baselines.shared_words}
        if plan.backbone is not None:
            self.scorers[unchanged.BASELINE] = baselines.nearness(plan.backbone)

    def table(self, name: str, kind: int) -> ScoreTable:
        """The table of one score for sets of so many relations."""
        if (name, kind) not in self._tables:
            pairs, wanted = _known(self._data, kind)
            scores = self.scorers[name]([(pair.claim, [pair.evidence]) for pair in pairs])
            self._tables[name, kind] = ScoreTable.fitted(scores, wanted)
        return self._tables[name, kind]


@cache
def _known(data: Path, kind: int) -> tuple[list[PairRow], Codes]:
    """Pairs of training sets, and their labels: what the tables of sets of so many relations are made of."""
    if kind == 5:
        pairs = [
            PairRow(claim=claim.claim, evidence=item.text, label=_written_label(claim.label.value), lang=claim.lang)
            for item in dev_items()
            for claim in item.claims
        ][:_FITTED_ON_WRITTEN]
        return pairs, labels_of(pairs)
    chosen: list[PairRow] = []
    for file in pair_files(data, "train"):
        if set_name(file) in FIVE_WAY:
            continue
        rows = read_pairs(file)
        if kind_of(set_name(file), labels_of(rows)) == kind:
            chosen += [rows[number] for number in drawn(rows, _FITTED_ON)]
    wanted = labels_of(chosen)
    return chosen, np.where(
        wanted == LABELS.index("supports"), wanted, LABELS.index(NOT_SUPPORTS)
    ) if kind == 2 else wanted


def _written_label(relation: str) -> Any:
    return "nei" if relation == "unrelated" else relation


def pilot_of(source: str) -> dict[str, Any]:
    """What the project's first verifier reached on a set, where that is known."""
    row = next((row for row in pilot()["sets"] if row["set"] == source), None)
    if row is None:
        return {}
    figures = {
        name: Figure(row[name], row[name], row[name], row["pairs"]).as_json() for name in ("accuracy", "macro_f1")
    }
    return {"pilot": {**figures, "source": PILOT}}
