"""A checked article on one page: every sentence carries the numbers of the verdicts that it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from claimcheck.decide.evidence import UNREALISED
from claimcheck.explain.backing import Backing
from claimcheck.explain.prose import figures_stand_in, prose
from claimcheck.llm.door import LanguageModel
from claimcheck.llm.replies import Brief, BriefSentence
from claimcheck.types import Basis, Label, Report, Verdict

_TASK: Final = "brief"
_LONGEST_QUOTE: Final = 300
_MOST: Final = 8
"""Lines of one part of a plain brief: it has to fit a page."""

Numbered = tuple[int, Verdict]
"""A verdict with its claim's number in the report."""

LABELLED: Final = {"proven": Label.PROVEN, "aspirational": Label.ASPIRATIONAL, "speculative": Label.SPECULATIVE}
_UNREALISED_PARTS: Final = ("aspirational", "speculative")
PARTS: Final = (*LABELLED, "technology", "business", "public_interest", "outlook")


@dataclass(frozen=True)
class BriefLine:
    """A sentence, and the numbers of the claims whose verdicts it rests on."""

    text: str
    claims: tuple[int, ...]


@dataclass(frozen=True)
class BriefPage:
    """A checked article on one page.

    Attributes:
        report: what it is made from.
        parts: the lines of each of :data:`PARTS` that has any.
        model: the language model that wrote it; none: it was put together from the verdicts.
        cut: sentences of the model that were left out.
    """

    report: Report
    parts: dict[str, tuple[BriefLine, ...]]
    model: str | None = None
    cut: int = 0


def plain_brief(report: Report) -> BriefPage:
    """The brief as the verdicts alone make it, without a language model."""
    numbered = _numbered(report)
    parts = {
        part: tuple(_listed([item for item in numbered if item[1].label is label], _standing))
        for part, label in LABELLED.items()
    }
    open_ones = [item for item in numbered if item[1].label is not Label.PROVEN]
    parts["outlook"] = tuple(_listed(open_ones, lambda verdict: verdict.would_settle))
    return BriefPage(report, {part: lines for part, lines in parts.items() if lines})


def ask_brief(report: Report, model: LanguageModel, backing: Backing) -> BriefPage:
    """The brief in a language model's words.

    Cut are sentences that cite no verdict, that cite under a label a verdict with another, that give a figure which no
    verdict they cite gives, that state as a fact what is not proven, that hold an address, or that stand in an earlier
    part.

    Args:
        report: what to write about; it must have a verdict.
        model: the door to the model.
        backing: what tells whether a sentence states a claim.

    Raises:
        LanguageModelError: there is no reply, or none that can be used.
        PromptError: the prompt cannot be used.
        SettingsError: the settings name no model that can be used.
        InstallationError: the provider's package is missing.
    """
    numbered = _numbered(report)
    variables = {
        "title": report.document.title or report.document.id,
        "day": report.as_of.isoformat(),
        "verdicts": [_variables(verdict) for _, verdict in numbered],
    }
    said = model.ask(_TASK, variables, Brief).value
    told: set[str] = set()
    kept: dict[str, tuple[BriefLine, ...]] = {}
    for part in PARTS:
        lines = {line.text: line for line in _kept(part, getattr(said, part), numbered, backing)}
        kept[part] = tuple(line for text, line in lines.items() if text not in told)
        told |= lines.keys()
    written = sum(len(getattr(said, part)) for part in PARTS)
    return BriefPage(
        report,
        {part: lines for part, lines in kept.items() if lines},
        model=model.name,
        cut=written - sum(map(len, kept.values())),
    )


def _kept(
    part: str, sentences: Iterable[BriefSentence], numbered: Sequence[Numbered], backing: Backing
) -> Iterator[BriefLine]:
    for sentence in sentences:
        text = prose(sentence.text)
        cited = [numbered[number - 1] for number in sentence.verdicts]
        labels = {verdict.label for _, verdict in cited}
        fits = part not in LABELLED or labels == {LABELLED[part]}
        if not text or not cited or not fits or not figures_stand_in(text, [_words(verdict) for _, verdict in cited]):
            continue
        if part in _UNREALISED_PARTS or not backing.repeats(text, _unproven_facts(numbered)):
            yield BriefLine(text, tuple(number for number, _ in cited))


def _unproven_facts(numbered: Sequence[Numbered]) -> list[str]:
    """Claims worded as fact that no evidence proves: only under their own label may a sentence state them."""
    return [
        verdict.claim
        for _, verdict in numbered
        if verdict.label is not Label.PROVEN and verdict.claim_kind not in UNREALISED
    ]


def _numbered(report: Report) -> list[Numbered]:
    return [(n, finding) for n, finding in enumerate(report.findings, start=1) if isinstance(finding, Verdict)]


def _listed(items: Sequence[Numbered], say: Callable[[Verdict], str]) -> Iterator[BriefLine]:
    ordered = sorted(items, key=lambda item: item[1].basis is not Basis.CONTRADICTED)
    together: dict[str, list[int]] = {}
    for number, verdict in ordered:
        together.setdefault(say(verdict), []).append(number)
    lines = [BriefLine(text, tuple(numbers)) for text, numbers in together.items()]
    yield from lines[:_MOST]
    if rest := tuple(number for line in lines[_MOST:] for number in line.claims):
        yield BriefLine(f"{len(rest)} more in the report.", rest)


def _standing(verdict: Verdict) -> str:
    basis = "" if verdict.label is Label.PROVEN else f" ({verdict.basis.value.replace('_', ' ')})"
    return f"{verdict.claim.rstrip('.')}{basis}."


def _words(verdict: Verdict) -> str:
    quotes = (f"{citation.quote} {citation.published or ''}" for citation in verdict.citations)
    return " ".join((verdict.claim, verdict.would_settle, *quotes))


def _variables(verdict: Verdict) -> dict[str, Any]:
    quote = verdict.citations[0].quote[:_LONGEST_QUOTE] if verdict.citations else None
    return {
        "claim": verdict.claim,
        "label": verdict.label.value,
        "basis": verdict.basis.value.replace("_", " "),
        "evidence": quote,
    }
