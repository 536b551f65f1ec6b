"""Prices, blocked cards and households of a feed beside what the desk itself knows and does."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.feed import POLICY
from cardstation.domain.feed_rows import Policy, policy_rows
from cardstation.domain.household import HouseholdStatus
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.errors import LedgerRefused
from cardstation.services.feed_state import feed_state
from cardstation.services.follow_feed import follow_feed
from cardstation.services.station import Station
from tests.kit.feeds import A, B, FeedCentre, Town, directory, filed, homes, numbers, rows_of
from tests.kit.station import DESK_RULES, RESIDENTIAL, open_desk

pytest_plugins = ("tests.kit.fast_disk", "tests.kit.feed_fixtures")


def test_a_household_that_moved_is_where_it_was_last_said_to_be(town: Town) -> None:
    """Both districts are followed; the one it left is heard of last, with word from before."""
    some = homes(3)
    town.centre.publish(A, rows_of(some[:1]))
    town.centre.publish(B, rows_of([replace(one, team="南关服务部") for one in some[1:]]))
    follow_feed(town.station)
    town.centre.publish(
        B, rows_of([replace(one, team="南关服务部", phone="1") for one in some[1:]])
    )
    town.centre.publish(B, rows_of([replace(some[2], team="南关服务部", phone="1")]))
    town.centre.publish(A, rows_of(some[:2]), later=False)
    follow_feed(town.station)
    assert directory(town.station) == filed(town.centre, A, B)
    town.centre.publish(A, rows_of([some[0], replace(some[1], phone="2")]))
    town.centre.publish(A, rows_of(some[:1]))
    town.centre.publish(
        B, rows_of([replace(one, team="南关服务部") for one in some[1:]]), later=False
    )
    follow_feed(town.station)
    assert directory(town.station) == filed(town.centre, A, B), "B was heard first"


def test_prices_rules_and_blocked_cards_come_by_the_feed(town: Town) -> None:
    later = replace(RESIDENTIAL, effective=date(2027, 1, 1))
    policy = Policy((RESIDENTIAL,), DESK_RULES, {"88013025000001": "lost"})
    town.centre.publish(POLICY, list(policy_rows(policy).values()))
    follow_feed(town.station)
    with town.station.store.reading() as reading:
        assert reading.tariffs.every() == (RESIDENTIAL,)
        assert reading.tariffs.rules() == DESK_RULES
        assert reading.blocked.every() == {"88013025000001": "lost"}
    newer = replace(policy, tariffs=(RESIDENTIAL, later), blocked={"88013025000002": "dead"})
    town.centre.publish(POLICY, list(policy_rows(newer).values()))
    state = follow_feed(town.station)
    with town.station.store.reading() as reading:
        assert reading.tariffs.every() == (RESIDENTIAL, later)
        assert reading.blocked.every() == {"88013025000002": "dead"}
    assert (state.blocked, numbers(town.station)) == (1, {POLICY: 3})


def test_a_centre_without_prices_leaves_the_desk_its_own(town: Town) -> None:
    with town.station.store.unit() as unit:
        unit.tariffs.replace((RESIDENTIAL,), DESK_RULES)
        unit.commit()
    town.centre.publish(POLICY, list(policy_rows(Policy(blocked={"1": "lost"})).values()))
    follow_feed(town.station)
    with town.station.store.reading() as reading:
        assert reading.tariffs.every() == (RESIDENTIAL,)
        assert reading.blocked.every() == {"1": "lost"}


def test_a_file_taken_in_at_the_desk_is_no_way_around_the_centre(town: Town) -> None:
    policy = Policy((RESIDENTIAL,), DESK_RULES, {"1": "lost", "2": "lost"})
    town.centre.publish(POLICY, list(policy_rows(policy).values()))
    follow_feed(town.station)
    for again in (True, False):
        with town.station.store.unit() as unit:
            unit.blocked.replace({"3": "dead"})
            unit.tariffs.replace((replace(RESIDENTIAL, effective=date(2020, 1, 1)),), DESK_RULES)
            unit.commit()
        if again:
            policy = replace(policy, blocked={"1": "lost"})
            town.centre.publish(POLICY, list(policy_rows(policy).values()))
        follow_feed(town.station)
        with town.station.store.reading() as reading:
            assert reading.blocked.every() == {"1": "lost"}
            assert reading.tariffs.every() == (RESIDENTIAL,)


def test_a_policy_nobody_can_read_changes_no_price(town: Town) -> None:
    prices = policy_rows(Policy((RESIDENTIAL,)))["tariff/residential@2026-01-01"]
    bad: tuple[tuple[Any, ...], ...] = (
        ("tariff/residential@2026-01-01", {"code": "residential"}),
        ("tariff/another@2026-01-01", prices[1]),
        ("rules", {"step": -1}),
        ("rules", "none"),
        ("unheard/of", "x"),
        ("blocked/1", 7),
        prices,
    )
    for at, row in enumerate(bad, start=1):
        town.centre.publish(POLICY, [row])
        town.centre.begin(POLICY, at)
        with pytest.raises(LedgerRefused, match="feed_unreadable"):
            follow_feed(town.station)
    assert not feed_state(town.station).blocked


def test_an_open_load_keeps_its_household_until_it_is_done(folder: Path) -> None:
    """Its change waits; what was sold meanwhile is never taken back by a file that is older."""
    some = homes(2)
    centre = FeedCentre()
    desk = open_desk(folder, households=some)
    station = desk.station = replace(desk.station, feeds=centre.line())
    first = some[0]
    with ExitStack() as stack:
        stack.callback(station.store.close)
        centre.publish(A, rows_of(some))
        follow_feed(station)
        with station.work.on_card(first.card_no, object()):
            centre.publish(A, rows_of([replace(first, phone="1"), some[1]]))
            centre.publish(A, rows_of([replace(first, phone="2"), some[1]]))
            (line,) = follow_feed(station).feeds
            assert (line.number, line.waiting, desk.household(first.account_no).phone) == (
                *(3, 1),
                first.phone,
            )
            assert follow_feed(station).feeds[0].waiting == 1
            centre.publish(A, rows_of(some))
            centre.feeds[A].deltas.clear()
            centre.begin(A, 5)
            assert follow_feed(station).feeds[0].waiting == 0, "the snapshot is newer word"
            centre.publish(A, rows_of([replace(first, phone="2"), some[1]]))
            assert follow_feed(station).feeds[0].waiting == 1
        with station.store.unit() as unit:
            sold = replace(desk.household(first.account_no), balance=Money(7), purchase_counter=51)
            unit.households.update(sold)
            unit.commit()
        assert follow_feed(station).feeds[0].waiting == 0
        now = desk.household(first.account_no)
        assert (now.phone, now.balance, now.purchase_counter) == ("2", Money(7), 51)


def test_a_household_that_left_stays_on_file_while_anything_here_is_about_it(
    folder: Path,
) -> None:
    some = homes(3)
    centre = FeedCentre()
    desk = open_desk(folder, households=some)
    station = desk.station = replace(desk.station, feeds=centre.line())
    with ExitStack() as stack:
        stack.callback(station.store.close)
        centre.publish(A, rows_of(some))
        follow_feed(station)
        with station.store.unit() as unit:
            unit.households.update(replace(some[0], balance=Money(7)))
            unit.commit()
        with station.work.on_card(some[1].card_no, object()):
            centre.publish(A, rows_of([]))
            follow_feed(station)
            assert set(directory(station)) == {some[0].account_no, some[1].account_no}
        assert desk.household(some[0].account_no).team == ""
        follow_feed(station)
        assert set(directory(station)) == {some[0].account_no}
        centre.publish(A, rows_of([replace(some[0], status=HouseholdStatus.CLOSED)]))
        follow_feed(station)
        back = desk.household(some[0].account_no)
        assert (back.team, back.status, back.balance) == (
            *("朝阳服务部", HouseholdStatus.CLOSED),
            Money(7),
        )
        centre.begin(A)
        assert back.relief_per_month == Volume(0)


def test_nobody_is_taken_off_while_records_of_this_desk_are_lost(town: Town) -> None:
    """What comes back with `rejoin` is about households that must be on file."""
    some = homes(2)
    town.centre.publish(A, rows_of(some))
    follow_feed(town.station)
    judge(town.station, "ledger_ahead")
    town.centre.publish(A, rows_of([replace(some[0], phone="1")]))
    (line,) = follow_feed(town.station).feeds
    assert (line.number, line.waiting) == (3, 1)
    assert len(directory(town.station)) == 2
    follow_feed(town.station)
    judge(town.station, "")
    follow_feed(town.station)
    assert directory(town.station) == filed(town.centre, A)


def judge(station: Station, code: str) -> None:
    with station.store.unit() as unit:
        unit.outbox.judge(code, station.clock.now())
        unit.commit()
