"""Whether a figure follows from two others by one step of arithmetic: a sum, a difference, a share, a rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, permutations
from typing import Final

from claimcheck.text.quantities import Quantity, compare
from claimcheck.text.units import dimension_of, is_measure

_MOST: Final = 6
"""Figures of a sentence up to which it is tried: among many, some pair comes to nearly anything."""

_NEAR: Final = Decimal("0.15")
"""How far from a one-sided figure ("over 500") a result may lie, since nearly anything is over it or under it."""

_SCALES: Final = tuple(Decimal(10) ** power for power in (0, 3, 6, 9))
_FINER: Final = 100
_APART: Final = 20
"""How many times one of two figures may be the other for them to share a unit that only one of them has."""

_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A value in base units of what it measures, and as it is written; ``kind`` is ``None`` for a number of things."""

    kind: str | None
    value: Decimal
    written: Decimal


def follows(wanted: Quantity, found: Sequence[Quantity]) -> bool:
    """Whether a claimed figure agrees with what two figures of a source come to.

    Tried are the sum and the difference of two figures of one kind, the product of one with a number of things, a rate
    (so much for each), the share of one in another, a change in percent, a percentage of a figure, what it is that
    percentage of, what it was before or is after a change by it, and what a percentage leaves of the whole.

    Args:
        wanted: the figure of the claim.
        found: those of the source.

    Returns:
        Whether one such result agrees with the claim as a figure that stood in the source would have to
        (:func:`claimcheck.text.quantities.compare`).
    """
    figures = [_figure(one) for one in found if one.low == one.high]
    if len(figures) > _MOST:
        return False
    factor = _factor(wanted)
    return any(_agrees(wanted, result / factor) for result in _results(_figure(wanted).kind, figures))


def _agrees(wanted: Quantity, value: Decimal) -> bool:
    near = min(abs(value - wanted.low), abs(value - wanted.high)) <= _NEAR * abs(wanted.high)
    return near and compare(wanted, replace(wanted, low=value, high=value, bound="exact")) == "same"


def _figure(quantity: Quantity) -> _Figure:
    dimension = dimension_of(quantity.unit) if quantity.unit else None
    if dimension is not None:
        return _Figure(dimension.name, quantity.low * dimension.factor, quantity.low)
    return _Figure(quantity.unit if is_measure(quantity.unit) else None, quantity.low, quantity.low)


def _factor(quantity: Quantity) -> Decimal:
    dimension = dimension_of(quantity.unit) if quantity.unit else None
    return Decimal(1) if dimension is None else dimension.factor


def _results(kind: str | None, figures: Sequence[_Figure]) -> Iterator[Decimal]:
    """What pairs of figures come to, of the kind that is wanted."""
    if kind == "percent":
        yield from (_HUNDRED - one.value for one in figures if one.kind == kind)
    for one, other in combinations(figures, 2):
        if one.kind == other.kind and (one.kind == kind or (one.kind, kind) == ("percent", "percentage_point")):
            yield one.value + other.value
            yield abs(one.value - other.value)
    for one, other in permutations(figures, 2):
        if not other.value:
            continue
        if one.kind == other.kind != "percent" and kind in ("percent", "times"):
            yield from _ratios(kind, one.value, other.value)
        elif one.kind == kind and other.kind == "percent" != kind:
            yield from _percentages(one.value, other.value / _HUNDRED)
        elif one.kind == kind != "percent":
            yield from _rates(one, other)


def _percentages(value: Decimal, share: Decimal) -> Iterator[Decimal]:
    yield value * share
    yield value / share
    for change in (1 + share, 1 - share):
        yield value * change
        if change > 0:
            yield value / change


def _ratios(kind: str, one: Decimal, other: Decimal) -> Iterator[Decimal]:
    if kind == "times":
        yield one / other
    else:
        yield _HUNDRED * one / other
        yield _HUNDRED * abs(one - other) / other


def _rates(one: _Figure, other: _Figure) -> Iterator[Decimal]:
    if other.kind in (None, "times"):
        yield one.value * other.value
    if other.kind != one.kind:
        yield one.value / other.written  # a rate is for one of the unit that is named


def with_units_shared(quantities: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """The bare quantities of a sentence with the unit and scale of one beside them that may be theirs, too.

    "5.50 instead of 4 euros", "195 of the 210 million".

    Args:
        quantities: those of one sentence, in order.

    Returns:
        Those that were bare, in order.
    """
    shared = []
    for number, bare in enumerate(quantities):
        if bare.unit is None:
            beside = [*quantities[number + 1 : number + 2], *quantities[max(0, number - 1) : number]]
            measured = next((one for one in beside if is_measure(one.unit)), None)
            like = _like(bare, measured) if measured else None
            shared += [like] if like else []
    return tuple(shared)


def _like(bare: Quantity, other: Quantity) -> Quantity | None:
    """A bare number in the unit and scale of another; ``None`` where the two would be far apart."""
    scale = max((s for s in _SCALES if bare.step * s <= other.step * _FINER), default=Decimal(1))
    for factor in (scale, Decimal(1)):
        low, high = sorted((abs(bare.low) * factor, abs(other.low)))
        if high < _APART * low:
            return replace(
                bare, low=bare.low * factor, high=bare.high * factor, step=bare.step * factor, unit=other.unit
            )
    return None
