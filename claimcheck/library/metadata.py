"""What the user noted about evidence: ``NAME.meta.toml`` beside a file, or rows of its folder's ``manifest.csv``."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from claimcheck.errors import MetadataError
from claimcheck.readers.source import language_code
from claimcheck.types import Document, SourceKind

MANIFEST: Final = "manifest.csv"
SIDE_SUFFIX: Final = ".meta.toml"
FIELDS: Final = ("title", "url", "publisher", "published", "lang", "kind", "notes")
_COLUMNS: Final = ("file", *FIELDS)
_NOTE: Final = "note"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the user noted about one file; ``None`` where nothing was."""

    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    published: date | None = None
    lang: str | None = None
    kind: SourceKind | None = None
    notes: tuple[tuple[str, str], ...] = ()

    def over(self, other: Metadata) -> Metadata:
        """These notes, and where there are none the other's."""
        given = {name: value for name in FIELDS if (value := getattr(self, name))}
        return replace(other, **given)

    def describe(self, document: Document, *, own_first: bool) -> Document:
        """The document with these notes.

        Args:
            document: as it was read.
            own_first: whether what the document says of itself goes before the notes.
        """
        noted = {name: getattr(self, name) for name in FIELDS[:-1] if getattr(self, name) is not None}
        if own_first:
            noted = {name: value for name, value in noted.items() if getattr(document, name) is None}
        notes = {**dict(self.notes), **document.notes} if own_first else {**document.notes, **dict(self.notes)}
        return document.model_copy(update={**noted, "notes": notes})

    @property
    def digest(self) -> str:
        """Hash of the notes."""
        return hashlib.sha256(json.dumps(asdict(self), default=str).encode()).hexdigest()


