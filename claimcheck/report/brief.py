"""A brief as Markdown: one page for an editor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from claimcheck.explain.brief import BriefLine, BriefPage
from claimcheck.report.arrangement import corpus_size, counts, day, draft_title, usage
from claimcheck.report.markdown import escape
from claimcheck.types import Unchecked
from claimcheck.usage import Usage

_HEADINGS: Final[Mapping[str, str]] = {
    "proven": "What is proven",
    "aspirational": "What is aspiration",
    "speculative": "What is guesswork, or contradicted",
    "technology": "Technology",
    "business": "Business",
    "public_interest": "Public interest and rights",
    "outlook": "Outlook: what to watch",
}


def write(page: BriefPage, used: Usage | None = None) -> str:
    """The brief as Markdown; text of others, a language model's included, is escaped.

    Args:
        page: the brief.
        used: what was asked of a language model to make it.
    """
    return "\n\n".join(_parts(page, used)) + "\n"


def _parts(page: BriefPage, used: Usage | None) -> Iterator[str]:
    report = page.report
    yield f"# Brief: {escape(draft_title(report.document))}"
    shown = ", ".join(f"{number} {kind.value}" for kind, number in counts(report.findings).items() if number)
    corpus = f"{escape(report.corpus.location)} ({corpus_size(report.corpus)})"
    yield f"Judged as of {day(report.as_of)} against {corpus}: {shown or 'no claims'}. Numbers are those of the claims."
    for part, lines in page.parts.items():
        yield f"## {_HEADINGS[part]}"
        yield "\n".join(_line(line) for line in lines)
    if unchecked := [n for n, finding in enumerate(report.findings, start=1) if isinstance(finding, Unchecked)]:
        yield "## What could not be checked"
        yield f"- Claims {_numbers(unchecked)}: the report says why."
    yield _made(page, used)


def _line(line: BriefLine) -> str:
    return f"- {escape(line.text)} ({_numbers(line.claims)})"


def _numbers(claims: tuple[int, ...] | list[int]) -> str:
    return ", ".join(map(str, claims))


def _made(page: BriefPage, used: Usage | None) -> str:
    if page.model is None:
        return "*Put together from the verdicts, without a language model.*"
    cut = (
        f" {page.cut} of its sentences were left out: no verdict bears them, or they are said above."
        if page.cut
        else ""
    )
    asked = f" {escape(usage(used)).capitalize()}." if used is not None else ""
    return f"*Written by {escape(page.model)} from the verdicts: read them before you rely on a sentence.{cut}{asked}*"
