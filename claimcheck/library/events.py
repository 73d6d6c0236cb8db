"""What happens while evidence is added, as it happens."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an addition has come: sources dealt with, of how many, and passages stored so far."""

    done: int
    total: int
    passages: int


@dataclass(frozen=True, slots=True)
class IngestEvent:
    """Something happened to one source (a file or an address, as the user gave it)."""

    source: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Added(IngestEvent):
    """A document is new in the library."""

    document: str
    title: str | None
    passages: int


@dataclass(frozen=True, slots=True)
class Replaced(IngestEvent):
    """A document took the place of its earlier form; ``passages`` is 0 if only what is noted about it changed."""

    document: str
    title: str | None
    passages: int


@dataclass(frozen=True, slots=True)
class Unchanged(IngestEvent):
    """Documents that the library holds already, under the source ``same_as`` if the same bytes lie there too."""

    documents: int
    same_as: str | None = None


@dataclass(frozen=True, slots=True)
class Removed(IngestEvent):
    """Documents that the source held when it was last added, and holds no more."""

    documents: int


@dataclass(frozen=True, slots=True)
class Skipped(IngestEvent):
    """A file found in a folder is of no sort that can be read."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed(IngestEvent):
    """A source, or one document of it, could not be added; the others go on."""

    reason: str
    next_step: str
