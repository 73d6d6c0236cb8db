"""What the door makes of everything that a server can do."""

import json
import time
import traceback
from email.utils import formatdate
from http.client import HTTPConnection
from typing import Literal

import pytest
from fake_server import Hangs, HangsUp, Request, Says, Sends, Step, fails, says
from pydantic import BaseModel, ConfigDict

from claimcheck.errors import (
    ContextOverflow,
    KeyRefused,
    LanguageModelError,
    ModelUnknown,
    ModelUnreachable,
    RateLimited,
    ReplyCut,
    ReplyRefused,
    ReplyUnusable,
    RequestRefused,
)
from claimcheck.llm.replies import Verification

GOOD = {
    "assertions": [
        {"assertion": "It opened.", "reason": "The note says so.", "sentences": [1], "relation": "supports"}
    ],
    "searches": [],
}  # fmt: skip
ASKED = {
    "claim": "The plant opened in May.",
    "evidence": [
        {"text": "The plant opened in May.", "publisher": "A paper", "day": "2025-05-02"},
        {"text": "It rained.", "publisher": None, "day": None},
    ],
}


def ask(door, **more):
    return door.ask("verify", {**ASKED, **more}, Verification)


def test_a_reply_is_checked_metered_and_strict(server, doors) -> None:
    server.will(says(GOOD, prompt_tokens=410, completion_tokens=33, cached_tokens=256))
    door = doors()
    reply = ask(door)
    assert reply.value.assertions[0].sentences == (1,)
    assert (reply.kept, reply.repaired, reply.prompt.task) == (False, False, "verify")
    usage = door.usage
    assert (usage.calls, usage.prompt_tokens, usage.completion_tokens, usage.cached_prompt_tokens) == (1, 410, 33, 256)
    assert (usage.failed_calls, usage.unmetered, usage.cost) == (0, 0, None)
    assert [prompt.task for prompt in usage.prompts] == ["verify"]
    (request,) = server.requests
    held = request.body["response_format"]["json_schema"]
    assert held["strict"] is True
    assert held["schema"]["required"] == ["assertions", "searches"]
    assert held["schema"]["$defs"]["Assertion"]["properties"]["sentences"]["items"]["enum"] == [1, 2]
    assert request.body["temperature"] == 0
    assert request.body["max_completion_tokens"] == request.body["max_tokens"] == 700
    assert [turn["role"] for turn in request.body["messages"]] == ["system", "user"]


class TestTriesAgain:
    @pytest.mark.parametrize(
        "trouble",
        [
            fails(429, "slow down"),
            fails(500),
            fails(503, "loading model"),
            HangsUp(),
            Sends(b'{"choices": [{"ind', length=4000),
            Sends(b'{"choices": [{"ind'),
            Sends(b"<html>Bad gateway</html>", kind="text/html"),
            Sends(b'{"id": "x", "object": "chat.completion", "choices": []}'),
            Sends(b'{"id": "x", "object": "chat.completion", "choices": null}'),
            Sends(b"{}"),
            Sends(b"null"),
            Sends(b'{"error": {"message": "upstream is away"}}'),
        ],
        ids=lambda trouble: str(getattr(trouble, "body", trouble))[:24],
    )
    def test_and_gets_its_reply(self, server, doors, trouble: Step) -> None:
        server.will(trouble, says(GOOD))
        door = doors()
        assert ask(door).value.assertions
        assert (len(server.requests), door.usage.calls, door.usage.failed_calls) == (2, 2, 1)
        assert len(doors.waits) == 1

    def test_a_bounded_number_of_times_with_longer_waits(self, server, doors) -> None:
        server.will(fails(503))
        with pytest.raises(ModelUnreachable, match="503"):
            ask(doors(llm_retries=4))
        assert len(server.requests) == 5
        assert len(doors.waits) == 4
        assert all(0 <= wait <= 20 for wait in doors.waits)

    @pytest.mark.parametrize(("headers", "wait"), [({"retry_after": "7"}, 7.0), ({"retry_after_ms": "1500"}, 1.5)])
    def test_when_the_server_says(self, server, doors, headers: dict[str, str], wait: float) -> None:
        server.will(fails(429, **headers), says(GOOD))
        ask(doors())
        assert doors.waits == [wait]

    def test_at_the_hour_that_the_server_names(self, server, doors) -> None:
        server.will(fails(503, retry_after=formatdate(time.time() + 30, usegmt=True)), says(GOOD))
        ask(doors())
        assert 25 <= doors.waits[0] <= 31

    @pytest.mark.parametrize("odd", ["soon", "-5", "inf", "nan", ""])
    def test_by_its_own_measure_when_the_server_says_nonsense(self, server, doors, odd: str) -> None:
        server.will(fails(429, retry_after=odd), says(GOOD))
        ask(doors())
        assert 0 <= doors.waits[0] <= 20

    def test_but_not_if_it_would_have_to_wait_long(self, server, doors) -> None:
        server.will(fails(429, retry_after="3600"))
        with pytest.raises(RateLimited, match="in 3600 s"):
            ask(doors())
        assert (len(server.requests), doors.waits) == (1, [])

    def test_but_not_if_the_account_is_empty(self, server, doors) -> None:
        server.will(fails(429, "You exceeded your current quota", code="insufficient_quota"))
        with pytest.raises(RateLimited, match="nothing left"):
            ask(doors())
        assert len(server.requests) == 1

    def test_but_once_if_the_server_hangs(self, server, doors) -> None:
        server.will(Hangs())
        door = doors(llm_timeout_s=0.2)
        with pytest.raises(ModelUnreachable, match="did not answer in time"):
            ask(door)
        assert len(server.requests) == 2
        assert door.usage.unmetered == 2

    def test_and_says_what_is_wrong_if_nobody_serves(self, server, doors) -> None:
        door = doors(base_url="http://127.0.0.1:9/v1", llm_retries=1)
        with pytest.raises(ModelUnreachable, match=r"http://127\.0\.0\.1:9/v1 cannot be reached"):
            ask(door)
        assert door.usage.failed_calls == 2


