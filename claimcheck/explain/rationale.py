"""Why a verdict is what it is, in a language model's words, with the citations that each sentence rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from claimcheck.errors import LanguageModelError
from claimcheck.explain.backing import Backing
from claimcheck.explain.prose import figures_stand_in, prose
from claimcheck.llm.door import LanguageModel
from claimcheck.llm.replies import Settlement
from claimcheck.text.differences import find_differences
from claimcheck.text.language import detect_language
from claimcheck.text.sentences import split_sentences
from claimcheck.text.wordlists import fold
from claimcheck.types import Citation, Verdict
from claimcheck.usage import Explanation, RationaleSentence

_TASK: Final = "settle"
_LONGEST_QUOTE: Final = 600
_CLAIM: Final = re.compile(
    r"\b(?:claims?|afirmaci(?:ón|ones)|affirmations?|Behauptung(?:en)?|afirmaç(?:ão|ões))\b|주장", re.IGNORECASE
)
"""How the six languages name a claim, as the prompt forbids a reply to do."""


def explain_many(verdicts: Sequence[Verdict], model: LanguageModel, backing: Backing) -> Iterator[Verdict]:
    """Each verdict with what a language model says of it; nothing else of it changes.

    Args:
        verdicts: what was decided.
        model: the door to the model.
        backing: what holds its words against the cited sentences.

    Yields:
        In the order of ``verdicts``, each with an explanation, or with the reason why there is none.

    Raises:
        PromptError: the prompt cannot be used.
        SettingsError: the settings name no model that can be used.
        InstallationError: the provider's package is missing.
    """
    asked = (_variables(verdict) for verdict in verdicts)
    for verdict, reply in zip(verdicts, model.ask_many(_TASK, asked, Settlement), strict=True):
        if isinstance(reply, LanguageModelError):
            yield verdict.model_copy(update={"unexplained": reply.message})
        else:
            yield verdict.model_copy(update={"explanation": explanation(verdict, reply.value, model.name, backing)})


def explanation(verdict: Verdict, said: Settlement, model: str, backing: Backing) -> Explanation:
    """What is kept of a model's words on a verdict.

    Args:
        verdict: the verdict.
        said: what the model said; its numbers count the verdict's citations.
        model: provider and name of the model.
        backing: what holds its words against the cited sentences.

    Returns:
        The explanation. Cut are: a sentence of the rationale that cites nothing, gives a figure that what it cites
        does not give, is not backed by that, or judges the claim, which is the policy's to do; a safer wording that
        does so, has a figure that no cited sentence gives, gives one otherwise than a sentence that speaks against the
        claim, or is not proven by what is cited; words on what would settle it that have a figure of their own, judge
        the claim, or say it or a quote again; what is too long or holds an address.
    """
    quotes = [_said_by(citation) for citation in verdict.citations]
    return Explanation(
        model=model,
        rationale=tuple(_rationale(verdict, said, quotes, backing)),
        would_settle=_would_settle(verdict, said, quotes, backing),
        safer_wording=_safer_wording(verdict, said, quotes, backing),
    )


def _rationale(
    verdict: Verdict, said: Settlement, quotes: Sequence[str], backing: Backing
) -> Iterator[RationaleSentence]:
    for reason in said.rationale:
        numbers = [number - 1 for number in reason.sentences]
        citations, cited = [verdict.citations[n] for n in numbers], [quotes[n] for n in numbers]
        whole = prose(reason.text)
        kept = [
            sentence
            for sentence in (_sentences(whole) if whole and cited else ())
            if not _judges(sentence, [verdict.claim, *cited])
            and figures_stand_in(sentence, cited)
            and backing.states(sentence, citations)
        ]
        if kept:
            yield RationaleSentence(text=" ".join(kept), citations=reason.sentences)


def _safer_wording(verdict: Verdict, said: Settlement, quotes: Sequence[str], backing: Backing) -> str | None:
    safer = prose(said.safer_wording or "")
    if safer is None or _bare(safer) == _bare(verdict.claim) or _judges(safer, [verdict.claim, *quotes]):
        return None
    if not figures_stand_in(safer, quotes) or any(_differs(safer, c) for c in verdict.citations if c.opposes):
        return None
    return safer if backing.proves(safer, verdict.citations) else None


def _differs(text: str, citation: Citation) -> bool:
    """Whether a text gives a number or date otherwise than a quote that speaks against the claim."""
    found = find_differences(
        text,
        detect_language(text),
        citation.quote,
        detect_language(citation.quote),
        claim_reference=None,
        sentence_reference=citation.published,
    )
    return any(difference.outcome == "conflict" for difference in found)


def _would_settle(verdict: Verdict, said: Settlement, quotes: Sequence[str], backing: Backing) -> str | None:
    settles = prose(said.would_settle)
    if settles is None or any(_bare(settles) in _bare(quote) for quote in quotes):
        return None
    if _judges(settles, [verdict.claim, *quotes]):
        return None
    known = figures_stand_in(settles, [verdict.claim, *quotes])
    return settles if known and not backing.repeats(settles, [verdict.claim]) else None


def _judges(text: str, known: Sequence[str]) -> bool:
    """Whether a text speaks of "the claim" where the claim and its sources do not."""
    spoken = {fold(word) for word in _CLAIM.findall(text)}
    return not spoken <= {fold(word) for source in known for word in _CLAIM.findall(source)}


def _sentences(text: str) -> Iterator[str]:
    yield from (span.of(text) for span in split_sentences(text, detect_language(text)))


def _bare(text: str) -> str:
    return "".join(character for character in fold(text) if character.isalnum())


def _said_by(citation: Citation) -> str:
    return f"{citation.quote} {citation.published or ''}"


def _variables(verdict: Verdict) -> dict[str, Any]:
    return {
        "evidence": [
            {
                "text": citation.quote[:_LONGEST_QUOTE],
                "bears": "refutes" if citation.opposes else citation.relation.value,
            }
            for citation in verdict.citations
        ],
        "claim": verdict.claim,
    }
