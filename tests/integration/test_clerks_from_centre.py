"""Clerks whom the centre sends: who is new, who has left, in which roles and on which days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.fed_clerk import FedClerk, clerk_from, clerk_row
from cardstation.domain.feed import Change, Delta, Row, clerks_of, pack
from cardstation.domain.ledger import EntryKind
from cardstation.domain.shift import Approval, Clerk, Role
from cardstation.errors import LedgerRefused, Refusal
from cardstation.services.add_clerk import add_clerk
from cardstation.services.approval_pairs import approval_pairs
from cardstation.services.approve import approve, prove
from cardstation.services.change_pin import change_pin
from cardstation.services.change_roles import change_roles
from cardstation.services.clerks import clerks
from cardstation.services.close_shift import close_shift
from cardstation.services.follow_feed import follow_feed
from cardstation.services.intent.clerk_changes import NO_PIN, change_again, record_fed
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.open_shift import open_shift
from cardstation.services.retire_clerk import retire_clerk
from cardstation.services.station import Station
from cardstation.services.verify import verify
from cardstation.store.feeds import Feeds
from tests.kit.desk import StandingClock
from tests.kit.feeds import FeedCentre, FeedsInMemory, numbers
from tests.kit.postgres import CENTRE_KEY
from tests.kit.shifts import (
    ANNA,
    BEN,
    CHIEF,
    FLOAT,
    PINS,
    PlainPins,
    desk_on_duty,
    desk_with_clerks,
)
from tests.kit.station import open_desk

FEED = clerks_of("S001")
TODAY = StandingClock().at.date()
DORA, EVA = "dora", "eva"
GIVEN, OWN = "614093", "820571"
Spoil = Callable[[tuple[Delta, ...]], Any]


def fed(name: str, *roles: Role, **more: Any) -> FedClerk:
    return FedClerk(name, "1024", name.title(), frozenset(roles or {Role.TELLER}), **more)


@dataclass
class Desk:
    """A desk that follows a centre in memory."""

    station: Station
    centre: FeedCentre
    line: FeedsInMemory

    def say(self, *some: FedClerk, follow: bool = True) -> None:
        self.centre.publish(FEED, [clerk_row("S001", one) for one in some])
        if follow:
            follow_feed(self.station)

    def who(self) -> dict[str, Clerk]:
        return {one.name: one for one in clerks(self.station)}

    def facts(self) -> list[tuple[str, str, str]]:
        with self.station.store.reading() as reading:
            entries = [stored.entry for stored in reading.journal.since(0, 1_000)]
        fed_ones = [one for one in entries if one.kind is EntryKind.CLERK and one.clerk == "centre"]
        return [(one.subject, one.witness, one.approver) for one in fed_ones]


def follows(station: Station) -> Desk:
    centre = FeedCentre()
    line = centre.line()
    return Desk(replace(station, feeds=line), centre, line)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = follows(desk_with_clerks(tmp_path).station)
    yield found
    found.station.store.close()


def code_of(do: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as stop:
        do()
    return stop.value.code


def test_who_is_new_gets_a_pin_here_with_a_supervisor_beside(desk: Desk) -> None:
    desk.say(fed(DORA), fed(EVA))
    assert desk.who()[DORA] == Clerk(DORA, "Dora", frozenset({Role.TELLER}), active=True)
    assert desk.facts() == [(DORA, "fed 1", ""), (EVA, "fed 1", "")]
    assert code_of(lambda: prove(desk.station, DORA, OWN)) == "pin_lost"
    assert code_of(lambda: change_pin(desk.station, DORA, OWN)) == "pin_lost"
    change_pin(desk.station, DORA, GIVEN, by=approve(desk.station, CHIEF, PINS[CHIEF]))
    assert code_of(lambda: prove(desk.station, DORA, GIVEN)) == "pin_must_be_changed"
    change_pin(desk.station, DORA, OWN, pin=GIVEN)
    assert prove(desk.station, DORA, OWN).name == DORA
    desk.say(fed(DORA), fed(EVA), fed("fay"))
    assert desk.facts()[2:] == [("fay", "fed 2", "")], "who did not change is no fact again"
    assert prove(desk.station, DORA, OWN)
    assert verify(desk.station).disagreements == ()
    assert [(one.clerk, one.approver) for one in approval_pairs(desk.station)] == [
        ("", CHIEF),
        (DORA, CHIEF),
    ]


def test_their_first_pin_is_typed_by_themselves_beside_a_supervisor(desk: Desk) -> None:
    desk.say(fed(DORA))
    yes = approve(desk.station, CHIEF, PINS[CHIEF])
    assert code_of(lambda: add_clerk(desk.station, DORA, OWN, {Role.AUDITOR}, by=None)) == (
        "supervisor_needed"
    )
    added = add_clerk(desk.station, DORA, OWN, {Role.AUDITOR}, by=yes)
    assert (added, added.roles) == (desk.who()[DORA], {Role.TELLER})
    assert prove(desk.station, DORA, OWN) == added
    for name in (DORA, ANNA):
        with pytest.raises(Refusal, match="clerk_exists"):
            add_clerk(desk.station, name, GIVEN, {Role.TELLER}, by=yes)
    assert [one.resets for one in approval_pairs(desk.station)] == [0]
    assert verify(desk.station).disagreements == ()


def test_the_centre_wins_on_roles_and_leaves_the_pin(desk: Desk) -> None:
    desk.say(fed(ANNA))
    desk.say(fed(ANNA, Role.TELLER, Role.SUPERVISOR))
    assert desk.who()[ANNA].roles == {Role.TELLER, Role.SUPERVISOR}
    assert approve(desk.station, ANNA, PINS[ANNA]) == Approval(ANNA)
    yes = Approval(CHIEF)
    for change in (
        lambda: change_roles(desk.station, ANNA, {Role.AUDITOR}, by=yes),
        lambda: retire_clerk(desk.station, ANNA, by=yes),
    ):
        assert code_of(change) == "clerk_from_centre"
    desk.say(fed(ANNA, Role.AUDITOR))
    assert code_of(lambda: approve(desk.station, ANNA, PINS[ANNA])) == "role_missing"
    assert desk.who()[BEN].roles == {Role.TELLER}, "whom the centre never named is the desk's own"
    change_roles(desk.station, BEN, {Role.AUDITOR}, by=yes)


def test_who_is_named_no_more_has_left_and_comes_back_without_a_pin(desk: Desk) -> None:
    desk.say(fed(ANNA), fed(BEN))
    desk.say(fed(BEN))
    assert not desk.who()[ANNA].active
    assert code_of(lambda: prove(desk.station, ANNA, PINS[ANNA])) == "clerk_unknown"
    desk.say(fed(ANNA), fed(BEN))
    assert code_of(lambda: prove(desk.station, ANNA, PINS[ANNA])) == "pin_lost"
    retired = retire_clerk(desk.station, "eyes", by=Approval(CHIEF))
    desk.say(fed(ANNA), fed(BEN), fed(retired.name))
    assert code_of(lambda: prove(desk.station, "eyes", PINS["eyes"])) == "pin_lost"
    assert verify(desk.station).disagreements == ()


def test_who_left_in_an_entry_that_came_back_leaves_once(desk: Desk) -> None:
    """A restored store has the entries again, and follows the feed from an older change."""
    desk.say(fed(ANNA), fed(BEN))
    with desk.station.store.unit() as unit:
        record_fed(desk.station, unit, replace(desk.who()[ANNA], active=False), 2)
        unit.commit()
    before = desk.facts()
    desk.say(fed(BEN))
    assert desk.facts() == before


def test_a_snapshot_says_the_same(desk: Desk) -> None:
    desk.say(fed(ANNA), fed(DORA))
    desk.say(fed(DORA), follow=False)
    desk.centre.begin(FEED, 300)
    follow_feed(desk.station)
    assert numbers(desk.station) == {FEED: 300}
    assert not desk.who()[ANNA].active
    assert desk.facts()[-1] == (ANNA, "fed 300", "")


def test_days_count_where_a_pin_is_asked_for_also_without_a_line(desk: Desk) -> None:
    day = timedelta(days=1)
    desk.say(fed(ANNA, first=TODAY + day, last=TODAY + 2 * day), fed(BEN, last=TODAY - day))
    for name in (ANNA, BEN):
        assert code_of(lambda name=name: prove(desk.station, name, PINS[name])) == "clerk_not_today"
    clock = desk.station.clock
    assert isinstance(clock, StandingClock)
    clock.at += day
    assert prove(desk.station, ANNA, PINS[ANNA])
    clock.at += 2 * day
    assert code_of(lambda: prove(desk.station, ANNA, PINS[ANNA])) == "clerk_not_today"


def test_who_is_taken_off_on_duty_sells_no_more_and_counts_the_till(tmp_path: Path) -> None:
    desk = follows(desk_on_duty(tmp_path).station)
    desk.say(fed(ANNA))
    ensure_may_sell(desk.station)
    desk.say(fed(BEN))
    assert code_of(lambda: ensure_may_sell(desk.station)) == "clerk_taken_off"
    assert close_shift(desk.station, PINS[ANNA], counted=FLOAT).clerk == ANNA
    assert code_of(lambda: prove(desk.station, ANNA, PINS[ANNA])) == "clerk_unknown"
    open_shift(desk.station, BEN, PINS[BEN], float_money=FLOAT)
    ensure_may_sell(desk.station)
    desk.station.store.close()


def test_who_left_with_their_pin_on_duty_is_closed_for_by_a_supervisor(tmp_path: Path) -> None:
    """They are gone, or forgot it: the till is counted with a PIN that a supervisor set."""
    desk = follows(desk_on_duty(tmp_path).station)
    desk.say(fed(ANNA), fed(CHIEF, Role.SUPERVISOR))
    desk.say(fed(CHIEF, Role.SUPERVISOR))
    yes = approve(desk.station, CHIEF, PINS[CHIEF])
    change_pin(desk.station, ANNA, GIVEN, by=yes)
    change_pin(desk.station, ANNA, OWN, pin=GIVEN)
    assert not desk.who()[ANNA].active
    assert code_of(lambda: ensure_may_sell(desk.station)) == "clerk_taken_off"
    assert close_shift(desk.station, OWN, counted=FLOAT).clerk == ANNA
    assert code_of(lambda: change_pin(desk.station, ANNA, GIVEN, by=yes)) == "clerk_unknown"
    assert code_of(lambda: prove(desk.station, ANNA, OWN)) == "clerk_unknown"
    assert verify(desk.station).disagreements == ()
    desk.station.store.close()


def test_a_new_desk_begins_with_a_supervisor_of_the_centre(tmp_path: Path) -> None:
    desk = follows(replace(open_desk(tmp_path).station, pins=PlainPins()))
    desk.say(fed(DORA), fed(EVA, Role.SUPERVISOR), fed("fay", Role.SUPERVISOR))
    for do in (
        lambda: change_pin(desk.station, DORA, OWN),
        lambda: add_clerk(desk.station, "gil", OWN, {Role.SUPERVISOR}, by=None),
    ):
        assert code_of(do) in ("pin_lost", "supervisor_needed")
    add_clerk(desk.station, EVA, OWN, {Role.SUPERVISOR}, by=None)
    assert code_of(lambda: change_pin(desk.station, "fay", GIVEN)) == "pin_lost"
    yes = approve(desk.station, EVA, OWN)
    change_pin(desk.station, DORA, GIVEN, by=yes)
    assert verify(desk.station).disagreements == ()
    desk.station.store.close()


def test_a_supervisor_of_the_centre_who_begins_may_use_either_command(tmp_path: Path) -> None:
    desk = follows(replace(open_desk(tmp_path).station, pins=PlainPins()))
    desk.say(fed(EVA, Role.SUPERVISOR))
    change_pin(desk.station, EVA, OWN)
    assert approve(desk.station, EVA, OWN) == Approval(EVA)
    desk.station.store.close()


def swapped(row: Row) -> Spoil:
    def spoil(found: tuple[Delta, ...]) -> tuple[Delta, ...]:
        told = replace(found[0], body=pack(Change((row,))))
        return (replace(told, signature=CENTRE_KEY.sign(told.message)),)

    return spoil


HOSTILE: dict[str, tuple[Spoil, str]] = {
    "tampered": (lambda found: (replace(found[0], body=b"x"),), "feed_signature_bad"),
    "skipped": (lambda found: found[1:], "feed_gap"),
    "of another station": (swapped(clerk_row("S002", fed(EVA))), "feed_unreadable"),
    "no role of ours": (
        swapped(("clerk/S001/eva", {**clerk_row("S001", fed(EVA))[1], "roles": ["king"]})),
        "feed_unreadable",
    ),
    "no clerk": (swapped(("clerk/S001/eva", 7)), "feed_unreadable"),
    "of no station": (swapped(("eva", clerk_row("S001", fed(EVA))[1])), "feed_unreadable"),
    "a name with a slash": (
        swapped(("clerk/S001/x/eva", clerk_row("S001", fed(EVA))[1])),
        "feed_unreadable",
    ),
    "no name": (swapped(("clerk/S001/", clerk_row("S001", fed(EVA))[1])), "feed_unreadable"),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_change_puts_nobody_at_the_till(desk: Desk, how: str) -> None:
    spoil, code = HOSTILE[how]
    desk.say(fed(ANNA))
    before = desk.who()
    desk.say(fed(ANNA), fed(DORA), follow=False)
    desk.say(fed(ANNA), fed(DORA), fed(EVA), follow=False)
    desk.line.spoil["deltas"] = spoil
    with pytest.raises(LedgerRefused) as refused:
        follow_feed(desk.station)
    assert (refused.value.code, desk.who(), numbers(desk.station)) == (code, before, {FEED: 1})
    desk.line.spoil.clear()
    follow_feed(desk.station)
    assert {DORA, EVA} <= set(desk.who())


def test_an_old_change_takes_nobody_back(desk: Desk) -> None:
    desk.say(fed(ANNA), fed(DORA))
    desk.say(fed(ANNA))
    old = desk.centre.feeds[FEED].deltas[0]
    desk.say(fed(ANNA), fed(EVA), follow=False)
    desk.line.spoil["deltas"] = lambda _found: (old,)
    with pytest.raises(LedgerRefused, match="feed_replayed"):
        follow_feed(desk.station)


def test_another_stations_clerks_are_not_followed(desk: Desk) -> None:
    desk.centre.publish(clerks_of("S002"), [clerk_row("S002", fed(EVA))])
    with pytest.raises(LedgerRefused, match="feed_mistaken"):
        follow_feed(desk.station)
    assert EVA not in desk.who()


def test_a_cut_leaves_all_of_it_or_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.say(fed(ANNA, Role.AUDITOR), fed(DORA), follow=False)

    class Gone(BaseException):
        pass

    def cut(*_: Any) -> None:
        raise Gone

    with monkeypatch.context() as broken:
        broken.setattr(Feeds, "applied", cut)
        with pytest.raises(Gone):
            follow_feed(desk.station)
    assert (desk.facts(), DORA in desk.who(), numbers(desk.station)) == ([], False, {FEED: 0})
    follow_feed(desk.station)
    assert [name for name, *_ in desk.facts()] == [ANNA, DORA]


def test_who_came_back_in_the_lost_part_of_a_restored_store_has_no_pin(
    desk: Desk, tmp_path: Path
) -> None:
    desk.say(fed(ANNA), fed(BEN))
    desk.say(fed(BEN))
    desk.say(fed(ANNA), fed(BEN))
    with desk.station.store.reading() as reading:
        back = reading.journal.since(0, 1_000)[-1].entry
    older = desk_with_clerks(tmp_path / "older").station
    retire_clerk(older, ANNA, by=Approval(CHIEF))
    with older.store.unit() as unit:
        change_again(unit, back)
        assert unit.shifts.clerk(ANNA) == (desk.who()[ANNA], NO_PIN)
    older.store.close()


def test_a_station_that_may_not_write_takes_them_once_it_may(
    desk: Desk,
) -> None:
    with desk.station.store.unit() as unit:
        unit.outbox.judge("ledger_ahead", desk.station.clock.now())
        unit.commit()
    desk.say(fed(DORA))
    assert DORA not in desk.who()
    with desk.station.store.unit() as unit:
        unit.outbox.judge("", desk.station.clock.now())
        unit.commit()
    follow_feed(desk.station)
    assert DORA in desk.who()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("from", "24 Nov"), ("until", "x"), ("number", "a\tb"), ("display", "")),
        *(("roles", []), ("roles", ["king"]), ("number", "n" * 65)),
    ],
)
def test_a_row_is_a_clerk_or_names_what_is_wrong(field: str, value: Any) -> None:
    key, said = clerk_row("S001", fed(DORA))
    with pytest.raises(ValueError, match=field):
        clerk_from("S001", (key, {**said, field: value}))
    days = fed(DORA, first=TODAY, last=TODAY)
    assert clerk_from("S001", clerk_row("S001", days)) == days
    with pytest.raises(ValueError, match="until"):
        clerk_from("S001", clerk_row("S001", replace(days, last=TODAY - timedelta(days=1))))
