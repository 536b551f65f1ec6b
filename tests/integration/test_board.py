"""The board of teams, what meters wrote back, and who will run out of gas first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy.exc import IntegrityError

from cardstation.domain.batch import Verdict, Whose, Zone
from cardstation.domain.batch_life import BatchStep, Stage, Step
from cardstation.domain.custody import Party
from cardstation.domain.exception_case import Kind
from cardstation.domain.forecast import Ground, MeterReading, Urgency
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal
from cardstation.services.board_state import board_state
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.file_batch import file_batch
from cardstation.services.identify import Inserted
from cardstation.services.intent.readings import note_reading
from cardstation.services.pay_batch import pay_batch
from cardstation.services.quote_batch import quote_batch
from cardstation.services.resolve import resolve_card
from cardstation.services.triage_list import triage_list
from drivers.layouts.open4442 import OPEN4442
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard
from drivers.virtual.meter import VirtualMeter
from tests.kit.handing import hand
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch

HOMES = neighbours(4)
COMMUNITY = HOMES[0].address.community


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = open_desk(tmp_path, households=HOMES)
    yield found
    found.station.store.close()


def readings(desk: Desk, meter: int = 0) -> tuple[MeterReading, ...]:
    with desk.station.store.reading() as reading:
        return reading.readings.of_community(COMMUNITY).get(HOMES[meter].account_no, ())


def insert(desk: Desk, card: VirtualCard) -> None:
    with closing(desk.insert(card)) as inserted:
        resolve_card(desk.station, inserted)


def put_reading(desk: Desk, home: int, *, days_ago: int, left: str, total: str) -> None:
    household = HOMES[home]
    at = desk.clock.now() - timedelta(days=days_ago)
    one = MeterReading(
        household.account_no,
        household.meter.meter_no,
        Volume.of_m3(left),
        Volume.of_m3(total),
        household.purchase_counter,
        at,
    )
    with desk.station.store.unit() as unit:
        unit.readings.add(one, at)
        unit.commit()


def test_a_block_is_kept_once_however_often_the_card_comes(desk: Desk) -> None:
    card = card_of(HOMES[0])
    for _ in range(3):
        insert(desk, card)
    (first,) = readings(desk)
    assert first.meter_no == HOMES[0].meter.meter_no
    desk.sell(card)
    assert readings(desk) == (first,)
    meter = VirtualMeter.of_card(OPEN4442.decode(card.image), OPEN4442, MAKERS[0].school)
    meter.take(card, at=desk.clock.now() + timedelta(minutes=1))
    insert(desk, card)
    assert [one.counter for one in readings(desk)] == [first.counter, first.counter + 1]


def test_an_older_block_and_one_from_the_future_are_left_out(desk: Desk) -> None:
    card = card_of(HOMES[0])
    insert(desk, card)
    (first,) = readings(desk)
    with desk.station.store.unit() as unit:
        unit.readings.add(replace(first, at=first.at - timedelta(days=1)), desk.clock.now())
        unit.commit()
    assert readings(desk) == (first,)
    desk.clock.at = first.at - timedelta(days=3)
    insert(desk, card_of(HOMES[1]))
    assert readings(desk, 1) == ()


def noted(desk: Desk, card: SimpleNamespace) -> None:
    with desk.station.store.reading() as look:
        note_reading(desk.station, look, cast("Inserted", card))


@pytest.mark.parametrize("what", ["unreadable", "of_other_meter", "never_credited"])
def test_a_block_that_says_nothing_is_left_out(desk: Desk, what: str) -> None:
    with closing(desk.insert(card_of(HOMES[0]))) as inserted:
        content = inserted.content
    block = content.returned
    assert block is not None
    shown = {
        "unreadable": None,
        "of_other_meter": replace(block, meter_no="QM0000000000"),
        "never_credited": replace(block, purchase_counter=0, cumulative=NO_GAS, residual=NO_GAS),
    }[what]
    card = SimpleNamespace(content=replace(content, returned=shown))
    noted(desk, card)
    assert readings(desk) == ()
    card = SimpleNamespace(content=replace(content, returned=block))
    noted(desk, card)
    assert len(readings(desk)) == 1


def test_a_reading_never_changes(desk: Desk) -> None:
    insert(desk, card_of(HOMES[0]))
    with desk.station.store.unit() as unit, pytest.raises(IntegrityError, match="append-only"):
        unit._connection.exec_driver_sql("UPDATE meter_reading SET residual = 0")


def test_who_runs_out_first_stands_first(desk: Desk) -> None:
    for home, left in ((0, "40"), (1, "3"), (2, "12")):
        put_reading(desk, home, days_ago=10, left="100", total="100")
        used = 10 if home else 20
        put_reading(desk, home, days_ago=0, left=left, total=str(int(left) + used))
    found = triage_list(desk.station, COMMUNITY)
    assert [(row.account_no[-1], row.forecast.days) for row in found.rows] == [
        ("2", 3),
        ("3", 12),
        ("1", 20),
    ]
    assert found.unread == 1
    assert found.counts[Urgency.DAYS_3] == 1
    assert sum(found.counts.values()) == 3


def test_a_load_on_the_card_counts_until_the_meter_took_it_or_it_went_back(desk: Desk) -> None:
    put_reading(desk, 0, days_ago=10, left="20", total="100")
    put_reading(desk, 0, days_ago=0, left="10", total="100")
    desk.clock.at += timedelta(seconds=1)
    before = triage_list(desk.station, COMMUNITY).rows[0].forecast
    assert (before.days, before.left) == (9, 10_000)
    sold = desk.sell(card_of(HOMES[0]), yuan="28").volume
    assert sold
    after = triage_list(desk.station, COMMUNITY).rows[0].forecast
    assert after.left == 10_000 + sold.litres
    assert after.days == 9 + sold.litres // 1000


def test_one_reading_and_this_years_purchases(desk: Desk) -> None:
    put_reading(desk, 0, days_ago=0, left="10", total="100")
    row = triage_list(desk.station, COMMUNITY).rows[0]
    assert HOMES[0].bought_this_year
    assert row.forecast.ground is Ground.PURCHASES


def test_an_unknown_community_is_refused(desk: Desk) -> None:
    with pytest.raises(Refusal) as stop:
        triage_list(desk.station, "没有的小区")
    assert stop.value.code == "unknown_community"


def test_the_board_counts_cards_by_team_zone_and_community(desk: Desk) -> None:
    first = put_batch(desk, [line(HOMES[0], 4), line(HOMES[1], 5), line(HOMES[2], 6)])
    other = put_batch(desk, [line(HOMES[3], 4)], "2026-11-24-02")
    file_batch(desk.station, first, Whose("阳光花园", "万家物业", "绿园专班", Zone.SEALED))
    file_batch(desk.station, other, Whose("净月新城", "", "绿园专班", Zone.WATCHED))
    rows = board_state(desk.station).rows
    assert [(row.zone, row.community) for row in rows] == [
        (Zone.SEALED, "阳光花园"),
        (Zone.WATCHED, "净月新城"),
    ]
    assert [(row.expected, row.collected, row.loaded) for row in rows] == [(3, 0, 0), (1, 0, 0)]
    counts = {"expected": 4, "arrived": 4, "places": (1, 2, 3)}
    hand(desk.station, first, Party.MANAGER, Party.DESK, **counts)
    quote_batch(desk.station, first)
    pay_batch(desk.station, first, tender=Tender.CASH, money=Money(30_000))
    desk.load(first, card_of(HOMES[0]))
    with pytest.raises(Refusal):
        desk.load(first, card_of(HOMES[3]))
    row = board_state(desk.station).rows[0]
    assert (row.collected, row.loaded, row.returned) == (3, 1, 0)
    listed = [one.kind for one in exceptions_state(desk.station) if one.batch_id == first]
    assert listed == [Kind.LINE, Kind.BAG], "the card of another batch, and its bag"
    assert row.exceptions == len(listed)
    board = board_state(desk.station)
    assert (board.expected, board.collected, board.loaded, board.returned) == (4, 3, 1, 0)
    assert board.exceptions == 2


def test_closed_bags_leave_the_board_two_weeks_after_their_closing(desk: Desk) -> None:
    batch_id = put_batch(desk, [line(HOMES[0], 4, verdict=Verdict.HUMAN)])
    desk.clock.at += timedelta(days=20)
    assert board_state(desk.station).exceptions == 1
    desk.sell(card_of(HOMES[1]))
    with desk.station.store.unit() as unit:
        unit.steps.add(
            BatchStep(batch_id, Step.CLOSED, Stage.CLOSED, "", "demo", desk.clock.now(), 1)
        )
        unit.commit()
    desk.clock.at += timedelta(days=14)
    assert [row.exceptions for row in board_state(desk.station).rows] == [0]
    desk.clock.at += timedelta(days=1)
    assert board_state(desk.station).rows == ()
