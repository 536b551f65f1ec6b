"""Fees of a catalogue, and a desk that charges at its counter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from cardstation.domain.money import Money
from cardstation.domain.tariff import Fee
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.station import DESK_RULES, RESIDENTIAL, Desk, neighbours, open_desk

CARD_FEE = Fee(
    "CARD",
    "补卡工本费",
    "Replacement card",
    "发改价格〔2026〕1号",
    "3070401",
    date(2026, 1, 1),
    date(2026, 12, 31),
    Money(1_000),
    Money(1_000),
)
VALVE = replace(
    CARD_FEE,
    code="VALVE",
    name="换阀材料费",
    name_en="Valve",
    least=Money(2_000),
    most=Money(9_900),
)
FEES = (CARD_FEE, VALVE)
HOME, OTHER = neighbours(2)
ACCOUNT = HOME.account_no


def counter_desk(home: Path, ledger: MemoryLedger | None = None) -> Desk:
    """A desk whose utility has a catalogue; the first household owes 34.60."""
    owing = replace(HOME, arrears=Money(3_460))
    desk = open_desk(home, households=[owing, OTHER], ledger=ledger)
    desk.station = replace(desk.station, name=desk.ledger.station)
    with desk.station.store.unit() as unit:
        unit.tariffs.replace((RESIDENTIAL,), replace(DESK_RULES, fees=FEES))
        unit.commit()
    return desk
