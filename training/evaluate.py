"""Step ``evaluate``: a verifier checkpoint on the dev and measure splits.

    python -m training.evaluate CHECKPOINT.npz --out training/work/student-logits.npz [--split dev measure]

Prints macro-F1 by set and, for the written dev items, how often the deciding sentence is found. Sets of three
relations count ``plans`` and ``hedges`` as not enough information; two-way sets ask only whether it is supported.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from training.batches import Pairs, collate
from training.labels import LABELS, WORK
from training.model import VerifierNet
from training.train import forward, load

FIVE = ("written", "realisation-templates", "realisation-rewrites")
SUPPORTS, REFUTES, UNRELATED = (LABELS.index(n) for n in ("supports", "refutes", "unrelated"))


def predict(net: VerifierNet, pairs: Pairs, chosen: NDArray[np.int64], device: str) -> dict[str, NDArray[np.float32]]:
    """Logits of both heads for the chosen pairs; sentence logits are padded with NaN to 12 sentences."""
    net.eval()
    examples = [pairs.plain(int(i)) for i in chosen]
    order = sorted(range(len(chosen)), key=lambda i: len(examples[i].ids))
    passage = np.zeros((len(chosen), 5), np.float32)
    sentences = np.full((len(chosen), 12, 5), np.nan, np.float32)
    for start in range(0, len(order), 128):
        part = order[start : start + 128]
        batch = collate([examples[i] for i in part], pairs.pad)
        with torch.inference_mode():
            whole, single = forward(net, batch, device, 0.0)
        passage[part] = whole.cpu().numpy()
        values = single.cpu().numpy()
        at = 0
        for i in part:
            count = len(examples[i].columns)
            sentences[i, :count] = values[at : at + count]
            at += count
    return {"index": chosen, "passage": passage, "sentences": sentences}


def macro_f1(truth: NDArray[np.int64], predicted: NDArray[np.int64]) -> tuple[float, dict[int, float]]:
    """Mean F1 over the classes that occur in ``truth``, and each class's F1."""
    each = {}
    for c in np.unique(truth):
        hit = int(((predicted == c) & (truth == c)).sum())
        each[int(c)] = 2 * hit / max(1, int((predicted == c).sum() + (truth == c).sum()))
    return float(np.mean(list(each.values()))), each


def coarse(
    source: str, truth: NDArray[np.int64], predicted: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Truth and prediction in the classes that the set has."""
    if source in FIVE:
        return truth, predicted
    if (truth == len(LABELS) - 1).any():
        return (truth == SUPPORTS).astype(np.int64), (predicted == SUPPORTS).astype(np.int64)
    return truth, np.where((predicted == SUPPORTS) | (predicted == REFUTES), predicted, UNRELATED)


def table(pairs: Pairs, logits: dict[str, NDArray[np.float32]], splits: Sequence[str]) -> list[str]:
    """Lines of a Markdown table: set, pairs, accuracy, macro-F1, F1 of each relation."""
    lines = ["| set | pairs | accuracy | macro-F1 | by relation |", "|---|---|---|---|---|"]
    index = logits["index"].astype(np.int64)
    predicted_all = logits["passage"].argmax(1)
    for split in splits:
        for number, source in enumerate(pairs.sources):
            here = np.isin(index, pairs.select(split)) & (pairs.source[index] == number) & (pairs.perturbed[index] == 0)
            if here.sum() < 20:
                continue
            truth, predicted = coarse(source, pairs.label[index[here]].astype(np.int64), predicted_all[here])
            score, each = macro_f1(truth, predicted)
            names = ", ".join(f"{LABELS[c] if source in FIVE or len(each) > 2 else c} {v:.2f}" for c, v in each.items())
            accuracy = float((truth == predicted).mean())
            lines.append(f"| {split}/{source} | {here.sum():,} | {accuracy:.3f} | {score:.3f} | {names} |")
    return lines


def pointing(pairs: Pairs, logits: dict[str, NDArray[np.float32]]) -> str:
    """How often the sentence likeliest to matter is a deciding one, over decided written dev pairs."""
    index = logits["index"].astype(np.int64)
    hits = total = 0
    for row, i in enumerate(index):
        deciding = int(pairs.deciding[i])
        if pairs.sources[pairs.source[i]] != "written" or deciding <= 0 or pairs.perturbed[i]:
            continue
        scores = logits["sentences"][row]
        scores = scores[~np.isnan(scores[:, 0])]
        if len(scores) < 2:
            continue
        unrelated = np.exp(scores[:, UNRELATED] - np.logaddexp.reduce(scores, axis=1))
        hits += bool(deciding >> int(unrelated.argmin()) & 1)
        total += 1
    return f"deciding sentence found: {hits / max(1, total):.3f} of {total:,}"


def main() -> None:
    """Runs the step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--split", nargs="*", default=["dev", "measure"])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    pairs = Pairs(options.work / "pairs.npz")
    net = load(options.checkpoint, options.work / "base.npz", options.device)
    chosen = np.concatenate([pairs.select(split) for split in options.split])
    logits = predict(net, pairs, chosen, options.device)
    if options.out:
        np.savez_compressed(
            options.out, **{n: v.astype(np.float16) if v.dtype == np.float32 else v for n, v in logits.items()}
        )
    print("\n".join(table(pairs, logits, options.split)))
    print(pointing(pairs, logits))


if __name__ == "__main__":
    main()
