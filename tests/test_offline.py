"""Nothing that works on local files opens a socket."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Audit hooks see sockets made by the standard library and by any package that uses it, however it imports it.
GUARD = """
import sys

def _guard(event, arguments):
    if event.startswith("socket."):
        with open({log!r}, "a") as log:
            log.write(f"{{event}} {{arguments!r}}\\n")
        raise RuntimeError(f"offline: {{event}}")

sys.addaudithook(_guard)
"""


class Offline:
    """Runs claimcheck where no socket can be made, and knows of every attempt."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "sockets.log"
        guard = folder / "guard"
        guard.mkdir()
        (guard / "sitecustomize.py").write_text(GUARD.format(log=str(self.log)), encoding="utf-8")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CLAIMCHECK_")},
            "PYTHONPATH": os.pathsep.join([str(guard), str(ROOT)]),
            "XDG_DATA_HOME": str(folder / "user"),
        }

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def claimcheck(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = self.python("-m", "claimcheck", *arguments)
        assert done.returncode == 0, done.stderr
        return done

    def attempts(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> Offline:
    return Offline(tmp_path_factory.mktemp("offline"))


@pytest.mark.parametrize(
    "program",
    [
        "import socket; socket.socket()",
        "import socket; socket.create_connection(('localhost', 9))",
        "import urllib.request; urllib.request.urlopen('http://localhost:9')",
    ],
)
def test_the_guard_guards(tmp_path: Path, program: str) -> None:
    guarded = Offline(tmp_path)
    assert guarded.python("-c", program).returncode != 0
    assert guarded.attempts()


PROGRAM = """
from claimcheck.errors import ModelOffline
from claimcheck.llm.door import open_model
from claimcheck.llm.replies import Verification
from claimcheck.settings import load_settings

for model, address in (("openai:any", None), ("openai:any", "http://127.0.0.1:9/v1"), ("ollama:any", None)):
    with open_model(load_settings(offline=True, model=model, base_url=address)) as door:
        try:
            door.ask("verify", {"claim": "It opened.", "evidence": []}, Verification)
        except ModelOffline as error:
            print(error.next_step)
"""


def test_no_language_model_is_asked_offline_whatever_the_settings_say(tmp_path: Path) -> None:
    guarded = Offline(tmp_path)
    done = guarded.python("-c", PROGRAM)
    assert done.stdout == "Unset it, or use the local verifier.\n" * 3, done.stderr
    assert guarded.attempts() == []


EMBEDDINGS = """
from claimcheck.errors import ModelOffline
from claimcheck.llm.embedder import open_embedder
from claimcheck.settings import load_settings

for name, address in (("openai:any", None), ("any", "http://127.0.0.1:9/v1"), ("ollama:any", None)):
    embedder = open_embedder(load_settings(offline=True, embedding=name, embedding_base_url=address))
    for embed in (embedder.embed_passages, embedder.embed_claims):
        try:
            embed(["It opened."])
        except ModelOffline as error:
            print(error.next_step.split(",")[0])
"""


def test_no_vectors_are_asked_for_offline_whatever_the_settings_say(tmp_path: Path) -> None:
    guarded = Offline(tmp_path)
    done = guarded.python("-c", EMBEDDINGS)
    assert done.stdout == "Unset it\n" * 6, done.stderr
    assert guarded.attempts() == []


def test_no_page_is_fetched_offline(tmp_path: Path) -> None:
    guarded = Offline(tmp_path)
    guarded.environment["CLAIMCHECK_OFFLINE"] = "true"
    for command in (["check"], ["corpus", "add", "--library", "library"]):
        done = guarded.python("-m", "claimcheck", *command, "https://example.org/page")
        assert done.returncode != 0
        assert "'offline' is set" in done.stdout + done.stderr
    assert guarded.attempts() == []


def test_evidence_is_added_and_drafts_are_checked_without_a_socket(offline: Offline) -> None:
    notes = ROOT / "corpus" / "peru" / "notes.jsonl"
    draft = offline.folder / "draft.txt"
    draft.write_text("Hyundai Rotem won a contract in May 2024 to export 30 K808 vehicles to Peru.", encoding="utf-8")
    offline.claimcheck("corpus", "add", str(notes), "--library", "library")
    day = ("--library", "library", "--as-of", "2025-12-31")
    assert "30 K808" in offline.claimcheck("check", "draft.txt", *day).stdout
    assert "30 K808" in offline.claimcheck("claim", "Peru ordered 30 K808 vehicles.", "--format", "json", *day).stdout
    offline.claimcheck("batch", "draft.txt", "--out", "checked", *day)
    assert (offline.folder / "checked" / "summary.csv").is_file()
    asked = ("--model", "openai:any", "--base-url", "http://127.0.0.1:9/v1", "--verifier", "llm", "--offline")
    done = offline.python("-m", "claimcheck", "claim", "Peru ordered 30 K808 vehicles.", *asked, *day)
    assert done.returncode == 3, done.stderr
    assert "'offline' is set" in done.stdout
    assert offline.attempts() == []
