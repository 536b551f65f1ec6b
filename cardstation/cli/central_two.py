"""Two people of the centre at a command: each types their password unseen.

It is asked for, or comes from the environment; never as an argument, which `ps` shows.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from cardstation.central.serve import open_books
from cardstation.errors import Refusal

OF_FIRST = "CARDSTATION_CENTRAL_PASSWORD"
OF_SECOND = "CARDSTATION_CENTRAL_APPROVER_PASSWORD"
"""Environment variables of the two passwords."""


def prove_two(home: Path, dsn: str, by: str, approved_by: str) -> None:
    """Make sure that both are there and are who they say, where the console has people at all.

    Args:
        home: The data folder of an embedded ledger, running or not.
        dsn: Another ledger instead.
        by: Who orders it.
        approved_by: Who else agrees.

    Raises:
        Refusal: `two_persons_needed`, `name_unknown`, `password_first`, `password_wrong`,
            `login_locked`.
    """
    from cardstation.central.console.people import person
    from cardstation.central.console.sessions import prove
    from cardstation.central.console.tables import COMMAND_LINE
    from cardstation.central.engine import transaction
    from cardstation.central.two_people import ensure_two

    with open_books(home, dsn) as engine:
        with transaction(engine) as connection:
            names = ensure_two(connection, by, approved_by)
            for name in names:
                found = person(connection, name)
                if found is not None and found.must_change:
                    raise Refusal("password_first", name=name)
        for name, variable in zip(names, (OF_FIRST, OF_SECOND), strict=False):
            prove(engine, name, _secret(variable, name), COMMAND_LINE)


def _secret(variable: str, name: str) -> str:
    given = os.environ.get(variable, "")
    return given or str(click.prompt(f"password of {name}", hide_input=True, err=True))
