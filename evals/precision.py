"""What 8 bits bring and cost: the shipped verifier against the same weights in 32, and against the machine's own limit.

    python -m evals.precision [--checkpoint training/work/verifier.npz]   # with torch: writes evals/torch.json

The limit is the time that the matrix products of one run take by themselves, in the same widths and shapes, given to
ONNX Runtime one by one. Torch is no part of claimcheck: where it is not installed, the figures that the command above
left in ``evals/torch.json`` stand in, with their source. With a checkpoint the labels are compared with those of the
weights as they were trained, before they were cut to 8 bits.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from claimcheck.cli.progress import note
from claimcheck.models import weights
from claimcheck.models.encoder import PAD, Encoder, load_table
from claimcheck.models.verifier import Question, VerifierModel
from evals.metrics import ratio
from evals.parts import machine, read_json
from evals.sets import ROOT, dev_items
from evals.timing import Figures, alternating, seconds

TORCH_FILE: Final = ROOT / "evals" / "torch.json"
_QUESTIONS: Final = 96
_COMPARED: Final = 600
"""Questions that are timed, and those whose answers are compared."""

_SEQUENCES, _TOKENS, _MARKS = 4, 128, 5
"""One run as it ships: 512 tokens, and in each sequence the first token and the ends of four sentences."""

_LAYER: Final = ((384, 384),) * 4 + ((384, 1536), (1536, 384))
_LAYERS: Final = 12
_MICROSOFT: Final = "com.microsoft"
_BIAS: Final = 6
"""Place of the bias among the inputs of a product."""


def measure(runs: int, out: Path) -> Figures:
    """Figures of the shipped verifier beside those of 32 bits.

    Args:
        runs: rounds, of which the median counts.
        out: where the model in 32 bits is kept.
    """
    asked, narrow = questions(), VerifierModel()
    wide = Verifier32(wide_file(out))
    whole = alternating(
        {"int8": lambda: seconds(lambda: narrow.judge(asked)), "fp32": lambda: seconds(lambda: wide.judge(asked))}, runs
    )
    agreed, sentences = agreement(narrow, wide, questions(_COMPARED))
    run, limit = one_run(runs, wide_file(out)), products(runs)
    figures: Figures = {
        "pairs/s, int8": len(asked) / whole["int8"],
        "pairs/s, fp32 in ONNX Runtime": len(asked) / whole["fp32"],
        "times as fast as fp32": whole["fp32"] / whole["int8"],
        "same relation of the passage as in fp32": agreed,
        "same relation of each sentence as in fp32": sentences,
        "share of the size in fp32": weights.weights_file(weights.VERIFIER).stat().st_size
        / wide_file(out).stat().st_size,
        "one run against its int8 matrix products alone": run["int8"] / limit["int8"],
        "the same in fp32": run["fp32"] / limit["fp32"],
        "int8 matrix products, times as fast as fp32": limit["fp32"] / limit["int8"],
    }
    if has_torch():
        return figures | of_torch(runs, None)
    kept = kept_of_torch()
    if kept is None:
        note("SKIPPED: this verifier beside torch. In the training environment: python -m evals.precision")
        return figures
    beside: Figures = kept["figures"]
    return figures | beside


def has_torch() -> bool:
    """Whether torch is installed."""
    return importlib.util.find_spec("torch") is not None


def kept_of_torch() -> dict[str, Any] | None:
    """The figures beside torch that were left for this verifier, and their source."""
    kept = read_json(TORCH_FILE) if TORCH_FILE.is_file() else None
    return kept if kept and kept["source"]["verifier"] == weights.weights_hash(weights.VERIFIER) else None


def source_of_torch() -> str:
    """Where the figures beside torch come from, a sentence; empty where they are measured or there are none."""
    kept = kept_of_torch()
    if has_torch() or kept is None:
        return ""
    made = kept["source"]
    return f"Beside torch: not measured in this run; from `{made['command']}` on {made['day']}, {made['machine']}."


def questions(most: int = _QUESTIONS) -> list[Question]:
    """Written claims and evidence that trained nothing."""
    pairs = [(claim.claim, item.sentences) for item in dev_items() for claim in item.claims]
    return [Question(claim, sentences) for claim, sentences in pairs[:: max(1, len(pairs) // most)][:most]]


def agreement(one: VerifierModel, other: VerifierModel, asked: Sequence[Question]) -> tuple[float, float]:
    """The share of passages, and of sentences, whose likeliest relation is the same to both."""
    passages = sentences = counted = 0
    for a, b in zip(one.judge(asked), other.judge(asked), strict=True):
        passages += int(a.passage.argmax() == b.passage.argmax())
        sentences += int((a.sentences.argmax(axis=1) == b.sentences.argmax(axis=1)).sum())
        counted += len(a.sentences)
    return ratio(passages, len(asked)), ratio(sentences, counted)


class Verifier32(VerifierModel):
    """The verifier over another body.

    Args:
        file: its ONNX file.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._encoder = Encoder(str(file.resolve()))


