"""A clerk as the centre names them to one station: who, in which roles, from when until when."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cardstation.domain.feed import Row
from cardstation.domain.shift import NAME_CHARACTERS, Clerk, Role

_LONGEST = 64


@dataclass(frozen=True, slots=True)
class FedClerk:
    """A person the centre sends to a station; a PIN is made there and never travels.

    Attributes:
        name: As on entries and papers of that station.
        number: Of the person at the utility; may be empty.
        display: What the screen shows.
        first, last: The days between which they work there, both with; None = no such end.
    """

    name: str
    number: str
    display: str
    roles: frozenset[Role]
    first: date | None = None
    last: date | None = None

    @property
    def person(self) -> Clerk:
        """As the station files them."""
        return Clerk(self.name, self.display, self.roles, active=True)

    def works_on(self, day: date) -> bool:
        """Whether a day is one of theirs."""
        begun = self.first is None or self.first <= day
        return begun and (self.last is None or day <= self.last)


def clerk_key(station: str, name: str) -> str:
    """The key of a clerk's row; keys are of all feeds together."""
    return f"clerk/{station}/{name}"


def clerk_row(station: str, clerk: FedClerk) -> Row:
    """A clerk as a row of the feed of a station."""
    said = {
        "number": clerk.number,
        "display": clerk.display,
        "roles": sorted(clerk.roles),
        "from": "" if clerk.first is None else clerk.first.isoformat(),
        "until": "" if clerk.last is None else clerk.last.isoformat(),
    }
    return (clerk_key(station, clerk.name), said)


def clerk_from(station: str, row: Row) -> FedClerk:
    """A clerk from a row.

    Raises:
        ValueError: it is none, or of another station.
    """
    try:
        key, said = row
        name = key.removeprefix(clerk_key(station, ""))
        found = fed_clerk(name, said)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no clerk") from error
    if key != clerk_key(station, found.name):
        raise ValueError("of another station")
    return found


def fed_clerk(name: str, said: Mapping[str, Any]) -> FedClerk:
    """A clerk of what somebody wrote down: number, display, roles, from and until.

    Raises:
        ValueError: naming the field that is wrong.
    """
    name = unicodedata.normalize("NFC", name)
    number, display = said["number"], said["display"]
    days = []
    for field in ("from", "until"):
        try:
            days.append(date.fromisoformat(said[field]) if said[field] else None)
        except ValueError as error:
            raise ValueError(field) from error
    first, last = days
    # With a slash a name could be one of another station, whose own name may have some.
    _ensure("name", _plain(name, NAME_CHARACTERS) and name == name.strip() != "")
    _ensure("name", "/" not in name)
    _ensure("number", _plain(number, _LONGEST))
    _ensure("display", _plain(display, _LONGEST) and display != "")
    _ensure("roles", bool(said["roles"]) and set(said["roles"]) <= set(Role))
    _ensure("until", first is None or last is None or first <= last)
    roles = frozenset(Role(role) for role in said["roles"])
    return FedClerk(name, number, display, roles, first, last)


def _plain(text: object, longest: int) -> bool:
    return isinstance(text, str) and len(text) <= longest and text.isprintable()


def _ensure(field: str, well: bool) -> None:
    if not well:
        raise ValueError(field)
