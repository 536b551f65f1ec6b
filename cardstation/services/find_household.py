"""Finds whom somebody at the desk means: a number, a door, a name, the end of a phone number."""

from __future__ import annotations

from cardstation.domain.doors import read_door
from cardstation.domain.household import Household
from cardstation.errors import Refusal
from cardstation.services.station import Station
from cardstation.store import Reading

MOST = 50
SHORTEST_TAIL = 4


def find_household(station: Station, text: str) -> tuple[Household, ...]:
    """Households that a text may mean, by door; the first look that finds any says it.

    Numbers are looked at as a whole first (account, card, meter), then as the end of a phone
    number; then the text is read as a door and as a name.

    Raises:
        Refusal: `nobody_found`, `too_many_found`.
    """
    said = text.strip()
    with station.store.reading() as reading:
        found = _found(reading, said) if said else ()
    if not found:
        raise Refusal("nobody_found", text=said)
    if len(found) > MOST:
        raise Refusal("too_many_found", most=MOST)
    return tuple(sorted(found, key=lambda one: one.address.sort_key))


def _found(reading: Reading, said: str) -> tuple[Household, ...]:
    homes = reading.households
    by_account = homes.get(said)
    if by_account is not None:
        return (by_account,)
    found = homes.of_card(said) or homes.of_meter(said)
    if not found and said.isdecimal() and len(said) >= SHORTEST_TAIL:
        found = homes.phoned(said, MOST + 1)
    return found or _behind_door(reading, said) or homes.named(said, MOST + 1)


def _behind_door(reading: Reading, said: str) -> tuple[Household, ...]:
    """Behind a door, of the community that is said before it, or of any."""
    homes = reading.households
    place = max((one for one in homes.communities() if one and one in said), key=len, default="")
    door = read_door(said.replace(place, "", 1))
    if door is None or door.key is None:
        return ()
    found = homes.behind(*door.key, MOST + 1)
    return tuple(one for one in found if place in ("", one.address.community))
