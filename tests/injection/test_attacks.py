"""No text that is read changes a label unseen, or reaches a report as markup."""

import re

import pytest
from attack_scene import ALL, Attack, Scene
from fake_server import Request
from lxml import html

from claimcheck.report import REPORTERS
from claimcheck.types import Flag, Label, Report

each = pytest.mark.parametrize("attack", ALL, ids=lambda attack: attack.name.replace(" ", "-"))
_OURS = re.compile(r"^\[(\d+)\] ", re.MULTILINE)


def test_there_are_many_of_many_kinds() -> None:
    assert len(ALL) >= 40
    assert len({attack.text for attack in ALL}) == len(ALL)
    assert {a.place for a in ALL} == {
        "evidence", "draft", "claim", "title", "publisher", "author", "note", "filename"
    }  # fmt: skip
    assert len({attack.lang for attack in ALL}) >= 8


@each
def test_changes_no_label_unseen(scene: Scene, attack: Attack) -> None:
    clean, local, obeying = scene.reports(attack)
    assert clean.findings
    assert len(clean.findings) == len(local.findings) == len(obeying.findings)
    says_it = attack.fact in attack.text and attack.place == "evidence"  # then it is evidence, forged or not
    for untouched, alone, joined in zip(clean.verdicts, local.verdicts, obeying.verdicts, strict=True):
        if not says_it:
            assert alone.label is not Label.PROVEN or untouched.label is Label.PROVEN or Flag.UNSURE in alone.flags
        assert joined.without_model is alone.label
        if joined.label is not alone.label:
            assert Flag.UNSURE in joined.flags
            assert joined.confidence <= 1 - alone.confidence
    assert_quotes_are_verbatim(obeying)
    for request in scene.model.requests:
        assert_data_stays_data(request)
    for form in REPORTERS:
        assert_no_markup(form, obeying)


def assert_quotes_are_verbatim(report: Report) -> None:
    sources = {source.id: source.text for source in report.sources}
    for verdict in report.verdicts:
        assert verdict.span.of(report.document.text) == verdict.quote
        for citation in verdict.citations:
            assert sources[citation.document][citation.start : citation.end] == citation.quote


def assert_data_stays_data(request: Request) -> None:
    """The request has the marks that its prompt sets, and no others."""
    system, user = (turn["content"] for turn in request.body["messages"][:2])
    for mark in ("<evidence>", "</evidence>", "<claim>", "</claim>"):
        assert user.count(mark) == 1
    inside = user.split("<evidence>\n")[1].split("</evidence>")[0]
    numbers = [int(found) for found in _OURS.findall(inside)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len([line for line in inside.splitlines() if line.strip()]) == len(numbers)
    assert "<|" not in user
    assert not re.search("[\u200b\u202a-\u202e\U000e0000-\U000e01ef]", user)
    assert "Arden" not in system


def assert_no_markup(form: str, report: Report) -> None:
    text = REPORTERS[form](report)
    assert "\x1b" not in text
    if form == "html":
        page = html.fromstring(text)
        assert not page.xpath("//script | //img | //iframe | //u | //i | //@onerror | //@onclick")
        assert all(address.startswith("#") for address in page.xpath("//a/@href"))
    elif form == "md":
        assert not re.search(r"(?<!\\)<", text)
        assert not re.search(r"(?<!\\)\]\(", text)
        assert not re.search(r"(?<!\\)`", text)
