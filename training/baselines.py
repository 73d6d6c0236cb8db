"""Step ``baselines``: what is reached without reading the evidence, or without a model.

    python -m training.baselines [CHECKPOINT.npz] [--table training/work/baselines.json] [--most 500]

- ``majority``: always the set's own most frequent relation, the best that a constant answer can do.
- ``overlap``: the relation that training pairs with as large a share of the claim's tokens in the evidence have most
  often, each relation weighed alike.
- ``claim only``: the checkpoint with the evidence taken away. What it gets right then, claims give away by themselves
  (Gururangan et al. 2018, "Annotation Artifacts in Natural Language Inference Data").
- ``shuffled``: the checkpoint with the evidence of another item of the same set; the relation asked for stays that of
  the pair's own evidence, so a model that reads does no better here than by chance.

The checkpoint itself is scored on the same pairs as ``model``. Without a checkpoint only the first two are computed.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.batches import Pairs
from training.labels import LABELS, NOT_SUPPORTS, WORK
from training.scores import FIVE_WAY, Score, as_rows, coarse, markdown, rows_by_set, score_sets

_TWO_WAY, _SUPPORTS = LABELS.index(NOT_SUPPORTS), LABELS.index("supports")
_BINS = 10
_FITTED_ON = 20_000


def sample(pairs: Pairs, splits: Sequence[str], most: int, seed: int = 1) -> NDArray[np.int64]:
    """At most ``most`` pairs of each set of the splits, drawn without replacement."""
    index = np.concatenate([pairs.select(split) for split in splits])
    rng = np.random.default_rng(seed)
    parts = [rng.permutation(rows)[:most] for _, _, rows in rows_by_set(pairs, index, splits)]
    return np.sort(index[np.concatenate(parts)])


def majority(pairs: Pairs, index: NDArray[np.int64], splits: Sequence[str]) -> NDArray[np.int64]:
    """For each pair the most frequent relation of its set, in the relations that the set has."""
    predicted = np.zeros(len(index), np.int64)
    for _, source, rows in rows_by_set(pairs, index, splits):
        labels = pairs.label[index[rows]].astype(np.int64)
        truth, _, names = coarse(source, labels, labels)
        common = int(np.bincount(truth).argmax())
        if len(names) == 2:
            common = _SUPPORTS if common == 1 else _TWO_WAY
        predicted[rows] = common
    return predicted


def overlap(pairs: Pairs, index: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of the different tokens of each pair's claim that its evidence has too, from 0 to 1."""
    shares = np.zeros(len(index))
    for row, i in enumerate(index):
        claim = set(pairs.text(int(pairs.claim[i])))
        evidence = {token for text in pairs.texts(int(i)) for token in pairs.text(text)}
        shares[row] = len(claim & evidence) / max(1, len(claim))
    return shares


def overlap_rule(pairs: Pairs, index: NDArray[np.int64], seed: int = 1) -> NDArray[np.int64]:
    """For each pair the relation that its overlap suggests, by a table made from training pairs of like relations."""
    kinds = np.array([_kind(pairs, number) for number in range(len(pairs.sources))])
    train = pairs.select("train")
    train = train[pairs.perturbed[train] == 0]
    predicted = np.zeros(len(index), np.int64)
    for kind in np.unique(kinds):
        rows = np.flatnonzero(kinds[pairs.source[index]] == kind)
        known = train[kinds[pairs.source[train]] == kind]
        if len(known) == 0:
            known = train
        known = np.random.default_rng(seed).permutation(known)[:_FITTED_ON]
        labels = pairs.label[known].astype(np.int64)
        if kind == 2:
            labels = np.where(labels == _SUPPORTS, _SUPPORTS, _TWO_WAY)
        counts = np.zeros((_BINS, len(LABELS)))
        np.add.at(counts, (_bin(overlap(pairs, known)), labels), 1)
        weighed = counts / np.maximum(1, counts.sum(axis=0))
        predicted[rows] = weighed.argmax(axis=1)[_bin(overlap(pairs, index[rows]))]
    return predicted


def _kind(pairs: Pairs, source: int) -> int:
    if pairs.sources[source] in FIVE_WAY:
        return 5
    return 2 if (pairs.label[pairs.source == source] == _TWO_WAY).any() else 3


def _bin(shares: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.minimum((shares * _BINS).astype(np.int64), _BINS - 1)


def without_evidence(pairs: Pairs) -> Pairs:
    """The same pairs with one empty sentence as evidence, of no day."""
    bare = copy.copy(pairs)
    empty = len(pairs.offsets) - 1
    bare.offsets = np.append(pairs.offsets, pairs.offsets[-1])
    bare.sentences = np.full(len(pairs), empty, np.uint32)
    bare.bounds = np.arange(len(pairs) + 1, dtype=np.uint32)
    bare.date = np.full(len(pairs), empty, np.int32)
    return bare


def shuffled(pairs: Pairs, index: NDArray[np.int64], splits: Sequence[str], seed: int = 1) -> Pairs:
    """The same pairs, those of ``index`` with evidence and day of another item of their set."""
    giver = np.arange(len(pairs))
    rng = random.Random(seed)
    for _, _, rows in rows_by_set(pairs, index, splits):
        members = index[rows].tolist()
        rng.shuffle(members)
        for place, i in enumerate(members):
            others = (members[(place + step) % len(members)] for step in range(1, len(members)))
            giver[i] = next((o for o in others if pairs.family[o] != pairs.family[i]), i)
    mixed = copy.copy(pairs)
    lists = [pairs.texts(int(g)) for g in giver]
    mixed.sentences = np.array([text for texts in lists for text in texts], np.uint32)
    mixed.bounds = np.cumsum([0, *map(len, lists)]).astype(np.uint32)
    mixed.date = pairs.date[giver]
    return mixed


def of_checkpoint(
    checkpoint: Path, work: Path, pairs: Pairs, index: NDArray[np.int64], splits: Sequence[str], device: str
) -> dict[str, NDArray[np.int64]]:
    """Relations that a checkpoint predicts with the evidence as it is, taken away, and exchanged."""
    from training.evaluate import decisive, predict
    from training.train import load

    net = load(checkpoint, work / "base.npz", device)
    variants = {"model": pairs, "claim only": without_evidence(pairs), "shuffled": shuffled(pairs, index, splits)}
    return {
        n: decisive(predict(net, varied, index, device)["sentences"].astype(np.float64)).argmax(1)
        for n, varied in variants.items()
    }


def main() -> None:
    """Runs the step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path, nargs="?")
    parser.add_argument("--table", type=Path, help="JSON file for the figures that are printed")
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--split", nargs="*", default=["measure"])
    parser.add_argument("--most", type=int, default=500, help="pairs of a set, drawn at random")
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    pairs = Pairs(options.work / "pairs.npz")
    index = sample(pairs, options.split, options.most)
    predicted = {"majority": majority(pairs, index, options.split), "overlap": overlap_rule(pairs, index)}
    if options.checkpoint:
        predicted |= of_checkpoint(options.checkpoint, options.work, pairs, index, options.split, options.device)
    scores: dict[str, list[Score]] = {}
    for name, relations in predicted.items():
        scores[name] = score_sets(pairs, index, relations, options.split)
        print(f"\n{name}", *markdown(scores[name]), sep="\n")
    if options.table:
        table = {
            "checkpoint": options.checkpoint and options.checkpoint.stem,
            "most": options.most,
            "baselines": {name: as_rows(rows) for name, rows in scores.items()},
        }
        options.table.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
