"""Step ``blend``: a checkpoint on the way from one to another.

    python -m training.blend BEFORE.npz AFTER.npz --share 0.8 --out training/work/student.npz

Weights between those before and after further training keep more of what the first knew than the last do (Wortsman et
al. 2022, "Robust fine-tuning of zero-shot models").
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np


def main() -> None:
    """Runs the step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--share", type=float, required=True, help="how far the way to the second, from 0 to 1")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    with np.load(options.before) as before, np.load(options.after) as after:
        if set(before.files) != set(after.files):
            parser.error("the checkpoints do not have the same tensors")
        blended = {
            name: (1 - options.share) * before[name].astype(np.float32) + options.share * after[name].astype(np.float32)
            for name in before.files
        }
    np.savez(options.out, **{name: value.astype(np.float16) for name, value in blended.items()})


if __name__ == "__main__":
    main()
