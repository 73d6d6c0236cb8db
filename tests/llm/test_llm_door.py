"""The door: kept replies, offline, limits, the bill, and what it may load and tell."""

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from fake_server import Request, Says, Step, fails, says

from claimcheck.errors import BudgetSpent, LanguageModelError, ModelOffline, PriceError, PromptError, SettingsError
from claimcheck.llm.door import open_model
from claimcheck.llm.kept import FILE
from claimcheck.llm.replies import Extraction, Verification
from claimcheck.settings import load_settings

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = {
    "assertions": [{"assertion": "It opened.", "reason": "Said.", "sentences": [1], "relation": "supports"}],
    "searches": [],
}


def asked(claim: str = "The plant opened.") -> dict[str, object]:
    return {"claim": claim, "evidence": [{"text": "It opened in May.", "publisher": None, "day": None}]}


def many(count: int) -> list[dict[str, object]]:
    return [asked(f"Claim {number}.") for number in range(count)]


class TestKeptReplies:
    def test_the_same_question_is_asked_once_also_by_another_door(self, server, doors) -> None:
        server.will(says(GOOD))
        first = doors().ask("verify", asked(), Verification)
        door = doors()
        second = door.ask("verify", asked(), Verification)
        assert (first.kept, second.kept) == (False, True)
        assert first.value == second.value
        assert len(server.requests) == 1
        assert (door.usage.calls, door.usage.cached_replies, door.usage.prompt_tokens) == (0, 1, 0)

    @pytest.mark.parametrize(
        "other", [{"model": "openai:other"}, {"llm_reply_tokens": 99}, {"base_url": "ORIGIN/other/v1"}]
    )
    def test_another_model_server_or_limit_is_another_question(self, server, doors, other) -> None:
        server.will(says(GOOD))
        doors().ask("verify", asked(), Verification)
        changed = {name: value.replace("ORIGIN", server.origin) if name == "base_url" else value
                   for name, value in other.items()}  # fmt: skip
        if "base_url" in changed:
            with pytest.raises(LanguageModelError):
                doors(**changed, llm_retries=0).ask("verify", asked(), Verification)
        else:
            doors(**changed).ask("verify", asked(), Verification)
        assert len(server.requests) >= 2

    def test_another_claim_or_prompt_is_another_question(self, server, doors, tmp_path: Path) -> None:
        server.will(says(GOOD))
        doors().ask("verify", asked(), Verification)
        doors().ask("verify", asked("Another."), Verification)
        own = tmp_path / "own"
        own.mkdir()
        shipped = (ROOT / "prompts" / "verify.md").read_text(encoding="utf-8")
        (own / "verify.md").write_text(shipped.replace("in one short sentence", "shortly"), encoding="utf-8")
        reply = doors(prompts=own).ask("verify", asked(), Verification)
        assert len(server.requests) == 3
        assert reply.prompt.replaced

    def test_timing_and_tries_change_nothing(self, server, doors) -> None:
        server.will(says(GOOD))
        doors().ask("verify", asked(), Verification)
        other = doors(concurrency=9, llm_retries=0, llm_timeout_s=3, max_calls=0)
        assert other.ask("verify", asked(), Verification).kept

    def test_a_repaired_reply_is_kept_and_a_useless_one_asked_for_again_if_wanted(self, server, doors) -> None:
        server.will(Says("?"), Says("?"), Says("?"), says(GOOD))
        door = doors(llm_ask_again=True)
        with pytest.raises(LanguageModelError):
            door.ask("verify", asked(), Verification)
        assert door.ask("verify", asked(), Verification).repaired
        assert door.ask("verify", asked(), Verification).kept
        assert len(server.requests) == 4

    def test_a_kept_reply_is_checked_again(self, server, doors) -> None:
        server.will(says(GOOD))
        doors().ask("verify", asked(), Verification)
        import sqlite3

        with sqlite3.connect(doors.folder / FILE) as kept:
            kept.execute("UPDATE replies SET reply = replace(reply, '[1]', '[5]')")
        kept.close()
        assert not doors().ask("verify", asked(), Verification).kept

    def test_two_threads_with_the_same_question_make_one_call(self, server, doors) -> None:
        both_wait = threading.Event()

        def step(request: Request) -> Step:
            both_wait.wait(10)
            return says(GOOD)

        server.will(step)
        door = doors()
        threads = [threading.Thread(target=door.ask, args=("verify", asked(), Verification)) for _ in range(4)]
        for thread in threads:
            thread.start()
        both_wait.set()
        for thread in threads:
            thread.join()
        assert len(server.requests) == 1
        assert door.usage.cached_replies == 3

    def test_a_rerun_asks_only_for_what_is_missing(self, server, doors) -> None:
        server.will(says(GOOD))
        found = list(doors(max_calls=4).ask_many("verify", many(9), Verification))
        assert sum(isinstance(item, BudgetSpent) for item in found) == 5
        again = doors()
        assert not any(isinstance(item, BudgetSpent) for item in again.ask_many("verify", many(9), Verification))
        assert (again.usage.calls, again.usage.cached_replies) == (5, 4)


