"""How well claims are found: the local extraction against the annotated articles that nothing was trained on.

python -m evals.extraction              # the measuring tenth
python -m evals.extraction --training   # the other articles, which the heads were trained on: an upper bound only

What is counted:

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

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from claimcheck.extract.local import LocalExtractor
from claimcheck.extract.mentions import find_mentions
from claimcheck.extract.pieces import read_rules
from claimcheck.models import load_embedder
from claimcheck.settings import load_settings
from claimcheck.types import Claim, Document, Span
from training.articles import FOLDER, AnnotatedClaim, Article, read_articles

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


def ratio(part: float, whole: float) -> float:
    """A share; 0 of nothing is 0."""
    return part / whole if whole else 0.0


def row(name: str, counts: Counter[str]) -> str:
    """One line of the table."""
    kept, let = counts["claim_sentences_reached"], counts["other_sentences_reached"]
    figures = [
        ratio(kept, kept + let),
        ratio(kept, counts["claim_sentences"]),
        ratio(2 * kept, kept + let + counts["claim_sentences"]),
        ratio(let, counts["other_sentences"]),
        ratio(counts["paired"], counts["found"]),
        ratio(counts["paired"], counts["annotated"]),
        ratio(2 * counts["paired"], counts["found"] + counts["annotated"]),
        ratio(2 * counts["paired_strictly"], counts["found"] + counts["annotated"]),
        ratio(counts["covered"], counts["annotated"]),
    ]
    return (
        f"| {name} | {counts['articles']} | {counts['annotated']} | " + " | ".join(f"{f:.3f}" for f in figures) + " |"
    )


def table(by_language: dict[str, Counter[str]]) -> str:
    """All figures as Markdown."""
    total: Counter[str] = sum(by_language.values(), Counter())
    head = (
        "| language | articles | claims | sentence precision | recall | F1 | let through "
        "| claim precision | recall | F1 | F1 strict | covered |\n|" + "---|" * 12
    )
    rows = [row(lang, by_language[lang]) for lang in sorted(by_language)]
    wrong = ratio(total["other_name"], total["restated"])
    stand = (
        f"Stand alone: {total['named']} of {total['pointing']} quotes that begin with a pronoun "
        f"got the name ({ratio(total['named'], total['pointing']):.3f}); of {total['restated']} restated claims "
        f"{total['other_name']} got a name that the annotation has not ({wrong:.3f})."
    )
    named, too_many = (
        ratio(total["speaker"], total["attributed"]),
        ratio(total["speaker_too_many"], total["unattributed"]),
    )
    said = (
        f"Speaker: of {total['attributed']} pairs that the annotation attributes, {total['speaker']} got a speaker who "
        f"shares a word with it ({named:.3f}); of {total['unattributed']} others {total['speaker_too_many']} got one "
        f"({too_many:.3f}). Kind: {total['kind']} of {total['paired']} pairs agree on realised or not "
        f"({ratio(total['kind'], total['paired']):.3f})."
    )
    return "\n".join([head, *rows, row("all", total), "", stand, said])


def measure(articles: Iterable[Article], extractor: LocalExtractor) -> dict[str, Counter[str]]:
    """Counts for each language."""
    by_language: dict[str, Counter[str]] = defaultdict(Counter)
    for article in articles:
        claims, _ = extractor.extract(Document(id=article.id, text=article.text))
        by_language[article.lang].update(count(article, claims))
    return by_language


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder of the annotated articles")
    parser.add_argument("--training", action="store_true", help="measure on the articles trained on instead")
    options = parser.parse_args()
    articles = [a for a in read_articles(options.data) if a.only_measures != options.training]
    print(table(measure(articles, LocalExtractor(load_embedder(load_settings())))))


if __name__ == "__main__":
    main()
