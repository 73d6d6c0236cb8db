"""Which files and addresses an addition is made of."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from claimcheck.errors import MetadataError, ReadError
from claimcheck.library.database import CATALOGUE_FILE
from claimcheck.library.metadata import MANIFEST, FolderNotes, Metadata, is_metadata
from claimcheck.readers.source import is_address


@dataclass(frozen=True, slots=True)
class ListedSource:
    """One file or address to be read.

    Attributes:
        path: a file's real path, or the address; the name that the catalogue knows it by.
        given: as the user wrote it, or as it was found in a folder that the user named.
        is_file: whether it is a file.
        named: whether the user named it, rather than a folder that holds it.
    """

    path: str
    given: str
    is_file: bool
    named: bool


@dataclass(frozen=True, slots=True)
class Unlisted:
    """Something that was given, or lies in a folder that was, and cannot be read as evidence."""

    given: str
    error: ReadError


class Notebook:
    """The user's notes on files, each folder's read once."""

    def __init__(self) -> None:
        self._folders: dict[Path, FolderNotes] = {}

    def folder(self, folder: Path) -> FolderNotes:
        """The notes on the files of one folder.

        Raises:
            MetadataError: its manifest cannot be read.
        """
        if folder not in self._folders:
            self._folders[folder] = FolderNotes(folder)
        return self._folders[folder]

    def of(self, source: ListedSource) -> Metadata:
        """The notes on one source; none for an address.

        Raises:
            MetadataError: a value cannot be used, or the manifest of its folder cannot be read.
        """
        if not source.is_file:
            return Metadata()
        file = Path(source.given)
        return self.folder(file.parent).of(file)


def list_sources(given: Iterable[str | Path], notebook: Notebook) -> Iterator[ListedSource | Unlisted]:
    """The files and addresses to be read, each once, those of a folder in the order of their names.

    Folders are walked to the bottom. Names that begin with a dot, side files, manifests and libraries are passed over.

    Args:
        given: files, folders and addresses.
        notebook: where the manifests of folders are read.

    Yields:
        Sources, and what is wrong with a name given or a folder's manifest. The files of a folder whose manifest
        cannot be read are left out, since nobody knows what was noted about them.
    """
    seen: set[str] = set()
    for name in given:
        for found in _list_one(str(name), notebook):
            if isinstance(found, Unlisted):
                yield found
            elif found.path not in seen:
                seen.add(found.path)
                yield found


def hash_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal.

    Raises:
        ReadError: the file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ReadError(f"{path}: cannot be read: {error.strerror}.", "Check its permissions and the disk.") from error


def _list_one(given: str, notebook: Notebook) -> Iterator[ListedSource | Unlisted]:
    if is_address(given):
        yield ListedSource(path=given, given=given, is_file=False, named=True)
    elif os.path.isdir(given):  # noqa: PTH112 - Path("") is the working folder, "" is nothing
        yield from _walk(Path(given), notebook)
    elif os.path.isfile(given):  # noqa: PTH113
        yield ListedSource(path=os.path.realpath(given), given=given, is_file=True, named=True)
    else:
        yield Unlisted(given, ReadError(f"{given}: no such file or folder.", "Check the name and the folder."))


def _walk(top: Path, notebook: Notebook) -> Iterator[ListedSource | Unlisted]:
    unreadable: list[Unlisted] = []

    def note(error: OSError) -> None:
        what = ReadError(f"{error.filename}: cannot be listed: {error.strerror}.", "Check the folder's permissions.")
        unreadable.append(Unlisted(str(error.filename), what))

    for name, folders, files in os.walk(top, onerror=note):
        folder = Path(name)
        if CATALOGUE_FILE in files:
            folders.clear()
            continue
        folders[:] = sorted(entry for entry in folders if not entry.startswith("."))
        try:
            missing = notebook.folder(folder).missing()
        except MetadataError as error:
            yield Unlisted(str(folder / MANIFEST), error)
            continue
        for entry in missing:
            what = MetadataError(
                f"{folder / MANIFEST}: it names {entry!r}, which the folder does not hold.",
                "Correct its column 'file'.",
            )
            yield Unlisted(str(folder / MANIFEST), what)
        for entry in sorted(files):
            if not entry.startswith(".") and not is_metadata(entry):
                path = folder / entry
                yield ListedSource(path=os.path.realpath(path), given=str(path), is_file=True, named=False)
    yield from unreadable
