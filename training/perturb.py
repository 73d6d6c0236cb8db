"""Makes claims out of written pairs: sentences of the evidence, whole or shortened, and contradicted twins.

A twin has one thing changed that its evidence states: a number, a month, or a name that is exchanged for another of the
same passage. Shortened sentences are what a draft makes of a source: an aside, an opening or a last clause left out.
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
_BREAK = re.compile(r"[,;] | [–—] ")
_BRACKETED = re.compile(r" \([^()]*\)")
_OPENING = re.compile(
    r"(?:In|On|At|By|For|During|Since|From|Meanwhile|Last|Yesterday|En|Desde|Durante|Tras|Entre|Al|Em|No|Na|Entretanto|"
    r"Depuis|Dans|Au|Aux|À|Sur|Pendant|Durant)\b[^,;]*",
)
_NARROWS = re.compile(
    r"\b(?:if|unless|except|excluding|provided|apart from|save for|exception|without|unlike|instead|although|though|"
    r"while|whereas|when|because|until|according|no|not|never|wenn|falls|sofern|außer|ausnahme|obwohl|während|weil|"
    r"nachdem|bevor|sobald|bis auf|laut|ohne|dass|ob|nicht|kein\w*|si|sauf|hormis|sans|bien que|tandis|alors que|quand|"
    r"lorsque|parce|selon|pas|ne|salvo|excepto|excepción|menos|sin|aunque|mientras|cuando|porque|según|se|exceto|exceção|"
    r"sem|embora|enquanto|quando|segundo|não|nunca)\b",
    re.IGNORECASE,
)
"""Words with which a clause limits, conditions, attributes or denies, so that it is not left out."""
_ALSO = re.compile(r"(?:and|y|e|et|und)\b")
_MIN_WORDS, _MIN_SHARE, _OPENING_WORDS, _SUBJECT_WORDS = 6, 0.5, 4, 6


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


def shortenings(sentence: str, lang: str) -> list[str]:
    """A sentence without a bracket, an opening, an aside, or what follows its first comma; what is left stays true.

    A part that limits, conditions, attributes or denies stays in, and more than half of the sentence always does.

    Args:
        sentence: a sentence that tells something as done.
        lang: its language; Korean clauses end in what joins them to the next and keep all of it.

    Returns:
        the shortened sentences, each with a capital and a full stop; none where nothing can be left out.
    """
    body = sentence.strip().rstrip(".")
    first, *rest = _BREAK.split(body) if lang != "ko" else [body]
    after = body[len(first) + 2 :]
    found = [_BRACKETED.sub("", body)]
    if rest and not _NARROWS.search(after):
        found.append(first)
    if rest and lang != "de" and _OPENING.fullmatch(first) and len(first.split()) <= _OPENING_WORDS:
        found.append(after)
    goes_on = len(rest) == 2 and (len(first.split()) <= _SUBJECT_WORDS or bool(_ALSO.match(rest[1])))
    if goes_on and not _NARROWS.search(rest[0]):
        found.append(f"{first} {rest[1]}")
    return [
        f"{text[0].upper()}{text[1:]}."
        for text in map(str.strip, found)
        if text != body and len(text.split()) >= _MIN_WORDS and len(text) >= _MIN_SHARE * len(body)
    ]


def copied(pairs: list[Pair], seed: int, rate: float) -> Iterator[Pair]:
    """Claims that repeat a sentence of their evidence, whole or shortened, which supports them.

    A sentence is taken if it alone decides a supported claim and decides none that it would only plan or guess: whole
    for a share ``rate`` of such sentences, and shortened for twice that share of those that can be.
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
        if (group, index) in other:
            continue
        sentence = pair.sentences[index].strip()
        claims = [sentence] if rng.random() < rate else []
        shorter = shortenings(sentence, pair.evidence_lang)
        if shorter and rng.random() < 2 * rate:
            claims.append(rng.choice(shorter))
        for claim in claims:
            yield replace(pair, claim=claim, lang=pair.evidence_lang, perturbed=True)
