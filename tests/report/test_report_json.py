import json

import pytest
from hostile import BIDI, TERMINAL, hostile_report, texts
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from claimcheck.errors import ReadError
from claimcheck.report import REPORTERS
from claimcheck.report.json import parse, schema, write
from claimcheck.types import Report


def test_what_is_written_is_read_again(report: Report) -> None:
    assert parse(write(report)) == report
    assert write(parse(write(report))) == write(report) == REPORTERS["json"](report)


@given(texts)
@settings(max_examples=25, deadline=None)
def test_any_text_comes_back(text: str) -> None:
    report = hostile_report(text + BIDI + TERMINAL)
    assert parse(write(report)) == report


def test_the_schema_describes_what_is_written(report: Report) -> None:
    Draft202012Validator.check_schema(schema())
    Draft202012Validator(schema()).validate(json.loads(write(report)))
    assert schema()["$id"].endswith("1.0")


def test_a_verdict_reads_as_documented(report: Report) -> None:
    verdict = json.loads(write(report))["findings"][1]
    assert {"claim", "span", "label", "basis", "flags", "rung", "confidence", "citations", "would_settle"} <= set(
        verdict
    )
    assert {"document", "title", "url", "publisher", "published", "start", "end", "quote", "relation"} <= set(
        verdict["citations"][0]
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ('{"version": "9.1"}', "version 9.1"),
        ('{"version": "1.0"}', "Field required"),
        ("[]", "at the whole"),
    ],
)
def test_what_is_no_report_is_refused_with_the_cause(text: str, said: str) -> None:
    with pytest.raises(ReadError, match=said) as caught:
        parse(text)
    assert caught.value.next_step