class TestOffline:
    def test_nothing_is_asked(self, server, doors) -> None:
        server.will(says(GOOD))
        with pytest.raises(ModelOffline, match="'offline' is set") as raised:
            doors(offline=True).ask("verify", asked(), Verification)
        assert "local verifier" in raised.value.next_step
        assert server.requests == []

    def test_what_was_kept_is_still_there(self, server, doors) -> None:
        server.will(says(GOOD))
        doors().ask("verify", asked(), Verification)
        assert doors(offline=True).ask("verify", asked(), Verification).kept

    def test_no_key_is_wanted(self, doors) -> None:
        doors(offline=True, model="openai:gpt-4o", base_url=None)


class TestLimits:
    def test_of_calls(self, server, doors) -> None:
        server.will(says(GOOD))
        door = doors(max_calls=10)
        found = list(door.ask_many("verify", many(30), Verification))
        assert len(server.requests) == door.usage.calls == 10
        spent = [item for item in found if isinstance(item, BudgetSpent)]
        assert len(spent) == 20
        assert "10 calls (max_calls)" in spent[0].message

    def test_of_calls_counts_further_tries_and_repairs(self, server, doors) -> None:
        server.will(fails(503), Says("?"), says(GOOD))
        door = doors(max_calls=2)
        with pytest.raises(BudgetSpent):
            door.ask("verify", asked(), Verification)
        assert len(server.requests) == 2

    @pytest.mark.parametrize("concurrency", [1, 4])
    def test_of_tokens_is_never_passed(self, server, doors, concurrency: int) -> None:
        def step(request: Request) -> Step:
            size = len(request.text.encode()) + len(json.dumps(request.body["response_format"]))
            return says(GOOD, prompt_tokens=size // 4, completion_tokens=650)

        server.will(step)
        door = doors(max_tokens=9000, concurrency=concurrency)
        found = list(door.ask_many("verify", many(20), Verification))
        assert any(isinstance(item, BudgetSpent) for item in found)
        assert 5000 < door.usage.tokens <= 9000

    def test_of_cost_is_never_passed(self, server, doors, tmp_path: Path) -> None:
        table = tmp_path / "prices.toml"
        table.write_text('["openai:fake"]\ninput = 1.0\noutput = 10.0\nnoted = 2025-11-01\n', encoding="utf-8")
        server.will(says(GOOD, prompt_tokens=600, completion_tokens=400))
        door = doors(max_cost=0.05, prices=table)
        found = list(door.ask_many("verify", many(30), Verification))
        assert any(isinstance(item, BudgetSpent) and "max_cost" in item.message for item in found)
        assert 0.03 < door.usage.cost <= 0.05
        assert door.usage.cost == pytest.approx(door.usage.calls * 0.0046)

    def test_of_cost_needs_a_price(self, doors) -> None:
        with pytest.raises(PriceError, match="no price of openai:fake"):
            doors(max_cost=1)

    def test_the_prices_of_a_provider_say_nothing_of_another_server(self, doors) -> None:
        with pytest.raises(PriceError):
            doors(max_cost=1, model="openai:gpt-4o")


class TestTheBill:
    def test_adds_up_to_what_the_server_counted(self, server, doors) -> None:
        server.will(
            says(GOOD, prompt_tokens=101, completion_tokens=11),
            Says("?", prompt_tokens=202, completion_tokens=22),
            fails(500),
            says(GOOD, prompt_tokens=303, completion_tokens=33),
        )
        door = doors(concurrency=1)
        list(door.ask_many("verify", many(2), Verification))
        usage = door.usage
        assert (usage.calls, usage.failed_calls) == (4, 1)
        assert (usage.prompt_tokens, usage.completion_tokens, usage.tokens) == (606, 66, 672)

    def test_has_no_cost_where_no_price_is_known(self, server, doors) -> None:
        server.will(says(GOOD))
        door = doors()
        door.ask("verify", asked(), Verification)
        assert door.usage.cost is None

    def test_says_what_the_server_did_not_tell(self, server, doors) -> None:
        server.will(says(GOOD, metered=False))
        door = doors(max_tokens=100_000)
        door.ask("verify", asked(), Verification)
        assert (door.usage.calls, door.usage.unmetered, door.usage.tokens) == (1, 1, 0)

    def test_can_stand_in_a_report(self, server, doors) -> None:
        server.will(says(GOOD))
        door = doors()
        door.ask("verify", asked(), Verification)
        written = json.loads(door.usage.model_dump_json())
        assert written["model"] == "openai:fake"
        assert written["base_url"] == server.base_url
        assert len(written["prompts"][0]["sha256"]) == 64


class TestIsUsedRightly:
    def test_a_reply_of_another_class_is_refused_before_any_call(self, server, doors) -> None:
        with pytest.raises(PromptError, match="'Verification', not 'Extraction'"):
            doors().ask("verify", asked(), Extraction)
        assert server.requests == []

    @pytest.mark.parametrize("change", [{"claim": None}, {"more": "x"}, {"evidence": [{"text": "x"}]}])
    def test_wrong_variables_are_refused_before_any_call(self, server, doors, change) -> None:
        variables = {name: value for name, value in {**asked(), **change}.items() if value is not None}
        with pytest.raises(PromptError):
            doors().ask("verify", variables, Verification)
        assert server.requests == []

    def test_no_model_is_an_error(self) -> None:
        with pytest.raises(SettingsError, match="No language model is set"):
            open_model(load_settings())

    @pytest.mark.parametrize("name", ["gpt-4o", "openai:", ":gpt", "Open AI:gpt"])
    def test_a_model_without_a_provider_is_an_error(self, name: str) -> None:
        with pytest.raises(SettingsError, match="names no provider"):
            open_model(load_settings(model=name))

    def test_at_an_address_any_name_is_the_servers(self, server, doors) -> None:
        server.will(says(GOOD))
        doors(model="qwen2.5:7b").ask("verify", asked(), Verification)
        assert server.requests[0].body["model"] == "qwen2.5:7b"

    def test_a_provider_that_is_none_is_an_error(self, doors) -> None:
        door = doors(model="nobody:model", base_url=None)
        with pytest.raises(SettingsError, match="nobody:model cannot be used"):
            door.ask("verify", asked(), Verification)

    def test_a_provider_that_is_not_installed_says_what_to_install(self, doors) -> None:
        from claimcheck.errors import InstallationError

        door = doors(model="groq:model", base_url=None)
        with pytest.raises(InstallationError, match="groq is not installed"):
            door.ask("verify", asked(), Verification)


PROGRAM = """
import sys
from claimcheck.llm.door import open_model
from claimcheck.llm.replies import Verification
from claimcheck.settings import load_settings
door = open_model(load_settings())
reply = door.ask("verify", {asked!r}, Verification)
heavy = {{"langchain", "langchain_core", "langchain_openai", "langsmith", "openai", "httpx", "tiktoken"}}
print(reply.kept, sorted(heavy & set(sys.modules)))
"""


def test_replies_that_are_kept_are_read_without_loading_any_client(server, doors) -> None:
    server.will(says(GOOD))
    doors().ask("verify", asked(), Verification)
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "CLAIMCHECK_MODEL": "openai:fake",
        "CLAIMCHECK_BASE_URL": server.base_url, "CLAIMCHECK_LLM_CACHE": str(doors.folder),
    }  # fmt: skip
    program = PROGRAM.format(asked=asked())
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "True []\n", done.stderr


