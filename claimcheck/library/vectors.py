"""Keeps Chroma in step with the catalogue, for several processes at once.

The catalogue holds every vector too and is the only truth; Chroma is an index that follows it. Chroma writes its index
file in place, which a killed process leaves torn, and shows an open folder as it was when it was opened (chroma-core,
``rust/segment/src/local_hnsw.rs``). Hence three rules:

- whoever opens or writes the folder holds the library's lock;
- a mark in the catalogue is set while the folder is written to; whoever finds it set builds the index anew, in another
  folder, from the catalogue;
- every write changes a stamp in the catalogue; whoever has the folder open under another stamp opens it again.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from claimcheck.library.chroma import ChromaFolder
from claimcheck.library.database import Database, holding, library_lock

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FOLDER: Final = "vectors-{}"
_STRIDE: Final = 2000


def packed(vectors: Sequence[Sequence[float]]) -> list[bytes]:
    """Vectors as the catalogue stores them: 16-bit floats, which changes a cosine by about 0.00001."""
    import numpy as np

    return [row.tobytes() for row in np.asarray(vectors, dtype="<f2")]


def unpacked(vectors: Sequence[bytes]) -> NDArray[np.float32]:
    """Stored vectors, one a row."""
    import numpy as np

    return np.stack([np.frombuffer(vector, dtype="<f2") for vector in vectors]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _State:
    folder: int
    upto: int
    stamp: int
    writing: bool
    behind: bool


@dataclass(slots=True)
class _Open:
    chroma: ChromaFolder
    stamp: int


# One open Chroma folder for each library in this process, whoever uses it: Chroma shares what is open under one path.
_opened: dict[Path, _Open] = {}
_users: dict[Path, int] = {}
_guard = threading.RLock()


class VectorIndex:
    """The nearest passages of one library by vector. Several threads may use it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._library = database.folder.resolve()
        with _guard:
            _users[self._library] = _users.get(self._library, 0) + 1
        self._closed = False

    def nearest(self, vectors: Sequence[Sequence[float]], limit: int) -> list[list[tuple[int, float]]]:
        """For each vector the passages whose vectors are nearest, from the catalogue as it is now.

        Args:
            vectors: unit vectors.
            limit: most passages for each.

        Returns:
            For each vector ``(passage number, cosine)``, nearest first.

        Raises:
            LibraryError: the library is locked for very long, or Chroma reports a fault.
        """
        with _guard:
            return self._current().nearest(vectors, limit)

    def lag(self) -> int:
        """How many passages of the catalogue are not in the index yet."""
        with self._database.reading() as connection:
            (waiting,) = connection.execute(
                "SELECT count(*) FROM vectors WHERE number > (SELECT upto FROM vector_index)"
            ).fetchone()
        return int(waiting)

    def catch_up(self) -> None:
        """Bring the index up to the catalogue.

        Raises:
            LibraryError: the library is locked for very long, or Chroma reports a fault.
        """
        state = self._state()
        if state.behind or state.writing:
            with _guard:
                self._current()

    def rebuild(self) -> None:
        """Build the index anew from the catalogue, without a look at the old one.

        Raises:
            LibraryError: the library is locked for very long, or Chroma reports a fault.
        """
        with _guard, holding(library_lock(self._library), self._library):
            with self._database.writing() as connection:
                connection.execute("UPDATE vector_index SET writing = 1")
            self._follow()

    def index(self) -> ChromaFolder:
        """The index itself, up to the catalogue, for examination."""
        with _guard:
            return self._current()

    def close(self) -> None:
        """Close Chroma if nothing else in this process uses this library."""
        with _guard:
            if self._closed:
                return
            self._closed = True
            _users[self._library] -= 1
            if not _users[self._library]:
                del _users[self._library]
                _shut(self._library)

    def _current(self) -> ChromaFolder:
        state = self._state()
        opened = _opened.get(self._library)
        if opened is None or opened.stamp != state.stamp or state.writing or state.behind:
            with holding(library_lock(self._library), self._library):
                opened = self._follow()
        return opened.chroma

    def _follow(self) -> _Open:
        """Open what is stale and write what is missing; the library is locked."""
        state = self._state()
        if state.writing:
            state = self._begin_anew(state)
        opened = _opened.get(self._library)
        if opened is None or opened.stamp != state.stamp:
            _shut(self._library)
            opened = _Open(ChromaFolder(self._library / _FOLDER.format(state.folder)), state.stamp)
            _opened[self._library] = opened
        while state.behind:
            self._write_next(opened)
            state = self._state()
            opened.stamp = state.stamp
        self._load(opened.chroma)
        return opened

    def _begin_anew(self, state: _State) -> _State:
        _shut(self._library)
        with self._database.writing() as connection:
            connection.execute("DELETE FROM gone")
            connection.execute("UPDATE vector_index SET folder = folder + 1, upto = 0, stamp = stamp + 1, writing = 0")
        current = _FOLDER.format(state.folder + 1)
        for folder in self._library.glob(_FOLDER.format("*")):
            if folder.name != current:
                # Windows keeps a file that another process has open; the next rebuilding removes it.
                shutil.rmtree(folder, ignore_errors=True)
        return self._state()

    def _write_next(self, opened: _Open) -> None:
        with self._database.reading() as connection:
            gone = [row[0] for row in connection.execute("SELECT number FROM gone ORDER BY number LIMIT ?", (_STRIDE,))]
            rows = connection.execute(
                "SELECT number, vector FROM vectors WHERE number > (SELECT upto FROM vector_index)"
                " ORDER BY number LIMIT ?",
                (_STRIDE,),
            ).fetchall()
        with self._database.writing() as connection:
            connection.execute("UPDATE vector_index SET writing = 1")
        opened.chroma.drop(gone)
        if rows:
            opened.chroma.put([number for number, _ in rows], unpacked([vector for _, vector in rows]))
        with self._database.writing() as connection:
            connection.executemany("DELETE FROM gone WHERE number = ?", ((number,) for number in gone))
            connection.execute(
                "UPDATE vector_index SET writing = 0, stamp = stamp + 1, upto = max(upto, ?)",
                (rows[-1][0] if rows else 0,),
            )

    def _load(self, chroma: ChromaFolder) -> None:
        """Have Chroma read its index file now, while nobody can be writing it."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT vector FROM vectors LIMIT 1").fetchone()
        if row is not None:
            chroma.nearest([unpacked([row[0]])[0].tolist()], 1)

    def _state(self) -> _State:
        with self._database.reading() as connection:
            folder, upto, stamp, writing = connection.execute(
                "SELECT folder, upto, stamp, writing FROM vector_index"
            ).fetchone()
            (behind,) = connection.execute(
                "SELECT EXISTS (SELECT 1 FROM vectors WHERE number > ?) OR EXISTS (SELECT 1 FROM gone)", (upto,)
            ).fetchone()
        return _State(folder, upto, stamp, bool(writing), bool(behind))


def _shut(library: Path) -> None:
    opened = _opened.pop(library, None)
    if opened is not None:
        opened.chroma.close()
