import io

import pytest
from hostile import BIDI, TERMINAL, hostile_report, texts
from hypothesis import given, settings
from rich.cells import cell_len
from rich.console import Console

from claimcheck.report import REPORTERS
from claimcheck.report.text import TextStream, write
from claimcheck.report.typesetting import NARROWEST, STANDING_STYLES, WIDEST
from claimcheck.types import Report, SkipReason, Verdict


def streamed(report: Report, *, show_skipped: bool = False, **console: object) -> str:
    target = io.StringIO()
    stream = TextStream(Console(file=target, **console), show_skipped=show_skipped)  # type: ignore[arg-type]
    stream.header(report.document, report.corpus, report.as_of)
    for finding in report.findings:
        stream.finding(finding)
    for skipped in report.skipped:
        stream.skipped(skipped)
    stream.footer(report)
    return target.getvalue()


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("width", [NARROWEST, 40, 60, 80, 120, 200])
def test_no_line_is_wider_than_the_console_and_none_ends_in_blanks(report: Report, width: int) -> None:
    lines = streamed(report, width=width).splitlines()
    assert max(map(cell_len, lines)) <= min(width, WIDEST)
    assert [line for line in lines if line != line.rstrip()] == []


@given(texts)
@settings(max_examples=25, deadline=None)
def test_no_text_breaks_the_width(text: str) -> None:
    assert max(map(cell_len, write(hostile_report(text + TERMINAL), show_skipped=True).split("\n"))) <= 80


def test_every_claim_and_quote_is_there_whole(report: Report) -> None:
    shown = flat(streamed(report, width=60))
    for finding in report.findings:
        assert flat(finding.claim) in shown
        for citation in getattr(finding, "citations", ()):
            assert flat(citation.quote) in shown


def test_both_sides_stand_beside_each_other_where_there_is_room(report: Report) -> None:
    heads = [line.split() for line in write(report).splitlines() if line.split()[:1] in (["FOR"], ["AGAINST"])]
    assert heads[0] == ["AGAINST", "FOR"]
    assert ["FOR", "AGAINST"] in heads
    assert ["AGAINST", "FOR"] not in [line.split() for line in streamed(report, width=60).splitlines()]


def test_the_whole_report_puts_contradicted_claims_first_and_evidence_before_the_verdict(report: Report) -> None:
    text = write(report)
    assert text == REPORTERS["text"](report)
    assert text.index("! CONTRADICTED") < text.index("All other claims") < text.index("  1  Peru has become")
    first = text[text.index("! CONTRADICTED") :]
    assert first.index("이번 합의서는") < first.index("? SPECULATIVE  contradicted") < first.index("Would settle it")


def test_a_stream_marks_contradicted_claims_and_repeats_them_at_the_end(report: Report) -> None:
    text = streamed(report, width=80)
    assert text.index("  1  Peru has become") < text.index("  2  ! CONTRADICTED")
    foot = flat(text[text.index("Contradicted, in short") :])
    for verdict in report.verdicts:
        if verdict.basis == "contradicted":
            assert verdict.claim in foot
            assert any(citation.quote in foot for citation in verdict.citations)


def test_what_a_reader_must_know_is_said_in_words(report: Report) -> None:
    text = flat(write(report))
    for said in (
        "self-sourced: only the issuer says so",
        "stale: the evidence is old, and things may have changed (newest: 13 January 2025)",
        "partial: 0 of 4 done",
        "overdue: the deadline has passed",
        "unsure: read the evidence yourself",
        "conditional: it waits on",
        "single source:",
        "memorandum (rung 2 of 7)",
        "No source found. Searched: demo-library (17 documents, 52 passages, the newest of 18 December 2025).",
        "said by Rosa Quispe, chairwoman of the Forum",
        "○ NOT CHECKED: The verifier's weights could not be read. Next step: Run `claimcheck doctor`",
        "Escenario Mundial, 13 November 2025, paragraph 1",
        "2 sentences without a claim to check.",
    ):
        assert said in text
    assert "https://www.koreaherald.com/view.php?ud=20241118050069" in text


def test_skipped_sentences_are_shown_on_demand_with_the_reason(report: Report) -> None:
    assert "What a remarkable year" not in streamed(report, width=80)
    assert "No claim, an opinion: “What a remarkable year" in streamed(report, width=80, show_skipped=True)
    assert "No claim, a question: “Are you ready" in write(report, show_skipped=True)


def test_a_source_that_is_at_hand_says_what_it_is(report: Report) -> None:
    assert "a summary in the project's own words" in write(report)


def test_without_a_header_the_corpus_is_still_named(report: Report) -> None:
    target = io.StringIO()
    stream = TextStream(Console(file=target, width=80), corpus=report.corpus)
    stream.finding(next(v for v in report.verdicts if v.basis == "no_evidence"))
    assert "Searched: demo-library" in target.getvalue()
    assert "Line" not in target.getvalue()


def test_colours_are_used_on_a_terminal_only_and_never_against_no_color(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = streamed(report, width=80, force_terminal=True, color_system="truecolor")
    assert "\x1b[1;38;2;213;94;0m" in coloured
    assert "\x1b" not in streamed(report, width=80, force_terminal=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "38;2" not in streamed(report, width=80, force_terminal=True, color_system="truecolor")
    assert set(STANDING_STYLES) >= {"contradicted", "proven"}


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_where_the_encoding_cannot_show_a_sign_plain_ones_are_used(report: Report, encoding: str) -> None:
    raw = io.BytesIO()
    target = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    stream = TextStream(Console(file=target, width=80))
    stream.header(report.document, report.corpus, report.as_of)
    for finding in report.findings:
        stream.finding(finding)
    stream.footer(report)
    target.flush()
    text = raw.getvalue().decode(encoding)
    assert "+ PROVEN" in text
    assert "> ASPIRATIONAL" in text
    assert "\\uc774\\ubc88" in text
    assert max(map(len, text.splitlines())) <= 80


def test_text_of_others_cannot_steer_the_terminal() -> None:
    report = hostile_report(TERMINAL + BIDI)
    text = streamed(report, width=80, force_terminal=True, color_system=None)
    assert not {"\x1b[31m", "\x07", "\x9b", "\r", "\u202e", "\u2066"} & {
        mark for mark in ("\x1b[31m", "\x07", "\x9b", "\r", "\u202e", "\u2066") if mark in text
    }
    assert "<U+001B>" in text


def test_findings_are_verdicts_in_the_drafts_order(report: Report) -> None:
    text = streamed(report, width=120)
    places = [text.index(f"\n{n:>3}  ") for n in range(1, len(report.findings) + 1)]
    assert places == sorted(places)
    assert isinstance(report.findings[0], Verdict)


def test_what_could_mean_different_things_is_always_shown(report: Report) -> None:
    unclear = report.skipped[0].model_copy(update={"reason": SkipReason.AMBIGUOUS})
    report = report.model_copy(update={"skipped": (unclear, *report.skipped[1:])})
    for shown in (streamed(report, width=80), write(report)):
        assert "Not checked, could mean different things: “What a remarkable year" in flat(shown)
        assert "Are you ready" not in shown
