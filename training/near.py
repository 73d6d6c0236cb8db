"""Near-misses: for each written training pair, passages of other stories that the retriever would bring for its claim.

They are what a claim meets in a library that has nothing on it, and decide nothing.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from claimcheck.models import weights
from claimcheck.models.encoder import WIDTH, Encoder, load_tokenizer
from claimcheck.models.packing import BEGIN, END
from training.batches import Pairs
from training.data import PREFIXES
from training.labels import BACKBONES, WRITTEN, file_of

NEAREST = 6
_FEWEST = 50
_RARE, _ALIKE = 0.003, 0.25
"""Tokens in a smaller share of passages than the first are rare; of passages that share more of their rare tokens than
the second, one may be a variant of the other, told with other facts, and decide its claims."""
_MAX_TOKENS = 200
_ROWS = 2048


class _Vectors:
    """Unit vectors of token lists, by the retriever that ships."""

    def __init__(self, pairs: Pairs) -> None:
        self._encoder, self._used = Encoder(weights.RETRIEVER), pairs.used
        self._prefixes = {
            kind: load_tokenizer().encode(text, add_special_tokens=False).ids for kind, text in PREFIXES.items()
        }

    def of(self, kind: str, texts: list[list[int]]) -> NDArray[np.float32]:
        """Vectors ``(texts, width)`` of compact token ids, read as claims or as passages."""
        prefix, found = self._prefixes[kind], np.zeros((len(texts), WIDTH), np.float32)
        sequences = [[BEGIN, *prefix, *self._used[ids[:_MAX_TOKENS]].tolist(), END] for ids in texts]
        for index, (vector,) in self._encoder.run(sequences, ["vectors"]):
            found[index] = vector
        return found


def _rare_tokens(pairs: Pairs, first: NDArray[np.int64]) -> dict[int, set[int]]:
    """The rare tokens of each group's passage."""
    own = {int(pairs.group[i]): {t for text in pairs.texts(int(i)) for t in pairs.text(text)} for i in first}
    frequency = Counter(token for tokens in own.values() for token in tokens)
    rare = {token for token, count in frequency.items() if count < max(2, _RARE * len(own))}
    return {group: tokens & rare for group, tokens in own.items()}


def without_variants(pairs: Pairs, negatives: NDArray[np.int32], first: NDArray[np.int64]) -> NDArray[np.int32]:
    """``negatives`` with -1 where the passage is a variant of the pair's own."""
    rare, kept = _rare_tokens(pairs, first), negatives.copy()
    for row, column in zip(*np.nonzero(negatives >= 0), strict=True):
        own, other = rare[int(pairs.group[row])], rare[int(pairs.group[negatives[row, column]])]
        if len(own & other) > _ALIKE * max(1, min(len(own), len(other))):
            kept[row, column] = -1
    return kept


def mine(pairs: Pairs, nearest: int = NEAREST) -> NDArray[np.int32]:
    """For each written training pair the pairs whose passage is nearest its claim, none of its own family or a variant.

    Args:
        pairs: those of the first backbone.
        nearest: how many to find.

    Returns:
        pair indices ``(pairs, nearest)``, -1 where there are none.
    """
    written = pairs.select("train", WRITTEN)
    result = np.full((len(pairs), nearest), -1, np.int32)
    if len(written) < _FEWEST:
        return result
    groups, firsts = np.unique(pairs.group[written], return_index=True)
    first, vectors = written[firsts], _Vectors(pairs)
    passages = vectors.of("passage", [[t for text in pairs.texts(int(i)) for t in pairs.text(text)] for i in first])
    claims, number = np.unique(pairs.claim[written], return_inverse=True)
    asked = vectors.of("claim", [pairs.text(int(c)) for c in claims])
    most = min(nearest + 10, len(groups))
    for start in range(0, len(written), _ROWS):
        rows = written[start : start + _ROWS]
        likeness = asked[number[start : start + _ROWS]] @ passages.T
        likeness[pairs.family[rows][:, None] == pairs.family[first][None]] = -1
        top = np.argpartition(-likeness, most - 1)[:, :most]
        top = np.take_along_axis(top, np.argsort(-np.take_along_axis(likeness, top, 1)), 1)[:, :nearest]
        result[rows] = np.where(np.take_along_axis(likeness, top, 1) > -1, first[top], -1)
    return without_variants(pairs, result, first)


def mined(work: Path, pairs: Pairs, backbone: str = BACKBONES[0]) -> NDArray[np.int64]:
    """What ``mine`` finds, kept beside the pairs as ``negatives.npy``; of mpnet those of them that it has.

    Raises:
        ValueError: the pairs have changed since.
    """
    kept = file_of(work, "negatives.npy", BACKBONES[0])
    if not kept.exists():
        np.save(kept, mine(Pairs(file_of(work, "pairs.npz", BACKBONES[0]))))
    negatives: NDArray[np.int64] = np.load(kept).astype(np.int64)
    if pairs.rows is not None:
        place = np.full(len(negatives) + 1, -1, np.int64)
        place[pairs.rows] = np.arange(len(pairs))
        negatives = place[negatives[pairs.rows]]
    if len(negatives) != len(pairs):
        raise ValueError(f"{kept} belongs to other pairs: remove it to find near-misses anew")
    return negatives
