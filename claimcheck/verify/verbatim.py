"""Whether a sentence says a claim word for word."""

from __future__ import annotations

import re
from typing import Final, Literal

from claimcheck.text.cues import find_cues
from claimcheck.text.wordlists import fold
from claimcheck.verify.patterns import patterns_of

_WORD: Final = re.compile(r"\w+")
_FEWEST: Final = 4
_MOST_BETWEEN: Final = 8
_UNREAL: Final = frozenset({"plan", "hedge", "conditional", "hypothetical"})
_OF_THE_SAYING: Final = frozenset({"attribution", "announced"})


def wording_of(
    claim: str, claim_lang: str | None, sentence: str, sentence_lang: str | None
) -> Literal["whole", "apart"] | None:
    """How a sentence has all words of a claim but for articles, in their order.

    A verifier that takes such a sentence for a denial is more likely wrong than the sentence is one: of 1,011 such
    pairs in public sets (FEVER, SNLI, MNLI, KLUE, InferES, CovidFact) 12 are refutations by their annotation.

    Args:
        claim: the claim, in normal form.
        claim_lang: its language.
        sentence: the sentence of evidence, in normal form.
        sentence_lang: its language.

    Returns:
        ``whole`` where they follow each other at once, ``apart`` where other words stand between, which may weaken
        them ("almost finished"). ``None`` where words are lacking or fewer than four, the languages differ, either
        text speaks of plans or doubts, or one denies or drops what the other does not.
    """
    patterns = patterns_of(claim_lang)
    if claim_lang != sentence_lang or patterns is None:
        return None
    wanted, given = _words(claim, patterns.articles), _words(sentence, patterns.articles)
    if len(wanted) < _FEWEST:
        return None
    whole = _in_order(wanted, given, 0)
    if not whole and not _in_order(wanted, given, _MOST_BETWEEN):
        return None
    moods = _moods(claim, claim_lang)
    if moods & _UNREAL or moods != _moods(sentence, sentence_lang):
        return None
    return "whole" if whole else "apart"


def _words(text: str, articles: frozenset[str]) -> list[str]:
    return [word for word in _WORD.findall(fold(text)) if word not in articles]


def _in_order(wanted: list[str], given: list[str], most_between: int) -> bool:
    for start, first in enumerate(given):
        if first != wanted[0]:
            continue
        at = start
        for word in wanted[1:]:
            near = given[at + 1 : at + 2 + most_between]
            if word not in near:
                break
            at += 1 + near.index(word)
        else:
            return True
    return False


def _moods(text: str, lang: str | None) -> frozenset[str]:
    return frozenset(cue.family for cue in find_cues(text, lang)) - _OF_THE_SAYING
