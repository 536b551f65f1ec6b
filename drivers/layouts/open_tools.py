"""The open tool cards for SLE4442 and SLE4428, byte by byte, as data (docs/card-layouts.md).

They lie where a household's card has its identity, with a version and a type of their own: neither
layout ever knows a card of the other.
"""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.meter import CounterSchool
from cardstation.domain.tool_card import Tool
from cardstation.ports.tool_layout import ToolLayout
from drivers.layouts.checks import Check, CheckKind
from drivers.layouts.codec import FIRST_FREE, Block, Declaration, Owner, Place
from drivers.layouts.fields import Encoding, Field
from drivers.layouts.open4428 import SIZE as LARGE
from drivers.layouts.open4442 import KINDS, PRICE, RETURN
from drivers.layouts.tool_layout import CLAIMED, DONE, ToolCardLayout

MADE = 0xFA
"""As a household's card: one bit from what was begun (FE), and not the bit of an issued one."""
SMALL = 256

_CODES = {Tool.CHECK: 0x4B, Tool.UNLOCK: 0x55, Tool.TEST: 0x54, Tool.CLEAR: 0x43}
_SCHOOLS = tuple(enumerate((one.value for one in CounterSchool), start=1))


def _head(words: tuple[tuple[int, str], ...]) -> Block:
    return Block(
        "tool",
        68,
        (
            Field("version", 0, 1, Encoding.CHOICE, ((MADE, "1"),)),
            Field("maker", 1, 4, Encoding.TEXT),
            Field("card_type", 5, 1, Encoding.CHOICE, ((0x54, "tool"),)),
            Field("tool", 6, 1, Encoding.CHOICE, words),
            Field("tool_no", 7, 12, Encoding.TEXT),
            Field("meter_no", 19, 12, Encoding.TEXT),
            Field("uses", 31, 1, Encoding.UINT),
            Field("work_order", 32, 16, Encoding.TEXT),
            Field("made_at", 48, 4, Encoding.TIME),
            Field("valid_until", 52, 4, Encoding.TIME),
            Field("test_litres", 56, 4, Encoding.UINT),
            Field("station_no", 60, 2, Encoding.UINT),
            Field("mark", 62, 4, Encoding.RAW),
        ),
        Check(CheckKind.CRC16, 66, ((0, 66),)),
    )


USE = Block(
    "use",
    36,
    (
        Field("meter_no", 0, 12, Encoding.TEXT),
        Field("kind", 12, 1, Encoding.CHOICE, KINDS),
        Field("purchase_counter", 13, 2, Encoding.UINT),
        Field("residual", 15, 4, Encoding.SINT),
        Field("cumulative", 19, 4, Encoding.UINT),
        Field("used", 23, 4, Encoding.UINT),
        Field("flags", 27, 1, Encoding.FLAGS, RETURN.field("flags").words),
        Field("error", 28, 1, Encoding.UINT),
        Field("at", 29, 4, Encoding.TIME),
        Field("state", 35, 1, Encoding.CHOICE, ((CLAIMED, "claimed"), (DONE, "done"))),
    ),
    Check(CheckKind.CRC16, 33, ((0, 33),)),
)

CARRIED = Block(
    "carried",
    63,
    (
        Field("school", 0, 1, Encoding.CHOICE, _SCHOOLS),
        Field("account_no", 1, 6, Encoding.BCD),
        Field("generation", 7, 1, Encoding.UINT),
        Field("taken_mark", 8, 4, Encoding.RAW),
        Field("overdraft", 12, 4, Encoding.UINT),
        Field("alarm", 16, 4, Encoding.UINT),
        Field("tier_litres", 20, 4, Encoding.UINT),
        Field("tier_year", 24, 2, Encoding.UINT),
        Field("part_e5", 26, 3, Encoding.UINT),
        *(replace(one, offset=one.offset + 29) for one in PRICE.fields),
    ),
    Check(CheckKind.CRC16, 61, ((0, 61),)),
)

HEAD = _head(tuple((code, tool.value) for tool, code in _CODES.items()))
CHANGE_HEAD = _head(((0x58, Tool.CHANGE.value),))


def _declared(code: str, size: int, chip: str, head: Block, *also: Block) -> ToolCardLayout:
    """The head, then the meters' places one after the other; the rest is spare."""
    places, at = [Place("tool", head, FIRST_FREE, Owner.DESK)], FIRST_FREE + head.size
    for number, block in enumerate(also, start=1):
        name = block.name if block is CARRIED else f"use_{number}"
        places.append(Place(name, block, at, Owner.METER))
        at += block.size
    spare = (range(at, size),)
    return ToolCardLayout(Declaration(code, size, tuple(places), spare, orders={}, chip=chip))


TOOL4442 = _declared("tool4442", SMALL, "sle4442", HEAD, *[USE] * 4)
CHANGE4442 = _declared("change4442", SMALL, "sle4442", CHANGE_HEAD, USE, USE, CARRIED)
TOOL4428 = _declared("tool4428", LARGE, "sle4428", HEAD, *[USE] * 4)
CHANGE4428 = _declared("change4428", LARGE, "sle4428", CHANGE_HEAD, USE, USE, CARRIED)

TOOL_LAYOUTS: tuple[ToolLayout, ...] = (TOOL4442, CHANGE4442, TOOL4428, CHANGE4428)
