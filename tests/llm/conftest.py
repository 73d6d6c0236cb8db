"""A fake server, and a door to it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, build_library
from fake_server import FakeServer

from claimcheck.llm.door import LanguageModel
from claimcheck.settings import Settings, load_settings

KEY = "sk-test-0123456789abcdef-not-to-be-seen"


class Doors:
    """Opens doors to one server, and knows how long they waited between tries."""

    def __init__(self, server: FakeServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.waits: list[float] = []
        self.seconds = 0.0
        self.opened: list[LanguageModel] = []

    def settings(self, **flags: Any) -> Settings:
        given = {
            "model": "openai:fake", "base_url": self.server.base_url, "llm_cache": self.folder, "llm_timeout_s": 20.0,
        }  # fmt: skip
        return load_settings(**{**given, **flags})

    def __call__(self, **flags: Any) -> LanguageModel:
        door = LanguageModel(self.settings(**flags), sleep=self.waits.append, clock=lambda: self.seconds)
        self.opened.append(door)
        return door


@pytest.fixture(autouse=True)
def always_bare(bare_environment: None) -> None:
    """No test here may see the settings of whoever runs it."""


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    yield fake
    fake.close()


@pytest.fixture
def doors(server: FakeServer, tmp_path: Path) -> Iterator[Callable[..., LanguageModel]]:
    """Open a door to the fake server; flags are settings."""
    made = Doors(server, tmp_path / "replies")
    yield made
    for door in made.opened:
        door.close()


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small library of evidence."""
    return build_library(tmp_path_factory.mktemp("with-model"))


@pytest.fixture
def desk(library: Path, doors: Any) -> Desk:
    """Checks a draft with a language model behind the fake server."""
    return Desk(library, doors)
