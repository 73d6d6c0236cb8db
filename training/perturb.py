"""Makes claims out of written pairs: sentences of the evidence itself, and contradicted twins of supported claims.

A twin has one thing changed that its evidence states: a number, a month, or a name that is exchanged for another of the
same passage.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace

from training.sources import Pair

_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w-])")
_NAME = re.compile(r"\b[A-ZÀ-Ý][\w’'-]+(?: [A-ZÀ-Ý][\w’'-]+)+")
_MONTHS = tuple(
    tuple(names.split())
    for names in (
        "January February March April May June July August September October November December",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    )
)


def _other_number(token: str, rng: random.Random) -> str:
    """Another number in the same notation, near enough to be mistaken and far enough to be wrong."""
    digits = [i for i, c in enumerate(token) if c.isdigit()]
    if token.isdigit() and len(token) == 4 and 1900 <= int(token) <= 2100:
        return str(int(token) + rng.choice((-3, -2, -1, 1, 2, 3)))
    changed = list(token)
    where = digits[0] if len(digits) > 1 and rng.random() < 0.7 else rng.choice(digits[:2])
    options = [d for d in "123456789" if d != changed[where]]
    changed[where] = rng.choice(options)
    return "".join(changed)


def _changes(pair: Pair, rng: random.Random) -> Iterator[str]:
    evidence = " ".join(pair.sentences[i] for i in pair.deciding or ())
    numbers = [m for m in _NUMBER.finditer(pair.claim) if m.group() in evidence]
    if numbers:
        chosen = rng.choice(numbers)
        yield pair.claim[: chosen.start()] + _other_number(chosen.group(), rng) + pair.claim[chosen.end() :]
    for months in _MONTHS:
        for month in months:
            found = re.search(rf"\b{month}\b", pair.claim)
            if found and month in evidence:
                other = rng.choice([m for m in months if m != month])
                yield pair.claim[: found.start()] + other + pair.claim[found.end() :]
                break
    everything = " ".join(pair.sentences)
    names = [m for m in _NAME.finditer(pair.claim) if m.group() in everything]
    others = sorted({m.group() for m in _NAME.finditer(everything)} - {m.group() for m in names})
    if names and others:
        chosen, other = rng.choice(names), rng.choice(others)
        if chosen.group() not in other and other not in chosen.group():
            yield pair.claim[: chosen.start()] + other + pair.claim[chosen.end() :]


def perturbed(pairs: list[Pair], seed: int, rate: float) -> Iterator[Pair]:
    """Contradicted twins of a share ``rate`` of the supported pairs whose deciding sentence is known."""
    rng = random.Random(seed)
    for pair in pairs:
        if pair.label != "supports" or not pair.deciding or rng.random() > rate:
            continue
        options = list(_changes(pair, rng))
        if options:
            yield replace(pair, claim=rng.choice(options), label="refutes", perturbed=True)


def copied(pairs: list[Pair], seed: int, rate: float) -> Iterator[Pair]:
    """Claims that repeat a sentence of their evidence, which supports them, for a share ``rate`` of such sentences.

    A sentence is taken if it alone decides a supported claim and decides none that it would only plan or guess.
    """
    rng = random.Random(seed)
    realised: dict[tuple[str, int], Pair] = {}
    other: set[tuple[str, int]] = set()
    for pair in pairs:
        for index in pair.deciding or ():
            if pair.label in ("plans", "hedges"):
                other.add((pair.group, index))
        if pair.label == "supports" and pair.deciding is not None and len(pair.deciding) == 1:
            realised.setdefault((pair.group, pair.deciding[0]), pair)
    for (group, index), pair in realised.items():
        if (group, index) not in other and rng.random() < rate:
            yield replace(pair, claim=pair.sentences[index].strip(), lang=pair.evidence_lang, perturbed=True)
