"""The library of attacks, and three checkers over it."""

import json
from collections.abc import Iterator

import pytest
from attack_scene import ALL, DAY, ObedientModel, Scene
from fake_server import FakeServer

from claimcheck.library.library import Library
from claimcheck.models import load_embedder
from claimcheck.pipeline import Checker
from claimcheck.settings import Settings, load_settings


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("injection")
    plain = Settings(as_of=DAY, threads=1)
    for name in ("clean", "attacked"):
        rows = [attack.evidence(attacked=name == "attacked") for attack in ALL]
        notes = folder / f"{name}.jsonl"
        notes.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        with Library.open(folder / name, load_embedder(plain), create=True) as library:
            list(library.add([notes], plain))
    model = ObedientModel()
    server = FakeServer().will(model)
    asking = load_settings(
        as_of=DAY, threads=1, model="openai:fake", base_url=server.base_url, verifier="llm", extractor="local",
        explain="all", llm_cache=folder / "replies", llm_retries=0,
    )  # fmt: skip
    with (
        Checker.open(folder / "clean", plain) as clean,
        Checker.open(folder / "attacked", plain) as local,
        Checker.open(folder / "attacked", asking) as obeying,
    ):
        yield Scene(clean, local, obeying, model)
    server.close()
