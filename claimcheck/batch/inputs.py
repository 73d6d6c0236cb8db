"""Which documents a batch is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from claimcheck.errors import ReadError


def find_documents(paths: Iterable[Path], suffixes: Collection[str]) -> tuple[Path, ...]:
    """The files to check, each once, folders searched to the bottom in the order of their names.

    Args:
        paths: files and folders. A file that is named is taken whatever its ending.
        suffixes: endings (``.docx``) of the files to take from folders. Hidden files and folders are passed over.

    Raises:
        ReadError: a path does not exist, or nothing was found at all.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if not path.exists():
            raise ReadError(f"There is no file or folder {path}.", "Correct the path.")
        for file in _in_folder(path, suffixes) if path.is_dir() else (path,):
            found.setdefault(file.resolve(), file)
    if not found:
        raise ReadError("No documents were found.", f"Name files, or folders with {', '.join(sorted(suffixes))}.")
    return tuple(found.values())


def _in_folder(folder: Path, suffixes: Collection[str]) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        hidden = any(part.startswith((".", "~$")) for part in inside.parts)
        if file.suffix.lower() in suffixes and not hidden and file.is_file():
            yield file
