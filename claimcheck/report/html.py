"""The report as one page without scripts, to be read, printed and kept."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from claimcheck.report import arrangement, wording
from claimcheck.report.arrangement import Evidence, Numbered
from claimcheck.report.context import QuoteInContext, check_mark, in_context
from claimcheck.report.marking import mark
from claimcheck.report.steering import visible
from claimcheck.report.wording import Standing
from claimcheck.types import Basis, Citation, Document, Report, Rung, Unchecked, Verdict

_TEMPLATES: Final = "templates"


@dataclass(frozen=True, slots=True)
class Card:
    """A finding with all that the page says of it."""

    item: Numbered
    standing: Standing
    evidence: Evidence | None

    @property
    def number(self) -> int:
        """The claim's number in the draft."""
        return self.item.number

    @property
    def finding(self) -> Verdict | Unchecked:
        """The verdict, or why there is none."""
        return self.item.finding

    @property
    def is_unfounded(self) -> bool:
        """Whether it must be said that no source was found."""
        return isinstance(self.finding, Verdict) and (
            self.finding.basis is Basis.NO_EVIDENCE or not self.finding.citations
        )


def write(report: Report) -> str:
    """The report as one HTML file: no script, nothing loaded from elsewhere, text of others always escaped.

    Raises:
        OutputError: a claim or a quote does not stand where the report says.
    """
    for finding in report.findings:
        check_mark(report.document, finding.span, finding.quote)
    contradicted, others = (tuple(map(_card, items)) for items in arrangement.contradicted_first(report))
    sources = {source.id: source for source in report.sources}
    cards = {card.number: card for card in contradicted + others}
    style = _style()
    return _template().render(
        report=report,
        document=report.document,
        contradicted=contradicted,
        others=others,
        cards=cards,
        paragraphs=mark(report.document.text, {n: card.finding.span for n, card in cards.items()}),
        counts=arrangement.counts(report.findings),
        cited_sources=_cited(report, sources),
        sources=sources,
        say=arrangement,
        words=wording,
        bearing=arrangement.bearing,
        rungs=tuple(Rung),
        context=lambda citation: _context(citation, sources),
        skipped=_skipped_by_reason(report),
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("claimcheck.report", _TEMPLATES),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")


def _visible(value: object) -> object:
    # Normalised text holds no such characters; what else comes from outside could turn the page around it.
    return visible(value) if type(value) is str else value


def _style() -> str:
    return files("claimcheck.report").joinpath(_TEMPLATES, "page.css").read_text(encoding="utf-8")


def _card(item: Numbered) -> Card:
    finding = item.finding
    shown = arrangement.evidence(finding) if isinstance(finding, Verdict) else None
    return Card(item, arrangement.standing(finding), shown)


def _context(citation: Citation, sources: dict[str, Document]) -> QuoteInContext:
    return in_context(citation, sources.get(citation.document))


def _cited(report: Report, sources: dict[str, Document]) -> list[tuple[Citation, Document | None]]:
    """A citation of each cited document, in the order of first use, with the document if the report holds it."""
    first: dict[str, Citation] = {}
    for verdict in report.verdicts:
        for citation in verdict.citations:
            first.setdefault(citation.document, citation)
    return [(citation, sources.get(document)) for document, citation in first.items()]


def _skipped_by_reason(report: Report) -> list[tuple[str, list[str]]]:
    ordered = sorted(report.skipped, key=lambda item: list(wording.SKIP_WORDS).index(item.reason))
    grouped = groupby(ordered, key=lambda item: item.reason)
    return [(wording.SKIP_WORDS[reason], [item.quote for item in items]) for reason, items in grouped]
