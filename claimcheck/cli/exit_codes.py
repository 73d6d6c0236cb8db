"""What the exit code of a command means. docs/commands.md is generated from here."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    FAIL_ON = 1
    BAD_INPUT = 2
    PARTLY_UNCHECKED = 3
    INTERRUPTED = 130
    BROKEN_PIPE = 141


MEANINGS: dict[ExitCode, str] = {
    ExitCode.DONE: "Done.",
    ExitCode.FAIL_ON: "Done, and at least one claim meets a condition of `--fail-on`; of `eval --gate`: a figure lies "
    "below its floor.",
    ExitCode.BAD_INPUT: "Bad input, settings or installation; standard error says what to do next.",
    ExitCode.PARTLY_UNCHECKED: "Done, but some claims or documents could not be checked, or a language model gave no "
    "reply about a part of a draft; the report names each.",
    ExitCode.INTERRUPTED: "Interrupted from the keyboard (Ctrl-C).",
    ExitCode.BROKEN_PIPE: "The program that read standard output closed it.",
}
