from pathlib import Path

import pytest

from claimcheck.models import weights
from claimcheck.models.retriever import RetrieverModel
from claimcheck.models.verifier import VerifierModel

FILES = (weights.EMBEDDING, weights.TOKENIZER, weights.RETRIEVER, weights.VERIFIER, weights.CALIBRATION)


@pytest.fixture(scope="session")
def retriever() -> RetrieverModel:
    return RetrieverModel()


@pytest.fixture(scope="session")
def verifier() -> VerifierModel:
    return VerifierModel()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A weights folder of this test's own; its files are links that the test may replace."""
    for name in FILES:
        (tmp_path / name).symlink_to(weights.FOLDER / name)
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    return tmp_path
