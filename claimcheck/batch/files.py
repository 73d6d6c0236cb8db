"""Writes files so that one is either whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

from claimcheck.errors import OutputError


def write_whole(path: Path, text: str) -> None:
    """Write a text file in one step, so that an interruption never leaves half of it.

    Raises:
        OutputError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
        draft.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.", "Name another place with --out.") from error


def append_line(path: Path, line: str) -> None:
    """Add a line to a file and have it on the disk before returning.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.", "Name another place with --out.") from error
