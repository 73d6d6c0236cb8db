"""Reply classes as JSON schemas, and texts as replies."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from claimcheck.llm import replies
from claimcheck.llm.schema import ReplyDoesNotFit, json_schema, parse_reply

CLASSES = (replies.Extraction, replies.Verification, replies.Settlement, replies.Brief)


def objects(schema: Any) -> Any:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for part in schema.values():
            yield from objects(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from objects(part)


@pytest.mark.parametrize("reply", CLASSES)
def test_every_schema_is_one_that_strict_modes_take(reply: type[BaseModel]) -> None:
    schema = json_schema(reply)
    assert schema["title"] == reply.__name__
    for part in objects(schema):
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])
    text = json.dumps(schema)
    assert not {word for word in ("default", "minLength", "maxLength", "prefixItems", "format") if f'"{word}"' in text}


@pytest.mark.parametrize(
    ("reply", "sort"), [(reply, "verdicts" if reply is replies.Brief else "sentences") for reply in CLASSES]
)
def test_a_schema_may_let_only_the_numbers_pass_that_there_are(reply: type[BaseModel], sort: str) -> None:
    text = json.dumps(json_schema(reply, {sort: 3}))
    assert text.count('"integer"') == text.count('"enum": [1, 2, 3]') > 0
    assert '"enum": [1' not in json.dumps(json_schema(reply))
    assert "points_at" not in text


def test_fields_named_like_words_of_the_schema_stay() -> None:
    class Odd(BaseModel):
        title: str
        properties: int
        format: str

    assert list(json_schema(Odd)["properties"]) == ["title", "properties", "format"]


def test_reasons_stand_before_what_they_decide() -> None:
    fields = list(replies.Assertion.model_fields)
    assert fields.index("reason") < fields.index("sentences") < fields.index("relation")


class TestNumbers:
    def assertion(self, **change: Any) -> str:
        whole = {"assertion": "a", "reason": "r", "sentences": [1], "relation": "supports", **change}
        return json.dumps({"assertions": [whole], "searches": []})

    def test_the_same_one_twice_counts_once(self) -> None:
        reply = parse_reply(self.assertion(sentences=[2, 1, 2]), replies.Verification, {"sentences": 2})
        assert reply.assertions[0].sentences == (2, 1)

    def test_none_are_needed_where_nothing_bears(self) -> None:
        text = self.assertion(sentences=[], relation="unrelated")
        assert parse_reply(text, replies.Verification, {"sentences": 2})

    @pytest.mark.parametrize("sentences", [[3], [0], [-1], [1, 99], [1.5], ["x"], [None], "1", [10**30]])
    def test_wrong_ones_do_not_fit(self, sentences: Any) -> None:
        with pytest.raises(ReplyDoesNotFit):
            parse_reply(self.assertion(sentences=sentences), replies.Verification, {"sentences": 2})

    def test_nothing_is_accepted_without_knowing_how_many_there_are(self) -> None:
        with pytest.raises(RuntimeError, match="say as context"):
            parse_reply(self.assertion(), replies.Verification)

    def test_a_claim_and_what_is_left_out_are_checked_alike(self) -> None:
        text = json.dumps({"claims": [], "left_out": [{"sentence": 3, "reason": "opinion"}]})
        with pytest.raises(ReplyDoesNotFit, match="no number 3; the numbers go from 1 to 2"):
            parse_reply(text, replies.Extraction, {"sentences": 2})


class Small(BaseModel):
    number: int


@given(st.text(alphabet='{}[]":,1a\\ \n' + "number"))
def test_any_text_is_a_reply_or_does_not_fit(text: str) -> None:
    with suppress(ReplyDoesNotFit):
        assert isinstance(parse_reply(text, Small), Small)


@given(st.text(alphabet=st.characters(exclude_characters="{}", exclude_categories=["Cs"])), st.integers())
def test_prose_around_the_reply_does_not_matter(prose: str, number: int) -> None:
    if abs(number) < 10**15:
        assert parse_reply(f'{prose}{{"number": {number}}}{prose}', Small).number == number


@pytest.mark.parametrize("cut", range(1, len('{"number": 12}')))
def test_what_is_cut_does_not_fit(cut: int) -> None:
    with pytest.raises(ReplyDoesNotFit):
        parse_reply('{"number": 12}'[:cut], Small)


def test_what_is_said_of_it_is_short() -> None:
    text = json.dumps({"assertions": [{"x": "y" * 5000}] * 8, "searches": []})
    with pytest.raises(ReplyDoesNotFit) as raised:
        parse_reply(text, replies.Verification, {"sentences": 1})
    assert len(str(raised.value)) <= 300
