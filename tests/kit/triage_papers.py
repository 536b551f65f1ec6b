"""Triage lists for papers and screens: every class, many doors, and nobody read yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cardstation.domain.batch import Zone
from cardstation.domain.forecast import Forecast, Ground
from cardstation.domain.household import Address
from cardstation.domain.triage_list import TriageList, TriageRow
from tests.kit.papers import WHEN

COMMUNITY = "阳光花园"


def row(n: int, days: int | None, ground: Ground = Ground.READINGS) -> TriageRow:
    at = Address(COMMUNITY, str(n % 6 + 1), str(n % 3 + 1), f"{n // 6 + 1}0{n % 4 + 1}")
    read_at = WHEN - timedelta(days=2)
    return TriageRow(f"3201004588{n:02d}", at, Forecast(days, ground, 12_000, read_at))


_DAYS = (0, 0, 0, 1, 2, 3, 3, 4, 5, 6, 6, 7, 7, 9, 10, 12, 13, 14, 17, 20, 24, 26, 33, 41, 55, 80)
ROWS = (
    *(row(n, days) for n, days in enumerate(_DAYS)),
    row(30, None, Ground.ONE_READING),
    row(31, None, Ground.NO_USE),
)
SOME = TriageList(
    company="长春城市燃气有限公司",
    station="S001",
    community=COMMUNITY,
    team="绿园服务部",
    zone=Zone.SEALED,
    made_at=WHEN,
    rows=ROWS,
    unread=214,
    training=False,
)
MANY = replace(
    SOME,
    rows=tuple(
        replace(
            one, address=replace(one.address, building=f"{int(one.address.building) + 6 * n}栋")
        )
        for n in range(12)
        for one in ROWS
    ),
    training=True,
)
TRIAGE_LISTS = {
    "some": SOME,
    "many": MANY,
    "empty": replace(SOME, rows=(), team="", zone=Zone.OPEN),
}
