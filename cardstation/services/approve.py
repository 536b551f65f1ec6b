"""Proves that a person is who they say, and lets a second one confirm what needs two."""

from __future__ import annotations

from cardstation.domain.shift import (
    LOCKED_S,
    WRONG_IN_A_ROW,
    Approval,
    Clerk,
    Role,
    locked_for_s,
)
from cardstation.errors import Refusal
from cardstation.services.feeds.clerks import ensure_their_day, is_awaited_lead
from cardstation.services.intent.clerk_changes import NO_PIN
from cardstation.services.station import Station
from cardstation.store.shifts import ACCEPTED, PRESENTED, PinTry

_MINUTE_S = 60
_NS = 1_000_000_000


def approve(station: Station, name: str, pin: str) -> Approval:
    """Another person than the clerk on duty, a supervisor, confirms with their own PIN.

    Each approval is kept, for the monthly list per pair.

    Raises:
        Refusal: `second_person_same`, `role_missing`, and those of `prove`.
    """
    return _confirmed(station, name, pin, needs_role=True)


def vouch(station: Station, name: str, pin: str, *, whom: str) -> Approval:
    """A supervisor confirms a PIN of another; of a desk's first supervisor whoever works here.

    Args:
        station: The desk.
        name: Who confirms; never the clerk on duty.
        pin: Theirs.
        whom: Who gets a PIN.

    Raises:
        Refusal: as `approve`.
    """
    with station.store.reading() as reading:
        awaited = is_awaited_lead(station, reading, whom)
    return _confirmed(station, name, pin, needs_role=not awaited)


def _confirmed(station: Station, name: str, pin: str, *, needs_role: bool) -> Approval:
    with station.store.reading() as reading:
        on_duty = reading.shifts.on_duty()
    if name == on_duty:
        raise Refusal("second_person_same", name=name)
    person = prove(station, name, pin)
    if needs_role:
        ensure_role(person, Role.SUPERVISOR)
    with station.store.unit() as unit:
        unit.shifts.note_approval(name, clerk=on_duty, at=station.clock.now())
        unit.commit()
    return Approval(name)


def come_forward(station: Station, name: str, pin: str) -> Approval:
    """Somebody acts with their own PIN where no shift says who is on duty.

    Raises:
        Refusal: those of `prove`.
    """
    return Approval(prove(station, name, pin).name)


def prove(station: Station, name: str, pin: str) -> Clerk:
    """Check that a person acts with a PIN that only they know.

    Raises:
        Refusal: `pin_must_be_changed`: a supervisor set it; and those of `recognise`.
    """
    person = recognise(station, name, pin)
    with station.store.reading() as reading:
        given = reading.shifts.pin_is_given(name)
    if given:
        raise Refusal("pin_must_be_changed", name=name)
    return person


def recognise(station: Station, name: str, pin: str) -> Clerk:
    """Check a person's PIN; the try is on disk before the PIN is looked at.

    Raises:
        Refusal: `clerk_unknown`, `pin_wrong` (tries left), `pin_locked` (five wrong in a row),
            `pin_lost`: there is none, `clerk_not_today`.
    """
    person, kept, wrong = _present(station, name)
    if not station.pins.matches(kept, pin):
        left = -wrong % WRONG_IN_A_ROW
        if not left:
            raise Refusal("pin_locked", name=name, minutes=LOCKED_S // _MINUTE_S)
        raise Refusal("pin_wrong", name=name, left=left)
    with station.store.unit() as unit:
        unit.shifts.note_pin(name, ACCEPTED, now_by_both_clocks(station))
        unit.commit()
    return person


def ensure_role(person: Clerk, role: Role) -> None:
    """A person has a role.

    Raises:
        Refusal: `role_missing`.
    """
    if role not in person.roles:
        raise Refusal("role_missing", name=person.name, role=role.value)


def now_by_both_clocks(station: Station) -> PinTry:
    """The moment of a try, by the wall clock and by the one nobody can set."""
    clock = station.clock
    return PinTry(clock.now(), clock.boot_id, clock.monotonic_ns())


def _present(station: Station, name: str) -> tuple[Clerk, str, int]:
    """Log the try; returns the person, the hash, and how many tries in a row this makes.

    Who is on duty has a till to count, also when the centre took them off meanwhile.
    """
    with station.store.unit() as unit:
        found = unit.shifts.clerk(name)
        on_duty = name == unit.shifts.on_duty()
        if found is None or not (found[0].active or on_duty):
            raise Refusal("clerk_unknown", name=name)
        if not on_duty:
            ensure_their_day(station, unit, name)
        if found[1] == NO_PIN:
            raise Refusal("pin_lost", name=name)
        before = unit.shifts.wrong_tries(name)
        if before and (left_s := _locked_s(station, before)):
            raise Refusal("pin_locked", name=name, minutes=-(-left_s // _MINUTE_S))
        unit.shifts.note_pin(name, PRESENTED, now_by_both_clocks(station))
        unit.commit()
    return *found, len(before) + 1


def _locked_s(station: Station, before: tuple[PinTry, ...]) -> int:
    last, now = before[-1], now_by_both_clocks(station)
    same_boot = last.boot_id == now.boot_id
    since_ns = now.monotonic_ns - (last.monotonic_ns if same_boot else 0)
    return locked_for_s(
        len(before),
        wall_s=(now.at - last.at).total_seconds(),
        monotonic_s=since_ns / _NS,
        same_boot=same_boot,
    )
