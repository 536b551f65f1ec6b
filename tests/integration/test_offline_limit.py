"""The desk's own ceiling on what the ledger has not heard of: by money, by hours, and its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.money import Money
from cardstation.domain.offline_limit import OfflineLimit, quota_of
from cardstation.domain.payment import Tender
from cardstation.errors import Refusal
from cardstation.services.batch_state import outcome_of
from cardstation.services.offline_quota import offline_quota
from cardstation.services.pay_batch import pay_batch
from cardstation.services.sync import sync
from cardstation.services.sync_state import sync_state
from tests.kit.shifts import RestartableClock
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch

HOMES = neighbours(4)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = open_desk(tmp_path, households=HOMES, clock=RestartableClock())
    yield found
    found.station.store.close()


def clock_of(desk: Desk) -> RestartableClock:
    assert isinstance(desk.clock, RestartableClock)
    return desk.clock


def hours_left(desk: Desk) -> int | None:
    quota = offline_quota(desk.station)
    assert quota is not None
    return quota.hours_left


def limited(desk: Desk, *, yuan: int = 0, hours: int = 0) -> None:
    limit = OfflineLimit(Money(yuan * 100), hours)
    desk.station = replace(desk.station, offline_limit=limit, ledger=desk.ledger)


def refused(desk: Desk, home: int) -> str:
    with pytest.raises(Refusal) as stop:
        desk.sell(card_of(HOMES[home]))
    return stop.value.code


def test_nothing_is_charged_above_the_money_and_all_goes_on_after_a_sync(desk: Desk) -> None:
    limited(desk, yuan=250)
    desk.sell(card_of(HOMES[0]))
    desk.sell(card_of(HOMES[1]))
    before = desk.states()
    assert refused(desk, 2) == "offline_limit_reached"
    assert desk.states() == before
    sync(desk.station)
    desk.sell(card_of(HOMES[2]))


def test_hours_count_from_the_oldest_unconfirmed_entry(desk: Desk) -> None:
    limited(desk, hours=8)
    desk.sell(card_of(HOMES[0]))
    clock_of(desk).run(hours=7, minutes=59)
    desk.sell(card_of(HOMES[1]))
    clock_of(desk).run(minutes=1)
    assert refused(desk, 2) == "offline_limit_reached"
    sync(desk.station)
    desk.sell(card_of(HOMES[2]))


def test_a_wall_clock_that_is_set_neither_gives_hours_nor_takes_them(desk: Desk) -> None:
    limited(desk, hours=8)
    desk.sell(card_of(HOMES[0]))
    clock_of(desk).run(hours=6)
    for wrong in (timedelta(hours=-5), timedelta(hours=9)):
        desk.clock.at += wrong
        assert hours_left(desk) == 2
        desk.clock.at -= wrong
    clock_of(desk).run(hours=2)
    desk.clock.at -= timedelta(minutes=4)
    assert refused(desk, 1) == "offline_limit_reached"


def test_over_a_new_start_the_latest_time_on_record_counts(desk: Desk) -> None:
    limited(desk, hours=8)
    desk.sell(card_of(HOMES[0]))
    clock_of(desk).run(hours=3)
    desk.sell(card_of(HOMES[1]))
    clock_of(desk).restart()
    assert hours_left(desk) == 5
    desk.clock.at -= timedelta(hours=2)
    assert hours_left(desk) == 5
    clock_of(desk).run(hours=4)
    assert hours_left(desk) == 3
    desk.clock.at -= timedelta(hours=4)
    assert hours_left(desk) == 4


def test_a_line_of_a_batch_waits_and_is_no_exception_of_its_card(desk: Desk) -> None:
    limited(desk, yuan=150)
    batch_id = put_batch(desk, [line(HOMES[0], 4), line(HOMES[1], 5)])
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money(20_000))
    desk.load(batch_id, card_of(HOMES[0]))
    with pytest.raises(Refusal) as stop:
        desk.load(batch_id, card_of(HOMES[1]))
    assert stop.value.code == "offline_limit_reached"
    assert outcome_of(desk.station, batch_id, 2).state.value == "waiting"


def test_what_is_left_is_seen_in_whole_hundreds(desk: Desk) -> None:
    limited(desk, yuan=1000, hours=24)
    desk.sell(card_of(HOMES[0]), yuan="123")
    clock_of(desk).run(minutes=90)
    quota = offline_quota(desk.station)
    assert quota is not None
    assert (quota.left, quota.hours_left, quota.used_up) == (Money(80_000), 22, False)
    assert sync_state(desk.station).quota == quota


def test_without_a_limit_or_a_ledger_there_is_no_quota(desk: Desk) -> None:
    assert offline_quota(desk.station) is None
    limited(desk, yuan=1)
    desk.station = replace(desk.station, ledger=None)
    assert offline_quota(desk.station) is None
    desk.sell(card_of(HOMES[0]))


@pytest.mark.parametrize(
    ("limit", "spent", "age_min", "left", "hours", "used_up"),
    [
        (OfflineLimit(Money(50_000)), 0, 99_999, 50_000, None, False),
        (OfflineLimit(Money(50_000)), 40_001, 0, 0, None, True),
        (OfflineLimit(Money(50_000)), 60_000, 0, 0, None, True),
        (OfflineLimit(hours=2), 99, 61, None, 0, True),
        (OfflineLimit(hours=2), 99, 60, None, 1, False),
        (OfflineLimit(hours=2), 99, 999, None, 0, True),
    ],
)
def test_what_is_left(
    limit: OfflineLimit,
    spent: int,
    age_min: int,
    left: int | None,
    hours: int | None,
    used_up: bool,
) -> None:
    found = quota_of(limit, Money(spent), age_min)
    assert found.left == (None if left is None else Money(left))
    assert found.hours_left == hours
    assert found.used_up is used_up
