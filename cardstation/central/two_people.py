"""Two people of the centre by their names, where a program asks for them instead of a page."""

from __future__ import annotations

from sqlalchemy import Connection, select

from cardstation.central.console.people import person
from cardstation.central.console.roles import Right
from cardstation.central.console.tables import people
from cardstation.errors import Refusal


def ensure_two(
    connection: Connection, by: str, approved_by: str, right: Right | None = None
) -> tuple[str, ...]:
    """Two names of people who are there; a name in other letters, or with a blank, is no other.

    Whether they are who they say is looked at before (`cli/central_two.py`). Where the console has
    no people at all, any two names do.

    Args:
        connection: The books.
        by: Who orders it.
        approved_by: Who else agrees.
        right: What either of them needs to decide it on the console's pages.

    Returns:
        The names as the console has them; empty where it has none.

    Raises:
        Refusal: `two_persons_needed`, `name_unknown` (nobody is called so, or they have left),
            `right_missing`.
    """
    names = [name.strip().casefold() for name in (by, approved_by)]
    if "" in names or names[0] == names[1]:
        raise Refusal("two_persons_needed")
    if connection.scalar(select(people.c.name).limit(1)) is None:
        return ()
    for name in names:
        found = person(connection, name)
        if found is None or not found.roles:
            raise Refusal("name_unknown", name=name[:40])
        if right is not None and right not in found.rights:
            raise Refusal("right_missing")
    return tuple(names)
