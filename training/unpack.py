"""Step ``unpack``: a checkpoint from the verifier that ships, to train on.

    python -m training.unpack --out training/work/shipped.npz

Gives back the matrices as they run, that is rounded to 7 bits; the word vectors are those of the base. Positions and
token type have become one table.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from claimcheck.models.weights import FOLDER, VERIFIER
from training.labels import WORK


def tensors(model: onnx.ModelProto) -> dict[str, NDArray[np.float32]]:
    """Float tensors by the names of a checkpoint, matrices ``(outputs, inputs)``."""
    stored = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    places = stored["places"].astype(np.float32)
    found = {"emb.pos": places, "emb.type": np.zeros_like(places[:1])}
    for name, value in stored.items():
        base, _, part = name.rpartition(".")
        if part == "q":
            found[f"{base}.w"] = (value.T.astype(np.float32) * stored[f"{base}.s"][:, None]).astype(np.float32)
        elif base in ("passage", "tokens"):
            head = "passage" if base == "passage" else "sentence"
            found[f"head.{head}.{part}"] = (value.T if part == "w" else value).astype(np.float32)
        elif part in ("w", "b"):
            found[name] = value.astype(np.float32)
    return found


def main() -> None:
    """Runs the step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=WORK / "shipped.npz")
    options = parser.parse_args()
    found = tensors(onnx.load(FOLDER / VERIFIER))
    np.savez(options.out, **{name: value.astype(np.float16) for name, value in found.items()})
    print(f"{len(found)} tensors in {options.out}")


if __name__ == "__main__":
    main()
