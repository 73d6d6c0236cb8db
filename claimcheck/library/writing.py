"""Writes the catalogue: each batch of documents in one transaction, whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from claimcheck.library.catalogue import SAME_BYTES, document_not_found
from claimcheck.library.database import Database
from claimcheck.library.records import document_values, passage_values
from claimcheck.library.words import searchable
from claimcheck.types import Document, Passage


@dataclass(frozen=True, slots=True)
class Origin:
    """Where documents are read from.

    Attributes:
        path: a file's real path, or an address.
        sha256: hash of the bytes.
        metadata: hash of what the user noted about it.
    """

    path: str
    sha256: str | None
    metadata: str | None


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to be stored.

    Attributes:
        origin: where it was read from.
        document: itself.
        passages: its passages with their vectors as bytes; ``None`` if the library held them already.
        sole: whether its source holds nothing else, so that it takes the place of what the source held before.
    """

    origin: Origin
    document: Document
    passages: tuple[tuple[Passage, bytes], ...] | None
    sole: bool


@dataclass(frozen=True, slots=True)
class EndOfSource:
    """The source was read to its end, and ``documents`` are the ids found in it."""

    origin: Origin
    documents: frozenset[str]


class Outcome(StrEnum):
    """What became of one document."""

    ADDED = "added"
    REPLACED = "replaced"
    REDESCRIBED = "redescribed"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    CLASH = "clash"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Stored:
    """A document was dealt with; ``other`` names the source that already has its id or its bytes."""

    origin: Origin
    document: Document
    outcome: Outcome
    passages: int = 0
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """A source was dealt with.

    Attributes:
        origin: the source.
        removed: how many of its documents are no longer in it and were removed.
        duplicate_of: another source with the same bytes, under which its documents are kept.
        orphans: sources that had the same bytes as this one before and must be added again to have their own.
    """

    origin: Origin
    removed: int
    duplicate_of: str | None
    orphans: tuple[str, ...]


class Writer:
    """Writes one library's catalogue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, name: str, value: str) -> str:
        """Record a fact unless it is recorded already; returns what is recorded."""
        with self._database.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", (name, value))
            (recorded,) = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(recorded)

    def store(self, items: Sequence[NewDocument | EndOfSource]) -> list[Stored | Finished]:
        """Store documents and note which sources are complete, all in one transaction, in the order given."""
        with self._database.writing() as connection:
            return [
                _store(connection, item) if isinstance(item, NewDocument) else _finish(connection, item)
                for item in items
            ]

    def remove(self, ids: Iterable[str]) -> int:
        """Remove documents; a source that held one is read anew when it is next added.

        Returns:
            The number of passages removed.

        Raises:
            DocumentNotFound: an id is unknown; nothing is removed then.
        """
        passages = 0
        with self._database.writing() as connection:
            for document_id in dict.fromkeys(ids):
                row = connection.execute("SELECT source FROM documents WHERE id = ?", (document_id,)).fetchone()
                if row is None:
                    raise document_not_found(document_id)
                passages += _delete(connection, document_id)
                _forget(connection, row[0])
        return passages

    def leave_unfinished(self, path: str) -> None:
        """Let the next adding of a source read it to its end again."""
        with self._database.writing() as connection:
            connection.execute("UPDATE sources SET complete = 0, sha256 = NULL WHERE path = ?", (path,))

    def release(self) -> None:
        """Close the connection of the thread that calls this."""
        self._database.release()

    def index_words_anew(self) -> None:
        """Build the full-text index again from the passages."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM words")
            connection.executemany(
                "INSERT INTO words (rowid, text) VALUES (?, ?)",
                (
                    (number, searchable(text))
                    for number, text in connection.execute("SELECT number, text FROM passages ORDER BY number")
                ),
            )


def _store(connection: sqlite3.Connection, item: NewDocument) -> Stored:
    origin, document = item.origin, item.document
    connection.execute(
        "INSERT INTO sources (path, complete) VALUES (?, 0) ON CONFLICT (path) DO UPDATE SET complete = 0",
        (origin.path,),
    )
    if (other := _same_bytes(connection, origin)) is not None:
        return Stored(origin, document, Outcome.DUPLICATE, other=other)
    values = document_values(document) | {"source": origin.path}
    row = connection.execute("SELECT source, content, digest FROM documents WHERE id = ?", (document.id,)).fetchone()
    if row is not None:
        source, content, digest = row
        same = content == values["content"]
        if source != origin.path and _is_there(source):
            return Stored(origin, document, Outcome.UNCHANGED if same else Outcome.CLASH, other=source)
        if same:
            connection.execute(_REDESCRIBE, values)
            return Stored(origin, document, Outcome.UNCHANGED if digest == values["digest"] else Outcome.REDESCRIBED)
    if item.passages is None:
        return Stored(origin, document, Outcome.LOST)
    replaced = {document.id} if row else set()
    if item.sole:
        replaced |= _held(connection, origin.path)
    for document_id in replaced:
        _delete(connection, document_id)
    number = connection.execute(_INSERT, values).lastrowid
    _insert_passages(connection, number, item.passages)
    outcome = Outcome.REPLACED if replaced else Outcome.ADDED
    return Stored(origin, document, outcome, passages=len(item.passages))