class TestDoesNotTryAgain:
    @pytest.mark.parametrize("status", [401, 403])
    def test_with_a_key_that_is_refused(self, server, doors, status: int) -> None:
        server.will(fails(status))
        with pytest.raises(KeyRefused, match=str(status)):
            ask(doors())
        assert len(server.requests) == 1

    def test_with_a_model_that_is_unknown(self, server, doors) -> None:
        server.will(fails(404, "model 'fake' not found"))
        with pytest.raises(ModelUnknown, match="not found"):
            ask(doors())
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        "trouble",
        [
            fails(400, "This model's maximum context length is 4096 tokens", code="context_length_exceeded"),
            fails(400, "request (5012 tokens) exceeds the available context size (4096 tokens), try increasing it"),
            fails(400, "prompt is too long: 9000 tokens"),
        ],
    )
    def test_with_what_is_too_long(self, server, doors, trouble: Step) -> None:
        server.will(trouble)
        with pytest.raises(ContextOverflow):
            ask(doors())
        assert len(server.requests) == 1

    @pytest.mark.parametrize("refusal", [Says("", refusal="I will not."), Says("", end="content_filter")])
    def test_when_the_model_declines(self, server, doors, refusal: Step) -> None:
        server.will(refusal)
        door = doors()
        with pytest.raises(ReplyRefused):
            ask(door)
        assert (len(server.requests), door.usage.prompt_tokens) == (1, 100)

    def test_when_a_filter_declines(self, server, doors) -> None:
        server.will(fails(400, "The response was filtered due to the content management policy"))
        with pytest.raises(ReplyRefused, match="filter"):
            ask(doors())

    def test_when_the_reply_is_cut_and_counts_its_tokens(self, server, doors) -> None:
        server.will(Says('{"assertions": [{"asse', completion_tokens=700, end="length"))
        door = doors()
        with pytest.raises(ReplyCut, match="cut at 700 tokens") as raised:
            ask(door)
        assert "llm_reply_tokens" in raised.value.next_step
        assert (len(server.requests), door.usage.completion_tokens) == (1, 700)


