"""What all formats share: the order of findings, the two sides of the evidence, and the words about them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Final
from urllib.parse import urlsplit

from claimcheck.report.wording import (
    AGAINST,
    BASIS_WORDS,
    FALLBACK_WORDS,
    FLAG_WORDS,
    FOR,
    LABEL_STANDING,
    NEAREST,
    RELATION_WORDS,
    RUNG_WORDS,
    UNDATED,
    Standing,
)
from claimcheck.types import (
    Basis,
    Citation,
    CorpusSearched,
    Document,
    Flag,
    ModelUsed,
    Relation,
    Report,
    Rung,
    Skipped,
    SkipReason,
    Unchecked,
    Verdict,
)
from claimcheck.usage import PromptUsed, Usage

_LINE: Final = re.compile(r"[1-9][0-9]{0,6}")
_RUN: Final = re.compile(r" run \d+\Z")
# RFC 3986 allows no other characters; everything else is shown as text and never followed.
_ADDRESS: Final = re.compile(r"(?i:https?)://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%\u00a1-\U0010ffff]+")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A finding with its place in the draft, counted from 1."""

    number: int
    finding: Verdict | Unchecked


@dataclass(frozen=True, slots=True)
class Side:
    """The citations of a verdict that speak the same way."""

    name: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The two sides of a verdict, the one to read first in front, and what was near but decides nothing."""

    sides: tuple[Side, Side]
    nearest: Side

    @property
    def is_two_sided(self) -> bool:
        """Whether sources speak for the claim and against it."""
        return all(side.citations for side in self.sides)

    @property
    def decides(self) -> bool:
        """Whether any source speaks for the claim or against it."""
        return any(side.citations for side in self.sides)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations in the order in which they are shown."""
        first, second = self.sides
        return first.citations + second.citations + self.nearest.citations


def standing(finding: Verdict | Unchecked) -> Standing:
    """How a finding is shown."""
    if isinstance(finding, Unchecked):
        return Standing.UNCHECKED
    return Standing.CONTRADICTED if finding.basis is Basis.CONTRADICTED else LABEL_STANDING[finding.label]


def contradicted_first(report: Report) -> tuple[tuple[Numbered, ...], tuple[Numbered, ...]]:
    """The contradicted findings and all others, each in the draft's order."""
    numbered = tuple(Numbered(number, finding) for number, finding in enumerate(report.findings, start=1))
    contradicted = tuple(item for item in numbered if standing(item.finding) is Standing.CONTRADICTED)
    return contradicted, tuple(item for item in numbered if item not in contradicted)


def evidence(verdict: Verdict) -> Evidence:
    """The citations of a verdict by side; what speaks against a contradicted claim comes first."""
    decides = [c for c in verdict.citations if c.relation is not Relation.UNRELATED]
    favour = Side(FOR, tuple(c for c in decides if not c.opposes))
    contrary = Side(AGAINST, tuple(c for c in decides if c.opposes))
    nearest = Side(NEAREST, tuple(c for c in verdict.citations if c.relation is Relation.UNRELATED))
    return Evidence((contrary, favour) if verdict.basis is Basis.CONTRADICTED else (favour, contrary), nearest)


def day(value: date) -> str:
    """A day that reads the same everywhere: ``9 December 2025``."""
    return f"{value.day} {value:%B %Y}"


