"""People at the centre: who there is, what they are, and whether somebody is who they say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from cardstation.central.console.passwords import first_secret, hash_secret, refuse_weak
from cardstation.central.console.roles import Right, Role, rights_of
from cardstation.central.console.tables import people, people_roles, people_sessions
from cardstation.errors import Refusal

NAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the centre.

    Attributes:
        name: Of the login, the proposals and the audit log. display: for other people to read.
        roles: Empty when the person has left.
        must_change: The password was given by somebody else and opens only its own change.
    """

    name: str
    display: str
    roles: tuple[Role, ...]
    must_change: bool
    made_at: datetime

    @property
    def rights(self) -> frozenset[Right]:
        """What the person may see and do."""
        return rights_of(self.roles)


def person(connection: Connection, name: str) -> Person | None:
    """One person, None when there is nobody of that name."""
    row = connection.execute(_people().where(people.c.name == name)).one_or_none()
    return None if row is None else _person(row)


def everybody(connection: Connection) -> tuple[Person, ...]:
    """All people, those who left last."""
    rows = connection.execute(_people().order_by(people.c.name))
    return tuple(sorted(map(_person, rows), key=lambda one: not one.roles))


def kept_hash(connection: Connection, name: str) -> str:
    """The hash of a person's password, empty when there is nobody of that name."""
    return connection.scalar(select(people.c.secret_hash).where(people.c.name == name)) or ""


def add_person(
    connection: Connection,
    name: str,
    display: str,
    roles: Iterable[Role],
    *,
    given_by: str,
    proposal: int | None = None,
    word_hash: str = "",
) -> str:
    """Add somebody; returns the first password, which is kept nowhere.

    Args:
        connection: The books.
        name: Of the login.
        display: For other people to read.
        roles: What they are.
        given_by: Who gives them.
        proposal: What they rest on.
        word_hash: Of a word that whoever proposed it told the person: what is returned is then the
            second half of the first password, and no one of the two knows both.

    Raises:
        Refusal: `name_bad`, `name_taken`, `roles_missing`.
    """
    if not NAME.fullmatch(name):
        raise Refusal("name_bad", name=name[:40])
    if person(connection, name) is not None:
        raise Refusal("name_taken", name=name)
    secret = first_secret()
    connection.execute(
        insert(people).values(
            name=name,
            display=display or name,
            secret_hash=_first(secret, word_hash),
            must_change=True,
        )
    )
    give_roles(connection, name, roles, given_by=given_by, proposal=proposal)
    return secret


def give_roles(
    connection: Connection,
    name: str,
    roles: Iterable[Role],
    *,
    given_by: str,
    proposal: int | None = None,
) -> None:
    """Say what somebody is from now on; whoever is in the middle of something logs in again.

    Raises:
        Refusal: `name_unknown`, `roles_missing`.
    """
    given = sorted({Role(role) for role in roles})
    if person(connection, name) is None:
        raise Refusal("name_unknown", name=name[:40])
    if not given:
        raise Refusal("roles_missing", name=name)
    _set_roles(connection, name, given, given_by, proposal)


def retire_person(
    connection: Connection, name: str, *, given_by: str, proposal: int | None = None
) -> None:
    """Take every role from somebody, at once; one person may, but see `is_needed`.

    Raises:
        Refusal: `name_unknown`.
    """
    if person(connection, name) is None:
        raise Refusal("name_unknown", name=name[:40])
    _set_roles(connection, name, [], given_by, proposal)


def is_needed(connection: Connection, name: str) -> bool:
    """Whether nobody is to take somebody's roles alone: an auditor, the last who may decide."""
    here = everybody(connection)
    mine = {role for one in here if one.name == name for role in one.roles} - {Role.TELLER}
    others = {role for one in here if one.name != name for role in one.roles}
    return Role.AUDITOR in mine or not mine <= others


def reset_secret(connection: Connection, name: str, *, word_hash: str = "") -> str:
    """Give somebody a new first password and end their sessions; it is kept nowhere.

    With the hash of a word it is the second half, as in `add_person`.

    Raises:
        Refusal: `name_unknown`.
    """
    if person(connection, name) is None:
        raise Refusal("name_unknown", name=name[:40])
    secret = first_secret()
    _keep(connection, name, _first(secret, word_hash), must_change=True)
    return secret


def change_secret(connection: Connection, name: str, secret: str) -> None:
    """Keep a person's own password and end all their sessions.

    Raises:
        Refusal: `password_weak`.
    """
    refuse_weak(secret, name)
    _keep(connection, name, hash_secret(secret), must_change=False)


def _first(secret: str, word_hash: str) -> str:
    return f"{hash_secret(secret)} {word_hash}" if word_hash else hash_secret(secret)


def _keep(connection: Connection, name: str, kept_hash: str, *, must_change: bool) -> None:
    kept = {"secret_hash": kept_hash, "must_change": must_change}
    connection.execute(update(people).where(people.c.name == name).values(kept))
    _end_sessions(connection, name)


def _set_roles(
    connection: Connection, name: str, roles: list[Role], given_by: str, proposal: int | None
) -> None:
    given = {"name": name, "roles": roles, "given_by": given_by, "proposal": proposal}
    connection.execute(insert(people_roles).values(given))
    _end_sessions(connection, name)


def _end_sessions(connection: Connection, name: str) -> None:
    connection.execute(
        update(people_sessions)
        .where(people_sessions.c.name == name, people_sessions.c.ended_at.is_(None))
        .values(ended_at=func.clock_timestamp())
    )


def _people() -> Select[tuple[str, str, bool, datetime, list[str]]]:
    latest = (
        select(people_roles.c.roles)
        .where(people_roles.c.name == people.c.name)
        .order_by(people_roles.c.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = people.c.name, people.c.display, people.c.must_change, people.c.made_at
    return select(*columns, latest.label("roles"))


def _person(row: Row[tuple[str, str, bool, datetime, list[str]]]) -> Person:
    return Person(
        name=row.name,
        display=row.display,
        roles=tuple(Role(role) for role in row.roles or ()),
        must_change=row.must_change,
        made_at=row.made_at,
    )
