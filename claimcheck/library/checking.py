"""Compares the catalogue with itself, with the vectors and with the files that it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from claimcheck.errors import LibraryError, ReadError
from claimcheck.library.catalogue import Catalogue, KnownSource
from claimcheck.library.database import Database
from claimcheck.library.sources import hash_of_file
from claimcheck.library.vectors import VectorIndex, unpacked

_REPAIR: Final = "Run: claimcheck corpus check --repair"
_STRIDE: Final = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a library that is not as it should be, and what to do about it."""

    part: Literal["catalogue", "vectors", "files"]
    message: str
    next_step: str


def find_problems(database: Database, catalogue: Catalogue, vectors: VectorIndex, *, files: bool) -> Iterator[Problem]:
    """Everything that is wrong with a library; nothing is changed.

    Args:
        database: its SQLite file.
        catalogue: what it holds.
        vectors: its index.
        files: whether to compare with the files that the documents were read from.
    """
    damage = list(_catalogue_problems(database))
    yield from damage
    if not damage:
        yield from _vector_problems(database, vectors)
    for source in catalogue.sources():
        yield from _source_problems(source, catalogue, files=files)


def _catalogue_problems(database: Database) -> Iterator[Problem]:
    with database.reading() as connection:
        for (line,) in connection.execute("PRAGMA quick_check").fetchall():
            if line != "ok":
                yield Problem("catalogue", f"SQLite reports: {line}.", "Restore the library from a copy.")
        for what, count in (
            ("passages without a document", _ORPHANS),
            ("documents without a passage", _EMPTY),
            ("passages whose text is not the document's", _ALTERED),
        ):
            (number,) = connection.execute(count).fetchone()
            if number:
                yield Problem("catalogue", f"There are {number} {what}.", "Remove these documents and add them again.")
        (number,) = connection.execute(_WITHOUT_VECTOR).fetchone()
        if number:
            yield Problem("vectors", f"There are {number} passages without a vector.", "Add the documents again.")
        (number,) = connection.execute(_WITHOUT_WORDS).fetchone()
        if number:
            yield Problem("catalogue", f"The full-text index differs from {number} passages.", _REPAIR)


def _vector_problems(database: Database, vectors: VectorIndex) -> Iterator[Problem]:
    try:
        index = vectors.index()
        expected = differing = 0
        for rows in _pages(database):
            expected += len(rows)
            found = index.vectors([number for number, _ in rows])
            stored = unpacked([vector for _, vector in rows])
            differing += sum(
                number not in found or not (found[number] == vector).all()
                for (number, _), vector in zip(rows, stored, strict=True)
            )
        surplus = index.count() - expected
    except LibraryError as error:
        yield Problem("vectors", error.message, error.next_step)
        return
    if differing:
        yield Problem("vectors", f"{differing} vectors are missing or differ from the catalogue's.", _REPAIR)
    if surplus > 0:
        yield Problem("vectors", f"There are {surplus} vectors of no passage.", _REPAIR)


def _pages(database: Database) -> Iterator[list[tuple[int, bytes]]]:
    after = 0
    while True:
        with database.reading() as connection:
            rows = connection.execute(
                "SELECT number, vector FROM vectors WHERE number > ? ORDER BY number LIMIT ?", (after, _STRIDE)
            ).fetchall()
        if not rows:
            return
        yield rows
        after = rows[-1][0]


def _source_problems(source: KnownSource, catalogue: Catalogue, *, files: bool) -> Iterator[Problem]:
    if not source.complete:
        yield Problem("files", f"{source.path} was not read to its end.", "Add it again.")
    elif files and source.sha256 and "://" not in source.path:
        file = Path(source.path)
        try:
            if not file.exists():
                held = " ".join(catalogue.ids_of(source.path))
                yield Problem(
                    "files", f"{file} is no longer there.", f"Put it back, or run: claimcheck corpus remove {held}"
                )
            elif hash_of_file(file) != source.sha256:
                yield Problem("files", f"{file} has changed since it was added.", "Add it again.")
        except ReadError as error:
            yield Problem("files", error.message, error.next_step)


_ORPHANS: Final = "SELECT count(*) FROM passages WHERE document NOT IN (SELECT number FROM documents)"
_EMPTY: Final = "SELECT count(*) FROM documents WHERE number NOT IN (SELECT document FROM passages)"
_ALTERED: Final = """
    SELECT count(*) FROM passages p JOIN documents d ON d.number = p.document
    WHERE substr(d.text, p.start + 1, p."end" - p.start) <> p.text
"""
_WITHOUT_VECTOR: Final = "SELECT count(*) FROM passages WHERE number NOT IN (SELECT number FROM vectors)"
_WITHOUT_WORDS: Final = """
    SELECT (SELECT count(*) FROM passages WHERE number NOT IN (SELECT rowid FROM words))
         + (SELECT count(*) FROM words WHERE rowid NOT IN (SELECT number FROM passages))
"""
