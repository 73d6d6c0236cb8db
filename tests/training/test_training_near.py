"""Near-misses: passages of other stories, nearest first, found once for pairs that stay as they are."""

import numpy as np
import pytest
from conftest import World

from training.batches import Pairs
from training.labels import WRITTEN
from training.near import mine, mined


def test_near_misses_are_written_pairs_of_other_families(world: World) -> None:
    pairs = world.pairs
    found = mine(pairs, nearest=3)
    written = pairs.select("train", WRITTEN)
    assert found.shape == (len(pairs), 3)
    assert (found[written] >= 0).all()
    assert np.isin(found[written], written).all()
    assert (pairs.family[found[written]] != pairs.family[written][:, None]).all()
    others = np.setdiff1d(np.arange(len(pairs)), written)
    assert (found[others] == -1).all()


def test_near_misses_are_found_once(world: World) -> None:
    first = mined(world.work, world.pairs)
    assert (world.work / "negatives.npy").exists()
    assert np.array_equal(mined(world.work, world.pairs), first)


def test_near_misses_of_other_pairs_are_not_taken(world: World) -> None:
    mined(world.work, world.pairs)
    shorter = Pairs(world.work / "pairs.npz")
    shorter.label = shorter.label[:-1]
    with pytest.raises(ValueError, match="remove it"):
        mined(world.work, shorter)
