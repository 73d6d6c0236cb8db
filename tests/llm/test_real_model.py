"""Each prompt's examples against a real language model: run with ``make test-llm``.

The server is named by ``LLM_URL``. It may be small and slow: what is checked is that every path works from end to end
and that no reply points at what was not there; of its judgement only what even a small model gets right.
"""

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from claimcheck.errors import ContextOverflow, ReplyCut
from claimcheck.llm.door import LanguageModel, open_model
from claimcheck.llm.replies import Brief, Extraction, Settlement, Verification
from claimcheck.settings import Settings, load_settings

pytestmark = pytest.mark.llm
GOLDEN = tomllib.loads((Path(__file__).parent / "golden.toml").read_text(encoding="utf-8"))


def examples(task: str) -> list[Any]:
    return [pytest.param(example, id=example["name"].replace(" ", "-")) for example in GOLDEN[task]]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("replies")
    return load_settings(
        model=os.environ.get("LLM_MODEL", "openai:any"), base_url=os.environ["LLM_URL"], llm_cache=folder,
        llm_timeout_s=900, llm_retries=0, concurrency=2,
    )  # fmt: skip


@pytest.fixture(scope="module")
def door(settings: Settings) -> Iterator[LanguageModel]:
    with open_model(settings) as model:
        yield model


@pytest.mark.parametrize("example", examples("verify"))
def test_verify(door: LanguageModel, example: dict[str, Any]) -> None:
    reply = door.ask("verify", example["variables"], Verification).value
    relations = {assertion.relation for assertion in reply.assertions}
    if "relation" in example:
        assert example["relation"] in relations
    if "sentence" in example:
        assert any(example["sentence"] in assertion.sentences for assertion in reply.assertions)


@pytest.mark.parametrize("example", examples("extract"))
def test_extract(door: LanguageModel, example: dict[str, Any]) -> None:
    reply = door.ask("extract", example["variables"], Extraction).value
    assert set(example["claims_from"]) <= {claim.sentences[0] for claim in reply.claims}
    assert all(claim.text.strip() for claim in reply.claims)


@pytest.mark.parametrize("example", examples("settle"))
def test_settle(door: LanguageModel, example: dict[str, Any]) -> None:
    reply = door.ask("settle", example["variables"], Settlement).value
    assert any(reason.sentences for reason in reply.rationale)


@pytest.mark.parametrize("example", examples("brief"))
def test_brief(door: LanguageModel, example: dict[str, Any]) -> None:
    reply = door.ask("brief", example["variables"], Brief).value
    assert any(sentence.verdicts for sentence in reply.proven)


def test_a_second_run_makes_no_call(door: LanguageModel, settings: Settings) -> None:
    with open_model(settings.model_copy(update={"offline": True})) as again:
        for example in GOLDEN["verify"]:
            door.ask("verify", example["variables"], Verification)
            assert again.ask("verify", example["variables"], Verification).kept
        assert again.usage.calls == 0


def test_its_tokens_are_told(door: LanguageModel) -> None:
    door.ask("verify", GOLDEN["verify"][0]["variables"], Verification)
    usage = door.usage
    assert usage.unmetered == 0
    assert usage.prompt_tokens > 300 * (usage.calls - usage.failed_calls)


def test_a_reply_cut_at_its_limit_is_an_error(settings: Settings) -> None:
    with open_model(settings.model_copy(update={"llm_reply_tokens": 16})) as short, pytest.raises(ReplyCut):
        short.ask("verify", GOLDEN["verify"][0]["variables"], Verification)


def test_more_than_the_model_can_read_is_an_error(door: LanguageModel) -> None:
    sentence = {"text": "A sentence of a very long story.", "publisher": None, "day": None}
    with pytest.raises(ContextOverflow):
        door.ask("verify", {"claim": "It opened.", "evidence": [sentence] * 9999}, Verification)
