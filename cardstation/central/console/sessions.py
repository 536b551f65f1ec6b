"""Logins: a session in the books behind a cookie, so that any process of the service knows it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Engine, and_, func, insert, update

from cardstation.central.console.audit import LOGIN, LOGIN_FAILED, failed_logins, record_act
from cardstation.central.console.passwords import matches, turn
from cardstation.central.console.people import Person, kept_hash, person
from cardstation.central.console.tables import people_sessions
from cardstation.central.engine import transaction
from cardstation.errors import Refusal

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
WINDOW_S = 15 * 60
WRONG_OF_A_NAME = 5
WRONG_OF_AN_ADDRESS = 30


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in.

    Attributes:
        csrf: Must come back with every form.
        token_hash: SHA-256 of the cookie; the cookie itself is kept nowhere.
    """

    who: Person
    csrf: str
    token_hash: bytes


def log_in(engine: Engine, name: str, secret: str, address: str) -> str:
    """Begin a session for whoever has this name and password; returns the cookie.

    No connection of the books is held while a password is worked on.

    Raises:
        Refusal: `login_wrong`, `login_locked` (too many have failed; nothing was looked at).
        Mishap: `ledger_overloaded`.
    """
    with turn():
        with transaction(engine) as connection:
            _refuse_hammering(connection, name, address)
            kept = kept_hash(connection, name)
        good = matches(kept, secret)
        with transaction(engine) as connection:
            who = person(connection, name)
            if good and who is not None and who.roles:
                return _begin(connection, who, address)
            # A name nobody has may be a password in the wrong field: it is not kept.
            record_act(connection, who.name if who else "", LOGIN_FAILED, address=address)
    raise Refusal("login_wrong")


def _refuse_hammering(connection: Connection, name: str, address: str) -> None:
    of_name, of_address = failed_logins(connection, clerk=name, address=address, within_s=WINDOW_S)
    if of_name >= WRONG_OF_A_NAME or of_address >= WRONG_OF_AN_ADDRESS:
        raise Refusal("login_locked", minutes=WINDOW_S // 60)


def _begin(connection: Connection, who: Person, address: str) -> str:
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(people_sessions).values(
            token_hash=hashed(token), name=who.name, csrf=secrets.token_urlsafe(24)
        )
    )
    record_act(connection, who.name, LOGIN, address=address)
    return token


def session_of(connection: Connection, token: str) -> Session | None:
    """The live session behind a cookie, kept alive by this; None when there is none or it ended."""
    now = func.clock_timestamp()
    mine = and_(
        people_sessions.c.token_hash == hashed(token),
        people_sessions.c.ended_at.is_(None),
        people_sessions.c.seen_at > now - IDLE,
        people_sessions.c.started_at > now - LONGEST,
    )
    row = connection.execute(
        update(people_sessions)
        .where(mine)
        .values(seen_at=now)
        .returning(people_sessions.c.name, people_sessions.c.csrf)
    ).one_or_none()
    who = None if row is None else person(connection, row.name)
    if row is None or who is None or not who.roles:
        return None
    return Session(who, row.csrf, hashed(token))


def end(connection: Connection, session: Session) -> None:
    """End a session."""
    connection.execute(
        update(people_sessions)
        .where(people_sessions.c.token_hash == session.token_hash)
        .values(ended_at=func.clock_timestamp())
    )


def hashed(token: str) -> bytes:
    """SHA-256 of a cookie or a one-time code."""
    return hashlib.sha256(token.encode()).digest()
