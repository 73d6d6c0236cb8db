"""Reads the catalogue: what the library holds, and its full text."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from claimcheck.errors import DocumentNotFound
from claimcheck.library.database import Database
from claimcheck.library.records import PASSAGE_COLUMNS, DocumentEntry, document_from, entry_from, passage_from
from claimcheck.library.words import folded, words_of
from claimcheck.text.wordlists import LANGUAGES, function_words
from claimcheck.types import Document, Passage

_MOST_WORDS: Final = 64
_COMMON: Final = 0.2
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class KnownSource:
    """What is recorded of a file or address.

    ``sha256`` and ``metadata`` are hashes of its bytes and of what the user noted about it when it was last read to
    its end; ``complete`` says whether that was the last time it was read.
    """

    path: str
    sha256: str | None
    metadata: str | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the library holds; languages and kinds count documents, ``None`` those without one."""

    documents: int
    passages: int
    sources: int
    oldest: date | None
    newest: date | None
    languages: dict[str | None, int]
    kinds: dict[str | None, int]


class Catalogue:
    """Reads one library's documents, passages and full text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def fact(self, name: str) -> str | None:
        """A fact about the library, such as the embedding that it was made with."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def entries(self) -> Iterator[DocumentEntry]:
        """All documents without their text, by id."""
        after = ""
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(
                    "SELECT d.id, d.record, d.source, length(d.text),"
                    " (SELECT count(*) FROM passages p WHERE p.document = d.number)"
                    " FROM documents d WHERE d.id > ? ORDER BY d.id LIMIT ?",
                    (after, _PAGE),
                ).fetchall()
            for _, *row in rows:
                yield entry_from(*row)
            if len(rows) < _PAGE:
                return
            after = rows[-1][0]

    def entries_of(self, ids: Iterable[str]) -> dict[str, DocumentEntry]:
        """The documents of these ids without their text; an unknown id is left out."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT d.record, d.source, length(d.text),"
                " (SELECT count(*) FROM passages p WHERE p.document = d.number)"
                " FROM documents d WHERE d.id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(ids)),),
            ).fetchall()
        entries = (entry_from(*row) for row in rows)
        return {entry.id: entry for entry in entries}

    def document(self, document_id: str) -> Document:
        """The whole document.

        Raises:
            DocumentNotFound: the library holds none of this id.
        """
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT record, text, anchors FROM documents WHERE id = ?", (document_id,)
            ).fetchone()
        if row is None:
            raise document_not_found(document_id)
        return document_from(*row)

    def passage(self, passage_id: str) -> Passage:
        """The passage of this id.

        Raises:
            DocumentNotFound: the library holds none.
        """
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT {PASSAGE_COLUMNS} FROM passages p JOIN documents d ON d.number = p.document"  # noqa: S608
                " WHERE p.id = ?",
                (passage_id,),
            ).fetchone()
        if row is None:
            raise DocumentNotFound(
                f"The library holds no passage {passage_id!r}.", "Its document may have been replaced: search again."
            )
        return passage_from(row)[1]

    def passages_of(self, numbers: Iterable[int]) -> dict[int, Passage]:
        """The passages of these numbers; a number that is not in the catalogue is left out."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {PASSAGE_COLUMNS} FROM passages p JOIN documents d ON d.number = p.document"  # noqa: S608
                " WHERE p.number IN (SELECT value FROM json_each(?))",
                (json.dumps(list(numbers)),),
            ).fetchall()
        return dict(passage_from(row) for row in rows)

    def vectors_of(self, passages: Iterable[str]) -> dict[str, bytes]:
        """The stored vectors of the passages of these ids; an id that is not in the catalogue is left out."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT p.id, v.vector FROM passages p JOIN vectors v ON v.number = p.number"
                " WHERE p.id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(passages)),),
            ).fetchall()
        return {str(passage): bytes(vector) for passage, vector in rows}

    def lexical(self, query: str, lang: str | None, limit: int) -> list[tuple[Passage, float]]:
        """Passages of one language that share words with a query, best first.

        Ranked by BM25 (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework"). Words without content
        are left out, and so are words that stand in more than a fifth of all passages if others remain.

        Args:
            query: any text; nothing in it is taken as search syntax.
            lang: ISO 639-1 code of the passages; ``None`` finds those of unknown language.
            limit: most passages returned.

        Returns:
            Passages with their score, higher for better.
        """
        empty = function_words(lang) if lang in LANGUAGES else frozenset[str]()
        words = self._telling([word for word in words_of(query) if word not in empty])
        if not words:
            return []
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT bm25(words) AS score, {PASSAGE_COLUMNS} FROM words"  # noqa: S608
                " JOIN passages p ON p.number = words.rowid JOIN documents d ON d.number = p.document"
                " WHERE words MATCH ? AND p.lang IS ? ORDER BY score, p.number LIMIT ?",
                (" OR ".join(f'"{word}"' for word in words), lang, limit),
            ).fetchall()
        return [(passage_from(tuple(row))[1], -score) for score, *row in rows]

    def _telling(self, words: Sequence[str]) -> list[str]:
        with self._database.reading() as connection:
            # The newest number is at least the count of passages and costs nothing to find.
            (newest,) = connection.execute("SELECT coalesce(max(number), 0) FROM passages").fetchone()
            found = {
                word: connection.execute("SELECT doc FROM vocabulary WHERE term = ?", (folded(word),)).fetchone()
                for word in words
            }
        frequency = {word: row[0] if row else 0 for word, row in found.items()}
        by_rarity = sorted(words, key=lambda word: frequency[word])[:_MOST_WORDS]
        rare = [word for word in by_rarity if frequency[word] <= _COMMON * newest]
        return rare if any(frequency[word] for word in rare) else by_rarity

    def source(self, path: str) -> KnownSource | None:
        """What is recorded of a file (by its real path) or an address."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT path, sha256, metadata, complete FROM sources WHERE path = ?", (path,)
            ).fetchone()
        return _known(row) if row else None

    def sources(self) -> list[KnownSource]:
        """All files and addresses, by path."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT path, sha256, metadata, complete FROM sources ORDER BY path").fetchall()
        return [_known(row) for row in rows]

    def same_bytes(self, path: str, sha256: str) -> str | None:
        """Another source, read to its end, that holds the same bytes."""
        with self._database.reading() as connection:
            row = connection.execute(SAME_BYTES, (sha256, path)).fetchone()
        return str(row[0]) if row else None

    def documents_of(self, path: str) -> int:
        """How many documents are kept under a source."""
        with self._database.reading() as connection:
            (number,) = connection.execute("SELECT count(*) FROM documents WHERE source = ?", (path,)).fetchone()
        return int(number)

    def ids_of(self, path: str) -> list[str]:
        """The ids of the documents that are kept under a source."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id FROM documents WHERE source = ? ORDER BY number", (path,)).fetchall()
        return [str(row[0]) for row in rows]

    def holds(self, document_id: str, content: str) -> bool:
        """Whether the library holds this document with the same passages."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT 1 FROM documents WHERE id = ? AND content = ?", (document_id, content)
            ).fetchone()
        return row is not None

    def counts(self) -> Counts:
        """How much the library holds."""
        with self._database.reading() as connection:
            languages, kinds = Counter[str | None](), Counter[str | None]()
            for lang, kind in connection.execute(
                "SELECT json_extract(record, '$.lang'), json_extract(record, '$.kind') FROM documents"
            ):
                languages[lang] += 1
                kinds[kind] += 1
            oldest, newest = connection.execute("SELECT min(published), max(published) FROM documents").fetchone()
            (passages,) = connection.execute("SELECT count(*) FROM passages").fetchone()
            (sources,) = connection.execute("SELECT count(*) FROM sources").fetchone()
        return Counts(
            documents=languages.total(),
            passages=passages,
            sources=sources,
            oldest=date.fromisoformat(oldest) if oldest else None,
            newest=date.fromisoformat(newest) if newest else None,
            languages=dict(languages.most_common()),
            kinds=dict(kinds.most_common()),
        )

    def fingerprint(self, embedding: str) -> str:
        """Hash of the ids and contents of all documents and of the embedding's name."""
        hashed = hashlib.sha256(embedding.encode())
        with self._database.reading() as connection:
            for document_id, digest in connection.execute("SELECT id, digest FROM documents ORDER BY id"):
                hashed.update(f"\n{document_id}\t{digest}".encode())
        return hashed.hexdigest()


SAME_BYTES: Final = "SELECT path FROM sources WHERE sha256 = ? AND path <> ? AND complete = 1 ORDER BY path LIMIT 1"


def _known(row: tuple[str, str | None, str | None, int]) -> KnownSource:
    path, sha256, metadata, complete = row
    return KnownSource(path, sha256, metadata, bool(complete))


def document_not_found(document_id: str) -> DocumentNotFound:
    """The error for an id that the library does not hold."""
    return DocumentNotFound(
        f"The library holds no document {document_id!r}.", "See the ids with: claimcheck corpus list"
    )
