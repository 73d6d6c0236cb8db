import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from tiny import TinyEmbedder

from claimcheck.library.events import IngestEvent
from claimcheck.library.library import Library


@pytest.fixture
def embedder() -> TinyEmbedder:
    return TinyEmbedder()


@pytest.fixture
def library(tmp_path: Path, embedder: TinyEmbedder) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embedder, create=True) as opened:
        yield opened


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    folder = tmp_path / "evidence"
    folder.mkdir()
    return folder


@pytest.fixture
def added(library: Library) -> Callable[..., list[tuple[str, str]]]:
    """Adds sources; the events as (name of its type, name of the source)."""

    def add(*sources: Path | str) -> list[tuple[str, str]]:
        return [summary(event) for event in library.add(sources)]

    return add


def summary(event: IngestEvent) -> tuple[str, str]:
    return type(event).__name__, Path(event.source).name