def wide_file(out: Path) -> Path:
    """The shipped verifier with its matrices in 32 bits, made if it is not there."""
    file = out / f"verifier-fp32-{weights.weights_hash(weights.VERIFIER)[:12]}.onnx"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(widened(weights.weights_file(weights.VERIFIER)))
    return file


def widened(file: Path) -> bytes:
    """A shipped model with plain products of 32-bit matrices in the place of those of 8 bits.

    A product of 8 bits quantises its input by a measured range, multiplies, scales back and adds its bias; or it
    quantises the rows of its input, multiplies, and the rows are then scaled back. All of either become one product,
    and the sum with the bias.
    """
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(file)
    nodes = list(model.graph.node)
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    made_by = {name: node for node in nodes for name in node.output}
    used_by = {name: node for node in nodes for name in node.input}
    replaced: dict[str, list[Any]] = {}
    dropped: set[str] = set()
    for node in nodes:
        if node.op_type != "MatMulIntegerToFloat":
            continue
        levels, scales = (numpy_helper.to_array(tensors[node.input[place]]) for place in (1, 3))
        wide = node.input[1] + ".wide"
        tensors[wide] = numpy_helper.from_array((levels * scales).astype(np.float32), wide)
        tensors.pop(node.input[1])
        levels_of = made_by[node.input[0]]
        if len(node.input) > _BIAS:
            product = node.output[0] + ".product"
            replaced[node.output[0]] = [
                helper.make_node("MatMul", [levels_of.input[0], wide], [product]),
                helper.make_node("Add", [product, node.input[_BIAS]], [node.output[0]]),
            ]
            continue
        unscaled, scaled_back = made_by[levels_of.input[0]].input[0], used_by[node.output[0]]
        replaced[node.output[0]] = [helper.make_node("MatMul", [unscaled, wide], [scaled_back.output[0]])]
        dropped.add(scaled_back.output[0])
    kept = [made for n in nodes if n.output[0] not in dropped for made in replaced.get(n.output[0], [n])]
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(kept)
    model.graph.initializer.extend(tensors.values())
    return bytes(model.SerializeToString())


def one_run(runs: int, wide: Path) -> dict[str, float]:
    """Seconds of one full run of each body."""
    ids = np.random.default_rng(0).integers(4, len(load_table()), (_SEQUENCES, _TOKENS))
    inputs: dict[str, NDArray[Any]] = {
        "embeddings": load_table().rows(ids),
        "mask": np.ones(ids.shape, np.int32),
        "marks": np.linspace(0, _TOKENS - 1, _MARKS).astype(np.int64)[None].repeat(_SEQUENCES, 0),
    }
    sessions = {
        "int8": session(weights.weights_file(weights.VERIFIER).read_bytes()),
        "fp32": session(wide.read_bytes()),
    }
    return alternating({name: timed(made, inputs) for name, made in sessions.items()}, 4 * runs)


def products(runs: int) -> dict[str, float]:
    """Seconds of the matrix products of one full run by themselves, in 8 and in 32 bits."""
    rng = np.random.default_rng(0)
    rows = _SEQUENCES * _TOKENS
    taken = {"int8": 0.0, "fp32": 0.0}
    for inputs, outputs in sorted(set(_LAYER)):
        levels = rng.integers(0, 255, (rows, inputs)).astype(np.uint8)
        sides = {
            "int8": timed(session(product(inputs, outputs, narrow=True)), {"x": levels}),
            "fp32": timed(session(product(inputs, outputs, narrow=False)), {"x": levels.astype(np.float32)}),
        }
        for name, once in alternating(sides, 4 * runs).items():
            taken[name] += once * _LAYER.count((inputs, outputs)) * _LAYERS
    return taken


