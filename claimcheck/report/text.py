"""The report as text for a terminal or a file, whole or one verdict at a time."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from typing import Final

from rich.console import Console

from claimcheck.report.arrangement import (
    contradicted_first,
    corpus_size,
    count,
    counts,
    day,
    draft_origin,
    draft_title,
    evidence,
    fallbacks,
    origin,
    shown_skipped,
    standing,
    usage,
)
from claimcheck.report.finding_text import INDENT, put_finding
from claimcheck.report.typesetting import STANDING_STYLES, Typesetter
from claimcheck.report.wording import SKIP_WORDS, Standing
from claimcheck.types import CorpusSearched, Document, Report, Skipped, SkipReason, Unchecked, Verdict

FILE_WIDTH: Final = 80
"""Columns of a report that is written as a whole."""
_HASH: Final = 12


def write(report: Report, *, show_skipped: bool = False) -> str:
    """The whole report as plain text of 80 columns, contradicted claims first.

    Args:
        report: what to show.
        show_skipped: also list the sentences without a claim, and why.
    """
    page = io.StringIO()
    stream = TextStream(Console(file=page, width=FILE_WIDTH, force_terminal=False, color_system=None))
    stream.write_whole(report, show_skipped=show_skipped)
    return page.getvalue()


class TextStream:
    """Prints each verdict as soon as it is decided.

    A stream cannot put contradicted claims first: each is marked in its first line, and the footer repeats them.

    Args:
        console: where to print; its width, colours and encoding are honoured.
        show_skipped: also print the sentences without a claim, and why.
        corpus: what is searched, where no header says so; it is named wherever no source was found.
    """

    def __init__(self, console: Console, *, show_skipped: bool = False, corpus: CorpusSearched | None = None) -> None:
        self._set = Typesetter(console)
        self._show_skipped = show_skipped
        self._corpus = corpus
        self._document: Document | None = None
        self._number = 0

    def header(self, document: Document, corpus: CorpusSearched | None = None, as_of: date | None = None) -> None:
        """Print what is checked, against what, and as of which day."""
        self._document = document
        self._corpus = corpus or self._corpus
        page = self._set
        page.put(page.text(draft_title(document), "bold"))
        if about := draft_origin(document):
            page.put(page.text(about))
        if as_of is not None:
            page.put(page.text(f"Judged as of {day(as_of)}."))
        if self._corpus is not None:
            page.put(page.text(f"Searched: {self._corpus.location} ({corpus_size(self._corpus)})."))
        page.rule()

    def finding(self, finding: Verdict | Unchecked, sources: Mapping[str, Document] | None = None) -> None:
        """Print a verdict, its evidence first, or why a claim could not be checked.

        Args:
            finding: what was found; findings are numbered in the order in which they come.
            sources: documents by id, where they are at hand; what is noted about a cited one is then shown too.
        """
        self._number += 1
        self._put(self._number, finding, sources or {})

    def skipped(self, skipped: Skipped) -> None:
        """Print a sentence without a claim, and why, if that was asked for; an ambiguous one always."""
        if self._show_skipped or skipped.reason is SkipReason.AMBIGUOUS:
            page = self._set
            lead = "Not checked" if skipped.reason is SkipReason.AMBIGUOUS else "No claim"
            page.put(page.text(f"{lead}, {SKIP_WORDS[skipped.reason]}: {page.quoted(skipped.quote)}", "dim"), INDENT)
            page.blank()

    def footer(self, report: Report) -> None:
        """Print the contradicted claims again, the counts, and what the report was made with."""
        contradicted, _ = contradicted_first(report)
        page = self._set
        if contradicted:
            page.rule("Contradicted, in short")
            for item in contradicted:
                if isinstance(item.finding, Verdict):
                    self._put_contradiction(item.number, item.finding)
            page.blank()
        self._put_end(report)

    def write_whole(self, report: Report, *, show_skipped: bool = False) -> None:
        """Print a finished report, contradicted claims first."""
        self.header(report.document, report.corpus, report.as_of)
        contradicted, others = contradicted_first(report)
        sources = {source.id: source for source in report.sources}
        heads = ("Contradicted", "All other claims, in the draft's order") if contradicted else ("", "")
        for head, items in zip(heads, (contradicted, others), strict=True):
            if head and items:
                self._set.rule(head)
            for item in items:
                self._put(item.number, item.finding, sources)
        self._show_skipped = show_skipped
        if shown := shown_skipped(report, everything=show_skipped):
            self._set.rule("Sentences without a claim to check")
            for skipped in shown:
                self.skipped(skipped)
        self._put_end(report)

    def _put(self, number: int, finding: Verdict | Unchecked, sources: Mapping[str, Document]) -> None:
        put_finding(self._set, number, finding, document=self._document, corpus=self._corpus, sources=sources)
        self._set.blank()

    def _put_contradiction(self, number: int, verdict: Verdict) -> None:
        page = self._set
        lead = page.text(f"{number:>3} {page.sign(Standing.CONTRADICTED)} ", STANDING_STYLES[Standing.CONTRADICTED])
        page.put_after(lead, page.text(verdict.claim, "bold"))
        for citation in evidence(verdict).citations:
            if citation.opposes:
                page.put(page.text(f"{page.quoted(citation.quote)} {origin(citation)}"), INDENT + 1)

    def _put_end(self, report: Report) -> None:
        page = self._set
        page.rule(_total(report))
        for kind, number in counts(report.findings).items():
            if number:
                page.put(page.text(f"{page.sign(kind)} {number:>4} {kind.value}", STANDING_STYLES[kind]), 2)
        if report.skipped:
            page.put(page.text(f"{count(len(report.skipped), 'sentence')} without a claim to check."))
        page.put(page.text(f"Judged as of {day(report.as_of)}, with claimcheck {report.claimcheck}.", "dim"))
        corpus = report.corpus
        page.put(page.text(f"Library {corpus.location}: {corpus_size(corpus)}, {_short(corpus.fingerprint)}.", "dim"))
        for model in report.models:
            known = f", {_short(model.sha256)}" if model.sha256 else ""
            page.put(page.text(f"{model.task.capitalize()}: {model.name}{known}.", "dim"))
        if report.usage is not None:
            page.put(page.text(f"Asked of it: {usage(report.usage)}.", "dim"))
        if report.fallbacks:
            page.put(page.text(f"Read without it: {fallbacks(report)}", "" if report.unanswered else "dim"))


def _total(report: Report) -> str:
    contradicted = sum(standing(finding) is Standing.CONTRADICTED for finding in report.findings)
    total = count(len(report.findings), "claim")
    return f"{total}, {contradicted} contradicted (and so speculative)" if contradicted else total


def _short(fingerprint: str) -> str:
    return f"fingerprint {fingerprint[:_HASH]}"
