"""Builds the ONNX graph of a BERT body from its weights, in the fused operators of ONNX Runtime.

The graph starts at the word embeddings (looked up outside, from the memory-mapped 4-bit table) and adds positions
itself. Matrices are int8 with one scale an output. Activations are quantised by a range that was measured before, or,
where a few tokens go far beyond all others, row by row while running; by either a text's result never depends on what
else is in its batch, which it does where the range of a whole tensor is taken while running. What comes out of a GELU
is never under -0.17, and has most of the levels over zero. Weights keep to 7 bits: processors
without VNNI add two 8-bit products in 16 bits, which 8-bit weights can overflow. The fused operator for a sum and its
layer normalisation takes several times as long as the two by themselves, and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array = NDArray[np.float32]
MICROSOFT = "com.microsoft"
MIDDLE, GELU_ZERO, GELU_LEAST = 128, 32, -0.17
"""Level of zero of a symmetric row, and of what comes out of a GELU, and the least that comes out of one."""

STATES_LAYER = 9
"""Layer whose token states the retriever also gives: syntax shows best there, and extraction reads it."""


@dataclass
class Body:
    """Weights of the body in plain names; matrices are ``(outputs, inputs)``."""

    width: int
    heads: int
    epsilon: float
    tensors: dict[str, Array]
    layers: int


@dataclass(frozen=True)
class Rounding:
    """How matrices are rounded, and the measured ranges of what they multiply, by the names of the matrices.

    ``matrices`` holds levels ``(outputs, inputs)`` and scales ``(outputs,)``. A matrix without a range has its input
    quantised row by row.
    """

    matrices: Mapping[str, tuple[NDArray[np.int8], Array]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)


ROW_BY_ROW = Rounding()


@dataclass
class GraphBuilder:
    """Collects nodes and initialisers; ``quantised`` False keeps float32 matrices.

    ``inputs`` says which node output each matrix multiplies.
    """

    quantised: bool = True
    rounding: Rounding = ROW_BY_ROW
    inputs: dict[str, str] = field(default_factory=dict)
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    initialisers: list[onnx.TensorProto] = field(default_factory=list)
    rows: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    gelus: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)
    count: int = 0

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """Adds an initialiser and returns its name."""
        self.initialisers.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def node(self, kind: str, inputs: list[str], *, domain: str = "", **attributes: object) -> str:
        """Adds a node and returns the name of its output."""
        self.count += 1
        name = f"t{self.count}"
        self.nodes.append(helper.make_node(kind, inputs, [name], domain=domain, **attributes))
        return name

    def linear(self, x: str, name: str, weight: Array, bias: Array) -> str:
        """``x @ weight.T + bias``."""
        self.inputs[name] = x
        shift = self.constant(name + ".b", bias)
        if not self.quantised:
            return self.node("Add", [self.node("MatMul", [x, self.constant(name + ".w", weight.T)]), shift])
        packed, scales = self.rounding.matrices.get(name) or quantise(weight)
        matrix = self.constant(name + ".q", packed.T), self.constant(name + ".s", scales)
        if name in self.rounding.ranges:
            levels, scale, zero = self._in_range(x, *self.rounding.ranges[name])
            return self._product(levels, matrix, scale, zero, "", shift)
        levels, row_scale, zero = self._quantised_rows(x)
        product = self._product(levels, matrix, self._unit(), zero)
        return self.node("Add", [self.node("Mul", [product, row_scale]), shift])

    def _product(self, levels: str, matrix: tuple[str, str], scale: str, zero: str, *bias: str) -> str:
        given = [levels, matrix[0], scale, matrix[1], zero, *bias]
        return self.node("MatMulIntegerToFloat", given, domain=MICROSOFT)

    def _shared(self, name: str, value: NDArray[np.generic]) -> str:
        """A constant that several nodes read."""
        if name not in self.shared:
            self.shared.add(self.constant(name, value))
        return name

    def _unit(self) -> str:
        return self._shared("unit", np.array(1, np.float32))

    def gelu(self, x: str) -> str:
        """The Gaussian error linear unit of ``x``."""
        output = self.node("Gelu", [x], domain=MICROSOFT)
        self.gelus.add(output)
        return output

    def _in_range(self, x: str, low: float, high: float) -> tuple[str, str, str]:
        """8-bit levels of ``x``, the scale of them all, and the name of the level of zero."""
        if x not in self.rows:
            step = (high - low) / 255
            scale = self.constant(x + ".scale", np.array(step, np.float32))
            zero = self.constant(x + ".zero", np.array(round(-low / step), np.uint8))
            self.rows[x] = self.node("QuantizeLinear", [x, scale, zero]), scale, zero
        return self.rows[x]

    def _quantised_rows(self, x: str) -> tuple[str, str, str]:
        """8-bit levels of ``x``, the scale of each of its rows, and the name of the level of zero."""
        if x not in self.rows:
            after_gelu = x in self.gelus
            zero, name = (GELU_ZERO, "zero.gelu") if after_gelu else (MIDDLE, "zero.middle")
            high = self.node("Mul", [self.node("ReduceMax", [x], axes=[-1], keepdims=1), self._shared(f"{name}.over",
                             np.array(1 / (255 - zero), np.float32))])  # fmt: skip
            if after_gelu:
                low = self._shared(f"{name}.least", np.array(GELU_LEAST / -zero, np.float32))
            else:
                low = self.node("Mul", [self.node("ReduceMin", [x], axes=[-1], keepdims=1), self._shared(
                                f"{name}.under", np.array(-1 / zero, np.float32))])  # fmt: skip
            scale = self.node("Max", [high, low])
            scaled = self.node("Mul", [x, self.node("Reciprocal", [scale])])
            level = self._shared(name, np.array(zero, np.uint8))
            self.rows[x] = self.node("QuantizeLinear", [scaled, self._unit(), level]), scale, level
        return self.rows[x]

    def norm(self, x: str, skip: str | None, name: str, gain: Array, bias: Array, epsilon: float) -> str:
        """Layer normalisation of ``x`` (plus ``skip``)."""
        scale, shift = self.constant(name + ".w", gain), self.constant(name + ".b", bias)
        summed = x if skip is None else self.node("Add", [x, skip])
        return self.node("LayerNormalization", [summed, scale, shift], axis=-1, epsilon=epsilon)


def quantise(weight: Array) -> tuple[NDArray[np.int8], Array]:
    """Symmetric 7-bit quantisation with one scale a row.

    Returns:
        levels from -63 to 63, shaped as ``weight``, and scales ``(outputs,)``.
    """
    scales = np.abs(weight).max(axis=1) / 63
    safe = np.where(scales == 0, 1, scales)
    return np.rint(weight / safe[:, None]).astype(np.int8), scales.astype(np.float32)


def encoder(
    builder: GraphBuilder, body: Body, *, states: str | None = None, marks: str | None = None
) -> tuple[str, str]:
    """Adds the encoder; returns the names of the last hidden state ``(batch, tokens, width)`` and the mask input.

    ``states`` names an output for the hidden state after :data:`STATES_LAYER` layers. ``marks`` names an input
    ``(batch, marks)`` of the positions that the last layer is computed at, where no other is read.
    """
    t = body.tensors
    places = t["emb.pos"].reshape(-1, body.width) + t["emb.type"].reshape(-1, body.width)[0]
    builder.constant("places", places.astype(np.float16) if builder.quantised else places)
    every_place = builder.node("Cast", ["places"], to=TensorProto.FLOAT)
    builder.constant("zero", np.array([0], np.int64))
    builder.constant("one", np.array([1], np.int64))
    length = builder.node("Shape", ["embeddings"], start=1, end=2)
    positions = builder.node("Slice", [every_place, "zero", length, "zero"])
    x = builder.node("Add", ["embeddings", positions])
    x = builder.norm(x, None, "emb.ln", t["emb.ln.w"], t["emb.ln.b"], body.epsilon)
    for layer in range(body.layers):
        p = f"l{layer}."
        k, v = (builder.linear(x, p + n, t[p + n + ".w"], t[p + n + ".b"]) for n in ("k", "v"))
        if marks and layer + 1 == body.layers:
            marked = builder.node("Unsqueeze", [marks, builder.constant("last", np.array([-1], np.int64))])
            x = builder.node("GatherND", [x, marked], batch_dims=1)
        q = builder.linear(x, p + "q", t[p + "q.w"], t[p + "q.b"])
        attended = builder.node("MultiHeadAttention", [q, k, v, "", "mask"], domain=MICROSOFT, num_heads=body.heads)
        projected = builder.linear(attended, p + "ao", t[p + "ao.w"], t[p + "ao.b"])
        x = builder.norm(projected, x, p + "aln", t[p + "aln.w"], t[p + "aln.b"], body.epsilon)
        inner = builder.linear(x, p + "fi", t[p + "fi.w"], t[p + "fi.b"])
        inner = builder.gelu(inner)
        x = builder.norm(
            builder.linear(inner, p + "fo", t[p + "fo.w"], t[p + "fo.b"]),
            x, p + "oln", t[p + "oln.w"], t[p + "oln.b"], body.epsilon,
        )  # fmt: skip
        if states and layer + 1 == STATES_LAYER:
            builder.nodes.append(helper.make_node("Identity", [x], [states]))
    return x, "mask"


def finish(
    builder: GraphBuilder, width: int, outputs: dict[str, list[str | int]], *, marks: str | None = None
) -> onnx.ModelProto:
    """The model with inputs ``embeddings`` (batch, tokens, width), ``mask`` (batch, tokens), and marks if there are."""
    graph = helper.make_graph(
        builder.nodes, "encoder",
        [helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["batch", "tokens", width]),
         helper.make_tensor_value_info("mask", TensorProto.INT32, ["batch", "tokens"]),
         *([helper.make_tensor_value_info(marks, TensorProto.INT64, ["batch", "marks"])] if marks else [])],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n, shape in outputs.items()],
        builder.initialisers,
    )  # fmt: skip
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)],
        producer_name="claimcheck",
    )
    model.ir_version = 8
    return model


def retriever(body: Body, *, quantised: bool = True) -> onnx.ModelProto:
    """Mean-pooled, unit-length sentence vectors ``vectors`` (batch, width), and ``states`` (batch, tokens, width)."""
    b = GraphBuilder(quantised=quantised)
    x, mask = encoder(b, body, states="states")
    b.constant("two", np.array([2], np.int64))
    weights = b.node("Unsqueeze", [b.node("Cast", [mask], to=TensorProto.FLOAT), "two"])
    total = b.node("ReduceSum", [b.node("Mul", [x, weights]), "one"], keepdims=0)
    norm = b.node("ReduceL2", [total], axes=[1], keepdims=1)
    b.nodes.append(helper.make_node("Div", [total, norm], ["vectors"]))
    return finish(b, body.width, {"vectors": ["batch", body.width], "states": ["batch", "tokens", body.width]})


def verifier(
    body: Body,
    passage: tuple[Array, Array],
    sentence: tuple[Array, Array],
    *,
    quantised: bool = True,
    rounding: Rounding = ROW_BY_ROW,
) -> onnx.ModelProto:
    """Relation logits of the passage (first token) and of the sentences, at the positions ``marks`` (batch, marks).

    The first of the marks is 0, the token of the passage; the others are where sentences end.
    """
    return _verifier(GraphBuilder(quantised=quantised, rounding=rounding), body, passage, sentence)


def observed(
    body: Body, passage: tuple[Array, Array], sentence: tuple[Array, Array]
) -> tuple[onnx.ModelProto, dict[str, str]]:
    """The verifier in 32 bits that also gives what each matrix multiplies, and the output in which it does."""
    builder = GraphBuilder(quantised=False)
    model = _verifier(builder, body, passage, sentence)
    for name in sorted(set(builder.inputs.values())):
        model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    return model, builder.inputs


def _verifier(
    b: GraphBuilder, body: Body, passage: tuple[Array, Array], sentence: tuple[Array, Array]
) -> onnx.ModelProto:
    x, _ = encoder(b, body, marks="marks")
    first = b.node("Gather", [x, b.constant("first", np.array(0, np.int64))], axis=1)
    for name, source, (weight, bias) in (("passage", first, passage), ("tokens", x, sentence)):
        product = b.node("MatMul", [source, b.constant(name + ".w", weight.T)])
        b.nodes.append(helper.make_node("Add", [product, b.constant(name + ".b", bias)], [name]))
    labels = passage[0].shape[0]
    shapes: dict[str, list[str | int]] = {"passage": ["batch", labels], "tokens": ["batch", "marks", labels]}
    return finish(b, body.width, shapes, marks="marks")
