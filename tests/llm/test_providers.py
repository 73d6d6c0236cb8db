"""Other providers than OpenAI, through their own LangChain classes, over real HTTP."""

import pytest
from fake_server import HangsUp, Says, fails, says

from claimcheck.errors import KeyRefused, ModelUnreachable, RateLimited, ReplyCut, ReplyRefused
from claimcheck.llm.keys import find_key
from claimcheck.llm.provider import OLLAMA_CONTEXT, Provider, Ways
from claimcheck.llm.replies import Verification
from claimcheck.llm.server import Server

GOOD = {
    "assertions": [{"assertion": "It opened.", "reason": "Said.", "sentences": [1], "relation": "supports"}],
    "searches": [],
}
ASKED = {"claim": "It opened.", "evidence": [{"text": "It opened.", "publisher": None, "day": None}]}


@pytest.fixture(params=["anthropic:claude-fake-4-5", "ollama:fake:7b"])
def model(request) -> str:
    return request.param


def opened(doors, model: str, **more):
    return doors(model=model, base_url=doors.server.origin, **more)


def test_a_reply_is_held_to_the_schema_and_metered(server, doors, model: str) -> None:
    server.will(says(GOOD, prompt_tokens=410, completion_tokens=33))
    door = opened(doors, model)
    assert door.ask("verify", ASKED, Verification).value.assertions[0].sentences == (1,)
    assert (door.usage.prompt_tokens, door.usage.completion_tokens) == (410, 33)
    (request,) = server.requests
    assert '"additionalProperties": false' in str(request.body).replace("'", '"').replace("False", "false")
    assert request.body["model"] == model.split(":", 1)[1]
    limit = request.body.get("max_tokens") or request.body["options"]["num_predict"]
    assert limit == 700


@pytest.mark.parametrize(("sentences", "context"), [(1, OLLAMA_CONTEXT), (1200, 4 * OLLAMA_CONTEXT)])
def test_ollama_is_told_how_long_the_context_must_be(server, doors, sentences: int, context: int) -> None:
    server.will(says(GOOD))
    evidence = [{"text": "A sentence of a very long story, and more.", "publisher": None, "day": None}] * sentences
    opened(doors, "ollama:fake:7b").ask("verify", {**ASKED, "evidence": evidence}, Verification)
    assert server.requests[0].body["options"]["num_ctx"] == context


def test_busy_servers_are_asked_again(server, doors, model: str) -> None:
    server.will(fails(503), HangsUp(), says(GOOD))
    door = opened(doors, model)
    assert door.ask("verify", ASKED, Verification).value.assertions
    assert door.usage.failed_calls == 2


def test_a_wait_that_is_asked_for_is_kept(server, doors) -> None:
    server.will(fails(429, retry_after="3"), says(GOOD))
    opened(doors, "anthropic:claude-fake-4-5").ask("verify", ASKED, Verification)
    assert doors.waits == [3.0]


@pytest.mark.parametrize(
    ("step", "error"),
    [(fails(401), KeyRefused), (fails(429), RateLimited), (fails(500), ModelUnreachable),
     (Says("{", end="length"), ReplyCut)],
)  # fmt: skip
def test_failures_are_told_apart(server, doors, model: str, step, error) -> None:
    server.will(step)
    with pytest.raises(error):
        opened(doors, model, llm_retries=0).ask("verify", ASKED, Verification)


def test_a_refusal_is_told_apart(server, doors) -> None:
    server.will(Says("", end="refusal"))
    with pytest.raises(ReplyRefused):
        opened(doors, "anthropic:claude-fake-4-5").ask("verify", ASKED, Verification)


def test_nobody_serves(doors, model: str) -> None:
    door = doors(model=model, base_url="http://127.0.0.1:9", llm_retries=0)
    with pytest.raises(ModelUnreachable, match="cannot be reached"):
        door.ask("verify", ASKED, Verification)


def test_the_schema_goes_into_the_instructions_where_the_server_knows_none(server, doors, model: str) -> None:
    server.will(fails(400, "format is not supported"), says(GOOD))
    opened(doors, model).ask("verify", ASKED, Verification)
    assert '"title": "Verification"' in server.requests[1].text.replace('\\"', '"')


def test_an_inherited_gateway_is_not_used(monkeypatch) -> None:
    monkeypatch.setenv("LANGSMITH_GATEWAY", "false")  # what the door sets before it loads a provider
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")
    provider = Provider(Server("openai", "any"), find_key("openai", None), 5.0)
    built = provider._model(100, 0, Ways())
    assert "langchain" not in str(built.root_client.base_url)
    assert "langsmith" not in str(built.root_client.base_url)
