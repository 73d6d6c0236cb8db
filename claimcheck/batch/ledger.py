"""What a batch has done already, so that a second run does only the rest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from claimcheck.batch.files import append_line
from claimcheck.settings import Settings
from claimcheck.types import CorpusSearched, ModelUsed
from claimcheck.usage import PromptUsed

# They say where things lie and how fast they go, not what comes out; library and prompts count by their hashes.
_WITHOUT_EFFECT: Final = frozenset(
    ("library", "threads", "batch_size", "max_file_mb", "fetch_timeout_s", "as_of", "offline", "concurrency",
     "llm_timeout_s", "llm_retries", "llm_cache", "llm_ask_again", "max_cost", "max_calls", "max_tokens",
     "prices", "prompts")
)  # fmt: skip


def conditions_key(
    settings: Settings,
    corpus: CorpusSearched,
    models: Iterable[ModelUsed],
    version: str,
    prompts: Iterable[PromptUsed] = (),
) -> str:
    """Hash of everything but the document that a report depends on.

    Args:
        settings: settings of the run; the day in force counts, even where it is today by default.
        corpus: the library, which counts by its fingerprint.
        models: the models that take part, which count by the hashes of their weights.
        version: version of claimcheck.
        prompts: what a language model may be asked, which counts by its hashes.
    """
    parts = {
        "settings": settings.model_dump(mode="json", exclude=set(_WITHOUT_EFFECT)),
        "as_of": settings.day.isoformat(),
        "library": corpus.fingerprint,
        "models": sorted([model.task, model.name, model.sha256] for model in models),
        "prompts": sorted([prompt.task, prompt.sha256] for prompt in prompts),
        "claimcheck": version,
    }
    return _sha256(json.dumps(parts, sort_keys=True).encode())


def work_key(digest: str, conditions: str) -> str:
    """Key of one piece of work: a document of this digest under these conditions."""
    return _sha256(f"{digest} {conditions}".encode())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class LedgerEntry(BaseModel):
    """One document that is done: the key of the work, its report, and its row of the summary."""

    model_config = ConfigDict(frozen=True)

    key: str
    report: str
    row: dict[str, str]
    unchecked: int


class Ledger:
    """Keeps one line for each document done, in a file that only grows; the last line on a report counts.

    A line that an interruption cut short is passed over: its document is simply checked again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: dict[str, LedgerEntry] = {}
        if path.exists():
            text = path.read_text(encoding="utf-8", errors="replace")
            for line in text.split("\n"):
                self._remember(line)
            if text and not text.endswith("\n"):
                append_line(path, "")

    def find(self, report: str, key: str) -> LedgerEntry | None:
        """The entry of a piece of work, if the report that lies there now came from it."""
        entry = self._entries.get(report)
        return entry if entry is not None and entry.key == key else None

    def add(self, entry: LedgerEntry) -> None:
        """Record that a piece of work is done.

        Raises:
            OutputError: the record cannot be written.
        """
        append_line(self._path, entry.model_dump_json())
        self._entries[entry.report] = entry

    def _remember(self, line: str) -> None:
        try:
            entry = LedgerEntry.model_validate_json(line)
        except ValidationError:
            return
        self._entries[entry.report] = entry
