import re
from collections.abc import Iterator

import pytest
from hostile import ATTACKS, BIDI, TERMINAL, addresses, hostile_report, texts
from hypothesis import example, given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from claimcheck.report.arrangement import safe_link
from claimcheck.report.markdown import block_quote, escape, link, write
from claimcheck.types import Report, SkipReason

OURS = {
    *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "text_special"),
    *("blockquote_open", "blockquote_close", "bullet_list_open", "bullet_list_close", "list_item_open"),
    *("list_item_close", "strong_open", "strong_close", "em_open", "em_close", "link_open", "link_close"),
    *("softbreak", "hardbreak"),
}
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def tokens_of(markdown: str) -> Iterator[Token]:
    for token in PARSER.parse(markdown):
        yield token
        yield from token.children or ()


def text_of(markdown: str) -> str:
    return "".join(
        token.content if token.type in {"text", "text_special"} else "\n" if token.type == "hardbreak" else ""
        for token in tokens_of(markdown)
    )


def flat(text: str) -> str:
    return " ".join(text.split())


@given(texts)
@example("".join(ATTACKS))
@settings(max_examples=150, deadline=None)
def test_escaped_text_is_shown_as_it_is_and_makes_no_markup(text: str) -> None:
    for markdown in (escape(text), f"- {escape(text)}", f"### {escape(text)}"):
        assert flat(text_of(markdown)) == flat(text)
        assert {token.type for token in tokens_of(markdown)} <= OURS - {"link_open", "strong_open", "em_open"}


@given(texts)
@settings(max_examples=100, deadline=None)
def test_a_block_quote_holds_the_lines_of_the_quote_and_nothing_else(text: str) -> None:
    markdown = block_quote(text, "*below*")
    shown = text_of(markdown)
    assert shown.endswith("below")
    lines = [flat(line) for line in shown.removesuffix("below").split("\n")]
    assert lines == [flat(line) for line in text.splitlines() if line.strip()] or not text.strip()
    types = [token.type for token in PARSER.parse(markdown) if token.level == 0]
    assert types == ["blockquote_open", "blockquote_close"]


@given(texts, addresses)
@settings(max_examples=40, deadline=None)
def test_nothing_in_a_hostile_report_becomes_markup_or_an_unsafe_link(text: str, address: str) -> None:
    tokens = list(tokens_of(write(hostile_report(text, address), show_skipped=True)))
    assert {token.type for token in tokens} <= OURS
    targets = {token.attrs["href"] for token in tokens if token.type == "link_open"}
    assert all(str(target).startswith(("http://example.org/", "https://example.org/")) for target in targets)
    assert bool(targets) is (safe_link(address) is not None)


def test_a_link_survives_brackets_and_entities_in_its_address() -> None:
    (opened,) = [t for t in tokens_of(link("[x](y)", "https://example.org/a_(b)?c=1&copy;=2")) if t.type == "link_open"]
    assert opened.attrs["href"] == "https://example.org/a_%28b%29?c=1&copy%3B=2"


def test_what_steers_or_turns_text_is_spelled_out() -> None:
    shown = text_of(escape(BIDI + TERMINAL))
    assert "<U+202E>" in shown
    assert "<U+001B>" in shown
    assert not re.search("[\u202e\x1b\x9b]", shown)


def test_the_report_shows_all_quotes_contradicted_first_and_evidence_before_the_verdict(report: Report) -> None:
    markdown = write(report)
    shown = text_of(markdown)
    sections = re.split(r"(?=^### )", markdown, flags=re.MULTILINE)[1:]
    assert ["CONTRADICTED" in section.splitlines()[0] for section in sections] == [True, True] + [False] * 13
    for finding in report.findings:
        assert finding.claim in shown
        for citation in getattr(finding, "citations", ()):
            assert citation.quote in shown
    assert sections[0].index("> ") < sections[0].index("**? Speculative**")
    assert "- **unsure" in markdown
    assert "○ Not checked" in markdown
    assert "remarkable year" not in shown
    assert "remarkable year" in text_of(write(report, show_skipped=True))


@pytest.mark.parametrize("line", ["# x", "- x", "+ x", "1. x", "2) x", "> x", "    x", "```", "---", "===", "| x |"])
def test_no_line_starts_a_block(line: str) -> None:
    assert PARSER.parse(escape(line))[0].type == "paragraph_open"


def test_what_could_mean_different_things_is_always_listed(report: Report) -> None:
    unclear = report.skipped[0].model_copy(update={"reason": SkipReason.AMBIGUOUS})
    shown = text_of(write(report.model_copy(update={"skipped": (unclear, *report.skipped[1:])})))
    assert "Could mean different things: “What a remarkable year" in shown
    assert "Are you ready" not in shown
