"""Offline grants for tests: what two people allow, at the real centre."""

from __future__ import annotations

from sqlalchemy import select

from cardstation.central.console.allowances import Allowance
from cardstation.central.console.proposals import Decision, Kind, decide, propose
from cardstation.central.console.tables import people
from cardstation.central.engine import transaction
from cardstation.central.grants import STATION, allow
from cardstation.domain.money import Money
from cardstation.domain.offline_grant import Terms
from tests.kit.console import person
from tests.kit.postgres import Books

PLENTY = Terms(Money(100_000_000), 24, Money(100_000_000), 24 * 30)


def terms(
    yuan: int = 10_000, hours: int = 24, card_yuan: int = 10_000, list_hours: int = 72
) -> Terms:
    """What a policy allows."""
    return Terms(Money(yuan * 100), hours, Money(card_yuan * 100), list_hours)


def allowed(books: Books, name: str, said: Terms, team: str = "", *, holds: str = STATION) -> None:
    """Two people decide what a station or a team is allowed."""
    with transaction(books.engine) as connection:
        known = set(connection.scalars(select(people.c.name)))
    for one in {"hanna", "bruno"} - known:
        person(books, one)
    with transaction(books.engine) as connection:
        asked = Allowance(holds, name, team, said)
        about = connection, Kind.GRANT, asked.subject, asked.body
        number = propose(*about, reason="why", by="hanna")
        decide(connection, number, Decision.APPROVED, by="bruno")
        allow(connection, holds, name, team, said, number)
