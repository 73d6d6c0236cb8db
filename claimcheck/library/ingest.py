"""Adds evidence: reads, splits, embeds and stores it in a stream, while it says what happens."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Final

from claimcheck.errors import ReadError, UnsupportedFormat
from claimcheck.library.catalogue import Catalogue, KnownSource
from claimcheck.library.dimension import DIMENSION, check_dimension
from claimcheck.library.events import Added, Failed, IngestEvent, Progress, Removed, Replaced, Skipped, Unchanged
from claimcheck.library.metadata import Metadata
from claimcheck.library.passages import split_passages
from claimcheck.library.records import content_hash
from claimcheck.library.sources import ListedSource, Notebook, Unlisted, hash_of_file, list_sources
from claimcheck.library.vectors import VectorIndex, packed
from claimcheck.library.writing import EndOfSource, Finished, NewDocument, Origin, Outcome, Stored, Writer
from claimcheck.protocols import Embedder
from claimcheck.types import Document, Passage

Read = Callable[[str], Iterator[Document | ReadError]]
"""Reads one file or address: its documents, and an error in the place of each that cannot be read."""

GROUP: Final = 512
"""Passages that are embedded and stored together: enough to sort by length, few enough to lose in a crash."""
INDEX_EVERY: Final = 2000
_WAITING: Final = 2
_MANY_TO_A_FILE: Final = (".jsonl",)


@dataclass(slots=True)
class _Unembedded:
    """A document on its way; ``passages`` is ``None`` if the library holds them already."""

    origin: Origin
    document: Document
    passages: tuple[Passage, ...] | None
    sole: bool


_Item = _Unembedded | EndOfSource


@dataclass(slots=True)
class _Reported:
    """What has become of the documents of one source so far."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    same_as: str | None = None
    counted: bool = False