def product(inputs: int, outputs: int, *, narrow: bool) -> bytes:
    """A model that multiplies rows by one matrix."""
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng(1)
    levels = rng.integers(-63, 64, (inputs, outputs)).astype(np.int8)
    constants = {
        "matrix": levels if narrow else levels.astype(np.float32),
        "unit": np.array(1, np.float32),
        "scales": np.full(outputs, 0.01, np.float32),
        "middle": np.array(128, np.uint8),
    }
    if narrow:
        given = ["x", "matrix", "unit", "scales", "middle"]
        node = helper.make_node("MatMulIntegerToFloat", given, ["y"], domain=_MICROSOFT)
    else:
        node = helper.make_node("MatMul", ["x", "matrix"], ["y"])
    kind = TensorProto.UINT8 if narrow else TensorProto.FLOAT
    graph = helper.make_graph(
        [node],
        "product",
        [helper.make_tensor_value_info("x", kind, ["rows", inputs])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", outputs])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_MICROSOFT, 1)]
    return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString())


def session(model: bytes) -> Any:
    """A session of ONNX Runtime as the shipped models have it."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def timed(made: Any, inputs: dict[str, NDArray[Any]]) -> Callable[[], float]:
    """Seconds of a run."""
    return lambda: seconds(lambda: made.run(None, inputs))


class TorchBody:
    """The verifier's body in torch and 32 bits, with the face of :class:`claimcheck.models.encoder.Encoder`.

    Args:
        tensors: weights by the names of a checkpoint.
        heads: attention heads.
        epsilon: of the layer norms.
    """

    def __init__(self, tensors: dict[str, NDArray[np.float32]], heads: int, epsilon: float) -> None:
        self._tensors, self._heads, self._epsilon = tensors, heads, epsilon
        self._net: Any = None

    def run(
        self, sequences: Sequence[Sequence[int]], outputs: object = None, *, marks: Sequence[Sequence[int]]
    ) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """As the encoder's: outputs of each sequence, longest first."""
        import torch

        from training.model import Encoder as Backbone

        ids = np.unique([token for sequence in sequences for token in (*sequence, PAD)])
        table = torch.from_numpy(load_table().rows(ids))
        if self._net is None:
            body = {name: value for name, value in self._tensors.items() if not name.startswith("head.")}
            self._net = Backbone(body, table, heads=self._heads, epsilon=self._epsilon).eval()
        self._net.table = table
        heads = {
            name: [torch.from_numpy(self._tensors[f"head.{name}.{part}"]) for part in ("w", "b")]
            for name in ("passage", "sentence")
        }
        waiting = sorted(range(len(sequences)), key=lambda i: -len(sequences[i]))
        while waiting:
            longest = len(sequences[waiting[0]])
            size = max(1, _SEQUENCES * _TOKENS // longest)
            chosen, waiting = waiting[:size], waiting[size:]
            padded = np.full((len(chosen), longest), PAD, np.int64)
            mask = np.zeros((len(chosen), longest), bool)
            for row, index in enumerate(chosen):
                padded[row, : len(sequences[index])] = sequences[index]
                mask[row, : len(sequences[index])] = True
            places = torch.from_numpy(np.searchsorted(ids, padded))
            with torch.inference_mode():
                hidden = self._net(places, torch.from_numpy(mask))
                passage = torch.nn.functional.linear(hidden[:, 0], *heads["passage"]).numpy()
                tokens = torch.nn.functional.linear(hidden, *heads["sentence"]).numpy()
            for row, index in enumerate(chosen):
                yield index, (passage[row], tokens[row, list(marks[index])])


def tensors_of(file: Path) -> tuple[dict[str, NDArray[np.float32]], int, float]:
    """The weights of a shipped model by the names of a checkpoint, its attention heads and its epsilon."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(file).graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    tensors: dict[str, NDArray[np.float32]] = {
        "emb.pos": constants["places"].astype(np.float32),
        "emb.type": np.zeros((1, constants["places"].shape[1]), np.float32),
    }
    for name, value in constants.items():
        if name.endswith(".q"):
            scaled = (value * constants[name[:-1] + "s"]).T
            tensors[name[:-1] + "w"] = np.ascontiguousarray(scaled, np.float32)
        elif name.startswith(("l", "emb.ln")) and name.endswith((".b", "ln.w")):
            tensors[name] = np.array(value, np.float32)
    for ours, theirs in (("passage", "passage"), ("tokens", "sentence")):
        tensors[f"head.{theirs}.w"] = np.ascontiguousarray(constants[ours + ".w"].T, np.float32)
        tensors[f"head.{theirs}.b"] = np.array(constants[ours + ".b"], np.float32)
    attributes = {a.name: a for node in graph.node for a in node.attribute}
    return tensors, int(attributes["num_heads"].i), float(attributes["epsilon"].f)


def of_torch(runs: int, checkpoint: Path | None) -> Figures:
    """The shipped verifier beside torch in 32 bits."""
    tensors, heads, epsilon = tensors_of(weights.weights_file(weights.VERIFIER))
    if checkpoint is not None:
        with np.load(checkpoint) as file:
            tensors = {name: np.asarray(file[name], np.float32) for name in file.files}
        tensors.setdefault("emb.type", np.zeros((1, 384), np.float32))
    narrow, wide, asked = VerifierModel(), VerifierModel(), questions()
    wide._encoder = TorchBody(tensors, heads, epsilon)  # type: ignore[assignment]
    whole = alternating(
        {"int8": lambda: seconds(lambda: narrow.judge(asked)), "torch": lambda: seconds(lambda: wide.judge(asked))},
        runs,
    )
    agreed, sentences = agreement(narrow, wide, questions(_COMPARED))
    weighed = "the trained weights" if checkpoint is not None else "the same weights"
    return {
        "times as fast as fp32 in torch": whole["torch"] / whole["int8"],
        f"same relation of the passage as {weighed} in torch": agreed,
        f"same relation of each sentence as {weighed} in torch": sentences,
    }


def main() -> None:
    """Measures beside torch and leaves the figures in ``evals/torch.json``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, help="the verifier as it was trained")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    source = {
        "command": "python -m evals.precision" + (" --checkpoint FILE" if options.checkpoint else ""),
        "day": date.today().isoformat(),
        "verifier": weights.weights_hash(weights.VERIFIER),
        "machine": machine(),
    }
    result = {"source": source, "figures": of_torch(options.runs, options.checkpoint)}
    TORCH_FILE.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    json.dump(result["figures"], sys.stdout, indent=1)


if __name__ == "__main__":
    main()
