import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest
from hostile import ATTACKS, BIDI, TERMINAL, addresses, hostile_report, texts
from hypothesis import example, given, settings
from hypothesis import strategies as st

from claimcheck.errors import OutputError
from claimcheck.report import REPORTERS
from claimcheck.report.arrangement import safe_link
from claimcheck.report.html import write
from claimcheck.types import Report, Span

VOID = {"meta", "br", "img", "link", "input"}
ELEMENTS = frozenset(
    word
    for line in (
        "html head meta title style body a header main footer nav section article div p span b h1 h2 h3 h4 ul ol li",
        "dl dt dd mark bdi q cite code time details summary figure figcaption blockquote",
    )
    for word in line.split()
)
ATTRIBUTES = frozenset(
    word
    for line in (
        "lang charset http-equiv content name class id href dir tabindex aria-label aria-labelledby aria-hidden",
        "aria-current datetime rel open",
    )
    for word in line.split()
)


class Page(HTMLParser):
    """Every element with its path, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[tuple[int, ...], str]] = []
        self._open: list[int] = []
        self.feed(html)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self._open.pop()][0] == tag, "elements are closed in their order"

    def handle_data(self, data: str) -> None:
        self.texts.append((tuple(self._open), data))

    def handle_comment(self, data: str) -> None:
        raise AssertionError("there are no comments")

    def inside(self, tag: str, kind: str | None = None, without: str | None = None) -> str:
        """All text within elements of a tag and class, but not that within elements of another class."""
        return "".join(
            data
            for path, data in self.texts
            if any(self._is(i, tag, kind) for i in path)
            and not (without and any(self._is(i, None, without) for i in path))
        )

    def each(self, tag: str, kind: str | None = None) -> Iterator[str]:
        """The text of each element of a tag and class."""
        for index in range(len(self.elements)):
            if self._is(index, tag, kind):
                yield "".join(data for path, data in self.texts if index in path)

    def _is(self, index: int, tag: str | None, kind: str | None) -> bool:
        name, attributes = self.elements[index]
        return tag in (None, name) and (kind is None or kind in (attributes.get("class") or "").split())


def flat(text: str) -> str:
    return " ".join(text.split())


def draft_of(html: str) -> str:
    return Page(html).inside("div", "text", without="ref")


def test_the_page_is_whole_and_loads_nothing(report: Report) -> None:
    html = write(report)
    assert html == REPORTERS["html"](report) == write(report)
    page = Page(html)
    assert {tag for tag, _ in page.elements} <= ELEMENTS
    assert {name for _, attributes in page.elements for name in attributes} <= ATTRIBUTES
    assert not re.search(r"url\(|@import|src=", html)


def test_the_policy_allows_the_style_of_the_page_and_nothing_else(report: Report) -> None:
    html = write(report)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@given(texts, addresses)
@example("".join(ATTACKS), "javascript:alert(1)")
@settings(max_examples=60, deadline=None)
def test_no_element_attribute_or_link_comes_from_outside(text: str, address: str) -> None:
    page = Page(write(hostile_report(text, address)))
    assert {tag for tag, _ in page.elements} <= ELEMENTS
    assert {name for _, attributes in page.elements for name in attributes} <= ATTRIBUTES
    links = {attributes["href"] for _, attributes in page.elements if "href" in attributes}
    outward = {link for link in links if link is not None and not re.fullmatch(r"#[a-z]+(-\d+)?", link)}
    assert outward == ({address} if safe_link(address) else set())
    assert page.inside("div", "text", without="ref") == text
    assert set(page.each("mark", "quote")) == {text}
    assert set(page.each("span", "claim")) == {text}
    assert set(page.each("h1")) == {text}
    assert set(page.inside("title").split(text)) == {"", " – claims checked"}
    assert set(page.each("dd")) >= {text}


@st.composite
def marked_reports(draw: st.DrawFn) -> tuple[str, Report]:
    draft = draw(texts | st.text("ab#\n\t é한<&", min_size=1, max_size=80))
    report = hostile_report("x", draft=draft)
    edges = st.integers(0, len(draft))
    spans = draw(st.lists(st.tuples(edges, edges).map(sorted), min_size=4, max_size=4))
    findings = tuple(
        finding.model_copy(update={"span": Span(start=start, end=end), "quote": draft[start:end]})
        for finding, (start, end) in zip(report.findings, spans, strict=True)
    )
    return draft, report.model_copy(update={"findings": findings})


@given(marked_reports())
@settings(max_examples=60, deadline=None)
def test_the_marked_draft_is_the_draft_whatever_claims_overlap(case: tuple[str, Report]) -> None:
    draft, report = case
    html = write(report)
    assert draft_of(html) == draft
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert {f"#{i}" for i in ids} >= set(re.findall(r'href="(#[^"]+)"', html)), "no link leads nowhere"


def test_the_whole_draft_of_a_real_report_is_marked_and_linked_both_ways(report: Report) -> None:
    html = write(report)
    assert draft_of(html) == report.document.text
    links = re.findall(r'href="(#[^"]+)"', html)
    for number in range(1, len(report.findings) + 1):
        assert f"#claim-{number}" in links
        assert f"#draft-{number}" in links


def test_each_quote_is_marked_among_the_sentences_around_it(report: Report) -> None:
    page = Page(write(report))
    quotes = list(page.each("mark", "quote"))
    assert sorted(quotes) == sorted(c.quote for v in report.verdicts for c in v.citations)
    around = next(q for q in page.each("blockquote") if "이번 합의서는" in q)
    assert flat(around) == flat(next(s.text for s in report.sources if s.lang == "ko"))
    assert '<blockquote dir="auto" lang="ko">' in write(report)


def test_contradicted_claims_come_first_and_evidence_before_the_verdict(report: Report) -> None:
    cards = list(Page(write(report)).each("article"))
    assert [card.split("\n")[1].strip().startswith("! Contradicted") for card in cards] == [True] * 2 + [False] * 13
    for card in cards[:2]:
        assert card.index("Contradicted") < card.index("Against") < card.index("For") < card.index("Speculative")
    unchecked = next(card for card in cards if "Not checked" in card)
    assert "The verifier's weights could not be read." in unchecked
    assert "Run `claimcheck doctor`" in unchecked


def test_the_head_says_what_was_searched_and_with_what(report: Report) -> None:
    head = flat(Page(write(report)).inside("header"))
    for said in (
        "Judged as of 31 December 2025",
        "15 claims checked against demo-library: 17 documents, 52 passages, the newest of 18 December 2025.",
        "! 2 contradicted",
        "2 sentences without a claim to check",
        report.models[0].sha256,
        report.corpus.fingerprint,
        "stale_after_days730",
    ):
        assert said in head


def test_no_source_is_said_with_what_was_searched(report: Report) -> None:
    unfounded = [card for card in Page(write(report)).each("article") if "no evidence" in card]
    assert len(unfounded) == 4
    assert all("Searched: demo-library (17 documents, 52 passages" in card for card in unfounded)


def test_headings_descend_one_step_at_a_time(report: Report) -> None:
    levels = [int(tag[1]) for tag, _ in Page(write(report)).elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_quote_or_claim_that_is_not_where_the_report_says_is_never_shown(report: Report) -> None:
    verdict = report.verdicts[1]
    moved = verdict.citations[0].model_copy(update={"start": 1, "end": 5})
    broken = report.model_copy(update={"findings": (verdict.model_copy(update={"citations": (moved,)}),)})
    with pytest.raises(OutputError, match="does not stand in"):
        write(broken)
    shifted = verdict.model_copy(update={"span": Span(start=0, end=4)})
    with pytest.raises(OutputError, match="does not stand in the draft"):
        write(report.model_copy(update={"findings": (shifted,)}))


def test_without_sources_the_few_characters_around_a_quote_stand_in(report: Report) -> None:
    page = Page(write(report.model_copy(update={"sources": ()})))
    around = next(q for q in page.each("blockquote") if "이번 합의서는" in q)
    assert around.startswith("…")


def test_a_report_without_findings_says_so(report: Report) -> None:
    page = Page(write(report.model_copy(update={"findings": (), "sources": ()})))
    assert "No claim was found in this draft." in page.inside("main")


def test_what_would_turn_or_steer_the_page_is_spelled_out() -> None:
    html = write(hostile_report(f"x{BIDI}{TERMINAL}"))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", html)
    assert draft_of(html).startswith("x<U+202E>gnp.exe<U+2066>")


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", css))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_read_and_told_apart_from_the_paper(scheme: str) -> None:
    css = files("claimcheck.report").joinpath("templates", "page.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]
    shown = colours(light) | (colours(dark) if scheme == "dark" else {})
    for ground in ("paper", "tint", "highlight"):
        assert contrast(shown["ink"], shown[ground]) >= 7
    for ground in ("paper", "tint"):
        assert contrast(shown["muted"], shown[ground]) >= 4.5
    for mark in ("proven", "aspirational", "speculative", "contradicted", "unchecked"):
        assert contrast(shown[mark], shown["paper"]) >= 3
