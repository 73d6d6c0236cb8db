"""The evidence library: add documents, find passages, cite text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from claimcheck.errors import EmbeddingMismatch, LibraryError, LibraryNotFound, ReadError
from claimcheck.library.catalogue import Catalogue, Counts
from claimcheck.library.checking import Problem, find_problems
from claimcheck.library.database import CATALOGUE_FILE, Database
from claimcheck.library.dimension import DIMENSION, check_dimension
from claimcheck.library.events import IngestEvent
from claimcheck.library.records import DocumentEntry
from claimcheck.library.vectors import VectorIndex, unpacked
from claimcheck.library.writing import Writer
from claimcheck.protocols import Embedder
from claimcheck.settings import Settings
from claimcheck.types import CorpusSearched, Document, Passage

_EMBEDDING: Final = "embedding"
_FETCHED: Final = "fetched"


@dataclass(frozen=True, slots=True)
class LibraryStats:
    """What a library holds and what it takes."""

    location: str
    embedding: str
    fingerprint: str
    counts: Counts
    bytes_on_disk: int


class Library:
    """Documents, their passages, full text and vectors, in one folder.

    Any number of processes and threads may read and write one library at a time. A document is in the library whole
    or not at all. Use :meth:`open`; close it, or use it in a ``with`` statement.
    """

    def __init__(self, folder: Path, database: Database, embedding: str, embedder: Embedder | None) -> None:
        self.folder = folder
        self.embedding = embedding
        self._database = database
        self._embedder = embedder
        self._catalogue = Catalogue(database)
        self._writer = Writer(database)
        self._vectors = VectorIndex(database)

    @classmethod
    def open(cls, folder: Path, embedder: Embedder | None = None, *, create: bool = False) -> Library:
        """Open the library in a folder. Chroma is not loaded until vectors are needed.

        Args:
            folder: the library's folder.
            embedder: the model that passages and claims are embedded with; ``None`` to read without one.
            create: whether to make the library if there is none; needs an embedder.

        Raises:
            LibraryNotFound: there is none, and ``create`` is not set.
            EmbeddingMismatch: the library was made with another embedding model.
            LibraryError: the folder cannot be made, or the catalogue is damaged or newer than this claimcheck.
        """
        if not create or embedder is None:
            cls.require(folder)
        elif not (folder / CATALOGUE_FILE).is_file():
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise LibraryError(
                    f"The folder {folder} cannot be made: {error.strerror}.", "Name another place with --library."
                ) from error
        database = Database(folder)
        recorded = Catalogue(database).fact(_EMBEDDING)
        if recorded is None and embedder is not None:
            recorded = Writer(database).record(_EMBEDDING, embedder.name)
        if embedder is not None and recorded != embedder.name:
            database.close()
            raise EmbeddingMismatch(
                f"The library {folder} was made with the embedding model {recorded}, not {embedder.name}.",
                _how_to_agree(recorded or "", embedder.name),
            )
        return cls(folder, database, recorded or "", embedder)

    @staticmethod
    def require(folder: Path) -> None:
        """Make sure that there is a library in a folder, before anything slow is loaded.

        Raises:
            LibraryNotFound: there is none.
        """
        if not (folder / CATALOGUE_FILE).is_file():
            raise LibraryNotFound(
                f"There is no evidence library at {folder}.", "Make one with: claimcheck corpus add PATH"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free files and memory."""
        self._vectors.close()
        self._database.close()

    @property
    def embedder(self) -> Embedder:
        """The model that the library was opened with.

        Raises:
            LibraryError: it was opened without one.
        """
        if self._embedder is None:
            raise LibraryError(f"The library {self.folder} is open for reading only.", "Open it with an embedder.")
        return self._embedder

    def documents(self) -> Iterator[DocumentEntry]:
        """All documents without their text, by id."""
        return self._catalogue.entries()

    def entries(self, ids: Iterable[str]) -> dict[str, DocumentEntry]:
        """The documents of these ids without their text; an unknown id is left out."""
        return self._catalogue.entries_of(ids)

    def document(self, document_id: str) -> Document:
        """The whole document.

        Raises:
            DocumentNotFound: the library holds none of this id.
        """
        return self._catalogue.document(document_id)

    def passage(self, passage_id: str) -> Passage:
        """The passage of this id.

        Raises:
            DocumentNotFound: the library holds none.
        """
        return self._catalogue.passage(passage_id)

    def add(self, sources: Iterable[str | Path], settings: Settings | None = None) -> Iterator[IngestEvent]:
        """Add files, folders and web addresses, in a stream; what was stored stays if it is broken off.

        Files whose bytes and notes are unchanged are not read again. One bad file never stops the others.

        Args:
            sources: what to add; folders are walked to the bottom.
            settings: limits of size and time; unset: those in force.

        Yields:
            What happens, each event after it is on disk for good.

        Raises:
            LibraryError: the library was opened without an embedder, or cannot be written.
            ModelError: the embedder fails.
        """
        from claimcheck.library.ingest import Ingest
        from claimcheck.readers import read_each
        from claimcheck.settings import load_settings

        limits = settings or load_settings()
        max_bytes = limits.max_file_mb * 1_000_000
        store = self.folder / _FETCHED

        def read(source: str) -> Iterator[Document | ReadError]:
            return read_each(
                source, max_bytes=max_bytes, timeout_s=limits.fetch_timeout_s, store=store, offline=limits.offline
            )

        ingest = Ingest(self._catalogue, self._writer, self._vectors, self.embedder, read, max_bytes)
        return ingest.run(sources)

    def remove(self, ids: Iterable[str]) -> int:
        """Remove documents. Adding their files again brings them back.

        Returns:
            The number of passages removed.

        Raises:
            DocumentNotFound: an id is unknown; nothing is removed then.
        """
        passages = self._writer.remove(ids)
        self._vectors.catch_up()
        return passages

    def lexical(self, query: str, lang: str | None, limit: int) -> list[tuple[Passage, float]]:
        """Passages of one language that share words with a query, best first, with their BM25 scores.

        Args:
            query: any text; nothing in it is taken as search syntax.
            lang: ISO 639-1 code; ``None`` finds passages of unknown language.
            limit: most passages returned.
        """
        return self._catalogue.lexical(query, lang, limit)

    def nearest(self, vector: Sequence[float], limit: int) -> list[tuple[Passage, float]]:
        """Passages nearest to a unit vector with their cosines, nearest first; as :meth:`nearest_to_each` of one."""
        return self.nearest_to_each([vector], limit)[0]

    def nearest_to_each(self, vectors: Sequence[Sequence[float]], limit: int) -> list[list[tuple[Passage, float]]]:
        """For each unit vector the nearest passages with their cosines, nearest first.

        Args:
            vectors: vectors of claims, of the library's embedding model.
            limit: most passages for each.

        Raises:
            LibraryError: the library is locked for very long, or the vectors are damaged.
            EmbeddingMismatch: the vectors are not as long as the library's.
        """
        dimension = self._catalogue.fact(DIMENSION)
        for vector in vectors:
            check_dimension(dimension, len(vector))
        found = self._vectors.nearest(vectors, limit)
        passages = self._catalogue.passages_of({number for hits in found for number, _ in hits})
        return [[(passages[number], score) for number, score in hits if number in passages] for hits in found]

    def cosines(self, vector: Sequence[float], passages: Sequence[str]) -> dict[str, float]:
        """Cosine of a unit vector with each of some passages, by passage id; unknown ids are left out."""
        if not passages:
            return {}
        import numpy as np

        stored = self._catalogue.vectors_of(passages)
        found = unpacked(list(stored.values())) @ np.asarray(vector, np.float32) if stored else ()
        return {passage: float(cosine) for passage, cosine in zip(stored, found, strict=True)}

    def stats(self) -> LibraryStats:
        """What the library holds and what it takes."""
        return LibraryStats(
            location=str(self.folder),
            embedding=self.embedding,
            fingerprint=self.fingerprint,
            counts=self._catalogue.counts(),
            bytes_on_disk=sum(file.stat().st_size for file in self.folder.rglob("*") if file.is_file()),
        )

    def check(self, *, files: bool = True) -> Iterator[Problem]:
        """Everything that is wrong: the catalogue against itself, against the vectors, against the original files.

        Args:
            files: whether to compare with the files that the documents were read from.
        """
        return find_problems(self._database, self._catalogue, self._vectors, files=files)

    def repair(self) -> None:
        """Build the full-text index and the vector index anew from the catalogue."""
        self._writer.index_words_anew()
        self._vectors.rebuild()

    @property
    def fingerprint(self) -> str:
        """Hash of the ids and contents of all documents and of the embedding's name."""
        return self._catalogue.fingerprint(self.embedding)

    def summary(self) -> CorpusSearched:
        """What "no source" is said of."""
        counts = self._catalogue.counts()
        return CorpusSearched(
            location=str(self.folder),
            fingerprint=self.fingerprint,
            documents=counts.documents,
            passages=counts.passages,
            newest=counts.newest,
        )


def _how_to_agree(recorded: str, chosen: str) -> str:
    """What to do about a library that was made with another embedding model; a provider's has a colon in its name."""
    new = "make a new library from the same files"
    if ":" in recorded:
        return f"Set embedding to {recorded!r} to use it, or {new}."
    if ":" in chosen:
        return f"Unset 'embedding' to use it, or {new}."
    return "Make a new library from the same files, or use the claimcheck that made this one."
