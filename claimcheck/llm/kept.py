"""Replies that were paid for once, kept on disk: the same question to the same model is not asked again."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from claimcheck.errors import CacheError

FILE: Final = "replies-1.sqlite3"  # another form of the table gets another name
_PATIENCE_S: Final = 60.0
_TABLE: Final = """
    CREATE TABLE IF NOT EXISTS replies (
        key TEXT PRIMARY KEY, reply TEXT NOT NULL, kept TEXT NOT NULL DEFAULT CURRENT_DATE
    ) WITHOUT ROWID
"""


def key_of(asked: Any) -> str:
    """The key of a question: a hash over everything that can change its answer.

    Args:
        asked: anything that JSON can hold: prompt hash, messages, model, address, settings, schema.
    """
    return hashlib.sha256(json.dumps(asked, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class KeptReplies:
    """Replies by the key of their question, in one SQLite file that several processes may use at once.

    The file holds what models wrote and hashes of what they were asked, no prompt and no key of a server; only its
    owner may read it. It can be deleted at any time.

    Args:
        folder: where the file lies; made if it is missing.

    Raises:
        CacheError: the file cannot be made or read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (folder / FILE).touch(mode=0o600)
        except OSError as error:
            raise self._explained(error) from error
        with self._used():
            self._connection = sqlite3.connect(folder / FILE, timeout=_PATIENCE_S, check_same_thread=False)
            self._connection.execute(_TABLE)

    def get(self, key: str) -> str | None:
        """The reply kept under a key, if there is one.

        Raises:
            CacheError: the file cannot be read.
        """
        with self._used():
            row = self._connection.execute("SELECT reply FROM replies WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def keep(self, key: str, reply: str) -> None:
        """Keep a reply; one kept before under the same key gives way.

        Raises:
            CacheError: the file cannot be written.
        """
        with self._used(), self._connection:
            self._connection.execute("INSERT OR REPLACE INTO replies (key, reply) VALUES (?, ?)", (key, reply))

    def close(self) -> None:
        """Free the file."""
        with self._guard:
            self._connection.close()

    @contextmanager
    def _used(self) -> Iterator[None]:
        with self._guard:
            try:
                yield
            except sqlite3.Error as error:
                raise self._explained(error) from error

    def _explained(self, error: Exception) -> CacheError:
        return CacheError(
            f"The replies kept in {self._folder} cannot be used: {error}.",
            "Delete the folder, which loses nothing but time and calls, or name another in the setting llm_cache.",
        )
