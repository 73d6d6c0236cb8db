"""Step ``calibrate``: makes the verifier's probabilities mean what they say.

    python -m training.calibrate training/work/verifier-logits.npz [--write] [--table training/work/calibration.json]

For each head one temperature and one bias a relation (Guo et al. 2017) are fitted by maximum likelihood on the dev
split of the written pairs, which trains nothing. A sentence that decides nothing counts for less than one that does:
nearly all are such, and at full weight whole checks of dev claims miss evidence that they should have seen. Prints the
expected calibration error before and after, the latter by two-fold cross-fitting over items. ``--write`` puts the fit
beside the weights that ship, ``--table`` the figures into a file.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from claimcheck.models.weights import CALIBRATION, FOLDER
from training.batches import UNRELATED, Pairs
from training.labels import RELATIONS, UNDECIDED_WEIGHT, WORK, WRITTEN
from training.scores import expected_calibration_error

Fit = tuple[float, NDArray[np.float64]]


def fit(logits: NDArray[np.float64], truth: NDArray[np.int64]) -> Fit:
    """Temperature and biases (of mean zero) of least negative log-likelihood."""
    x, y = torch.from_numpy(logits).double(), torch.from_numpy(truth)
    log_t, bias = torch.zeros(1, dtype=torch.double), torch.zeros(x.shape[1], dtype=torch.double)
    weight = torch.ones(x.shape[1], dtype=torch.double)
    weight[UNRELATED] = UNDECIDED_WEIGHT
    log_t.requires_grad_()
    bias.requires_grad_()
    optimiser = torch.optim.LBFGS([log_t, bias], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(x / log_t.exp() + bias, y, weight=weight) + 1e-3 * (bias**2).sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    fitted = bias.detach().numpy()
    return float(log_t.exp().item()), fitted - fitted.mean()


def apply(logits: NDArray[np.float64], fitted: Fit) -> NDArray[np.float64]:
    """Probabilities under a fit."""
    scaled = logits / fitted[0] + fitted[1]
    exponents = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    result: NDArray[np.float64] = exponents / exponents.sum(axis=1, keepdims=True)
    return result


def calibration_error(probabilities: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """The expected calibration error of distributions over the relations."""
    return expected_calibration_error(probabilities.max(axis=1), probabilities.argmax(axis=1) == truth)


def heads(pairs: Pairs, path: Path) -> dict[str, tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]]:
    """Logits, truth and item of each written dev pair (``passage``) and of each of its sentences (``sentence``)."""
    with np.load(path) as file:
        index, passage, sentences = (file[n] for n in ("index", "passage", "sentences"))
    dev = set(pairs.select("dev", WRITTEN).tolist())
    rows = [r for r, i in enumerate(index) if int(i) in dev and not pairs.perturbed[i]]
    whole, single = [], []
    for row in rows:
        i = int(index[row])
        label, deciding, group = int(pairs.label[i]), int(pairs.deciding[i]), int(pairs.group[i])
        whole.append((passage[row], label, group))
        for number, logits in enumerate(sentences[row]):
            if not np.isnan(logits[0]):
                single.append((logits, label if deciding >> number & 1 else UNRELATED, group))
    both = {}
    for name, values in (("passage", whole), ("sentence", single)):
        logits, truth, groups = zip(*values, strict=True)
        both[name] = np.array(logits, np.float64), np.array(truth), np.array(groups)
    return both


def calibrated(
    logits: NDArray[np.float64], truth: NDArray[np.int64], group: NDArray[np.int64]
) -> tuple[Fit, dict[str, float]]:
    """The fit to a head, and how well calibrated and how right it is before and after; after is cross-fitted."""
    before = apply(logits, (1.0, np.zeros(logits.shape[1])))
    crossed = np.zeros_like(before)
    for fold in (0, 1):
        crossed[group % 2 == fold] = apply(
            logits[group % 2 == fold], fit(logits[group % 2 != fold], truth[group % 2 != fold])
        )
    figures = {
        "count": len(truth),
        "before": calibration_error(before, truth),
        "after": calibration_error(crossed, truth),
        "accuracy": float((crossed.argmax(1) == truth).mean()),
    }
    return fit(logits, truth), figures


def main() -> None:
    """Runs the step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("logits", type=Path)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--table", type=Path, help="JSON file for the figures that are printed")
    options = parser.parse_args()
    pairs = Pairs(options.work / "pairs.npz")
    path = FOLDER / CALIBRATION
    result = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"thresholds": {}}
    result["relations"] = list(RELATIONS)
    table = {}
    for name, (logits, truth, group) in heads(pairs, options.logits).items():
        fitted, figures = calibrated(logits, truth, group)
        table[name] = {key: round(value, 4) for key, value in figures.items()}
        print(f"{name}: {figures['count']:,}; ECE {figures['before']:.4f} before, {figures['after']:.4f} after; "
              f"accuracy {figures['accuracy']:.3f}; "
              f"temperature {fitted[0]:.3f}, biases {np.round(fitted[1], 3).tolist()}")  # fmt: skip
        result[f"{name}_temperature"], result[f"{name}_bias"] = round(fitted[0], 4), np.round(fitted[1], 4).tolist()
    if options.write:
        path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if options.table:
        options.table.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
