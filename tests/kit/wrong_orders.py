"""Layouts with a planted fault: the tear enumeration must find each, and pass the sound ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

from drivers.layouts.checks import Check, CheckKind
from drivers.layouts.codec import Block, Declaration, Operation, Step
from drivers.layouts.fields import Encoding, Field
from drivers.layouts.open4442 import CREDIT, DECLARATION
from drivers.layouts.two_slot import TwoSlotLayout

_FIRST = (Step("inactive", "sequence", "sequence"), Step("inactive", "kind", "check"))


@dataclass(frozen=True)
class Planted:
    name: str
    layout: TwoSlotLayout
    cards: int
    is_wrong: bool = True


def _with(
    block: Block,
    order: tuple[Step, ...] | None = None,
    code: str = "planted",
    operation: Operation = Operation.LOAD,
) -> TwoSlotLayout:
    """The open layout with another credit slot; slots stay at 50 and 68 + growth."""
    growth = block.size - CREDIT.size
    places = []
    for place in DECLARATION.places:
        shift = growth * ((place.address >= 0x68) + (place.address >= 0x80))
        at = place.address + shift
        new = block if place.block is CREDIT else place.block
        places.append(replace(place, block=new, address=at))
    spare = (range(DECLARATION.spare[0].start + 2 * growth, 0x100),)
    orders = dict(DECLARATION.orders)
    if order is not None:
        orders[operation] = order
    if "marker" in {field.name for field in block.fields}:
        orders[Operation.ISSUE] = tuple(
            replace(step, last="marker") if step.place.startswith("credit") else step
            for step in orders[Operation.ISSUE]
        )
    return TwoSlotLayout(Declaration(code, 256, tuple(places), spare, orders))


def _weak(covers: tuple[tuple[int, int], ...]) -> Block:
    """One byte of sum instead of two of CRC; the byte freed is an empty field."""
    spare = Field("unused", 22, 1, Encoding.UINT)
    return Block("credit", 24, (*CREDIT.fields, spare), Check(CheckKind.SUM8, 21, covers))


def _uncovered() -> Block:
    return Block("credit", 24, CREDIT.fields, Check(CheckKind.CRC16, 21, ((0, 21),)))


def _marked(kind: CheckKind) -> Block:
    """Sequence among the payload, a constant marker byte (FF) last."""
    fields = tuple(
        replace(field, offset=21) if field.name == "sequence" else field for field in CREDIT.fields
    )
    width = 2 if kind is CheckKind.CRC16 else 1
    marker = Field("marker", 22 + width, 1, Encoding.RAW)
    return Block("credit", 23 + width, (*fields, marker), Check(kind, 22, ((0, 22),)))


_COVERED = ((0, 21), (22, 24))

WEAK = _with(_weak(_COVERED))

PLANTED = (
    Planted("sound order, weak check", WEAK, 20, is_wrong=False),
    Planted("sequence first, weak check", _with(_weak(_COVERED), _FIRST), 40),
    Planted("sequence first", _with(CREDIT, _FIRST), 100),
    Planted("check does not cover the sequence", _with(_uncovered()), 5),
    Planted(
        "constant marker, weak check",
        _with(_marked(CheckKind.SUM8), (Step("inactive", "kind", "marker"),)),
        40,
    ),
)

CLEARED_IN_PLACE = _with(
    _weak(((0, 1),)), (Step("current", "kind", "sequence"),), operation=Operation.CLEAR
)
"""A clearing that overwrites the load itself, amount first and counter late, under a check that
covers next to nothing: what a maker's single-copy card invites to (DESK-RULES 2)."""

TOTAL_CLEARED_FIRST = _with(
    _weak(((0, 1),)),
    (Step("current", "cumulative", "cumulative"), Step("current", "kind", "sequence")),
    operation=Operation.CLEAR,
)
"""The same with the total first: a meter that looks at totals credits the difference."""
