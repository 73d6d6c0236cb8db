"""Names and numbers that every step shares, apart from what needs a tokenizer or a reader."""

from __future__ import annotations

from pathlib import Path

RELATIONS = ("supports", "plans", "hedges", "refutes", "unrelated")
NOT_SUPPORTS = "not_supports"
"""Label of two-way sets: anything but ``supports``."""

LABELS = (*RELATIONS, NOT_SUPPORTS)
SPLITS = ("train", "dev", "measure")
UNKNOWN_DECIDING = -1
WRITTEN = ("written", "worlds")
"""The pairs written for the project: of single items, and of several documents on one story."""

UNDECIDED_WEIGHT = 0.6
"""Weight, in calibration, of a sentence that decides nothing."""

SPECIAL = (0, 1, 2, 250001, 3)
"""Ids of the begin, padding, end, mark and unknown tokens of the first backbone."""

WORK = Path(__file__).parent / "work"
BACKBONES = ("e5", "mpnet")


def file_of(work: Path, name: str, backbone: str) -> Path:
    """The file of that name that belongs to a backbone: ``pairs.npz``, or ``pairs-mpnet.npz``."""
    path = work / name
    return path if backbone == BACKBONES[0] else path.with_stem(f"{path.stem}-{backbone}")
