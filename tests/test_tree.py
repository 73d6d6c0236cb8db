"""Rules that hold for every file of the project."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 400
# Written in parts, so that this file does not break the rule that it checks.
PACKAGE_HOSTS = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "debian" + ".org", "index" + "-url ="]
MACHINE_PATHS = ["/wo" + "rk/", "/ro" + "ot/", "/opt/" + "pypi", "/opt/" + "wheels", "/tm" + "p/bash"]
MADE_BY_TOOLS = {"docs/commands.md", "docs/quality.md", "docs/settings.md"}


def committed_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    names = listed.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None


def test_no_file_of_code_or_prose_is_longer_than_400_lines() -> None:
    written = {".py", ".md", ".js", ".css", ".html"}
    texts = {str(path.relative_to(ROOT)): text_of(path) for path in committed_files() if path.suffix in written}
    lengths = {name: len(text.splitlines()) for name, text in texts.items() if text and name not in MADE_BY_TOOLS}
    assert {name: length for name, length in lengths.items() if length >= LONGEST} == {}


@pytest.mark.parametrize("words", [PACKAGE_HOSTS, MACHINE_PATHS], ids=["package hosts", "paths of a machine"])
def test_no_committed_text_names_where_it_was_made(words: list[str]) -> None:
    named = re.compile(r"(?<![\w.])(?:" + "|".join(map(re.escape, words)) + ")")
    texts = {str(path.relative_to(ROOT)): text_of(path) for path in committed_files()}
    assert {name: match[0] for name, text in texts.items() if text and (match := named.search(text))} == {}


def test_code_and_data_are_whole_in_the_checkout() -> None:
    names = {str(path.relative_to(ROOT)) for path in committed_files()}
    assert {"corpus/peru/notes.jsonl", "prompts/README.md", "Makefile", "requirements.txt"} <= names
