"""What changed between two runs: claim by claim, and whether it is more than chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from evals.metrics import macro_f1
from evals.pages.tables import Table, count
from evals.parts import Measured
from evals.significance import Difference, difference, mcnemar

_SHOWN: Final = 40
_DEPTH: Final = 5

Item = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One claim that the two runs answer differently."""

    id: str
    claim: str
    wanted: str
    first: str
    second: str
    was_right: bool
    is_right: bool

    @property
    def turn(self) -> str:
        """Whether it was mended or broken, or stays as right or wrong as it was."""
        if self.was_right == self.is_right:
            return "still right" if self.is_right else "still wrong"
        return "mended" if self.is_right else "broken"


@dataclass(frozen=True)
class Compared:
    """One part in two runs over the same rows."""

    name: str
    rows: int
    unmatched: int
    changes: tuple[Change, ...]
    p: float
    macro_f1: Difference | None
    """Second less first, where the part gives classes."""

    @property
    def mended(self) -> int:
        """Rows that only the second run has right."""
        return sum(change.turn == "mended" for change in self.changes)

    @property
    def broken(self) -> int:
        """Rows that only the first run has right."""
        return sum(change.turn == "broken" for change in self.changes)


def compare(first: Sequence[Measured], second: Sequence[Measured]) -> Iterator[Compared]:
    """Each part that both runs have, row by row; what only one of them has cannot be compared.

    Args:
        first: results of the earlier run.
        second: results of the later run.
    """
    later = {(part["suite"], part["set"]): part for part in second}
    for part in first:
        other = later.get((part["suite"], part["set"]))
        if other is not None and "items" in part:
            yield _compared(part, other)


def _compared(one: Measured, other: Measured) -> Compared:
    suite = str(one["suite"])
    before, after = ({item["id"]: item for item in part["items"]} for part in (one, other))
    both = [key for key in before if key in after]
    was, now = ([right(suite, side[key]) for key in both] for side in (before, after))
    changes = tuple(
        Change(
            key, _text(before[key]), _wanted(before[key]), said(suite, before[key]), said(suite, after[key]), old, new
        )
        for key, old, new in zip(both, was, now, strict=True)
        if said(suite, before[key]) != said(suite, after[key])
    )
    only_first = sum(old and not new for old, new in zip(was, now, strict=True))
    only_second = sum(new and not old for old, new in zip(was, now, strict=True))
    return Compared(
        f"{suite}/{one['set']}",
        len(both),
        len(before.keys() ^ after.keys()),
        changes,
        mcnemar(only_first, only_second),
        _macro(suite, [before[key] for key in both], [after[key] for key in both]),
    )


def right(suite: str, item: Item) -> bool:
    """Whether a row is right: its label, its relation, what was found, or all evidence among the first five."""
    if suite == "claims":
        return bool(item["given"].get("label") == item["wanted"]["label"])
    if suite == "pairs":
        return bool(item["given"] == item["wanted"])
    if suite == "retrieval":
        return bool(sum(rank <= _DEPTH for rank in item["ranks"]["fused"]) == item["relevant"])
    return bool(item["right"])


def said(suite: str, item: Item) -> str:
    """What a run answered, in words."""
    if suite == "claims":
        given = item["given"]
        return f"{given['label']}, {given['basis']}" if "label" in given else "unchecked"
    if suite == "pairs":
        return str(item["given"])
    if suite == "retrieval":
        return f"at {', '.join(map(str, item['ranks']['fused']))}" if item["ranks"]["fused"] else "not found"
    return "right" if item["right"] else "wrong"


def _text(item: Item) -> str:
    return str(item.get("claim", ""))


def _wanted(item: Item) -> str:
    wanted = item.get("wanted", "")
    return f"{wanted['label']}, {wanted['basis']}" if isinstance(wanted, Mapping) else str(wanted)


def _macro(suite: str, before: Sequence[Item], after: Sequence[Item]) -> Difference | None:
    if suite not in ("claims", "pairs") or not before:
        return None
    wanted, old, new = ([_class(suite, item, side) for item in rows] for rows, side in _sides(before, after))
    names = sorted({*wanted, *old, *new})
    truth, one, two = (np.array([names.index(name) for name in row], np.int64) for row in (wanted, old, new))
    return difference(
        len(truth),
        lambda rows: macro_f1(truth[rows], one[rows], len(names)),
        lambda rows: macro_f1(truth[rows], two[rows], len(names)),
    )


def _sides(before: Sequence[Item], after: Sequence[Item]) -> tuple[tuple[Sequence[Item], str], ...]:
    return (before, "wanted"), (before, "given"), (after, "given")


def _class(suite: str, item: Item, side: str) -> str:
    return str(item[side]) if suite == "pairs" else str(item[side].get("label", "unchecked"))


def as_text(compared: Sequence[Compared]) -> str:
    """What changed, as Markdown."""
    head = ("part", "rows", "mended", "broken", "p, McNemar", "macro-F1, second less first", "p, bootstrap")
    rows = tuple(
        (
            one.name,
            count(one.rows),
            count(one.mended),
            count(one.broken),
            f"{one.p:.3f}",
            *_difference(one.macro_f1),
        )
        for one in compared
    )
    parts = [str(Table("", head, rows))]
    for one in compared:
        parts += _changes(one)
    return "\n\n".join(parts) + "\n"


def _difference(found: Difference | None) -> tuple[str, str]:
    if found is None:
        return "-", "-"
    return f"{found.value:+.3f} ({found.low:+.2f} to {found.high:+.2f})", f"{found.p:.3f}"


def _changes(one: Compared) -> Iterator[str]:
    if one.unmatched:
        yield f"{one.name}: {one.unmatched} rows are in one run only and are not compared."
    if not one.changes:
        return
    order = ("broken", "mended", "still wrong", "still right")
    ranked = sorted(one.changes, key=lambda change: order.index(change.turn))
    rows = tuple((c.turn, c.id, c.claim, c.wanted, c.first, c.second) for c in ranked[:_SHOWN])
    yield f"## {one.name}"
    yield str(Table("", ("", "row", "claim", "wanted", "first", "second"), rows))
    if len(ranked) > _SHOWN:
        yield f"{len(ranked) - _SHOWN} more changes are not shown."
