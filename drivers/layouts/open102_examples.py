"""Worked examples of the open layout on an AT88SC102: from address 02 on, codes and keys as FF."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.volume import NO_GAS, Volume
from drivers.layouts.codec import Operation
from drivers.layouts.open4442_examples import ANSWER, LOAD
from drivers.layouts.open4442_examples import EXAMPLES as CARDS

FIRST = 0x02

_WAITING = """
88 01 30 25 00 00 17 00 FF FF FF FF FC 55 43 53
30 31 AD 37 FF 00 32 A1 B2 C3 D4 00 0D AC 00 16
E3 60 00 16 D5 B4 00 00 30 40 BC F9 D0 33 3F 38
82 11 AC 5A 33 9A 2B F2 39 D4 05 03 E8 00 00 75
30 00 32 30 40 BC 00 16 E3 60 00 01 A1 B2 C3 D4
EF 0D 00 FF FF FF FF FF FF FF FF FF FF FF FF FF
FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF
FF FF FF 33 3F 38 82 11 AC 5A 33 9A 2B F2 39 D4
05 03 E8 00 00 88 B8 00 33 36 E5 7A 00 17 6C 18
00 01 5E ED 01 23 BC E1 01 FE FF FF FF FF FF FF
FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF
"""

_TAKEN_BY_METER = """
88 01 30 25 00 00 17 00 FF FF FF FF FC 55 43 53
30 31 AD 37 FF 00 32 A1 B2 C3 D4 00 0D AC 00 16
E3 60 00 16 D5 B4 00 00 30 40 BC F9 D0 33 3F 38
82 11 AC 5A 33 9A 2B F2 39 D4 05 03 E8 00 00 75
30 00 32 30 40 BC 00 16 E3 60 00 01 A1 B2 C3 D4
EF 0D 00 FF FF FF FF FF FF FF FF 00 33 5E ED 01
23 00 91 50 00 17 6C 18 00 16 DA C8 01 00 36 EB
79 8B FB 33 3F 38 82 11 AC 5A 33 9A 2B F2 39 D4
05 03 E8 00 00 88 B8 00 33 36 E5 7A 00 17 6C 18
00 01 5E ED 01 23 BC E1 01 FE FF FF FF FF FF FF
FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF
"""

_CLEARED = """
88 01 30 25 00 00 17 00 FF FF FF FF FC 55 43 53
30 31 AD 37 FF FF FF FF FF FF FF FF FF FF FF FF
FF FF FF FF FF FF FF FF FF FF FF FF FF 33 3F 38
82 11 AC 5A 33 9A 2B F2 39 D4 05 03 E8 00 00 00
00 00 32 36 EB 79 00 16 E3 60 00 01 0F F1 0A D0
5B 5B 02 FD FF FF FF FF FF FF FF 00 32 A1 B2 C3
D4 00 0D AC 00 16 E3 60 00 16 D5 B4 00 00 30 40
BC F9 D0 33 3F 38 82 11 AC 5A 33 9A 2B F2 39 D4
05 03 E8 00 00 88 B8 00 33 36 E5 7A 00 17 6C 18
00 01 5E ED 01 23 00 00 01 FE FF FF FF FF FF FF
FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF
"""

_ISSUED = CARDS[0].issued
_ZERO = replace(
    LOAD,
    quantity=NO_GAS,
    purchase_counter=50,
    cumulative=Volume.of_m3("1500"),
    loaded_at=ANSWER.written_at,
    mark=bytes.fromhex("0FF10AD0"),
    sequence=2,
)
"""The load taken back."""

EXAMPLES = (
    replace(CARDS[0], memory=_WAITING, first=FIRST),
    replace(
        CARDS[1],
        memory=_TAKEN_BY_METER,
        first=FIRST,
        content=replace(CARDS[1].content, returned=replace(ANSWER, sequence=0)),
    ),
    replace(
        CARDS[0],
        name="a load was taken back",
        memory=_CLEARED,
        first=FIRST,
        content=replace(_ISSUED, credit=_ZERO),
        then=((Operation.LOAD, LOAD), (Operation.CLEAR, _ZERO)),
    ),
)
