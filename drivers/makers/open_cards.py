"""Makers whose cards use the open layout: training areas, one per counter school, and a city."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.meter import Clearing, CounterSchool, MakerRules, MeterKind, Reissue
from cardstation.domain.volume import Volume

_EXACT = MakerRules(
    code="CS01",
    layout="open4442",
    school=CounterSchool.EXACT,
    counter_max=65_535,
    volume_step=Volume.of_m3("1"),
    per_load_max=Volume.of_m3("800"),
    training=True,
)

TRAINING = (
    _EXACT,
    replace(_EXACT, code="CS02", school=CounterSchool.GREATER),
    replace(_EXACT, code="CS03", school=CounterSchool.CUMULATIVE),
    replace(_EXACT, code="CS04", school=CounterSchool.NONE, reissue=Reissue.READ),
)

OTHER_CHIPS = (
    replace(_EXACT, code="CS28", layout="open4428"),
    replace(
        _EXACT,
        code="CS24",
        layout="open24c02",
        traps=(
            "The chip has no code: whoever has a reader can write these cards.",
            "A card pulled at the very end of its issue is finished where that was begun, only.",
        ),
    ),
    replace(
        _EXACT,
        code="CSM1",
        layout="openmf1k",
        traps=(
            "The chip's cipher is broken: its keys protect against mistakes, not against thieves.",
            (
                "A card pulled while it gets its keys, when it is issued or cleared, may have lost "
                "a sector for ever: lay it aside."
            ),
        ),
    ),
    replace(
        _EXACT,
        code="CS52",
        layout="open102",
        kinds=frozenset({MeterKind.VOLUME}),
        clears=Clearing.SPENT,
        traps=(
            (
                "A card that was issued is never a blank again: no desk clears it, and a new one "
                "that is taken back is spent."
            ),
            (
                "What is left in the meter stands on the card as it was when the meter took the "
                "load; the desk believes more gas there than there is, never less."
            ),
            (
                "An answer torn at the meter is written anew at the next insertion there; until "
                "then the card takes no load."
            ),
            "Meter numbers: at most twelve digits, capitals, dots, dashes and slashes.",
            "Its zones have no room for prices: volume meters only.",
        ),
    ),
)

CITY = replace(_EXACT, code="CS10", training=False)
