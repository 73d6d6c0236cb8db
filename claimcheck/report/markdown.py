"""The report as Markdown (CommonMark), to be pasted into a page that others edit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote as percent_encoded

from claimcheck.report.arrangement import (
    Numbered,
    Side,
    basis,
    bearing,
    contradicted_first,
    corpus_size,
    count,
    counts,
    day,
    differs,
    draft_origin,
    draft_title,
    evidence,
    fallbacks,
    flags,
    in_a_models_words,
    model,
    no_source,
    origin,
    percent,
    position,
    progress,
    prompt,
    rung,
    safe_link,
    shown_skipped,
    source_title,
    standing,
    usage,
)
from claimcheck.report.steering import visible
from claimcheck.report.wording import LABEL_STANDING, NOTHING, SIGNS, SKIP_WORDS, Standing
from claimcheck.types import Basis, Citation, Document, Flag, Report, Skipped, Unchecked, Verdict

_SPECIAL: Final = re.compile(r"[\\`*_{}\[\]<>#|~&@^$=]")
# Many pages make links of bare addresses and pictures of words between colons.
_ADDRESS_PARTS: Final = re.compile(r"(?<=\w)\.(?=\w)|:(?=\S)")
_LINE_STARTS: Final = re.compile(r"^([-+])|^(\d{1,9})([.)])")
# No brackets, which end a link, and no semicolon, which ends an entity.
_ADDRESS_KEPT: Final = ":/?#@!$'*+,=%~-._&"


def write(report: Report, *, show_skipped: bool = False) -> str:
    """The report as Markdown, contradicted claims first.

    Text of drafts and sources is escaped: it makes no markup, no links and no images. Only ``http`` and ``https``
    addresses of sources become links.

    Args:
        report: what to show.
        show_skipped: also list the sentences without a claim, and why; ambiguous ones are always listed.
    """
    contradicted, others = contradicted_first(report)
    parts = [*_head(report)]
    if contradicted:
        parts += ["## Contradicted", *_findings(report, contradicted)]
    if others:
        parts += ["## All other claims" if contradicted else "## Claims", *_findings(report, others)]
    if shown := shown_skipped(report, everything=show_skipped):
        parts += ["## Sentences without a claim to check", _skipped(shown)]
    parts += ["## How this report was made", _made_with(report)]
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Text of others on one line, such that Markdown shows it as it is."""
    line = " ".join(visible(text).split())
    line = _SPECIAL.sub(lambda found: f"\\{found[0]}", line)
    line = _ADDRESS_PARTS.sub(lambda found: f"\\{found[0]}", line)
    return _LINE_STARTS.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", line)


def block_quote(text: str, below: str = "") -> str:
    """Text of others as a block quote; its line breaks are kept.

    Args:
        text: what is quoted.
        below: Markdown of our own, put below as a paragraph of the same block.
    """
    lines = "\\\n".join(escape(line) for line in text.splitlines() if line.strip()).split("\n")
    return "\n".join(f"> {line}".rstrip() for line in [*lines, *(["", below] if below else [])])


def link(title: str, address: str | None) -> str:
    """A title that leads to an address, or the title alone where a reader must not be sent there."""
    safe = safe_link(address)
    if safe is None:
        return escape(title)
    return f"[{escape(title)}]({percent_encoded(safe, safe=_ADDRESS_KEPT)})"


def _head(report: Report) -> Iterator[str]:
    yield f"# {escape(draft_title(report.document))}"
    if about := draft_origin(report.document):
        yield escape(about)
    yield f"Judged as of {day(report.as_of)}."
    yield f"Searched: {escape(report.corpus.location)} ({corpus_size(report.corpus)})."
    shown = (f"{SIGNS[kind].glyph} {number} {kind.value}" for kind, number in counts(report.findings).items() if number)
    total = f"**{count(len(report.findings), 'claim')}**: {', '.join(shown)}."
    contradicted = " A contradicted claim is speculative." if counts(report.findings)[Standing.CONTRADICTED] else ""
    skipped = f" {count(len(report.skipped), 'sentence')} without a claim to check." if report.skipped else ""
    yield total + contradicted + skipped


