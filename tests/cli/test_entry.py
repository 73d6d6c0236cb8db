"""The command as a process: what help loads, a closed pipe, the examples."""

import io
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import typer

from claimcheck.cli import application
from claimcheck.cli.application import app
from claimcheck.cli.console import open_console

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVY = ("chromadb", "langchain", "langchain_core", "langchain_openai", "langsmith", "openai", "onnxruntime",
         "tokenizers", "numpy", "trafilatura", "docx", "pypdf", "torch", "sqlalchemy")  # fmt: skip
COMMAND = typer.main.get_command(app)


def command_names() -> Iterator[tuple[str, ...]]:
    yield ()
    for name, command in COMMAND.commands.items():
        yield (name,)
        yield from ((name, child) for child in getattr(command, "commands", {}))


@pytest.mark.parametrize("names", list(command_names()), ids=" ".join)
def test_help_shows_examples_and_loads_nothing_heavy(names: tuple[str, ...]) -> None:
    program = f"""
import sys
from claimcheck.cli import main
sys.argv = ["claimcheck", *{names!r}, "--help"]
try:
    main()
finally:
    sys.stderr.write(" ".join(sorted(set({HEAVY!r}) & set(sys.modules))))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "Usage: claimcheck" in done.stdout
    assert "claimcheck " + " ".join(names) in done.stdout.split("Example", 1)[-1], "no example"


def test_a_closed_pipe_ends_quietly() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "claimcheck", "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), said) == (141, b"")


def test_a_closed_pipe_ends_a_report_in_text_with_the_same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Closed())
    with pytest.raises(BrokenPipeError):
        open_console().print("a verdict")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "claimcheck", "schema"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == "claimcheck: The disk is full. Make room and run the command again.\n"


def test_the_version_is_shown() -> None:
    done = subprocess.run([sys.executable, "-m", "claimcheck", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("claimcheck 0.")


def example_lines() -> Iterator[str]:
    yield from application.EXAMPLES
    for name in ("batch", "check", "claim", "demo", "doctor", "schema"):
        yield from import_module(f"claimcheck.cli.{name}").EXAMPLES
    for page in ("README.md", "corpus/README.md"):
        for line in (ROOT / page).read_text(encoding="utf-8").splitlines():
            if example := re.match(r"(?: {4}|\$ )(?:\.venv/bin/)?(claimcheck .*)", line):
                yield example[1]


@pytest.mark.parametrize("line", sorted(set(example_lines())))
def test_every_example_can_be_parsed(line: str) -> None:
    words = shlex.split(line, comments=True)
    start = words.index("claimcheck") + 1
    end = next((number for number, word in enumerate(words) if word in {">", "<", "|"} and number > start), len(words))
    command, context, arguments = COMMAND, None, words[start:end]
    if arguments == ["--help"]:
        return
    while getattr(command, "commands", None):
        context = command.make_context("claimcheck", [], parent=context, resilient_parsing=True)
        assert arguments[0] in command.commands
        command, arguments = command.commands[arguments[0]], arguments[1:]
    command.make_context(command.name, arguments, parent=context)