class TestAsksInAnotherWay:
    def refusing(self, *words: str):
        """A server that refuses requests that have one of these fields."""

        def step(request: Request) -> Step:
            for word in words:
                if word in request.body:
                    return fails(400, f"Unsupported parameter: '{word}' is not supported")
            return says(GOOD)

        return step

    @pytest.mark.parametrize("words", [("temperature",), ("max_tokens",), ("response_format",),
                                       ("temperature", "max_tokens", "response_format")])  # fmt: skip
    def test_where_the_server_does_not_take_it_so_and_remembers(self, server, doors, words: tuple[str, ...]) -> None:
        server.will(self.refusing(*words))
        door = doors()
        assert ask(door).value.assertions
        assert len(server.requests) == 1 + len(words)
        assert ask(door, claim="Another.").value.assertions
        assert len(server.requests) == 2 + len(words)
        assert door.usage.calls == 2 + len(words)

    def test_with_the_schema_in_the_instructions(self, server, doors) -> None:
        server.will(self.refusing("response_format"))
        ask(doors())
        refused, asked = server.requests
        assert '"title": "Verification"' not in refused.text
        assert '"title": "Verification"' in asked.body["messages"][0]["content"]

    def test_until_there_is_no_other_way(self, server, doors) -> None:
        server.will(fails(400, "no"))
        with pytest.raises(RequestRefused, match="no"):
            ask(doors())
        assert len(server.requests) == 2


class TestReplies:
    @pytest.mark.parametrize(
        "text",
        [
            json.dumps(GOOD),
            f"```json\n{json.dumps(GOOD, indent=2)}\n```",
            f"Here it is:\n\n{json.dumps(GOOD)}\n\nI hope that helps {{you}}.",
            f"<think>If {{it}} opened, then {{}}.</think>\n{json.dumps(GOOD)}",
            f"\ufeff{json.dumps(GOOD)}",
            f'For example {{"assertions": []}}. {json.dumps(GOOD)}',
        ],
        ids=["plain", "fenced", "prose", "thoughts", "mark", "two"],
    )
    def test_json_is_found_in_it(self, server, doors, text: str) -> None:
        server.will(Says(text))
        reply = ask(doors())
        assert reply.value.assertions[0].relation == "supports"
        assert not reply.repaired

    @pytest.mark.parametrize("relation", ["supports", "refutes"])
    def test_a_relation_that_points_at_no_sentence_counts_for_nothing(self, server, doors, relation: str) -> None:
        server.will(Says(json.dumps(GOOD).replace("[1]", "[]").replace("supports", relation)))
        reply = ask(doors())
        assert reply.value.assertions[0].relation == "unrelated"
        assert not reply.repaired

    @pytest.mark.parametrize(
        ("wrong", "told"),
        [
            ("I cannot say.", "no whole JSON object"),
            (json.dumps(GOOD)[:-2], "no whole JSON object"),
            (json.dumps({**GOOD, "label": "proven"}), "label"),
            (json.dumps({"assertions": []}), "searches"),
            (json.dumps(GOOD).replace("[1]", "[7]"), "there is no number 7; the numbers go from 1 to 2"),
            (json.dumps(GOOD).replace("[1]", "[0]"), "there is no number 0"),
            (json.dumps(GOOD).replace("supports", "proves"), "relation"),
            ('{"a":' * 3000 + "1" + "}" * 3000, "nested too deep|assertions"),
            ("", "no whole JSON object"),
        ],
    )
    def test_what_does_not_fit_is_shown_to_the_model_once(self, server, doors, wrong: str, told: str) -> None:
        server.will(Says(wrong), says(GOOD))
        door = doors()
        reply = ask(door)
        assert reply.repaired
        first, second = server.requests
        system, user, before, after = second.body["messages"]
        assert [system, user] == first.body["messages"]
        assert before["role"] == "assistant"
        assert before["content"]
        assert after["role"] == "user"
        assert any(part in after["content"] for part in told.split("|"))
        assert door.usage.calls == 2

    def test_what_never_fits_is_an_error_that_says_why(self, server, doors) -> None:
        server.will(Says(json.dumps(GOOD).replace("[1]", "[7]")))
        with pytest.raises(ReplyUnusable, match=r"after one repair: .*no number 7"):
            ask(doors())
        assert len(server.requests) == 2

    def test_what_never_fits_is_paid_for_once_unless_it_is_to_be_asked_again(self, server, doors) -> None:
        server.will(Says(json.dumps(GOOD).replace("[1]", "[7]")))
        with pytest.raises(ReplyUnusable):
            ask(doors())
        door = doors()
        with pytest.raises(ReplyUnusable, match=r"no number 7.*llm_ask_again"):
            ask(door)
        assert len(server.requests) == 2
        assert (door.usage.calls, door.usage.cached_replies) == (0, 1)
        server.will(says(GOOD))
        assert ask(doors(llm_ask_again=True)).value.assertions[0].relation == "supports"
        assert ask(doors()).kept

    def test_a_reply_that_was_cut_is_paid_for_once_at_that_length(self, server, doors) -> None:
        server.will(Says(json.dumps(GOOD)[:40], end="length"))
        for _ in range(2):
            with pytest.raises(ReplyCut, match="cut at 1500 tokens"):
                ask(doors(llm_reply_tokens=1500))
        assert len(server.requests) == 1
        server.will(says(GOOD))
        assert not ask(doors(llm_reply_tokens=3000)).kept

    def test_a_reply_is_never_made_whole(self, server, doors) -> None:
        class Short(BaseModel):
            model_config = ConfigDict(extra="forbid")
            assertion: str
            reason: str
            sentences: list[int]
            relation: Literal["supports"]

        Short.__name__ = "Verification"
        server.will(Says('{"assertions": [' + json.dumps(GOOD["assertions"][0])))
        door = doors()
        with pytest.raises(ReplyUnusable):
            door.ask("verify", ASKED, Short)


