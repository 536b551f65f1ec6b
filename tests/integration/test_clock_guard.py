"""A wrong clock stops selling in both directions, and neither stops the desk for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Role
from cardstation.errors import Refusal, StationBusy
from cardstation.services.add_clerk import add_clerk
from cardstation.services.close_shift import close_shift
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_batch import pay_batch
from cardstation.store import Store
from tests.kit.full_desk import FIRST, PIN, PlainPins
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch, take

HOMES = neighbours(3)
BACK = timedelta(minutes=5, seconds=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    opened.station = replace(opened.station, pins=PlainPins())
    yield opened
    opened.station.store.close()


def on_duty(desk: Desk) -> None:
    add_clerk(desk.station, FIRST, PIN, {Role.TELLER, Role.SUPERVISOR}, by=None)
    open_shift(desk.station, FIRST, PIN, float_money=Money(0))


def refused(desk: Desk) -> str:
    try:
        ensure_may_sell(desk.station)
    except Refusal as refusal:
        return refusal.code
    return ""


def test_a_shift_and_a_sum_received_hold_the_clock_too(desk: Desk) -> None:
    on_duty(desk)
    desk.clock.at -= BACK
    assert refused(desk) == "clock_ran_back"
    desk.clock.at += BACK
    batch_id = put_batch(desk, [line(HOMES[0], 4)])
    desk.clock.at += timedelta(hours=1)
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money(10_000))
    desk.clock.at -= BACK
    assert refused(desk) == "clock_ran_back"
    with pytest.raises(Refusal, match="clock_ran_back"):
        pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money(1))
    desk.clock.at += BACK
    assert refused(desk) == ""


def test_the_mark_survives_a_new_start_and_lesser_moves(desk: Desk, tmp_path: Path) -> None:
    card = card_of(HOMES[0])
    desk.sell(card)
    for _ in range(3):
        take(card)
        desk.clock.at -= timedelta(minutes=1, seconds=30)
        desk.sell(card)
    desk.clock.at -= timedelta(minutes=1, seconds=30)
    assert refused(desk) == "clock_ran_back"
    desk.station.store.close()
    desk.station = replace(desk.station, store=Store.open(tmp_path))
    assert refused(desk) == "clock_ran_back"


def test_a_clock_that_leapt_years_ahead_leaves_no_trace(desk: Desk) -> None:
    on_duty(desk)
    desk.sell(card_of(HOMES[0]))
    right = desk.clock.at
    desk.clock.at += timedelta(days=365 * 9)
    with pytest.raises(Refusal, match="clock_leapt_ahead"):
        desk.sell(card_of(HOMES[1]))
    desk.clock.at = right
    desk.sell(card_of(HOMES[1]))


def test_a_desk_closed_for_long_opens_a_shift(desk: Desk) -> None:
    on_duty(desk)
    desk.clock.at += timedelta(days=200)
    assert refused(desk) == "clock_leapt_ahead"
    close_shift(desk.station, PIN, counted=Money(0))
    open_shift(desk.station, FIRST, PIN, float_money=Money(0))
    assert refused(desk) == ""


def test_a_second_writer_is_refused(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(StationBusy):
        Store.open(tmp_path)
