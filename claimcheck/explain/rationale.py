"""Why a verdict is what it is, in a language model's words, with the citations that each sentence rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from claimcheck.errors import LanguageModelError
from claimcheck.explain.prose import figures_stand_in, prose
from claimcheck.llm.door import LanguageModel
from claimcheck.llm.replies import Settlement
from claimcheck.types import Citation, Verdict
from claimcheck.usage import Explanation, RationaleSentence

_TASK: Final = "settle"
_LONGEST_QUOTE: Final = 600


def explain_many(verdicts: Sequence[Verdict], model: LanguageModel) -> Iterator[Verdict]:
    """Each verdict with what a language model says of it; nothing else of it changes.

    Args:
        verdicts: what was decided.
        model: the door to the model.

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
            yield verdict.model_copy(update={"explanation": explanation(verdict, reply.value, model.name)})


def explanation(verdict: Verdict, said: Settlement, model: str) -> Explanation:
    """What is kept of a model's words on a verdict.

    Args:
        verdict: the verdict.
        said: what the model said; its numbers count the verdict's citations.
        model: provider and name of the model.

    Returns:
        The explanation. Cut are: a sentence of the rationale that cites nothing, or gives a figure that neither the
        claim nor what it cites gives; a safer wording with a figure that no cited sentence gives, or where nothing is
        cited; what is too long or holds an address.
    """
    quotes = [_said_by(citation) for citation in verdict.citations]
    safer = prose(said.safer_wording or "")
    settles = prose(said.would_settle)
    return Explanation(
        model=model,
        rationale=tuple(_rationale(verdict, said, quotes)),
        would_settle=settles if settles and figures_stand_in(settles, [verdict.claim, *quotes]) else None,
        safer_wording=safer
        if safer and quotes and safer != verdict.claim and figures_stand_in(safer, quotes)
        else None,
    )


def _rationale(verdict: Verdict, said: Settlement, quotes: Sequence[str]) -> Iterator[RationaleSentence]:
    for reason in said.rationale:
        text = prose(reason.text)
        cited = [quotes[number - 1] for number in reason.sentences]
        if text and cited and figures_stand_in(text, [verdict.claim, *cited]):
            yield RationaleSentence(text=text, citations=reason.sentences)


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
        "verdict": f"{verdict.label.value}, {verdict.basis.value.replace('_', ' ')}",
    }