class Ingest:
    """One addition of evidence to a library.

    While one group of passages is embedded, the group before is stored by another thread.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        writer: Writer,
        vectors: VectorIndex,
        embedder: Embedder,
        read: Read,
        max_bytes: int,
    ) -> None:
        self._catalogue = catalogue
        self._writer = writer
        self._vectors = vectors
        self._embedder = embedder
        self._read = read
        self._max_bytes = max_bytes
        self._notebook = Notebook()
        self._given: dict[str, str] = {}
        self._reported: dict[str, _Reported] = {}
        self._orphans: list[str] = []
        self._done = 0
        self._total = 0
        self._passages = 0
        self._dimension: int | None = None

    def run(self, given: Iterable[str | Path]) -> Iterator[IngestEvent]:
        """Add files, folders and addresses.

        Args:
            given: what to add; folders are walked to the bottom.

        Yields:
            What happens, in the order in which it is on disk for good.

        Raises:
            LibraryError: the library cannot be written.
            ModelError: the embedder fails.
            LanguageModelError: the embedder's server fails.
            EmbeddingMismatch: its vectors are not as long as the library's.
        """
        listed = list(list_sources(given, self._notebook))
        while listed:
            self._total += len(listed)
            yield from self._add(listed)
            # A file that others were copies of has changed: they need documents of their own now.
            listed = [
                ListedSource(path=path, given=path, is_file=True, named=True)
                for path in self._orphans
                if Path(path).is_file()
            ]
            self._orphans.clear()
        self._vectors.catch_up()

    def _add(self, listed: list[ListedSource | Unlisted]) -> Iterator[IngestEvent]:
        group: list[_Item] = []
        waiting: deque[Future[list[Stored | Finished]]] = deque()
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="library-writer") as pool:
            for source in listed:
                for item in self._items(source):
                    if isinstance(item, IngestEvent):
                        yield item
                        continue
                    group.append(item)
                    if _size(group) >= GROUP or len(group) >= GROUP:
                        waiting.append(pool.submit(self._store, self._embed(group)))
                        group = []
                    while waiting and (waiting[0].done() or len(waiting) > _WAITING):
                        yield from self._report(waiting.popleft().result())
            if group:
                waiting.append(pool.submit(self._store, self._embed(group)))
            pool.submit(self._writer.release)
            while waiting:
                yield from self._report(waiting.popleft().result())

    def _items(self, source: ListedSource | Unlisted) -> Iterator[_Item | IngestEvent]:
        """What one source holds, and what can be said of it without storing anything."""
        if isinstance(source, Unlisted):
            self._done += 1
            yield Failed(source.given, self._progress(), source.error.message, source.error.next_step)
            return
        self._given[source.path] = source.given
        try:
            metadata = self._notebook.of(source)
            origin = Origin(source.path, self._hash(source), metadata.digest)
        except ReadError as error:
            self._done += 1
            yield self._unread(source, error)
            return
        known = self._catalogue.source(source.path)
        if origin.sha256 is None:
            yield from self._documents(source, origin, metadata)
        elif known == KnownSource(origin.path, origin.sha256, origin.metadata, complete=True):
            self._done += 1
            documents = max(self._catalogue.documents_of(origin.path), 1)  # a copy's are kept under another source
            yield Unchanged(source.given, self._progress(), documents)
        elif self._catalogue.same_bytes(origin.path, origin.sha256):
            yield EndOfSource(origin, frozenset())
        else:
            yield from self._documents(source, origin, metadata)

    def _documents(self, source: ListedSource, origin: Origin, metadata: Metadata) -> Iterator[_Item | IngestEvent]:
        many = Path(source.given).suffix.lower() in _MANY_TO_A_FILE
        found: set[str] = set()
        failed = False
        for read in self._read(source.given):
            if isinstance(read, ReadError):
                failed = True
                yield self._unread(source, read)
                continue
            document = metadata.describe(read, own_first=many)
            if not source.is_file:
                origin = Origin(origin.path, document.sha256, origin.metadata)
            found.add(document.id)
            held = self._catalogue.holds(document.id, content_hash(document))
            yield _Unembedded(origin, document, None if held else split_passages(document), sole=not many)
        if failed:
            self._done += 1
        else:
            yield EndOfSource(origin, frozenset(found))

    def _hash(self, source: ListedSource) -> str | None:
        """Hash of a file's bytes; ``None`` for an address, and for a file that is too large to be read anyway."""
        file = Path(source.given)
        return hash_of_file(file) if source.is_file and file.stat().st_size <= self._max_bytes else None

    def _unread(self, source: ListedSource, error: ReadError) -> IngestEvent:
        if isinstance(error, UnsupportedFormat) and not source.named:
            return Skipped(source.given, self._progress(), error.message)
        return Failed(source.given, self._progress(), error.message, error.next_step)

    def _progress(self) -> Progress:
        return Progress(self._done, self._total, self._passages)

    def _embed(self, group: list[_Item]) -> list[NewDocument | EndOfSource]:
        texts = [passage.text for item in group if isinstance(item, _Unembedded) for passage in item.passages or ()]
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        vectors: list[bytes] = [b""] * len(texts)
        for start in range(0, len(order), GROUP):
            chosen = order[start : start + GROUP]
            embedded = self._embedder.embed_passages([texts[index] for index in chosen])
            self._check(embedded)
            for index, vector in zip(chosen, packed(embedded), strict=True):
                vectors[index] = vector
        ready = iter(vectors)
        return [item if isinstance(item, EndOfSource) else _embedded(item, ready) for item in group]

    def _check(self, vectors: Sequence[Sequence[float]]) -> None:
        """Record how long the library's vectors are, or refuse those of another length."""
        for length in {len(vector) for vector in vectors} - {self._dimension}:
            check_dimension(self._writer.record(DIMENSION, str(length)), length)
            self._dimension = length

    def _store(self, items: list[NewDocument | EndOfSource]) -> list[Stored | Finished]:
        results = self._writer.store(items)
        if self._vectors.lag() >= INDEX_EVERY:
            self._vectors.catch_up()
        return results

    def _report(self, results: list[Stored | Finished]) -> Iterator[IngestEvent]:
        for result, following in zip_longest(results, results[1:]):
            reported = self._reported.setdefault(result.origin.path, _Reported())
            # The last document of a source and its end are one step forward, not two.
            last = isinstance(result, Finished) or (
                isinstance(following, Finished) and following.origin == result.origin
            )
            if last and not reported.counted:
                reported.counted = True
                self._done += 1
            if isinstance(result, Stored):
                yield from self._report_document(result, reported)
            else:
                del self._reported[result.origin.path]
                yield from self._report_end(result, reported)

    def _report_document(self, stored: Stored, reported: _Reported) -> Iterator[IngestEvent]:
        source, document = self._given[stored.origin.path], stored.document
        reported.outcomes[stored.outcome] += 1
        self._passages += stored.passages
        match stored.outcome:
            case Outcome.ADDED:
                yield Added(source, self._progress(), document.id, document.title, stored.passages)
            case Outcome.REPLACED | Outcome.REDESCRIBED:
                yield Replaced(source, self._progress(), document.id, document.title, stored.passages)
            case Outcome.CLASH:
                reason = f"{source}: the id {document.id!r} belongs to another document, from {stored.other}."
                yield Failed(source, self._progress(), reason, "Give one of the two another id.")
            case Outcome.LOST:
                reason = f"{source}: the document {document.id!r} was removed by another process just now."
                yield Failed(source, self._progress(), reason, "Add the file again.")
            case Outcome.UNCHANGED | Outcome.DUPLICATE:
                reported.same_as = stored.other

    def _report_end(self, finished: Finished, reported: _Reported) -> Iterator[IngestEvent]:
        self._orphans.extend(finished.orphans)
        source = self._given[finished.origin.path]
        kept = reported.outcomes[Outcome.UNCHANGED] + reported.outcomes[Outcome.DUPLICATE]
        same_as = finished.duplicate_of or reported.same_as
        if kept or not reported.outcomes:
            yield Unchanged(source, self._progress(), max(kept, 1), same_as)
        if finished.removed:
            yield Removed(source, self._progress(), finished.removed)
        if reported.outcomes[Outcome.CLASH] or reported.outcomes[Outcome.LOST]:
            self._writer.leave_unfinished(finished.origin.path)


def _embedded(item: _Unembedded, vectors: Iterator[bytes]) -> NewDocument:
    passages = None if item.passages is None else tuple(zip(item.passages, vectors, strict=False))
    return NewDocument(item.origin, item.document, passages, sole=item.sole)


def _size(group: list[_Item]) -> int:
    return sum(len(item.passages or ()) for item in group if isinstance(item, _Unembedded))
