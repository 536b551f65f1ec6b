"""Brings the clerks whom the centre sends to this station into its own, as facts of its chain.

The centre says who, in which roles and when; a PIN it never says. Whoever is new, or comes back,
has none until a supervisor here sets one (`change_pin`). Clerks the centre never named are the
desk's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from cardstation.domain.fed_clerk import FedClerk, clerk_from, clerk_key
from cardstation.domain.feed import Change, Row, changed, clerks_of
from cardstation.domain.shift import Clerk, Role
from cardstation.errors import CardStationError, LedgerRefused, Refusal
from cardstation.services.intent.clerk_changes import NO_PIN, record_fed
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.station import Station
from cardstation.store import Reading, Unit


def may_take_clerks(station: Station) -> bool:
    """Whether facts may be added to the chain now; a restored station rejoins first."""
    try:
        ensure_may_write(station)
    except CardStationError:
        return False
    return True


def change_clerks(station: Station, unit: Unit, number: int, change: Change) -> None:
    """Bring a change in.

    Raises:
        LedgerRefused: `feed_unreadable`.
    """
    take_clerks(station, unit, number, changed(_said(station, unit), change))


def take_clerks(station: Station, unit: Unit, number: int, rows: Mapping[str, Row]) -> None:
    """Make the clerks of the centre those it names now; who is no longer named has left.

    Raises:
        LedgerRefused: `feed_unreadable`.
    """
    feed = clerks_of(station.name)
    try:
        fed = [clerk_from(station.name, row) for row in rows.values()]
    except ValueError as error:
        raise LedgerRefused("feed_unreadable", feed=feed, number=number) from error
    before = fed_clerks(station, unit)
    named = {one.name for one in fed}
    left = [name for name in _names(station, unit) if name not in named]
    unit.feeds.keep_rows(
        feed, {key: json.dumps(row, ensure_ascii=False) for key, row in rows.items()}
    )
    for one in fed:
        found = unit.shifts.clerk(one.name)
        if found is not None and found[0].active and _is_another(found[0], before, one):
            record_fed(station, unit, replace(found[0], active=False), number)
            found = unit.shifts.clerk(one.name)
        if found is None or found[0] != one.person:
            record_fed(station, unit, one.person, number)
    for name in left:
        found = unit.shifts.clerk(name)
        if found is not None and found[0].active:
            record_fed(station, unit, replace(found[0], active=False), number)


def fed_clerks(station: Station, reading: Reading) -> dict[str, FedClerk]:
    """Whom the centre names now, by name; empty where it never named anybody."""
    rows = _said(station, reading).values()
    return {one.name: one for one in (clerk_from(station.name, row) for row in rows)}


def ensure_ours(station: Station, reading: Reading, name: str) -> None:
    """A person is the desk's own to change.

    Raises:
        Refusal: `clerk_from_centre`.
    """
    if clerk_key(station.name, name) in reading.feeds.rows(clerks_of(station.name)):
        raise Refusal("clerk_from_centre", name=name)


def ensure_their_day(station: Station, reading: Reading, name: str) -> None:
    """Today is a day on which the centre has a person of its own work here.

    Raises:
        Refusal: `clerk_not_today`.
    """
    if not works_today(station, reading, name):
        raise Refusal("clerk_not_today", name=name)


def works_today(station: Station, reading: Reading, name: str) -> bool:
    """Whether today is one of the days the centre gave a person; who has none works any day."""
    person = fed_clerks(station, reading).get(name)
    return person is None or person.works_on(station.clock.now().date())


def signs_today(station: Station, reading: Reading, person: Clerk) -> bool:
    """Whether a person here has a PIN that opens anything today."""
    kept = reading.shifts.clerk(person.name)
    has_pin = kept is not None and kept[1] != NO_PIN
    return person.active and has_pin and works_today(station, reading, person.name)


def is_awaited_lead(station: Station, reading: Reading, name: str) -> bool:
    """Whether the centre names a supervisor for today, and none here has a PIN to set theirs."""
    person = fed_clerks(station, reading).get(name)
    if person is None or Role.SUPERVISOR not in person.roles:
        return False
    return works_today(station, reading, name) and not any(
        Role.SUPERVISOR in one.roles and signs_today(station, reading, one)
        for one in reading.shifts.clerks()
    )


def leads_first(station: Station, reading: Reading, name: str) -> bool:
    """Whether an awaited supervisor begins alone, as the first clerk of a desk without a centre.

    Only where nobody has a PIN and nobody else sells: whoever sits there would be two people.
    """
    on_duty = reading.shifts.on_duty()
    return is_awaited_lead(station, reading, name) and not any(
        signs_today(station, reading, one) or (one.active and one.name == on_duty != name)
        for one in reading.shifts.clerks()
    )


def _is_another(found: Clerk, before: Mapping[str, FedClerk], now: FedClerk) -> bool:
    """Whether a name here may be another person's: their PIN must not become that one's."""
    known = before.get(now.name)
    if known is None:
        return Role.SUPERVISOR in now.roles - found.roles
    return known.number != now.number


def _names(station: Station, reading: Reading) -> list[str]:
    beginning = clerk_key(station.name, "")
    return [key.removeprefix(beginning) for key in reading.feeds.rows(clerks_of(station.name))]


def _said(station: Station, reading: Reading) -> dict[str, Row]:
    rows = reading.feeds.rows(clerks_of(station.name))
    return {key: tuple(json.loads(row)) for key, row in rows.items()}
