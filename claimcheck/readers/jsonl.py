"""JSON lines: one document on each line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from claimcheck.errors import EmptyDocument, ReadError
from claimcheck.readers.source import Source, day_of, document_id, language_code, one_line
from claimcheck.text.language import detect_language
from claimcheck.text.normalise import normalise
from claimcheck.types import Document, SourceKind


def _line_of_text(value: str) -> str:
    line = one_line(value)
    if line is None:
        raise ValueError("is blank")
    return line


def _address(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("is no http or https address")
    return value


def _day(value: str) -> date:
    day = day_of(value)
    if day is None:
        raise ValueError("is no day of the form 2024-05-03")
    return day


def _language(value: str) -> str:
    code = language_code(value)
    if code is None:
        raise ValueError("is no two-letter language code such as en")
    return code


def _kind(value: str) -> SourceKind:
    if value not in set(SourceKind):
        raise ValueError(f"is none of {', '.join(SourceKind)}")
    return SourceKind(value)


_FIELDS: Final[Mapping[str, Callable[[str], Any]]] = {
    "id": _line_of_text,
    "title": _line_of_text,
    "url": _address,
    "publisher": _line_of_text,
    "author": _line_of_text,
    "published": _day,
    "retrieved": _day,
    "lang": _language,
    "kind": _kind,
}
_NEXT_STEP: Final = "Correct the line; the other lines are read."


def read(source: Source) -> Iterator[Document | ReadError]:
    """Reads a document from each line that is not blank.

    A line is a JSON object with ``text`` and, if known, ``id``, ``title``, ``url``, ``publisher``, ``author``,
    ``published``, ``retrieved``, ``lang`` and ``kind``; any other key goes to the notes. ``null`` is the same as
    leaving a key out. Where there is no id, it is made of the file's name and the line; the hash is the line's.

    Yields:
        A document for each good line, and for each bad one a ReadError that names it.

    Raises:
        ReadError: the file is not text, or holds blank lines only.
    """
    if b"\x00" in source.data:
        raise ReadError(f"{source.path}: is not text.", "Write one JSON object on each line, in UTF-8.")
    first_lines: dict[str, int] = {}
    number = 0
    met = False
    for number, line in enumerate(source.data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        met = True
        try:
            document = _document(source, line.rstrip(b"\r"))
            if document.id in first_lines:
                raise ValueError(f"the id {document.id!r} is that of line {first_lines[document.id]}")
        except (ValueError, RecursionError) as error:
            yield ReadError(f"{source.path}, line {number}: {_cause(error)}.", _NEXT_STEP)
        else:
            first_lines[document.id] = number
            yield document
    if not met:
        raise EmptyDocument(f"{source.path}: holds no documents.", "Write one JSON object on each line.")


def _cause(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON: {error.msg} at column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return "is not in UTF-8"
    return "is nested too deep" if isinstance(error, RecursionError) else str(error)


def _document(source: Source, line: bytes) -> Document:
    record = json.loads(line.decode("utf-8"))
    if not isinstance(record, dict):
        raise ValueError("is not a JSON object")
    raw = record.pop("text", None)
    if not isinstance(raw, str) or not (text := normalise(raw)).strip():
        raise ValueError('has no "text"')
    fields: dict[str, Any] = {}
    notes: dict[str, str] = {}
    for key, value in record.items():
        if value is None:
            continue
        if key in _FIELDS:
            fields[key] = _usable(key, value)
        else:
            notes[normalise(key)] = normalise(
                value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            )
    fields.setdefault("id", document_id(source.name, line))
    fields.setdefault("lang", detect_language(text))
    return Document(text=text, path=source.path, sha256=hashlib.sha256(line).hexdigest(), notes=notes, **fields)


def _usable(key: str, value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError(f'"{key}" is not a string')
    try:
        return _FIELDS[key](value)
    except ValueError as error:
        raise ValueError(f'"{key}" {error}') from error