def _findings(report: Report, items: Iterable[Numbered]) -> Iterator[str]:
    for item in items:
        finding = item.finding
        mark = f"{SIGNS[Standing.CONTRADICTED].glyph} CONTRADICTED " if _is_contradicted(finding) else ""
        yield f"### {mark}{item.number}. {escape(finding.claim)}"
        yield _said(report.document, finding)
        if isinstance(finding, Unchecked):
            sign = SIGNS[Standing.UNCHECKED].glyph
            yield f"**{sign} Not checked**: {escape(finding.reason)} Next step: {escape(finding.next_step)}"
        else:
            yield from _verdict(report, finding)


def _is_contradicted(finding: Verdict | Unchecked) -> bool:
    return standing(finding) is Standing.CONTRADICTED


def _said(document: Document, finding: Verdict | Unchecked) -> str:
    where = f"In the draft, {escape(position(document, finding.span.start))}"
    speaker = f", said by {escape(finding.speaker)}" if finding.speaker else ""
    if not differs(finding.quote, finding.claim):
        return f"{where}{speaker}."
    return f"{where}{speaker}:\n\n{block_quote(finding.quote)}"


def _verdict(report: Report, verdict: Verdict) -> Iterator[str]:
    shown = evidence(verdict)
    if verdict.basis is Basis.NO_EVIDENCE or not verdict.citations:
        yield escape(no_source(report.corpus))
    if shown.decides:
        for side in shown.sides:
            yield from _side(side)
    if shown.nearest.citations:
        yield from _side(shown.nearest)
    yield "\n".join(f"- {line}" for line in _judgement(verdict))


def _side(side: Side) -> Iterator[str]:
    if not side.citations:
        yield f"**{side.name}**: {NOTHING}."
        return
    yield f"**{side.name}**"
    for citation in side.citations:
        words = bearing(citation)
        yield f"*{escape(words[:1].upper() + words[1:])}:*\n\n{block_quote(citation.quote, _source(citation))}"


def _source(citation: Citation) -> str:
    return f"{escape(origin(citation))}: {link(source_title(citation), citation.url)}"


def _judgement(verdict: Verdict) -> Iterator[str]:
    sign = SIGNS[LABEL_STANDING[verdict.label]].glyph
    yield f"**{sign} {verdict.label.value.capitalize()}**, {basis(verdict)}; confidence {percent(verdict.confidence)}"
    for flag, words in zip(verdict.flags, flags(verdict), strict=True):
        yield f"**{escape(words)}**" if flag is Flag.UNSURE else escape(words)
    if verdict.rung is not None:
        yield f"How far it has come: {rung(verdict.rung)}"
    if (done := progress(verdict)) and Flag.PARTIAL not in verdict.flags:
        yield f"Progress: {done}"
    yield f"Would settle it: {escape(verdict.would_settle)}"
    for what, words in in_a_models_words(verdict):
        yield f"*{escape(what)}:* {escape(words)}"
    yield f"Rule: {escape(verdict.rule)}"


def _skipped(shown: Iterable[Skipped]) -> str:
    return "\n".join(f"- {SKIP_WORDS[item.reason].capitalize()}: “{escape(item.quote)}”" for item in shown)


def _made_with(report: Report) -> str:
    lines = [
        f"claimcheck {escape(report.claimcheck)}, report version {report.version}",
        f"Library fingerprint: {escape(report.corpus.fingerprint)}",
        *(f"{escape(used.task.capitalize())}: {escape(model(used))}" for used in report.models),
        *([f"Asked of it: {escape(usage(report.usage))}"] if report.usage else []),
        *([f"Read without it: {escape(fallbacks(report))}"] if report.fallbacks else []),
        *(f"Prompt: {escape(prompt(used))}" for used in (report.usage.prompts if report.usage else ())),
        *(f"Setting {escape(name)}: {escape(str(value))}" for name, value in sorted(report.settings.items())),
    ]
    return "\n".join(f"- {line}" for line in lines)
