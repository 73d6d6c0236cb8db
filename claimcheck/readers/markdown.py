"""Markdown, kept as it is written, so that every offset is the writer's own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from claimcheck.readers.plain import decoded
from claimcheck.readers.source import Source, day_of, language_code, make_document, one_line
from claimcheck.text.normalise import normalise
from claimcheck.types import Document, SourceKind

_LONGEST_FRONT_MATTER: Final = 65_536
_LONGEST_VALUE: Final = 1000
_YAML: Final = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.MULTILINE | re.DOTALL)
_TOML: Final = re.compile(r"\ufeff?\+\+\+[ \t]*\r?\n(.*?)^\+\+\+[ \t]*(?:\r?\n|\Z)", re.MULTILINE | re.DOTALL)
_FENCED: Final = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
_HEADING: Final = re.compile(
    r"^ {0,3}#{1,6}[ \t]+(?P<hashed>[^\n]+?)[ \t]*#*[ \t]*$|^ {0,3}(?P<ruled>\S[^\n]*)\n {0,3}(?:=+|-{2,})[ \t]*$",
    re.MULTILINE,
)
_EMPHASIS: Final = re.compile(r"\*+|__+|`")

_FIELDS: Final = {
    "title": "title",
    "author": "author",
    "publisher": "publisher",
    "date": "published",
    "published": "published",
    "lang": "lang",
    "language": "lang",
    "url": "url",
    "kind": "kind",
}


def read(source: Source) -> Iterator[Document]:
    """Reads Markdown. The text keeps its markup and starts after any front matter (YAML or TOML).

    The note ``first_line`` says on which line of the file the text starts, if there is front matter; a field of the
    front matter that has no place elsewhere goes to the notes, if it is short and not nested.

    Raises:
        ReadError: the bytes are not text, or there is none after the front matter.
    """
    raw, notes = decoded(source)
    start, front_matter = _front_matter(raw)
    fields: dict[str, Any] = {}
    for key, value in front_matter.items():
        field = _FIELDS.get(key.lower())
        usable = _usable(field, value) if field is not None else None
        if field is None or usable is None or field in fields:
            notes |= _noted(key, value)
        else:
            fields[field] = usable
    if start:  # last, so that no field of the front matter takes its place
        notes["first_line"] = str(raw.count("\n", 0, start) + 1)
    text = normalise(raw[start:])
    fields.setdefault("title", _heading(text))
    yield make_document(source, text, notes=notes, **fields)


def _plain(value: Any) -> str | None:
    """A value in words, unless it is nested or long: a YAML alias can stand for a text of any size."""
    items = value if isinstance(value, list) else [value]
    if any(isinstance(item, list | dict) for item in items):
        return None
    words = [str(item) for item in items]
    return ", ".join(words) if sum(map(len, words)) <= _LONGEST_VALUE else None


def _noted(key: str, value: Any) -> dict[str, str]:
    plain = _plain(value)
    return {key: plain} if plain else {}


def _usable(field: str, value: Any) -> str | date | SourceKind | None:
    plain = one_line(_plain(value))
    if plain is None:
        return None
    if field == "published":
        return day_of(plain)
    if field == "lang":
        return language_code(plain)
    if field == "url":
        return plain if plain.startswith(("http://", "https://")) else None
    if field == "kind":
        return SourceKind(plain) if plain in set(SourceKind) else None
    return plain


def _front_matter(raw: str) -> tuple[int, Mapping[str, Any]]:
    """Where the text starts, and the fields before it. What does not parse as fields is text between two rules."""
    for pattern, parse in ((_YAML, _yaml_fields), (_TOML, _toml_fields)):
        block = pattern.match(raw, 0, _LONGEST_FRONT_MATTER)
        fields = parse(block[1]) if block else None
        if block and fields is not None:
            return block.end(), fields
    return 0, {}


def _yaml_fields(block: str) -> Mapping[str, Any] | None:
    import yaml

    try:
        fields = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 (makes strings, lists and mappings only)
    except (yaml.YAMLError, RecursionError):
        return None
    if fields is None and not block.strip():
        return {}
    return {str(key): value for key, value in fields.items()} if isinstance(fields, dict) else None


def _toml_fields(block: str) -> Mapping[str, Any] | None:
    try:
        return tomllib.loads(block.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _heading(text: str) -> str | None:
    match = _HEADING.search(_FENCED.sub("", text))
    return _EMPHASIS.sub("", match["hashed"] or match["ruled"]) if match else None