def count(number: int, noun: str) -> str:
    """A number with its noun: ``1 claim``, ``2,000 claims``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def percent(share: float) -> str:
    """A confidence as a whole percentage, never rounded up to certainty."""
    return f"{min(round(share * 100), 99 if share < 1 else 100)}%"


def amount(value: float) -> str:
    """A number without a needless fraction: ``4``, ``2.5``."""
    return f"{value:,.10g}"


def progress(verdict: Verdict) -> str | None:
    """How much is done: ``4 of 10``."""
    return f"{amount(verdict.progress[0])} of {amount(verdict.progress[1])}" if verdict.progress else None


def rung(value: Rung) -> str:
    """How far a plan has come, with its place on the ladder."""
    return f"{RUNG_WORDS[value]} (rung {value.height + 1} of {len(Rung)})"


def basis(verdict: Verdict) -> str:
    """Why the claim has its label, in words."""
    return f"{verdict.basis.value.replace('_', ' ')}: {BASIS_WORDS[verdict.basis]}"


def flags(verdict: Verdict) -> tuple[str, ...]:
    """What a reader must know beside the label, in words."""
    return tuple(_flag(flag, verdict) for flag in verdict.flags)


def _flag(flag: Flag, verdict: Verdict) -> str:
    if flag is Flag.PARTIAL and verdict.progress:
        return f"partial: {progress(verdict)} done"
    if flag is Flag.SELF_SOURCED:
        issuers = sorted({c.publisher for c in verdict.citations if c.publisher and not c.opposes})
        return FLAG_WORDS[flag] + (f" ({issuers[0]})" if len(issuers) == 1 else "")
    if flag is Flag.STALE:
        dates = [c.published for c in verdict.citations if c.published and c.relation is not Relation.UNRELATED]
        return FLAG_WORDS[flag] + (f" (newest: {day(max(dates))})" if dates else "")
    return FLAG_WORDS[flag]


def corpus_size(corpus: CorpusSearched) -> str:
    """How much was searched and how new it is."""
    newest = f"the newest of {day(corpus.newest)}" if corpus.newest else "none of them dated"
    return f"{count(corpus.documents, 'document')}, {count(corpus.passages, 'passage')}, {newest}"


def no_source(corpus: CorpusSearched) -> str:
    """That nothing was found, always with what was searched."""
    return f"No source found. Searched: {corpus.location} ({corpus_size(corpus)})."


def bearing(citation: Citation) -> str:
    """How a citation bears on the claim, in words, with the first detail that it gives otherwise."""
    if not citation.conflicts:
        return RELATION_WORDS[citation.relation] + (", by arithmetic" if citation.reckoned else "")
    other = citation.conflicts[0]
    given = f"“{other.found}”" if other.found else f"another {other.kind}"
    return f"gives {given}, not “{other.claimed}”"


def origin(citation: Citation) -> str:
    """Who published a source and when, and where in it the quote stands."""
    when = day(citation.published) if citation.published else UNDATED
    where = place(citation.locator) if citation.locator else None
    return ", ".join(part for part in (citation.publisher, when, where) if part)


def in_a_models_words(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """What a language model has to do with a verdict, as pairs of what it is and the words.

    The words are the model's own where it says so: they are to be shown as text of others, and as a suggestion.
    """
    lines = []
    if verdict.without_model is not None and verdict.without_model is not verdict.label:
        lines.append(
            ("Without the language model", f"{verdict.without_model.value}: the two read the evidence otherwise")
        )
    if (said := verdict.explanation) is not None:
        for sentence in said.rationale:
            sources = dict.fromkeys(_short_origin(verdict.citations[n - 1]) for n in sentence.citations)
            lines.append((f"In the words of {said.model}", f"{sentence.text} ({'; '.join(sources)})"))
        if said.would_settle:
            lines.append((f"What {said.model} would ask for", said.would_settle))
        if said.safer_wording:
            lines.append((f"A wording that {said.model} suggests", said.safer_wording))
    if verdict.unexplained:
        lines.append(("Not explained", verdict.unexplained))
    return tuple(lines)


def _short_origin(citation: Citation) -> str:
    when = day(citation.published) if citation.published else UNDATED
    return f"{citation.publisher or source_title(citation)}, {when}"


def usage(used: Usage) -> str:
    """What was asked of a language model, and what that came to, in one line."""
    failed = f" ({used.failed_calls:,} failed)" if used.failed_calls else ""
    known = f" ({used.cached_prompt_tokens:,} of them known to the server)" if used.cached_prompt_tokens else ""
    untold = f", {count(used.unmetered, 'call')} of untold tokens" if used.unmetered else ""
    kept = f", {_replies(used.cached_replies)} from disk" if used.cached_replies else ""
    cost = "" if used.cost is None else f", {used.cost:.4f} US dollars"
    tokens = f"{used.prompt_tokens:,} tokens in{known}, {used.completion_tokens:,} out"
    return f"{count(used.calls, 'call')}{failed}{kept}, {tokens}{untold}{cost}"


def fallbacks(report: Report) -> str:
    """Which sentences the language model was to read and the local extraction read, and why; empty if none."""
    found = Counter(fallback.reason for fallback in report.fallbacks)
    causes = "; ".join(f"{number:,} because {FALLBACK_WORDS[reason]}" for reason, number in found.items())
    failed = "".join(
        f" {text}" for text in dict.fromkeys(f"{f.detail} {f.next_step or ''}".rstrip() for f in report.unanswered)
    )
    return f"{count(len(report.fallbacks), 'sentence')} ({causes}).{failed}" if report.fallbacks else ""


def _replies(number: int) -> str:
    return "1 reply" if number == 1 else f"{number:,} replies"


def prompt(used: PromptUsed) -> str:
    """Which prompt was used, in one line."""
    return (
        f"{used.task}, version {used.version}{', replaced by the user' if used.replaced else ''}, SHA-256 {used.sha256}"
    )


def model(used: ModelUsed) -> str:
    """A model that took part, with the hash of its weights where that is known."""
    return f"{used.name}, SHA-256 {used.sha256}" if used.sha256 else used.name


def place(locator: str) -> str:
    """A locator as people say it: without the run, by which only a word processor counts."""
    return _RUN.sub("", locator)


def source_title(citation: Citation) -> str:
    """The title of a source, else its id."""
    return citation.title or citation.document


def draft_title(document: Document) -> str:
    """The title of a draft, else the name of its file, else its id."""
    return document.title or file_name(document) or document.id


def file_name(document: Document) -> str | None:
    """The last part of the path that a draft was read from; an address in full."""
    if document.path is None or "://" in document.path:
        return document.path
    return PurePath(document.path).name or document.path


def draft_origin(document: Document) -> str:
    """Where a draft comes from, in one line; empty where nothing is known."""
    name = file_name(document) if document.title else None
    when = day(document.published) if document.published else None
    return ", ".join(part for part in (name, document.publisher, document.author, when) if part)


def position(document: Document, start: int) -> str:
    """Where in the draft a claim begins: the original position if the format has one, else the line of the file."""
    locator = document.locator(start)
    before_text = document.notes.get("first_line", "")  # set by the reader of a file with front matter
    first_line = int(before_text) if _LINE.fullmatch(before_text) else 1
    return place(locator) if locator else f"line {document.text.count(chr(10), 0, start) + first_line}"


def differs(quote: str, claim: str) -> bool:
    """Whether a claim says something in other words than the draft does."""
    return quote.split() != claim.split()


def counts(findings: Iterable[Verdict | Unchecked]) -> dict[Standing, int]:
    """How many findings stand how; contradicted ones are counted there and not as speculative."""
    found = Counter(standing(finding) for finding in findings)
    return {kind: found[kind] for kind in Standing}


def safe_link(address: str | None) -> str | None:
    """The address if a reader may be sent there: plain http or https with a host; else ``None``."""
    if address is None or not _ADDRESS.fullmatch(address):
        return None
    try:
        host = urlsplit(address).hostname
    except ValueError:
        return None
    return address if host else None


def host(address: str) -> str:
    """The machine that a link leads to."""
    return (urlsplit(address).hostname or "").removeprefix("www.")


def shown_skipped(report: Report, *, everything: bool) -> tuple[Skipped, ...]:
    """The sentences without a claim that a report lists: all if asked for, else those that a person must settle."""
    return tuple(item for item in report.skipped if everything or item.reason is SkipReason.AMBIGUOUS)
