"""Builds the ONNX graph of a BERT body from its weights, in the fused operators of ONNX Runtime.

The graph starts at the word embeddings (looked up outside, from the memory-mapped 4-bit table) and adds positions
itself. Matrices are int8 with one scale an output; activations are quantised row by row while running, so that a
text's result never depends on what else is in its batch, which it does where one scale covers a whole tensor. What
comes out of a GELU is hardly ever under zero, and has most of the levels over it. Weights keep to 7 bits: processors
without VNNI add two 8-bit products in 16 bits, which 8-bit weights can overflow. The fused operator for a sum and its
layer normalisation takes several times as long as the two by themselves, and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array = NDArray[np.float32]
MICROSOFT = "com.microsoft"
MIDDLE, GELU_ZERO = 128, 32
"""Level of zero of a symmetric row, and of what comes out of a GELU, which is never under -0.17."""

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


@dataclass
class GraphBuilder:
    """Collects nodes and initialisers; ``quantised`` False keeps float32 matrices."""

    quantised: bool = True
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    initialisers: list[onnx.TensorProto] = field(default_factory=list)
    rows: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    zeros: set[int] = field(default_factory=set)
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
        shift = self.constant(name + ".b", bias)
        if not self.quantised:
            return self.node("Add", [self.node("MatMul", [x, self.constant(name + ".w", weight.T)]), shift])
        levels, row_scale, zero = self._quantised_rows(x)
        packed, scales = quantise(weight)
        product = self.node(
            "MatMulIntegerToFloat",
            [levels, self.constant(name + ".q", packed.T), "unit", self.constant(name + ".s", scales), zero],
            domain=MICROSOFT,
        )
        return self.node("Add", [self.node("Mul", [product, row_scale]), shift])

    def gelu(self, x: str) -> str:
        """The Gaussian error linear unit of ``x``."""
        output = self.node("Gelu", [x], domain=MICROSOFT)
        if self.quantised:
            self.rows[output] = self._levels(output, GELU_ZERO)
        return output

    def _quantised_rows(self, x: str) -> tuple[str, str, str]:
        if x not in self.rows:
            self.rows[x] = self._levels(x, MIDDLE)
        return self.rows[x]

    def _levels(self, x: str, zero: int) -> tuple[str, str, str]:
        """8-bit levels of ``x``, the scale of each of its rows, and the name of the level of zero."""
        name = f"zero{zero}"
        if not self.zeros:
            self.constant("unit", np.array(1, np.float32))
        if zero not in self.zeros:
            self.zeros.add(zero)
            self.constant(name, np.array(zero, np.uint8))
            self.constant(f"{name}.over", np.array(1 / (255 - zero), np.float32))
            self.constant(f"{name}.under", np.array(-1 / zero, np.float32))
        high = self.node("Mul", [self.node("ReduceMax", [x], axes=[-1], keepdims=1), f"{name}.over"])
        low = self.node("Mul", [self.node("ReduceMin", [x], axes=[-1], keepdims=1), f"{name}.under"])
        scale = self.node("Max", [high, low])
        scaled = self.node("Mul", [x, self.node("Reciprocal", [scale])])
        return self.node("QuantizeLinear", [scaled, "unit", name]), scale, name

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
    body: Body, passage: tuple[Array, Array], sentence: tuple[Array, Array], *, quantised: bool = True
) -> onnx.ModelProto:
    """Relation logits of the passage (first token) and of the sentences, at the positions ``marks`` (batch, marks).

    The first of the marks is 0, the token of the passage; the others are where sentences end.
    """
    b = GraphBuilder(quantised=quantised)
    x, _ = encoder(b, body, marks="marks")
    first = b.node("Gather", [x, b.constant("first", np.array(0, np.int64))], axis=1)
    for name, source, (weight, bias) in (("passage", first, passage), ("tokens", x, sentence)):
        product = b.node("MatMul", [source, b.constant(name + ".w", weight.T)])
        b.nodes.append(helper.make_node("Add", [product, b.constant(name + ".b", bias)], [name]))
    labels = passage[0].shape[0]
    shapes: dict[str, list[str | int]] = {"passage": ["batch", labels], "tokens": ["batch", "marks", labels]}
    return finish(b, body.width, shapes, marks="marks")
