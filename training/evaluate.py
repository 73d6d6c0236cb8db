"""Step ``evaluate``: a verifier checkpoint on the dev and measure splits.

    python -m training.evaluate CHECKPOINT.npz --out training/work/verifier-logits.npz [--split dev measure]

Prints macro-F1 by set, by the sentence of the evidence that is likeliest to matter, and, for the written dev items,
how often that is a deciding one. Sets of three relations count ``plans`` and ``hedges`` as not enough information;
two-way sets ask only whether it is supported. ``--table FILE`` writes the same figures as JSON. In place of a
checkpoint the logits that ``--out`` wrote can be named.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from training.batches import UNRELATED, Pairs, collate
from training.labels import BACKBONES, WORK, WRITTEN, file_of
from training.model import VerifierNet
from training.scores import markdown, sample, score_sets, write_table
from training.train import forward, load

Logits = dict[str, NDArray[Any]]
"""``index`` of the pairs, ``passage`` (pairs, relations) and ``sentences`` (pairs, 12, relations).

Of a second backbone also ``rows``, where the pairs stand among those of the first."""


def predict(net: VerifierNet, pairs: Pairs, chosen: NDArray[np.int64], device: str) -> Logits:
    """Logits of both heads for the chosen pairs; sentence logits are padded with NaN to 12 sentences.

    Of evidence in several parts, the passage logits are those of the part least likely to be unrelated.
    """
    net.eval()
    examples = [(row, example) for row, i in enumerate(chosen) for example in pairs.plain(int(i))]
    examples.sort(key=lambda known: len(known[1].ids))
    passage = np.zeros((len(chosen), 5), np.float32)
    least = np.full(len(chosen), np.inf)
    sentences = np.full((len(chosen), 12, 5), np.nan, np.float32)
    size = 128 if device == "cpu" else 1024
    for start in range(0, len(examples), size):
        rows, shown = zip(*examples[start : start + size], strict=True)
        with torch.inference_mode():
            whole, single = forward(net, collate(shown, pairs.pad), device, 0.0)
        unrelated = whole.log_softmax(1)[:, UNRELATED].cpu().numpy()
        for row, logits, bare in zip(rows, whole.cpu().numpy(), unrelated, strict=True):
            if bare < least[row]:
                passage[row], least[row] = logits, bare
        places = [(row, number) for row, example in zip(rows, shown, strict=True) for number in example.numbers]
        sentences[tuple(np.array(places).T)] = single.cpu().numpy()
    return {"index": chosen, "passage": passage, "sentences": sentences}


def decisive(sentences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distribution over the relations of each pair: that of the sentence likeliest to matter, as at run time.

    Args:
        sentences: logits ``(pairs, sentences, relations)``, NaN where a pair has fewer.

    Returns:
        probabilities ``(pairs, relations)``.
    """
    absent = np.isnan(sentences[..., UNRELATED])
    logits = np.where(absent[..., None], 0.0, sentences)
    likely = np.exp(logits - np.logaddexp.reduce(logits, axis=2, keepdims=True))
    unrelated = np.where(absent, np.inf, likely[..., UNRELATED])
    chosen: NDArray[np.float64] = likely[np.arange(len(likely)), unrelated.argmin(axis=1)]
    return chosen


def pointing(pairs: Pairs, logits: Logits) -> tuple[float, int]:
    """Over decided written pairs, how often the sentence likeliest to matter is a deciding one, and how many they are.

    Pairs of which nobody marked the deciding sentences, and those of one sentence, are left out.
    """
    index = logits["index"].astype(np.int64)
    hits = total = 0
    for row, i in enumerate(index):
        deciding = int(pairs.deciding[i])
        if pairs.sources[pairs.source[i]] not in WRITTEN or deciding <= 0 or pairs.perturbed[i]:
            continue
        scores = logits["sentences"][row]
        scores = scores[~np.isnan(scores[:, 0])]
        if len(scores) < 2:
            continue
        unrelated = np.exp(scores[:, UNRELATED] - np.logaddexp.reduce(scores, axis=1))
        hits += bool(deciding >> int(unrelated.argmin()) & 1)
        total += 1
    return hits / max(1, total), total


def read_logits(path: Path) -> Logits | None:
    """The logits that ``--out`` wrote to ``path``, or None where it is a checkpoint."""
    with np.load(path) as file:
        return {name: file[name] for name in file.files} if "index" in file.files else None


def main() -> None:
    """Runs the step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path, help="a checkpoint, or the logits that --out wrote of one")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--table", type=Path, help="JSON file for the figures that are printed")
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--backbone", choices=BACKBONES, default=BACKBONES[0])
    parser.add_argument("--split", nargs="*", default=["dev", "measure"])
    parser.add_argument("--most", type=int, help="pairs of a set, drawn at random; all where it is not given")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    pairs = Pairs(file_of(options.work, "pairs.npz", options.backbone))
    logits = read_logits(options.checkpoint)
    if logits is None:
        net = load(options.checkpoint, file_of(options.work, "base.npz", options.backbone), options.device)
        chosen = np.concatenate([pairs.select(split) for split in options.split])
        if options.most:
            chosen = sample(pairs, options.split, options.most)
        logits = predict(net, pairs, chosen, options.device)
        if pairs.rows is not None:
            logits["rows"] = pairs.rows[chosen]
    if options.out:
        halved: dict[str, Any] = {n: v.astype(np.float16) if v.dtype == np.float32 else v for n, v in logits.items()}
        np.savez_compressed(options.out, **halved)
    likely = decisive(logits["sentences"].astype(np.float64))
    scores = score_sets(pairs, logits["index"].astype(np.int64), likely.argmax(1), options.split, likely)
    found, of = pointing(pairs, logits)
    print("\n".join(markdown(scores)))
    print(f"deciding sentence found: {found:.3f} of {of:,}")
    if options.table:
        name = options.checkpoint.stem.removesuffix("-logits")
        write_table(options.table, scores, checkpoint=name, deciding_found=round(found, 4), deciding_of=of)


if __name__ == "__main__":
    main()
