"""Clerks: who may be added by whom, whose PIN opens what, and when a PIN stays shut."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.shift import Approval, Role
from cardstation.errors import Refusal
from cardstation.services.add_clerk import add_clerk
from cardstation.services.approval_pairs import approval_pairs
from cardstation.services.approve import approve, come_forward, prove
from cardstation.services.change_pin import change_pin
from cardstation.services.change_roles import change_roles
from cardstation.services.clerks import clerks
from cardstation.services.retire_clerk import retire_clerk
from cardstation.services.station import Station
from cardstation.services.verify import verify
from tests.kit.shifts import (
    ANNA,
    BEN,
    CHIEF,
    EYES,
    PINS,
    PlainPins,
    RestartableClock,
    desk_on_duty,
    desk_with_clerks,
)
from tests.kit.station import Desk, open_desk

WRONG = "404405"
YES = Approval(CHIEF)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = desk_with_clerks(tmp_path)
    yield opened
    opened.station.store.close()


@pytest.fixture
def on_duty(tmp_path: Path) -> Iterator[Desk]:
    opened = desk_on_duty(tmp_path)
    yield opened
    opened.station.store.close()


def refused(do: Callable[[], Any]) -> Refusal:
    with pytest.raises(Refusal) as stop:
        do()
    assert not {*PINS.values(), WRONG} & {str(value) for value in stop.value.values.values()}
    return stop.value


def clock_of(desk: Desk) -> RestartableClock:
    assert isinstance(desk.clock, RestartableClock)
    return desk.clock


def test_everybody_is_listed_with_their_roles(desk: Desk) -> None:
    found = {one.name: one for one in clerks(desk.station)}
    assert list(found) == sorted([CHIEF, ANNA, BEN, EYES])
    assert found[CHIEF].roles == {Role.SUPERVISOR}
    assert (found[CHIEF].display, found[ANNA].display) == ("班长", ANNA)
    assert all(one.active for one in found.values())


@pytest.mark.parametrize(
    ("name", "pin", "roles", "by", "code"),
    [
        ("", "583920", {Role.TELLER}, YES, "clerk_name_bad"),
        ("  ", "583920", {Role.TELLER}, YES, "clerk_name_bad"),
        ("n" * 33, "583920", {Role.TELLER}, YES, "clerk_name_bad"),
        ("a\tb", "583920", {Role.TELLER}, YES, "clerk_name_bad"),
        ("new", "583920", set(), YES, "roles_missing"),
        ("new", "58392", {Role.TELLER}, YES, "pin_short"),
        ("new", "123456", {Role.TELLER}, YES, "pin_simple"),
        (ANNA, "583920", {Role.TELLER}, YES, "clerk_exists"),
        ("new", "583920", {Role.TELLER}, None, "supervisor_needed"),
    ],
)
def test_who_is_not_added(
    desk: Desk, name: str, pin: str, roles: set[Role], by: Approval | None, code: str
) -> None:
    assert refused(lambda: add_clerk(desk.station, name, pin, roles, by=by)).code == code
    assert len(clerks(desk.station)) == 4


def test_nobody_but_a_supervisor_comes_first(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    station = replace(desk.station, pins=PlainPins())
    first = refused(lambda: add_clerk(station, ANNA, PINS[ANNA], {Role.TELLER}, by=None))
    assert first.code == "first_supervisor"
    added = add_clerk(station, CHIEF, PINS[CHIEF], {Role.SUPERVISOR, Role.TELLER}, by=None)
    assert added.roles == {Role.SUPERVISOR, Role.TELLER}
    station.store.close()


def test_a_pin_is_nowhere_on_disk(desk: Desk) -> None:
    prove(desk.station, ANNA, PINS[ANNA])
    folder = desk.station.store.home
    desk.station.store.close()
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [pin for pin in PINS.values() if pin.encode() in content], path.name


def test_a_wrong_pin_says_how_many_tries_are_left(desk: Desk) -> None:
    for left in (4, 3, 2, 1):
        stop = refused(lambda: prove(desk.station, ANNA, WRONG))
        assert (stop.code, stop.values["left"]) == ("pin_wrong", left)
    assert prove(desk.station, ANNA, PINS[ANNA]).name == ANNA
    assert refused(lambda: prove(desk.station, ANNA, WRONG)).values["left"] == 4
    assert prove(desk.station, BEN, PINS[BEN]).name == BEN


@pytest.mark.parametrize("pin", ["583921", "112233", "123457", "998877", "20261124", "000001"])
def test_a_good_pin_is_taken(desk: Desk, pin: str) -> None:
    change_pin(desk.station, BEN, pin, pin=PINS[BEN])
    assert prove(desk.station, BEN, pin).name == BEN
    assert refused(lambda: prove(desk.station, BEN, PINS[BEN])).code == "pin_wrong"


def lock(station: Station) -> None:
    for _ in range(4):
        refused(lambda: prove(station, ANNA, WRONG))
    stop = refused(lambda: prove(station, ANNA, WRONG))
    assert (stop.code, stop.values["minutes"]) == ("pin_locked", 15)


def test_five_wrong_in_a_row_lock_for_fifteen_minutes(desk: Desk) -> None:
    clock = clock_of(desk)
    lock(desk.station)
    clock.run(minutes=14, seconds=30)
    stop = refused(lambda: prove(desk.station, ANNA, PINS[ANNA]))
    assert (stop.code, stop.values["minutes"]) == ("pin_locked", 1)
    clock.run(seconds=30)
    stop = refused(lambda: prove(desk.station, ANNA, WRONG))
    assert (stop.code, stop.values["left"]) == ("pin_wrong", 4)
    assert prove(desk.station, ANNA, PINS[ANNA]).active


def test_a_clock_set_forward_opens_no_lock(desk: Desk) -> None:
    clock = clock_of(desk)
    lock(desk.station)
    clock.at = clock.at.replace(year=2027)
    assert refused(lambda: prove(desk.station, ANNA, PINS[ANNA])).code == "pin_locked"


def test_a_restart_opens_no_lock(desk: Desk) -> None:
    clock = clock_of(desk)
    lock(desk.station)
    clock.restart()
    clock.at = clock.at.replace(year=2027)
    clock.ran_ns = 60 * 10**9
    assert refused(lambda: prove(desk.station, ANNA, PINS[ANNA])).code == "pin_locked"
    clock.run(minutes=14)
    assert prove(desk.station, ANNA, PINS[ANNA]).name == ANNA


def test_a_try_that_was_cut_short_counts(desk: Desk) -> None:
    class Cut:
        def hash(self, pin: str) -> str:
            return pin

        def matches(self, *_given: str) -> bool:
            raise KeyboardInterrupt

    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            prove(replace(desk.station, pins=Cut()), ANNA, WRONG)
    assert refused(lambda: prove(desk.station, ANNA, PINS[ANNA])).code == "pin_locked"


def test_nobody_unknown_or_gone_gets_in(desk: Desk) -> None:
    assert refused(lambda: prove(desk.station, "stranger", WRONG)).code == "clerk_unknown"
    gone = retire_clerk(desk.station, BEN, by=YES)
    assert not gone.active
    assert refused(lambda: prove(desk.station, BEN, PINS[BEN])).code == "clerk_unknown"
    assert refused(lambda: retire_clerk(desk.station, BEN, by=YES)).code == "clerk_unknown"
    assert refused(lambda: retire_clerk(desk.station, "stranger", by=YES)).code == "clerk_unknown"
    again = refused(lambda: add_clerk(desk.station, BEN, PINS[BEN], {Role.TELLER}, by=YES))
    assert again.code == "clerk_exists"


def test_the_last_supervisor_and_the_clerk_on_duty_stay(on_duty: Desk) -> None:
    assert refused(lambda: retire_clerk(on_duty.station, CHIEF, by=YES)).code == "last_supervisor"
    assert refused(lambda: retire_clerk(on_duty.station, ANNA, by=YES)).code == "clerk_on_duty"


def test_a_pin_is_changed_with_the_old_one(desk: Desk) -> None:
    stop = refused(lambda: change_pin(desk.station, ANNA, "730158", pin=WRONG))
    assert stop.code == "pin_wrong"
    assert refused(lambda: change_pin(desk.station, ANNA, "111111", pin="")).code == "pin_simple"
    change_pin(desk.station, ANNA, "730158", pin=PINS[ANNA])
    assert refused(lambda: prove(desk.station, ANNA, PINS[ANNA])).code == "pin_wrong"
    assert prove(desk.station, ANNA, "730158").name == ANNA


def test_a_forgotten_pin_is_replaced_by_a_supervisor_and_unlocked(desk: Desk) -> None:
    lock(desk.station)
    change_pin(desk.station, ANNA, "730158", by=approve(desk.station, CHIEF, PINS[CHIEF]))
    change_pin(desk.station, ANNA, "640281", pin="730158")
    assert prove(desk.station, ANNA, "640281").name == ANNA
    stranger = refused(lambda: change_pin(desk.station, "stranger", "730158", by=YES))
    assert stranger.code == "clerk_unknown"
    retire_clerk(desk.station, BEN, by=YES)
    assert refused(lambda: change_pin(desk.station, BEN, "730158", by=YES)).code == "clerk_unknown"


def test_who_set_a_pin_for_another_cannot_act_as_both(on_duty: Desk) -> None:
    """The PIN counts for nothing until its clerk has chosen an own one."""
    station = on_duty.station
    change_roles(station, BEN, {Role.SUPERVISOR}, by=YES)
    approve(station, BEN, PINS[BEN])
    change_pin(station, BEN, "730158", by=approve(station, CHIEF, PINS[CHIEF]))
    for act in (approve, come_forward, prove):
        assert refused(lambda act=act: act(station, BEN, "730158")).code == "pin_must_be_changed"
    same = refused(lambda: change_pin(station, BEN, "730158", pin="730158"))
    assert same.code == "pin_unchanged"
    change_pin(station, BEN, "640281", pin="730158")
    assert approve(station, BEN, "640281").name == BEN
    assert come_forward(station, EYES, PINS[EYES]) == Approval(EYES)


def test_a_pin_set_for_another_stands_in_the_list(on_duty: Desk) -> None:
    change_pin(on_duty.station, BEN, "730158", by=YES)
    change_pin(on_duty.station, BEN, "640281", pin="730158")
    change_pin(on_duty.station, BEN, "730158", by=YES)
    (found,) = [one for one in approval_pairs(on_duty.station) if one.clerk == BEN]
    assert (found.month, found.approver, found.count, found.resets) == ("2026-11", CHIEF, 0, 2)


def test_nobody_raises_themselves_and_somebody_always_leads(desk: Desk) -> None:
    station = desk.station
    own = refused(lambda: change_roles(station, CHIEF, {Role.TELLER}, by=YES))
    assert own.code == "second_person_same"
    last = refused(lambda: change_roles(station, CHIEF, {Role.TELLER}, by=Approval(ANNA)))
    assert last.code == "last_supervisor"
    assert refused(lambda: change_roles(station, ANNA, (), by=YES)).code == "roles_missing"
    unknown = refused(lambda: change_roles(station, "stranger", {Role.TELLER}, by=YES))
    assert unknown.code == "clerk_unknown"
    raised = change_roles(station, ANNA, {Role.SUPERVISOR}, by=YES)
    assert change_roles(station, CHIEF, {Role.TELLER}, by=Approval(ANNA)).roles == {Role.TELLER}
    assert prove(station, ANNA, PINS[ANNA]) == raised


def test_each_change_of_a_clerk_is_in_the_chain_without_a_secret(on_duty: Desk) -> None:
    station = on_duty.station
    change_roles(station, EYES, {Role.AUDITOR, Role.TELLER}, by=YES)
    change_pin(station, BEN, "730158", by=YES)
    change_pin(station, BEN, "640281", pin="730158")
    retire_clerk(station, BEN, by=YES)
    with station.store.reading() as reading:
        facts = [one.entry for one in reading.journal.every() if one.entry.kind == "clerk"]
        hashes = [reading.shifts.clerk(name) for name in PINS]
    told = [(one.subject, one.witness, one.clerk, one.approver) for one in facts]
    assert told == [
        (CHIEF, "added", CHIEF, ""),
        *((name, "added", CHIEF, CHIEF) for name in (ANNA, BEN, EYES)),
        (EYES, "roles", ANNA, CHIEF),
        (BEN, "pin_reset", ANNA, CHIEF),
        (BEN, "retired", ANNA, CHIEF),
    ]
    for fact in facts:
        said = fact.to_bytes().decode()
        assert not [pin for pin in (*PINS.values(), "730158", "640281") if pin in said]
        assert not [found for found in hashes if found and found[1] in said]
    assert verify(station).ok


def test_the_clerks_on_file_are_those_of_the_chain(desk: Desk) -> None:
    with desk.station.store.unit() as unit:
        found = unit.shifts.clerk(BEN)
        assert found is not None
        person = replace(found[0], roles=frozenset({Role.SUPERVISOR}))
        unit.shifts.put_clerk(person, pin_hash=found[1], approver=CHIEF, at=desk.clock.now())
        unit.commit()
    named = [(one.code, dict(one.values)) for one in verify(desk.station).disagreements]
    assert named == [("clerk_disagrees", {"name": BEN})]


@pytest.mark.parametrize(
    ("name", "pin", "code"),
    [
        (ANNA, PINS[ANNA], "second_person_same"),
        (BEN, PINS[BEN], "role_missing"),
        (EYES, PINS[EYES], "role_missing"),
        (CHIEF, WRONG, "pin_wrong"),
        ("stranger", WRONG, "clerk_unknown"),
    ],
)
def test_who_is_no_second_person(on_duty: Desk, name: str, pin: str, code: str) -> None:
    before = approval_pairs(on_duty.station)
    assert refused(lambda: approve(on_duty.station, name, pin)).code == code
    assert approval_pairs(on_duty.station) == before


def test_every_approval_is_listed_by_month_and_pair(on_duty: Desk) -> None:
    for _ in range(2):
        assert approve(on_duty.station, CHIEF, PINS[CHIEF]) == YES
    clock_of(on_duty).run(days=30)
    approve(on_duty.station, CHIEF, PINS[CHIEF])
    found = approval_pairs(on_duty.station)
    told = [(one.month, one.clerk, one.approver, one.count) for one in found]
    assert told == [
        ("2026-12", ANNA, CHIEF, 1),
        ("2026-11", "", CHIEF, 3),
        ("2026-11", ANNA, CHIEF, 2),
    ]
    assert len(approval_pairs(on_duty.station, "2026-12")) == 1
    assert approval_pairs(on_duty.station, "2026-10") == ()
