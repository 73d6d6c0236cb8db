"""One finding as text: the claim, the evidence for and against it, and then the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.style import Style
from rich.text import Text

from claimcheck.report.arrangement import (
    Evidence,
    Side,
    basis,
    bearing,
    differs,
    evidence,
    flags,
    in_a_models_words,
    no_source,
    origin,
    percent,
    position,
    progress,
    rung,
    safe_link,
    source_title,
    standing,
)
from claimcheck.report.typesetting import STANDING_STYLES, Typesetter
from claimcheck.report.wording import LABEL_STANDING, NOTHING, Standing
from claimcheck.types import Basis, Citation, CorpusSearched, Document, Flag, Unchecked, Verdict

INDENT: Final = 5
"""Columns left of everything but the number of a claim."""
_TWO_COLUMNS: Final = 76
"""Columns from which the two sides stand beside each other."""


def put_finding(
    page: Typesetter,
    number: int,
    finding: Verdict | Unchecked,
    *,
    document: Document | None,
    corpus: CorpusSearched | None,
    sources: Mapping[str, Document],
) -> None:
    """Print one finding.

    Args:
        page: where to print.
        number: the claim's number in the draft.
        finding: the verdict, or why there is none.
        document: the draft, if there is one: then it is said where in it the claim stands.
        corpus: what was searched, named where no source was found.
        sources: the cited documents at hand, by id.
    """
    _put_claim(page, number, finding, document)
    if isinstance(finding, Unchecked):
        _put_unchecked(page, finding)
        return
    _put_evidence(page, finding, corpus, sources)
    _put_verdict(page, finding)


def _put_claim(page: Typesetter, number: int, finding: Verdict | Unchecked, document: Document | None) -> None:
    lead = page.text(f"{number:>3}  ", "bold")
    if standing(finding) is Standing.CONTRADICTED:
        sign = page.sign(Standing.CONTRADICTED)
        page.put_after(lead, page.text(f"{sign} CONTRADICTED", STANDING_STYLES[Standing.CONTRADICTED]))
        lead = Text(" " * INDENT)
    page.put_after(lead, page.text(finding.claim, "bold"))
    where = [position(document, finding.span.start)] if document is not None else []
    said_by = [f"said by {finding.speaker}"] if finding.speaker else []
    if said := ", ".join(where + said_by):
        page.put(page.text(said[0].upper() + said[1:], "dim"), INDENT)
    if differs(finding.quote, finding.claim):
        page.put(page.text(f"The draft: {page.quoted(finding.quote)}", "dim"), INDENT)


def _put_unchecked(page: Typesetter, finding: Unchecked) -> None:
    sign = page.sign(Standing.UNCHECKED)
    page.put(
        page.text(f"{sign} NOT CHECKED: ", STANDING_STYLES[Standing.UNCHECKED]) + page.text(finding.reason), INDENT
    )
    page.put(page.text(f"Next step: {finding.next_step}"), INDENT)


def _put_evidence(
    page: Typesetter, verdict: Verdict, corpus: CorpusSearched | None, sources: Mapping[str, Document]
) -> None:
    shown = evidence(verdict)
    numbers = {id(citation): number for number, citation in enumerate(shown.citations, start=1)}
    page.blank()
    if verdict.basis is Basis.NO_EVIDENCE or not verdict.citations:
        page.put(page.text(no_source(corpus) if corpus is not None else "No source found."), INDENT)
        page.blank()
    if shown.decides:
        _put_sides(page, shown, numbers)
    if shown.nearest.citations:
        _put_column(page, _side(page, shown.nearest, numbers))
    if shown.citations:
        _put_sources(page, shown, numbers, sources)
        page.blank()


def _put_sides(page: Typesetter, shown: Evidence, numbers: Mapping[int, int]) -> None:
    first, second = (_side(page, side, numbers) for side in shown.sides)
    if shown.is_two_sided and page.width >= _TWO_COLUMNS:
        page.put_side_by_side(first, second, INDENT)
        page.blank()
        return
    _put_column(page, first)
    _put_column(page, second)


def _put_column(page: Typesetter, texts: list[Text]) -> None:
    for text in texts:
        page.put(text, INDENT)
    page.blank()


def _side(page: Typesetter, side: Side, numbers: Mapping[int, int]) -> list[Text]:
    if not side.citations:
        return [page.text(f"{side.name.upper()}  ", "bold") + page.text(f"{NOTHING}", "dim")]
    texts = [page.text(side.name.upper(), "bold")]
    for place, citation in enumerate(side.citations):
        if place:
            texts.append(Text(""))
        texts.append(page.text(f"[{numbers[id(citation)]}] ", "dim") + page.text(page.quoted(citation.quote)))
        texts.append(page.text(f"{bearing(citation)} ", "italic"))
        texts[-1] += page.text(f"{page.glyphs.dot} {origin(citation)}", "dim")
    return texts


def _put_sources(
    page: Typesetter, shown: Evidence, numbers: Mapping[int, int], sources: Mapping[str, Document]
) -> None:
    """Print each cited document once, after the numbers of its quotes."""
    by_document: dict[str, list[Citation]] = {}
    for citation in shown.citations:
        by_document.setdefault(citation.document, []).append(citation)
    for document, citations in by_document.items():
        marks = "".join(f"[{numbers[id(citation)]}]" for citation in citations)
        lead = page.text(f"{' ' * INDENT}{marks} ", "dim")
        page.put_after(lead, page.text(source_title(citations[0]), "dim"))
        if address := citations[0].url:
            page.put(page.text(address, Style(dim=True, link=safe_link(address))), lead.cell_len)
        source = sources.get(document)
        if source is not None and (nature := source.notes.get("nature")):
            page.put(page.text(nature, "dim italic"), lead.cell_len)


def _put_verdict(page: Typesetter, verdict: Verdict) -> None:
    kind = LABEL_STANDING[verdict.label]
    style = STANDING_STYLES[kind]
    sure = f" {page.glyphs.dot} confidence {percent(verdict.confidence)}"
    label = page.text(f"{page.sign(kind)} {verdict.label.value.upper()}", style)
    page.put(label + page.text(f"  {basis(verdict)}{sure}"), INDENT)
    for flag, words in zip(verdict.flags, flags(verdict), strict=True):
        page.put_after(
            page.text(f"{' ' * INDENT}  {page.glyphs.dot} "), page.text(words, "bold" if flag is Flag.UNSURE else "")
        )
    if verdict.rung is not None:
        page.put(page.text(f"How far it has come: {rung(verdict.rung)}"), INDENT + 2)
    if (done := progress(verdict)) and Flag.PARTIAL not in verdict.flags:
        page.put(page.text(f"Progress: {done}"), INDENT + 2)
    page.put(page.text(f"Would settle it: {verdict.would_settle}"), INDENT + 2)
    for what, words in in_a_models_words(verdict):
        page.put(page.text(f"{what}: ", "italic") + page.text(words), INDENT + 2)
    page.put(page.text(f"Rule: {verdict.rule}", "dim"), INDENT + 2)
