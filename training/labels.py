"""Names and numbers that every step shares, apart from what needs a tokenizer or a reader."""

from __future__ import annotations

from pathlib import Path

RELATIONS = ("supports", "plans", "hedges", "refutes", "unrelated")
NOT_SUPPORTS = "not_supports"
"""Label of two-way sets: anything but ``supports``."""

LABELS = (*RELATIONS, NOT_SUPPORTS)
SPLITS = ("train", "dev", "measure")
UNKNOWN_DECIDING = -1
WORK = Path(__file__).parent / "work"
