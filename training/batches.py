"""Draws, varies and packs training examples into padded batches."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from claimcheck.models.packing import pack
from training.labels import LABELS, SPECIAL, SPLITS, UNKNOWN_DECIDING

UNRELATED = LABELS.index("unrelated")
IGNORED = -100
OTHER_PASSAGE, UNDECIDED, THINNED, ALONE = 0.12, 0.15, 0.5, 0.65
"""Shares of written pairs: with another passage; then, of the rest, up to where a draw leaves out what decides, up to
where it leaves out some of what does not, and up to where it leaves what decides alone."""
DECIDED_SOMEWHERE = -200
"""Sentence label where the pair is decided by one of several sentences, nobody marked which."""


@dataclass(frozen=True)
class Example:
    """Token ids (compact), marks, and what is known of the passage and of each marked sentence.

    ``pair`` is the index of the pair whose evidence it shows, or -1, ``numbers`` those of the marked sentences in it.
    """

    ids: tuple[int, ...]
    columns: tuple[int, ...]
    label: int
    sentence_labels: tuple[int, ...]
    pair: int = -1
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Batch:
    """Padded arrays; mark i stands at ``[rows[i], columns[i]]`` and is sentence ``numbers[i]`` of pair ``pairs[i]``."""

    ids: NDArray[np.int32]
    mask: NDArray[np.bool_]
    labels: NDArray[np.int64]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    sentence_labels: NDArray[np.int64]
    pairs: NDArray[np.int64]
    numbers: NDArray[np.int64]


class Pairs:
    """The tokenised pairs of ``training.data`` or ``training.mpnet``; ``pad`` is the compact id of the padding token.

    ``rows`` says for those of ``training.mpnet`` where the same pairs stand in ``pairs.npz``.

    Args:
        path: ``pairs.npz``, or ``pairs-mpnet.npz``.
    """

    def __init__(self, path: Path) -> None:
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        self.tokens, self.offsets, self.used = arrays["tokens"], arrays["offsets"], arrays["used"]
        self.sentences, self.bounds = arrays["sentences"], arrays["bounds"]
        self.claim, self.date, self.label = arrays["claim"], arrays["date"], arrays["label"]
        self.deciding, self.split, self.group = arrays["deciding"], arrays["split"], arrays["group"]
        self.source, self.sources = arrays["source"], [str(s) for s in arrays["sources"]]
        self.family, self.perturbed = arrays["family"], arrays["perturbed"]
        self.families = arrays.get("families", np.array([], str))
        special = arrays.get("special", SPECIAL)
        begin, self.pad, end, mark = (int(np.searchsorted(self.used, t)) for t in special[:4])
        self._marks = begin, end, mark

        self.rows: NDArray[np.int64] | None = arrays["index"].astype(np.int64) if "index" in arrays else None

    def __len__(self) -> int:
        return len(self.label)

    def text(self, number: int) -> list[int]:
        """Compact token ids of a text."""
        return self.tokens[self.offsets[number] : self.offsets[number + 1]].tolist()

    def texts(self, index: int) -> list[int]:
        """Text numbers of the evidence sentences of a pair."""
        return self.sentences[self.bounds[index] : self.bounds[index + 1]].tolist()

    def select(self, split: str, sources: Sequence[str] | None = None) -> NDArray[np.int64]:
        """Indices of the pairs of a split (and of some sources)."""
        chosen = self.split == SPLITS.index(split)
        if sources is not None:
            chosen &= np.isin(self.source, [self.sources.index(s) for s in sources if s in self.sources])
        return np.flatnonzero(chosen)

    def select_families(self, beginning: str, split: str = "train") -> NDArray[np.int64]:
        """Indices of the pairs of a split whose item or world has a name that begins so, such as ``V22``."""
        named = np.flatnonzero(np.char.startswith(self.families, f"{beginning}-"))
        chosen = self.select(split)
        return chosen[np.isin(self.family[chosen], named)]

    def plain(self, index: int) -> tuple[Example, ...]:
        """A pair as it stands, with its date: one example, or several where the evidence is too long for one."""
        return tuple(self._examples(self.text(self.claim[index]), self.texts(index), self._sentence_labels(index),
                                    int(self.label[index]), self.text(self.date[index])))  # fmt: skip

    def varied(self, index: int, rng: random.Random, negatives: NDArray[np.int64] | None) -> Example:
        """A pair with what does not matter varied: sentences left out, the date left out, another passage put in."""
        date = self.text(self.date[index]) if rng.random() < 0.7 else []
        claim = self.text(self.claim[index])
        texts, labels, label = self.texts(index), self._sentence_labels(index), int(self.label[index])
        keep, context = list(range(len(texts))), []
        if self.deciding[index] != UNKNOWN_DECIDING and len(texts) > 1:
            other = self._other(index, rng, negatives)
            if other >= 0:
                texts = self.texts(other)
                return self._example(claim, texts, [UNRELATED] * len(texts), UNRELATED, date)
            draw = rng.random()
            beside = [i for i, v in enumerate(labels) if v == UNRELATED]
            if draw < UNDECIDED and beside:
                keep, label = beside, UNRELATED
            elif draw < THINNED:
                keep = [i for i, v in enumerate(labels) if v != UNRELATED or rng.random() > 0.35] or [0]
            elif draw < ALONE:
                keep = [i for i, v in enumerate(labels) if v != UNRELATED] or [rng.choice(beside)]
            if len(keep) > 1 and labels[keep[0]] == UNRELATED and rng.random() < 0.15:
                context, keep = self.text(texts[keep[0]])[:32], keep[1:]
        shown = self._example(claim, [texts[i] for i in keep], [labels[i] for i in keep], label, date, context)
        return replace(shown, pair=index, numbers=tuple(keep[number] for number in shown.numbers))

    def _other(self, index: int, rng: random.Random, negatives: NDArray[np.int64] | None) -> int:
        """A pair with hard evidence on something else, or -1 where the pair is to keep its own."""
        if negatives is None or rng.random() >= OTHER_PASSAGE:
            return -1
        return int(rng.choice([i for i in negatives[index].tolist() if i >= 0] or [-1]))

    def _sentence_labels(self, index: int) -> list[int]:
        count = int(self.bounds[index + 1] - self.bounds[index])
        deciding, label = int(self.deciding[index]), int(self.label[index])
        if deciding == UNKNOWN_DECIDING:
            return [DECIDED_SOMEWHERE if label < UNRELATED else IGNORED] * count
        return [label if deciding >> i & 1 else UNRELATED for i in range(count)]

    def _examples(
        self, claim: list[int], texts: list[int], labels: list[int], label: int, date: list[int],
        context: Sequence[int] = (),
    ) -> Iterator[Example]:  # fmt: skip
        for part in pack(claim, [self.text(t) for t in texts], date=date, context=context, special=self._marks):
            numbers, columns = zip(*part.marks, strict=True)
            yield Example(part.ids, columns, label, tuple(labels[number] for number in numbers), numbers=numbers)

    def _example(
        self, claim: list[int], texts: list[int], labels: list[int], label: int, date: list[int],
        context: Sequence[int] = (),
    ) -> Example:  # fmt: skip
        """Of evidence too long for one sequence, the part with most of what decides (or most of what does not)."""
        parts = self._examples(claim, texts, labels, label, date, context)
        return max(parts, key=lambda part: part.sentence_labels.count(label))


def batches(examples: list[Example], pad: int, tokens: int, rng: random.Random) -> Iterator[Batch]:
    """Batches of about ``tokens`` tokens each, of examples of like length, in random order."""
    examples = sorted(examples, key=lambda e: (len(e.ids), rng.random()))
    groups: list[list[Example]] = []
    start = 0
    while start < len(examples):
        size = max(1, tokens // len(examples[min(start + tokens // len(examples[start].ids), len(examples) - 1)].ids))
        groups.append(examples[start : start + size])
        start += size
    rng.shuffle(groups)
    yield from (collate(group, pad) for group in groups)


def collate(examples: Sequence[Example], pad: int) -> Batch:
    """One padded batch; its length is a multiple of 8, as attention on accelerators has it."""
    length = -(-max(len(e.ids) for e in examples) // 8) * 8
    ids = np.full((len(examples), length), pad, np.int32)
    for row, example in enumerate(examples):
        ids[row, : len(example.ids)] = example.ids
    return Batch(
        ids,
        np.arange(length)[None] < np.array([[len(e.ids)] for e in examples]),
        np.array([e.label for e in examples], np.int64),
        np.array([row for row, e in enumerate(examples) for _ in e.columns], np.int64),
        np.array([c for e in examples for c in e.columns], np.int64),
        np.array([s for e in examples for s in e.sentence_labels], np.int64),
        np.array([e.pair for e in examples for _ in e.columns], np.int64),
        np.array([n for e in examples for n in (e.numbers or (0,) * len(e.columns))], np.int64),
    )
