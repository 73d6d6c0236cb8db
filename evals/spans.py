"""Which found claims are which annotated ones, and what one article adds to the figures of extraction.

- *Sentences*: an annotated sentence that states a claim is kept if a claim that was found overlaps it; one that
  states none is let through if a claim that was found overlaps it.
- *Claims*: a found claim fits an annotated one if their spans overlap with an intersection over union of at least
  0.5, or if one lies within the other (two characters of play). Pairs are made one to one, best overlap first;
  precision is the share of found claims in a pair, recall that of annotated ones. *Strict* leaves the second
  condition out. *Covered* is the share of annotated claims of which found claims together hold at least half.
- *Speaker* and *kind*: of the pairs, whether the speaker's names share a word, and whether both take the claim for
  realised (fact, quotation) or both for unrealised (plan, prediction; the annotation gives this by sentence).
- *Stand alone*: of the pairs whose quote begins with a pronoun and whose annotated text holds a
  name of the article that the quote does not, the share whose found text holds such a name too; and of all pairs, the
  share whose found text holds a name that is not in the annotated text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from claimcheck.extract.mentions import find_mentions
from claimcheck.extract.pieces import read_rules
from claimcheck.types import Claim, Span
from training.articles import AnnotatedClaim, Article

UNREALISED = ("plan", "prediction")
_PLAY = 2
_WORD = re.compile(r"[^\W\d_]+")


def shared(one: Span, other: Span) -> int:
    """Characters that two spans share."""
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def overlap(one: Span, other: Span) -> float:
    """Intersection over union of two spans."""
    return shared(one, other) / max(1, max(one.end, other.end) - min(one.start, other.start))


def fits(one: Span, other: Span, *, strict: bool) -> bool:
    """Whether two spans are of one claim."""
    common = shared(one, other)
    within = common > 0 and common >= min(one.end - one.start, other.end - other.start) - _PLAY
    return overlap(one, other) >= 0.5 or (within and not strict)


def pairs(
    found: Sequence[Claim], annotated: Sequence[AnnotatedClaim], *, strict: bool = False
) -> list[tuple[Claim, AnnotatedClaim]]:
    """Found and annotated claims that fit, one to one, best overlap first."""
    possible = sorted(
        (
            (-overlap(f.span, a.span), i, j)
            for i, f in enumerate(found)
            for j, a in enumerate(annotated)
            if fits(f.span, a.span, strict=strict)
        ),
    )
    chosen, used_found, used_annotated = [], set(), set()
    for _, i, j in possible:
        if i not in used_found and j not in used_annotated:
            used_found.add(i)
            used_annotated.add(j)
            chosen.append((found[i], annotated[j]))
    return chosen


def count(article: Article, claims: Sequence[Claim]) -> Counter[str]:
    """What one article adds to the figures."""
    counts: Counter[str] = Counter(articles=1)
    for sentence in article.sentences:
        reached = any(shared(claim.span, sentence.span) > _PLAY for claim in claims)
        group = "claim_sentences" if sentence.has_claim else "other_sentences"
        counts[group] += 1
        counts[f"{group}_reached"] += reached
    annotated = [claim for sentence in article.sentences for claim in sentence.claims]
    chosen = pairs(claims, annotated)
    counts.update(found=len(claims), annotated=len(annotated), paired=len(chosen))
    counts["paired_strictly"] = len(pairs(claims, annotated, strict=True))
    for gold in annotated:
        held = sum(shared(claim.span, gold.span) for claim in claims)
        counts["covered"] += 2 * held >= gold.span.end - gold.span.start
    counts.update(stand_alone(article, chosen))
    counts.update(who_and_what(article, chosen))
    return counts


def who_and_what(article: Article, chosen: Iterable[tuple[Claim, AnnotatedClaim]]) -> Iterator[str]:
    """The counted speakers and kinds of the pairs, each as often as it counts."""
    for claim, gold in chosen:
        if gold.speaker is None:
            yield "unattributed"
            if claim.speaker is not None:
                yield "speaker_too_many"
        else:
            yield "attributed"
            if claim.speaker and set(claim.speaker.lower().split()) & set(gold.speaker.lower().split()):
                yield "speaker"
        kind = next(s.type for s in article.sentences if gold in s.claims)
        if (kind in UNREALISED) == (claim.kind.value in UNREALISED):
            yield "kind"


def stand_alone(article: Article, chosen: Iterable[tuple[Claim, AnnotatedClaim]]) -> Iterator[str]:
    """The counted names of the pairs' texts, each as often as it counts."""
    words = pointing_words(article.lang)
    mentions = find_mentions(article.text, article.lang)
    names = {mention.name for mention in mentions} | {mention.span.of(article.text) for mention in mentions}
    for claim, gold in chosen:
        wanted = {name for name in names if name in gold.text and name not in claim.quote}
        first = _WORD.search(claim.quote.lower())
        if wanted and first is not None and first.group() in words:
            yield "pointing"
            if any(name in claim.text for name in wanted):
                yield "named"
        if claim.text != claim.quote:
            yield "restated"
            added = {name for name in names if name in claim.text and name not in claim.quote}
            tokens = set(gold.text.split()) | set(re.findall(r"\w+", gold.text))
            if added and not any(set(name.split()) & tokens for name in added):
                yield "other_name"


def pointing_words(lang: str) -> frozenset[str]:
    """First words that point back: pronouns, possessives and relatives."""
    table = read_rules("references")[lang]
    listed = " ".join([table["person"], table["thing"], *table["possessive"], table["relatives"]])
    return frozenset(listed.split())
