"""A wrong clock stops selling in both directions, and neither stops the desk for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cardstation.domain.ledger import CLOCK, PEOPLE, EntryKind
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval, Role
from cardstation.errors import Refusal, StationBusy
from cardstation.services.add_clerk import add_clerk
from cardstation.services.change_layout import change_layout
from cardstation.services.close_shift import close_shift
from cardstation.services.intent.anchoring import write_anchor
from cardstation.services.intent.facts import append
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_batch import pay_batch
from cardstation.services.rebuild.replay import replay
from cardstation.services.settle_clock import settle_clock
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from cardstation.store import Store
from tests.kit.full_desk import FIRST, PIN, PlainPins
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch, take

HOMES = neighbours(5)
BACK = timedelta(minutes=5, seconds=1)
SECOND = Approval("017")


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


def ahead_and_set_right(desk: Desk) -> str:
    """A month ahead, sold meanwhile, and set right: the desk stands still."""
    desk.sell(card_of(HOMES[0]))
    desk.clock.at += timedelta(days=30)
    desk.sell(card_of(HOMES[1]))
    batch_id = put_batch(desk, [line(HOMES[2], 4)])
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money(1))
    desk.clock.at -= timedelta(days=30) - timedelta(minutes=10)
    assert refused(desk) == "clock_ran_back"
    return batch_id


def test_two_people_write_down_why_and_the_mark_goes_on_from_there(
    desk: Desk, tmp_path: Path
) -> None:
    on_duty(desk)
    ahead_and_set_right(desk)
    ended = settle_clock(desk.station, " The battery was empty ", SECOND)
    assert (ended, refused(desk)) == (desk.clock.at, "")
    with desk.station.store.reading() as reading:
        last = reading.journal.last()
    assert last is not None
    told = last.entry
    assert (told.kind, told.clerk, told.approver) == (EntryKind.CLOCK, FIRST, SECOND.name)
    assert told.witness == f"{PEOPLE}The battery was empty"
    assert datetime.fromisoformat(told.detail) - desk.clock.at > timedelta(days=29)
    desk.clock.at -= BACK
    assert refused(desk) == "clock_ran_back"
    desk.clock.at += BACK
    desk.sell(card_of(HOMES[2]))
    desk.station.store.close()
    desk.station = replace(desk.station, store=Store.open(tmp_path))
    assert refused(desk) == ""
    desk.sell(card_of(HOMES[3]), "20")
    desk.clock.at -= BACK
    assert refused(desk) == "clock_ran_back"
    assert verify(desk.station).ok


def test_a_sum_received_after_it_holds_the_clock_again(desk: Desk) -> None:
    on_duty(desk)
    batch_id = ahead_and_set_right(desk)
    settle_clock(desk.station, "battery", SECOND)
    desk.clock.at += timedelta(hours=1)
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money(10_000))
    desk.clock.at -= BACK
    assert refused(desk) == "clock_ran_back"


def not_settled(desk: Desk, reason: str = "battery", by: Approval = SECOND) -> str:
    with pytest.raises(Refusal) as stop:
        settle_clock(desk.station, reason, by)
    return stop.value.code


def test_nothing_ends_it_but_two_people_and_a_reason(desk: Desk) -> None:
    on_duty(desk)
    assert not_settled(desk) == "clock_not_behind"
    ahead_and_set_right(desk)
    for days in range(3):
        desk.clock.at += timedelta(days=days)
        assert refused(desk) == "clock_ran_back"
    assert not_settled(desk, reason="  ") == "reason_needed"
    assert not_settled(desk, by=Approval(FIRST)) == "second_person_same"
    assert refused(desk) == "clock_ran_back"


def test_without_a_shift_both_come_with_their_pins(desk: Desk) -> None:
    on_duty(desk)
    ahead_and_set_right(desk)
    close_shift(desk.station, PIN, counted=Money(20_001))
    assert not_settled(desk) == "clock_needs_both"
    with pytest.raises(Refusal, match="second_person_same"):
        settle_clock(desk.station, "battery", SECOND, clerk=SECOND)
    settle_clock(desk.station, "battery", SECOND, clerk=Approval(FIRST))
    open_shift(desk.station, FIRST, PIN, float_money=Money(0))
    assert refused(desk) == ""
    assert verify(desk.station).ok


def test_the_proof_names_a_mark_that_went_back_without_them(desk: Desk) -> None:
    """A program that forgets what was recorded; and one that lets a person agree with themself."""
    on_duty(desk)
    ahead_and_set_right(desk)
    with pytest.MonkeyPatch.context() as patch:
        now_us = int(desk.clock.at.timestamp() * 1_000_000)
        patch.setattr("cardstation.store.topups.high_water_us", lambda *_: now_us)
        desk.sell(card_of(HOMES[2]))
    found = {one.code for one in verify(desk.station).disagreements}
    assert found == {"clock_went_back"}
    for alone in ({"approver": FIRST, "witness": f"{PEOPLE}battery"}, {"approver": "017"}):
        with desk.station.store.unit() as unit:
            append(desk.station, unit, EntryKind.CLOCK, CLOCK, detail="2026-12-24", **alone)
            unit.commit()
    codes = [one.code for one in verify(desk.station).disagreements]
    assert sorted(codes) == ["clock_disagrees", "clock_disagrees", "clock_went_back"]


def test_a_second_writer_is_refused(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(StationBusy):
        Store.open(tmp_path)


def test_a_store_rebuilt_from_its_entries_goes_on_from_there_too(
    desk: Desk, tmp_path: Path
) -> None:
    """Also after a sale and a sum received since; the ledger takes the entry like any other.

    So it does one of a layout, which moves nothing in a store.
    """
    on_duty(desk)
    batch_id = ahead_and_set_right(desk)
    settle_clock(desk.station, "battery", SECOND)
    change_layout(desk.station, "near", "aa", SECOND, replaces=False)
    desk.sell(card_of(HOMES[2]))
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money(1))
    assert sync(desk.station).unsent == 0
    with desk.station.store.reading() as reading:
        entries = tuple(reading.journal.every())
    other = open_desk(tmp_path / "other", households=HOMES, clock=desk.clock)
    with other.station.store.unit() as unit:
        for stored in entries:
            unit.journal.append(stored.entry)
            replay(other.station, unit, stored)
        head = unit.journal.head()
        unit.commit()
    write_anchor(other.station, head)
    assert refused(other) == ""
    assert not [one for one in verify(other.station).disagreements if "clock" in one.code]
    desk.clock.at -= BACK
    assert refused(other) == "clock_ran_back"
    other.station.store.close()
