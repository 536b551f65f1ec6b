"""Places of bars, points and slices in a picture of fixed size; templates draw them as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 8, 22, 26
_STEPS = (1, 2, 3, 5, 10)


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of the grid: where, and what it stands for."""

    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar or point: where it is, what it says.

    Attributes:
        best: The highest of all, where it is above nothing.
        named: Its label fits under it.
    """

    x: float
    y: float
    width: float
    height: float
    label: str
    value: int
    best: bool
    named: bool

    @property
    def middle(self) -> float:
        """Where its words stand."""
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Bars:
    """A picture of bars."""

    bars: tuple[Bar, ...]
    grid: tuple[Mark, ...]

    @classmethod
    def of(cls, values: Sequence[tuple[str, int]]) -> Bars:
        """Bars for labelled values of nothing and more."""
        top = _top(max((value for _, value in values), default=0))
        return cls(_placed(values, top), _grid(top))


@dataclass(frozen=True, slots=True)
class Line:
    """A picture of one line over days.

    Attributes:
        path: Of the line. area: Of what lies under it.
    """

    points: tuple[Bar, ...]
    path: str
    area: str
    grid: tuple[Mark, ...]

    @classmethod
    def of(cls, values: Sequence[tuple[str, int]]) -> Line:
        """A line through labelled values of nothing and more."""
        top = _top(max((value for _, value in values), default=0))
        points = _placed(values, top)
        path = " ".join(
            f"{'L' if at else 'M'}{point.middle} {point.y}" for at, point in enumerate(points)
        )
        floor = HEIGHT - _BOTTOM
        ends = f"L{points[-1].middle} {floor} L{points[0].middle} {floor} Z" if points else ""
        return cls(points, path, f"{path} {ends}", _grid(top))


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a ring.

    Attributes:
        path: Of its arc. share: In whole per cent.
    """

    label: str
    value: int
    share: int
    path: str


@dataclass(frozen=True, slots=True)
class Donut:
    """A ring of parts of a whole."""

    slices: tuple[Slice, ...]
    whole: int

    @classmethod
    def of(cls, values: Sequence[tuple[str, int]]) -> Donut:
        """A ring for labelled values; those that are nothing or less are left out."""
        kept = [(label, value) for label, value in values if value > 0]
        whole = sum(value for _, value in kept)
        at, slices = 0, []
        for label, value in kept:
            path = _arc(at / whole, (at + value) / whole)
            slices.append(Slice(label, value, round(100 * value / whole), path))
            at += value
        return cls(tuple(slices), whole)


def _placed(values: Sequence[tuple[str, int]], top: int) -> tuple[Bar, ...]:
    room = (WIDTH - _LEFT - _RIGHT) / max(1, len(values))
    highest = max((value for _, value in values), default=0)
    every = max(1, math.ceil(len(values) / 12))
    placed = []
    for at, (label, value) in enumerate(values):
        tall = round(max(0, value) / top * (HEIGHT - _TOP - _BOTTOM), 1)
        placed.append(
            Bar(
                x=round(_LEFT + room * (at + 0.2), 1),
                y=round(HEIGHT - _BOTTOM - tall, 1),
                width=round(room * 0.6, 1),
                height=tall,
                label=label,
                value=value,
                best=value == highest > 0,
                named=at % every == 0,
            )
        )
    return tuple(placed)


def _top(highest: int) -> int:
    """The smallest round number of four equal steps that reaches the highest value."""
    least = max(4, highest) / 4
    size = 10 ** math.floor(math.log10(least))
    return int(4 * next(size * step for step in _STEPS if size * step >= least))


def _grid(top: int) -> tuple[Mark, ...]:
    tall = HEIGHT - _TOP - _BOTTOM
    return tuple(
        Mark(round(HEIGHT - _BOTTOM - tall * step / 4, 1), top * step // 4) for step in range(5)
    )


def _arc(begin: float, end: float) -> str:
    """An arc of a ring of radius 70 around 100, 100; fractions of the whole, from the top on."""
    end = min(end, begin + 0.9999)
    points = [
        f"{100 + 70 * math.sin(2 * math.pi * at):.2f} {100 - 70 * math.cos(2 * math.pi * at):.2f}"
        for at in (begin, end)
    ]
    return f"M{points[0]} A70 70 0 {int(end - begin > 0.5)} 1 {points[1]}"
