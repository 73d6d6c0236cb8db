"""How documents and passages are written into rows of the catalogue, and read back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from claimcheck.library.passages import SPLITTING
from claimcheck.types import Anchor, Document, Passage, SourceKind, Span

PASSAGE_COLUMNS: Final = 'p.number, p.id, d.id, p.lang, p.start, p."end", p.sentences, p.text'
"""Columns of :func:`passage_from`, of ``passages p JOIN documents d``."""

_PRIVATE: Final = frozenset(("path", "retrieved"))


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """One line of the catalogue: a document without its text.

    ``source`` is the file's real path or the address that it was added from; ``length`` is in characters.
    """

    id: str
    title: str | None
    url: str | None
    publisher: str | None
    published: date | None
    lang: str | None
    kind: SourceKind | None
    source: str
    length: int
    passages: int


def content_hash(document: Document) -> str:
    """Hash of what passages are made from: equal hashes, equal passages."""
    return hashlib.sha256(f"{SPLITTING}\n{document.lang}\n{document.text}".encode()).hexdigest()


def document_digest(document: Document) -> str:
    """Hash of all that a report can show of a document, wherever its file lies."""
    return hashlib.sha256(document.model_dump_json(exclude=set(_PRIVATE)).encode()).hexdigest()


def document_values(document: Document) -> dict[str, Any]:
    """The document as columns of ``documents``, without its source."""
    return {
        "id": document.id,
        "content": content_hash(document),
        "digest": document_digest(document),
        "published": document.published.isoformat() if document.published else None,
        "record": document.model_dump_json(exclude={"text", "anchors"}, exclude_none=True),
        "text": document.text,
        "anchors": json.dumps(
            [[a.span.start, a.span.end, a.locator] for a in document.anchors], ensure_ascii=False, separators=(",", ":")
        ),
    }


def document_from(record: str, text: str, anchors: str) -> Document:
    """The document of one row."""
    return Document(
        **json.loads(record),
        text=text,
        anchors=tuple(
            Anchor(span=Span(start=start, end=end), locator=locator) for start, end, locator in json.loads(anchors)
        ),
    )


def entry_from(record: str, source: str, length: int, passages: int) -> DocumentEntry:
    """The line of the catalogue of one row."""
    known = json.loads(record)
    return DocumentEntry(
        id=known["id"],
        title=known.get("title"),
        url=known.get("url"),
        publisher=known.get("publisher"),
        published=date.fromisoformat(known["published"]) if "published" in known else None,
        lang=known.get("lang"),
        kind=SourceKind(known["kind"]) if "kind" in known else None,
        source=source,
        length=length,
        passages=passages,
    )


def passage_values(passage: Passage) -> tuple[Any, ...]:
    """The passage as columns ``id, lang, start, end, sentences, text`` of ``passages``."""
    sentences = json.dumps([[s.start, s.end] for s in passage.sentences], separators=(",", ":"))
    return passage.id, passage.lang, passage.span.start, passage.span.end, sentences, passage.text


def passage_from(row: tuple[Any, ...]) -> tuple[int, Passage]:
    """Number and passage of one row of :data:`PASSAGE_COLUMNS`."""
    number, passage_id, document, lang, start, end, sentences, text = row
    return number, Passage(
        id=passage_id,
        document=document,
        span=Span(start=start, end=end),
        text=text,
        sentences=tuple(Span(start=first, end=last) for first, last in json.loads(sentences)),
        lang=lang,
    )