class FolderNotes:
    """The notes on the files of one folder; its ``manifest.csv`` is read once.

    Args:
        folder: the folder.

    Raises:
        MetadataError: the manifest cannot be read as a table with the expected columns.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: dict[str, Metadata | MetadataError] = {}
        manifest = folder / MANIFEST
        if manifest.is_file():
            self._read(manifest)

    def of(self, file: Path) -> Metadata:
        """The notes on one file of the folder; its side file goes before the manifest.

        Args:
            file: the file; its notes are in ``FILE.meta.toml``, or in the same name without the file's suffix.

        Raises:
            MetadataError: a value cannot be used.
        """
        row = self._rows.get(_plain(file.name), Metadata())
        if isinstance(row, MetadataError):
            raise row
        for side in (file.with_name(file.name + SIDE_SUFFIX), file.with_name(file.stem + SIDE_SUFFIX)):
            if side.is_file():
                return read_side_file(side).over(row)
        return row

    def missing(self) -> list[str]:
        """Files that the manifest names and the folder does not hold."""
        there = {_plain(entry.name) for entry in self._folder.iterdir()}
        return [name for name in self._rows if name not in there]

    def _read(self, manifest: Path) -> None:
        text = _text_of(manifest)
        first = text.split("\n", 1)[0]
        delimiter = max(",;\t", key=first.count)
        rows = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
        try:
            header = [name.strip().lower() for name in next(rows, [])]
            _check_header(manifest, header)
            for row in rows:
                if any(cell.strip() for cell in row):
                    self._take(manifest, rows.line_num, header, row)
        except csv.Error as error:
            raise MetadataError(
                f"{manifest}, line {rows.line_num}: not a row of a CSV table: {error}.", "Correct the quotation marks."
            ) from error

    def _take(self, manifest: Path, line: int, header: list[str], row: list[str]) -> None:
        cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
        name = _plain(cells.get("file", ""))
        where = f"{manifest}, line {line}"
        if not name:
            raise MetadataError(f"{where}, column 'file': is empty.", "Name the file that the row is about.")
        if name in self._rows:
            raise MetadataError(f"{where}, column 'file': {name!r} has a row already.", "Keep one row for each file.")
        try:
            if len(row) > len(header):
                raise MetadataError(
                    f"{where}: {len(row)} cells under {len(header)} columns.", "Put cells with commas in quotes."
                )
            self._rows[name] = _metadata({k: v for k, v in cells.items() if k != "file" and v}, f"{where}, column")
        except MetadataError as error:
            self._rows[name] = error


def read_side_file(path: Path) -> Metadata:
    """The notes in a side file.

    Args:
        path: a TOML file with any of ``title``, ``url``, ``publisher``, ``published``, ``lang``, ``kind``, ``notes``.

    Raises:
        MetadataError: it is not TOML, has another key, or a value cannot be used.
    """
    text = _text_of(path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MetadataError(f"{path}: not TOML: {error}.", "Correct its syntax.") from error
    for key in table:
        if key not in FIELDS:
            raise MetadataError(
                f"{path}, line {_line_of(text, key)}: there is no key {key!r}.", f"Choose from: {', '.join(FIELDS)}."
            )
    lines = {key: f"{path}, line {_line_of(text, key)}, key" for key in table}
    return _metadata(table, lines)


def is_metadata(name: str) -> bool:
    """Whether a file of this name holds notes rather than evidence."""
    return name.lower() == MANIFEST or name.lower().endswith(SIDE_SUFFIX)


def _metadata(values: Mapping[str, Any], where: str | Mapping[str, str]) -> Metadata:
    taken: dict[str, Any] = {}
    for name, value in values.items():
        place = where if isinstance(where, str) else where[name]
        taken[name] = _value(name, value, f"{place} {name!r}")
    return Metadata(**taken)


def _value(name: str, value: Any, place: str) -> Any:
    if name == "published":
        return _day(value, place)
    if name == "notes" and isinstance(value, dict):
        return tuple((str(key), _words(note, f"{place}.{key}")) for key, note in value.items())
    words = _words(value, place)
    if name == "notes":
        return ((_NOTE, words),)
    if name == "kind":
        kind = words.lower().replace(" ", "_").replace("-", "_")
        if kind not in set(SourceKind):
            raise MetadataError(f"{place}: there is no kind {words!r}.", f"Choose from: {', '.join(SourceKind)}.")
        return SourceKind(kind)
    if name == "lang":
        code = language_code(words)
        if code is None:
            raise MetadataError(f"{place}: {words!r} is no language code.", "Write two letters, such as en or ko.")
        return code
    if name == "url" and not words.lower().startswith(("http://", "https://")):
        raise MetadataError(f"{place}: {words!r} is no web address.", "Begin it with https:// or http://.")
    return words


def _day(value: Any, place: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(_words(value, place))
    except ValueError as error:
        raise MetadataError(f"{place}: {value!r} is no date.", "Write it as YYYY-MM-DD.") from error


def _words(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise MetadataError(f"{place}: {value!r} is not text.", "Write it in quotation marks, or leave it out.")
    return unicodedata.normalize("NFC", " ".join(value.split()))


def _check_header(manifest: Path, header: list[str]) -> None:
    for name in header:
        if name not in _COLUMNS:
            raise MetadataError(
                f"{manifest}, line 1: there is no column {name!r}.", f"Choose from: {', '.join(_COLUMNS)}."
            )
        if header.count(name) > 1:
            raise MetadataError(f"{manifest}, line 1: column {name!r} stands twice.", "Keep one of them.")
    if "file" not in header:
        raise MetadataError(f"{manifest}, line 1: the column 'file' is missing.", "Add it, with the files' names.")


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise MetadataError(f"{path}, line {line}: is not UTF-8.", "Save the file as UTF-8.") from error
    except OSError as error:
        raise MetadataError(f"{path}: cannot be read: {error.strerror}.", "Check its permissions.") from error


def _line_of(text: str, key: str) -> int:
    found = re.search(rf"^[ \t]*(?:\[[ \t]*)?[\"']?{re.escape(key)}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip())
