"""Keys: where they are found, where they are never sent, and that nobody sees them."""

import json
import logging
import traceback
from pathlib import Path

import keyring
import pytest
from fake_server import HangsUp, Says, Sends, Step, fails, says
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from claimcheck.errors import KeyMissing, LanguageModelError
from claimcheck.llm.keys import find_key, without_keys
from claimcheck.llm.replies import Verification

KEY = "sk-test-0123456789abcdef-not-to-be-seen"
GOOD = {
    "assertions": [{"assertion": "It opened.", "reason": "Said.", "sentences": [1], "relation": "supports"}],
    "searches": [],
}
ASKED = {"claim": "It opened.", "evidence": [{"text": "It opened.", "publisher": None, "day": None}]}


class Box(KeyringBackend):
    """A keyring that holds what a test puts in."""

    priority = 1

    def __init__(self, **kept: str) -> None:
        super().__init__()
        self.kept = kept

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username) if service == "claimcheck" else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


class Locked(Box):
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("locked")


@pytest.fixture
def ring():
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def shown(key) -> str | None:
    return None if key is None else key.get_secret_value()


class TestIsFound:
    def test_in_the_variable_of_claimcheck_before_all_others(self, monkeypatch, ring) -> None:
        ring(Box(openai="from-the-ring"))
        monkeypatch.setenv("OPENAI_API_KEY", "of-openai")
        monkeypatch.setenv("CLAIMCHECK_API_KEY", "of-claimcheck")
        assert shown(find_key("openai", None)) == "of-claimcheck"
        assert shown(find_key("openai", "http://localhost/v1")) == "of-claimcheck"

    def test_in_the_providers_variable_before_the_keyring(self, monkeypatch, ring) -> None:
        ring(Box(openai="from-the-ring", anthropic="other-ring"))
        monkeypatch.setenv("OPENAI_API_KEY", "of-openai")
        assert shown(find_key("openai", None)) == "of-openai"
        assert shown(find_key("anthropic", None)) == "other-ring"

    def test_in_the_keyring_under_the_servers_name(self, ring) -> None:
        ring(Box(**{"models.example": "for-that-server", "openai": "for-openai"}))
        assert shown(find_key("openai", "https://models.example:8443/v1")) == "for-that-server"

    @pytest.mark.parametrize("keyring_in_use", [Box(), Locked()])
    def test_nowhere_which_is_an_error_with_a_way_out(self, ring, keyring_in_use) -> None:
        ring(keyring_in_use)
        with pytest.raises(KeyMissing, match="No key is set for anthropic") as raised:
            find_key("anthropic", None)
        assert "ANTHROPIC_API_KEY" in raised.value.next_step
        assert "keyring set claimcheck anthropic" in raised.value.next_step

    def test_or_left_to_langchain(self) -> None:
        assert find_key("mistralai", None) is None
        assert find_key("ollama", None) is None


class TestIsNotSentElsewhere:
    def test_a_server_of_ones_own_wants_none(self, server, doors) -> None:
        server.will(says(GOOD))
        doors().ask("verify", ASKED, Verification)
        assert server.requests[0].headers["authorization"] == "Bearer none"

    def test_the_providers_key_stays_here(self, server, doors, monkeypatch) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        server.will(says(GOOD))
        doors().ask("verify", ASKED, Verification)
        assert KEY not in json.dumps(server.requests[0].headers)

    def test_ones_own_key_is_sent(self, server, doors, monkeypatch) -> None:
        monkeypatch.setenv("CLAIMCHECK_API_KEY", KEY)
        server.will(says(GOOD))
        doors().ask("verify", ASKED, Verification)
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"

    def test_the_address_in_the_providers_variable_goes_with_its_key(self, server, doors, monkeypatch) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        server.will(says(GOOD))
        door = doors(base_url=None)
        door.ask("verify", ASKED, Verification)
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
        assert door.usage.base_url == server.base_url


ECHOES = [
    Sends(json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}"}}).encode(), 401),
    Sends(json.dumps({"error": {"message": f"Your header was Authorization: Bearer {KEY}"}}).encode(), 400),
    Sends(json.dumps({"error": {"message": KEY}}).encode(), 404),
    Sends(KEY.encode(), 429),
    Sends(f"<html>{KEY}</html>".encode(), 500, kind="text/html"),
    Sends(f'{{"error": "{KEY}"}}'.encode()),
    Sends(f'"{KEY}"'.encode()),
    fails(500, "x" * 190 + KEY),
    fails(400, f"context length exceeded for {KEY}"),
    HangsUp(),
    Says(f"My key is {KEY}"),
    says({**GOOD, "leak": KEY}),
]


@pytest.mark.parametrize("echo", ECHOES, ids=range(len(ECHOES)))
def test_no_error_shows_it_whatever_the_server_repeats(
    server, doors, echo: Step, monkeypatch, caplog, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("CLAIMCHECK_API_KEY", KEY)
    server.will(echo)
    door = doors(llm_retries=0)
    with pytest.raises(LanguageModelError) as raised:
        door.ask("verify", ASKED, Verification)
    told = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + door.usage.model_dump_json()
    assert KEY not in told
    assert KEY not in caplog.text
    door.close()
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert kept == []


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"key {KEY}.", "key [key]."),
        ("Incorrect API key provided: sk-abc***************xyz.", "Incorrect API key provided: [key]."),
        ("Authorization: Bearer abc.def", "Authorization: [key]"),
        ("the value hunter22 of the variable", "the value [key] of the variable"),
        ("short 12345 stays", "short 12345 stays"),
    ],
)
def test_what_looks_like_a_key_is_blotted_out(text: str, clean: str, monkeypatch) -> None:
    monkeypatch.setenv("SOME_SECRET", "hunter22")
    monkeypatch.setenv("SHORT_TOKEN", "12345")
    monkeypatch.setenv("CLAIMCHECK_API_KEY", KEY)
    assert without_keys(text) == clean
