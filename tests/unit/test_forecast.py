"""The forecast by cases a team would recognise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cardstation.domain.forecast import (
    Bought,
    Ground,
    MeterReading,
    Urgency,
    forecast,
    number_of,
    quantity_of,
)
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def read(days_ago: int, left: str, total: str, counter: int = 1) -> MeterReading:
    at = NOW - timedelta(days=days_ago)
    return MeterReading("A1", "M1", Volume.of_m3(left), Volume.of_m3(total), counter, at)


@pytest.mark.parametrize(
    ("some", "bought", "loaded", "days", "ground", "urgency"),
    [
        ([], None, 0, None, Ground.NOTHING, Urgency.UNKNOWN),
        ([read(0, "20", "100")], None, 0, None, Ground.ONE_READING, Urgency.UNKNOWN),
        ([read(0, "0", "100")], None, 0, 0, Ground.EMPTY, Urgency.OUT),
        ([read(0, "-2", "100")], None, 0, 0, Ground.EMPTY, Urgency.OUT),
        ([read(0, "0", "100")], None, 20_000, None, Ground.ONE_READING, Urgency.UNKNOWN),
        ([read(200, "20", "100")], None, 0, None, Ground.STALE, Urgency.UNKNOWN),
        # 10 m³ in 10 days, 3 left
        ([read(10, "13", "50"), read(0, "3", "50")], None, 0, 3, Ground.READINGS, Urgency.DAYS_3),
        # the same, and a load of 10 on the card
        ([read(10, "13", "50"), read(0, "3", "50")], None, 10_000, 13, Ground.READINGS, "days_14"),
        # two days have gone by since
        ([read(12, "13", "50"), read(2, "7", "54")], None, 0, 5, Ground.READINGS, Urgency.DAYS_7),
        # nothing was used: nobody knows when they come home
        ([read(10, "9", "50"), read(0, "9", "50")], None, 0, None, Ground.NO_USE, "unknown"),
        # a meter that goes backwards is not believed
        ([read(10, "1", "50"), read(0, "9", "50")], None, 0, None, Ground.ONE_READING, "unknown"),
        # two readings of one week: the purchases speak
        (
            [read(3, "13", "50"), read(0, "3", "50")],
            Bought(327_000, 2026),
            0,
            3,
            Ground.PURCHASES,
            Urgency.DAYS_3,
        ),
        ([read(0, "3", "50")], Bought(0, 2026), 0, None, Ground.ONE_READING, Urgency.UNKNOWN),
        ([read(0, "3", "50")], Bought(9_000, 2027), 0, None, Ground.ONE_READING, Urgency.UNKNOWN),
    ],
)
def test_cases(
    some: list[MeterReading],
    bought: Bought | None,
    loaded: int,
    days: int | None,
    ground: Ground,
    urgency: str,
) -> None:
    found = forecast(some, NOW, bought=bought, loaded=loaded)
    assert (found.days, found.ground, found.urgency) == (days, ground, urgency)


@pytest.mark.parametrize(
    ("days", "urgency"),
    [(1, "days_3"), (3, "days_3"), (4, "days_7"), (8, "days_14"), (14, "days_14"), (15, "later")],
)
def test_classes(days: int, urgency: str) -> None:
    some = [read(10, "20", "20"), read(0, str(days), str(days + 10))]
    assert forecast(some, NOW).urgency == urgency


def test_a_money_meter_counts_in_fen() -> None:
    at = NOW - timedelta(days=10)
    first = MeterReading("A1", "M1", Money(10_000), Money(10_000), 1, at)
    last = MeterReading("A1", "M1", Money(5_000), Money(10_000), 1, NOW)
    assert forecast((first, last), NOW).days == 10
    assert first.kind is MeterKind.MONEY
    assert quantity_of(number_of(first.total), first.kind) == first.total
    assert read(0, "1", "1").kind is MeterKind.VOLUME


def test_newer_is_later_or_further() -> None:
    assert read(0, "1", "1").newer_than(read(1, "1", "1", 9))
    assert read(0, "1", "1", 2).newer_than(read(0, "1", "1", 1))
    assert not read(0, "1", "1").newer_than(read(0, "2", "2"))
    assert not read(1, "1", "1", 9).newer_than(read(0, "1", "1"))
