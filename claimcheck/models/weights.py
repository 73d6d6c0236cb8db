"""Where the weights lie, and that they are whole."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from claimcheck.errors import ModelError
from claimcheck.types import ModelUsed

FOLDER = Path(__file__).parent / "weights"
EMBEDDING = "embedding.q4"
TOKENIZER = "tokenizer.json.xz"
RETRIEVER = "retriever.onnx"
VERIFIER = "verifier.onnx"
CALIBRATION = "verifier.json"


def weights_file(name: str) -> Path:
    """Path of one weights file.

    Raises:
        ModelError: it is not there, or is a pointer that a large-file store left in its place.
    """
    path = FOLDER / name
    if not path.is_file() or (path.stat().st_size < 200 and path.read_bytes().startswith(b"version https")):
        raise ModelError(
            f"The model file {name} is missing from this installation.",
            "Install claimcheck again; `claimcheck doctor` shows what is there.",
        )
    return path


def damaged(name: str) -> ModelError:
    """The error for a weights file whose content cannot be used."""
    return ModelError(
        f"The model file {name} is damaged.", "Install claimcheck again; `claimcheck doctor` shows what is there."
    )


@cache
def weights_hash(*names: str) -> str:
    """SHA-256 of one weights file, or of several one after the other, in hexadecimal."""
    digest = hashlib.sha256()
    for name in names:
        digest.update(weights_file(name).read_bytes())
    return digest.hexdigest()


def models_used() -> tuple[ModelUsed, ...]:
    """The shipped models, for the report; the verifier's hash covers its calibration."""
    named = (
        ("retrieval", "claimcheck-retriever", (RETRIEVER,)),
        ("verification", "claimcheck-verifier", (VERIFIER, CALIBRATION)),
    )
    return tuple(ModelUsed(task=task, name=name, sha256=weights_hash(*files)) for task, name, files in named)
