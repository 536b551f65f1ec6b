"""People of the console, for the command line: the books of a data folder or of an address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cardstation.central.serve import open_books

if TYPE_CHECKING:
    from sqlalchemy import Connection

ROLES = ("teller", "supervisor", "treasurer", "station_admin", "auditor")


def add_person(home: Path, dsn: str, name: str, display: str, roles: Sequence[str]) -> str:
    """Add somebody; returns the first password.

    Raises:
        Refusal: `name_bad`, `name_taken`, `roles_missing`.
    """
    from cardstation.central.console import people
    from cardstation.central.console.audit import record_act
    from cardstation.central.console.roles import Role
    from cardstation.central.console.tables import COMMAND_LINE

    with _transaction(home, dsn) as connection:
        given = [Role(role) for role in roles]
        secret = people.add_person(connection, name, display, given, given_by=COMMAND_LINE)
        record_act(connection, COMMAND_LINE, "person_added", name, ", ".join(given))
        return secret


def reset_person(home: Path, dsn: str, name: str) -> str:
    """Give somebody a new first password; returns it.

    Raises:
        Refusal: `name_unknown`.
    """
    from cardstation.central.console import people
    from cardstation.central.console.audit import record_act
    from cardstation.central.console.tables import COMMAND_LINE

    with _transaction(home, dsn) as connection:
        secret = people.reset_secret(connection, name)
        record_act(connection, COMMAND_LINE, "password_reset", name)
        return secret


def retire_person(home: Path, dsn: str, name: str) -> None:
    """Take every role from somebody.

    Raises:
        Refusal: `name_unknown`.
    """
    from cardstation.central.console import people
    from cardstation.central.console.audit import record_act
    from cardstation.central.console.tables import COMMAND_LINE

    with _transaction(home, dsn) as connection:
        people.retire_person(connection, name, given_by=COMMAND_LINE)
        record_act(connection, COMMAND_LINE, "person_retired", name)


def list_people(home: Path, dsn: str) -> dict[str, tuple[str, ...]]:
    """Everybody's roles, by name."""
    from cardstation.central.console import people

    with _transaction(home, dsn) as connection:
        return {one.name: one.roles for one in people.everybody(connection)}


@contextmanager
def _transaction(home: Path, dsn: str) -> Iterator[Connection]:
    from cardstation.central.engine import transaction

    with open_books(home, dsn) as engine, transaction(engine) as connection:
        yield connection
