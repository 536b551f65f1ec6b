"""Two people of the centre by their names, where a program asks for them instead of a page."""

from __future__ import annotations

from sqlalchemy import Connection, select

from cardstation.central.console.people import person
from cardstation.central.console.tables import people
from cardstation.errors import Refusal


def ensure_two(connection: Connection, by: str, approved_by: str) -> None:
    """Two names of people who are there; a name in other letters, or with a blank, is no other.

    Nobody is asked for a password: who runs the centre's programs could do more than that. Where
    the console has no people at all, any two names do.

    Raises:
        Refusal: `two_persons_needed`, `name_unknown` (nobody is called so, or they have left).
    """
    names = [name.strip().casefold() for name in (by, approved_by)]
    if "" in names or names[0] == names[1]:
        raise Refusal("two_persons_needed")
    if connection.scalar(select(people.c.name).limit(1)) is None:
        return
    for name in names:
        found = person(connection, name)
        if found is None or not found.roles:
            raise Refusal("name_unknown", name=name[:40])