TRACED = """
from claimcheck.llm.door import open_model
from claimcheck.llm.replies import Verification
from claimcheck.settings import load_settings
door = open_model(load_settings())
door.ask("verify", {asked!r}, Verification)
door.close()
from langchain_core.tracers.langchain import wait_for_all_tracers
wait_for_all_tracers()
"""


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("LANGCHAIN_TRACING_V2", ""),
        ("LANGSMITH_TRACING", ""),
        ("LANGSMITH_TRACING_V2", "import langsmith.utils; langsmith.utils.tracing_is_enabled()"),
    ],
)
def test_nothing_is_traced(server, doors, name: str, before: str) -> None:
    """A listener stands in for LangSmith, to which an inherited variable would send every prompt."""
    server.will(says(GOOD))
    with socket.create_server(("127.0.0.1", 0)) as tracer:
        environment = {
            **os.environ, name: "true", "LANGSMITH_API_KEY": "x", "PYTHONPATH": str(ROOT),
            "LANGSMITH_ENDPOINT": f"http://127.0.0.1:{tracer.getsockname()[1]}", "CLAIMCHECK_MODEL": "openai:fake",
            "CLAIMCHECK_BASE_URL": server.base_url, "CLAIMCHECK_LLM_CACHE": str(doors.folder),
        }  # fmt: skip
        program = before + TRACED.format(asked=asked())
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
        tracer.setblocking(False)
        with pytest.raises(BlockingIOError):
            tracer.accept()
    assert done.returncode == 0, done.stderr
    assert len(server.requests) == 1