def _finish(connection: sqlite3.Connection, item: EndOfSource) -> Finished:
    path = item.origin.path
    duplicate_of = _same_bytes(connection, item.origin)
    if duplicate_of is not None and not _is_there(duplicate_of):
        _move(connection, duplicate_of, path)
        item, duplicate_of = EndOfSource(item.origin, _held(connection, path)), None
    kept = frozenset[str]() if duplicate_of else item.documents
    vanished = _held(connection, path) - kept
    for document_id in vanished:
        _delete(connection, document_id)
    before = connection.execute("SELECT sha256 FROM sources WHERE path = ?", (path,)).fetchone()
    orphans: tuple[str, ...] = ()
    if before and before[0] and before[0] != item.origin.sha256:
        orphans = _forget_copies(connection, path, before[0])
    connection.execute(
        "INSERT INTO sources VALUES (:path, :sha256, :metadata, 1) ON CONFLICT (path)"
        " DO UPDATE SET sha256 = excluded.sha256, metadata = excluded.metadata, complete = 1",
        {"path": path, "sha256": item.origin.sha256, "metadata": item.origin.metadata},
    )
    return Finished(item.origin, len(vanished), duplicate_of, orphans)


def _insert_passages(
    connection: sqlite3.Connection, document: int | None, passages: tuple[tuple[Passage, bytes], ...]
) -> None:
    numbers = [
        connection.execute(
            'INSERT INTO passages (document, id, lang, start, "end", sentences, text) VALUES (?, ?, ?, ?, ?, ?, ?)',
            (document, *passage_values(passage)),
        ).lastrowid
        for passage, _ in passages
    ]
    connection.executemany(
        "INSERT INTO vectors VALUES (?, ?)",
        ((number, vector) for number, (_, vector) in zip(numbers, passages, strict=True)),
    )
    connection.executemany(
        "INSERT INTO words (rowid, text) VALUES (?, ?)",
        ((number, searchable(passage.text)) for number, (passage, _) in zip(numbers, passages, strict=True)),
    )


def _delete(connection: sqlite3.Connection, document_id: str) -> int:
    numbers = connection.execute(
        "SELECT p.number FROM passages p JOIN documents d ON d.number = p.document WHERE d.id = ?", (document_id,)
    ).fetchall()
    connection.executemany("DELETE FROM words WHERE rowid = ?", numbers)
    connection.executemany("DELETE FROM vectors WHERE number = ?", numbers)
    connection.executemany("DELETE FROM passages WHERE number = ?", numbers)
    connection.executemany("INSERT INTO gone VALUES (?)", numbers)
    connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))
    return len(numbers)


def _held(connection: sqlite3.Connection, path: str) -> frozenset[str]:
    return frozenset(row[0] for row in connection.execute("SELECT id FROM documents WHERE source = ?", (path,)))


def _move(connection: sqlite3.Connection, old: str, new: str) -> None:
    """The file at ``old`` lies at ``new`` now."""
    connection.execute(
        "UPDATE documents SET source = ?1, record = json_set(record, '$.path', ?1) WHERE source = ?2", (new, old)
    )
    connection.execute("DELETE FROM sources WHERE path = ?", (old,))


def _same_bytes(connection: sqlite3.Connection, origin: Origin) -> str | None:
    row = connection.execute(SAME_BYTES, (origin.sha256, origin.path)).fetchone()
    return row[0] if row else None


def _forget(connection: sqlite3.Connection, path: str) -> None:
    """Let the next adding of a source read it, and of its copies too."""
    row = connection.execute("SELECT sha256 FROM sources WHERE path = ?", (path,)).fetchone()
    if row and row[0]:
        _forget_copies(connection, path, row[0])
    connection.execute("UPDATE sources SET sha256 = NULL WHERE path = ?", (path,))
    connection.execute(
        "DELETE FROM sources WHERE path = ?1 AND NOT EXISTS (SELECT 1 FROM documents WHERE source = ?1)", (path,)
    )


def _forget_copies(connection: sqlite3.Connection, path: str, sha256: str) -> tuple[str, ...]:
    copies = connection.execute("SELECT path FROM sources WHERE sha256 = ? AND path <> ?", (sha256, path)).fetchall()
    connection.executemany("DELETE FROM sources WHERE path = ?", copies)
    return tuple(copy for (copy,) in copies)


def _is_there(source: str) -> bool:
    return "://" in source or Path(source).exists()


_INSERT: Final = """
    INSERT INTO documents (id, source, content, digest, published, record, text, anchors)
    VALUES (:id, :source, :content, :digest, :published, :record, :text, :anchors)
"""
_REDESCRIBE: Final = """
    UPDATE documents
    SET source = :source, digest = :digest, published = :published, record = :record, anchors = :anchors
    WHERE id = :id
"""