class TestGivesUp:
    def claims(self, count: int) -> list[dict[str, object]]:
        return [{**ASKED, "claim": f"Claim {number}."} for number in range(count)]

    def test_a_server_that_is_away_after_some_claims(self, server, doors) -> None:
        server.will(fails(500))
        door = doors(concurrency=1, llm_retries=1)
        found = list(door.ask_many("verify", self.claims(20), Verification))
        assert all(isinstance(item, ModelUnreachable) for item in found)
        assert len(found) == 20
        assert len(server.requests) == 6

    def test_and_asks_again_after_a_while(self, server, doors) -> None:
        server.will(fails(500))
        door = doors(concurrency=1, llm_retries=0)
        list(door.ask_many("verify", self.claims(5), Verification))
        assert len(server.requests) == 3
        server.will(says(GOOD))
        doors.seconds += 61
        found = list(door.ask_many("verify", self.claims(5), Verification))
        assert not any(isinstance(item, LanguageModelError) for item in found)

    def test_a_key_that_was_revoked_at_once(self, server, doors) -> None:
        server.will(says(GOOD), says(GOOD), fails(401))
        found = list(doors(concurrency=1).ask_many("verify", self.claims(8), Verification))
        assert [type(item).__name__ for item in found] == ["Reply", "Reply", *["KeyRefused"] * 6]
        assert len(server.requests) == 3

    def test_nobody_for_one_bad_reply(self, server, doors) -> None:
        bad = [Says("?")] * 8
        server.will(*bad, says(GOOD))
        found = list(doors(concurrency=1).ask_many("verify", self.claims(5), Verification))
        assert [type(item).__name__ for item in found] == [*["ReplyUnusable"] * 4, "Reply"]


def test_not_more_calls_at_a_time_than_set(server, doors) -> None:
    server.will(says(GOOD))
    door = doors(concurrency=3)
    asked = [{**ASKED, "claim": f"Claim {number}."} for number in range(24)]
    found = list(door.ask_many("verify", asked, Verification))
    assert len(found) == 24
    assert door.usage.calls == 24
    assert 1 <= server.most_at_once <= 3


def test_replies_come_in_the_order_of_the_questions(server, doors) -> None:
    def step(request: Request) -> Step:
        number = request.text.split("Claim ")[1].split(".")[0]
        return says({**GOOD, "searches": [number]})

    server.will(step)
    asked = [{**ASKED, "claim": f"Claim {number}."} for number in range(12)]
    found = list(doors().ask_many("verify", asked, Verification))
    assert [item.value.searches[0] for item in found] == [str(number) for number in range(12)]


def test_errors_are_one_line_with_a_next_step_and_hold_no_exception_of_a_client(server, doors) -> None:
    server.will(fails(500, "first line\nsecond line"))
    with pytest.raises(ModelUnreachable) as raised:
        ask(doors(llm_retries=0))
    assert "\n" not in str(raised.value)
    assert raised.value.next_step
    assert "openai" not in "".join(traceback.format_exception(raised.value)).replace("openai:fake", "")


def test_the_fake_server_breaks_off_as_told(server) -> None:
    server.will(Sends(b"{", length=10))
    connection = HTTPConnection(server.origin.removeprefix("http://"))
    connection.request("POST", "/v1/chat/completions", body=b'{"messages": []}')
    assert connection.getresponse().headers["Content-Length"] == "10"
    connection.close()
