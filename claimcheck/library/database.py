"""The SQLite file of a library: its connections, transactions and schema."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from claimcheck.errors import LibraryError

CATALOGUE_FILE: Final = "catalogue.sqlite3"
_LOCK_FILE: Final = "library.lock"
_PATIENCE_S: Final = 600.0

# One step for each version of the schema, in order; a released step is never changed.
MIGRATIONS: Final = (
    """
    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

    -- A file (by its real path) or an address. sha256 and metadata are those of the last complete reading.
    CREATE TABLE sources (
        path TEXT PRIMARY KEY, sha256 TEXT, metadata TEXT, complete INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX sources_by_hash ON sources (sha256);

    -- content: hash of what passages are made from; digest: hash of all that a report can show.
    CREATE TABLE documents (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, content TEXT NOT NULL,
        digest TEXT NOT NULL, published TEXT, record TEXT NOT NULL, text TEXT NOT NULL, anchors TEXT NOT NULL
    );
    CREATE INDEX documents_by_source ON documents (source);

    -- AUTOINCREMENT: a number is never given twice, so it can name the vector in Chroma.
    CREATE TABLE passages (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, document INTEGER NOT NULL, lang TEXT,
        start INTEGER NOT NULL, "end" INTEGER NOT NULL, sentences TEXT NOT NULL, text TEXT NOT NULL
    );
    CREATE INDEX passages_by_document ON passages (document);
    CREATE TABLE vectors (number INTEGER PRIMARY KEY, vector BLOB NOT NULL);
    -- Marks are part of a word in Indic scripts; without them the tokenizer would cut there.
    CREATE VIRTUAL TABLE words USING fts5 (
        text, tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
    );
    CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, row);

    -- How far Chroma has followed: all numbers up to ``upto``, less those in ``gone``. ``writing`` is set while it
    -- is being written to; a process that finds it set knows that another one died there.
    CREATE TABLE vector_index (
        folder INTEGER NOT NULL, upto INTEGER NOT NULL, stamp INTEGER NOT NULL, writing INTEGER NOT NULL
    );
    INSERT INTO vector_index VALUES (1, 0, 0, 0);
    CREATE TABLE gone (number INTEGER PRIMARY KEY);
    """,
)


def library_lock(folder: Path) -> FileLock:
    """The lock of a library; the system frees it when its holder dies."""
    return FileLock(folder / _LOCK_FILE)


@contextmanager
def holding(lock: FileLock, folder: Path) -> Iterator[None]:
    """Hold the lock of the library in ``folder``.

    Raises:
        LibraryError: another process holds it for very long.
    """
    try:
        lock.acquire(timeout=_PATIENCE_S)
    except Timeout as error:
        raise LibraryError(
            f"The library {folder} has been in use by another process for {_PATIENCE_S:.0f} seconds.",
            "Wait for it to finish, then run the command again.",
        ) from error
    try:
        yield
    finally:
        lock.release()


class Database:
    """Connections to the catalogue of one library, one for each thread.

    Args:
        folder: the library; the catalogue is made there if it is missing, and brought to the newest schema.

    Raises:
        LibraryError: the catalogue is damaged, or was made by a newer claimcheck.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._own = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        with self._explained():
            self._migrate()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read from.

        Raises:
            LibraryError: SQLite reports a fault.
        """
        with self._explained():
            yield self._connection()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is kept, or nothing.

        Raises:
            LibraryError: SQLite reports a fault.
        """
        with self._explained():
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            whole = False
            try:
                yield connection
                whole = True
            finally:
                if not whole and connection.in_transaction:  # SQLite itself has rolled back where the disk is full
                    connection.execute("ROLLBACK")
            connection.execute("COMMIT")

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            for connection in self._all:
                connection.close()
            self._all.clear()
        self._own = threading.local()

    def release(self) -> None:
        """Close the connection of the thread that calls this, if it has one."""
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is not None:
            del self._own.connection
            with self._guard:
                self._all.remove(connection)
            connection.close()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            # Each thread keeps to its own connection; only close() crosses threads.
            connection = sqlite3.connect(
                self.folder / CATALOGUE_FILE, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA synchronous = NORMAL")
            self._own.connection = connection
            with self._guard:
                self._all.append(connection)
        return connection

    def _migrate(self) -> None:
        connection = self._connection()
        if _version(connection) < len(MIGRATIONS):
            with holding(library_lock(self.folder), self.folder):
                connection.execute("PRAGMA journal_mode = WAL")
                for version in range(_version(connection), len(MIGRATIONS)):
                    connection.executescript(
                        f"BEGIN IMMEDIATE; {MIGRATIONS[version]}; PRAGMA user_version = {version + 1}; COMMIT;"
                    )
        if _version(connection) > len(MIGRATIONS):
            raise LibraryError(
                f"The library {self.folder} was made by a newer claimcheck.", "Install that version or a newer one."
            )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LibraryError(
                f"The catalogue of the library {self.folder} cannot be used: {error}.",
                "Check the disk, and run: claimcheck corpus check",
            ) from error


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)
