"""Weights that are missing, damaged, or there."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from claimcheck.errors import ModelError
from claimcheck.models import encoder, load_embedder, load_verifier, weights
from claimcheck.models.verifier import VerifierModel
from claimcheck.settings import Settings

LOADERS: dict[str, Callable[[], object]] = {
    weights.EMBEDDING: encoder.load_table.__wrapped__,
    weights.TOKENIZER: encoder.load_tokenizer.__wrapped__,
    weights.RETRIEVER: lambda: load_embedder(Settings()),
    weights.VERIFIER: lambda: load_verifier(Settings()),
    weights.CALIBRATION: lambda: VerifierModel().calibration,
}


def replace(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


@pytest.mark.parametrize("name", LOADERS)
def test_a_missing_file_is_named_with_the_next_step(folder: Path, name: str):
    (folder / name).unlink()
    with pytest.raises(ModelError) as raised:
        LOADERS[name]()
    assert name in raised.value.message
    assert "missing" in raised.value.message
    assert "claimcheck doctor" in raised.value.next_step


@pytest.mark.parametrize("name", LOADERS)
def test_a_pointer_in_place_of_a_file_is_a_missing_file(folder: Path, name: str):
    replace(folder / name, b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    with pytest.raises(ModelError, match="missing"):
        LOADERS[name]()


@pytest.mark.parametrize("damage", ["empty", "other", "cut"])
@pytest.mark.parametrize("name", LOADERS)
def test_a_damaged_file_is_named_with_the_next_step(folder: Path, name: str, damage: str):
    whole = (folder / name).read_bytes()
    replace(folder / name, {"empty": b"", "other": b"?" * 1000, "cut": whole[: len(whole) // 2 - 7]}[damage])
    with pytest.raises(ModelError) as raised:
        LOADERS[name]()
    assert raised.value.message == f"The model file {name} is damaged."
    assert raised.value.next_step.startswith("Install claimcheck again")


def test_a_table_that_lacks_rows_is_damaged(folder: Path):
    row = 18 * encoder.WIDTH // 32
    content = (folder / weights.EMBEDDING).read_bytes()
    replace(folder / weights.EMBEDDING, content[: row * 1000])
    with pytest.raises(ModelError, match="damaged"):
        encoder.load_table.__wrapped__()


def test_models_are_known_by_the_hash_of_their_files():
    used = {model.task: model for model in weights.models_used()}
    assert set(used) == {"retrieval", "verification"}
    content = weights.weights_file(weights.RETRIEVER).read_bytes()
    assert used["retrieval"].sha256 == hashlib.sha256(content).hexdigest() == weights.weights_hash(weights.RETRIEVER)
    assert used["verification"].sha256 not in (used["retrieval"].sha256, weights.weights_hash(weights.VERIFIER))
