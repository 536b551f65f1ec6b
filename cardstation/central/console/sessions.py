"""Logins: a session in the books behind a cookie, so that any process of the service knows it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Engine, and_, func, insert, select, update

from cardstation.central.console.audit import (
    LOGIN,
    LOGIN_FAILED,
    failed_logins,
    record_act,
    unknown,
)
from cardstation.central.console.passwords import opens, turn
from cardstation.central.console.people import Person, kept_hash, person
from cardstation.central.console.roles import ONLY_LOOKS
from cardstation.central.console.tables import people_sessions
from cardstation.central.engine import transaction
from cardstation.errors import Refusal

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
WINDOW_S = 15 * 60
WRONG_OF_A_NAME = 5
WRONG_OF_AN_ADDRESS = 30
"""Failed logins within the window, of one name at one address and of an address at all."""


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
        good = _is_theirs(engine, name, secret, address)
        with transaction(engine) as connection:
            who = person(connection, name)
            if good and who is not None and who.roles:
                return _begin(connection, who, address)
            _record_failed(connection, name, address)
    raise Refusal("login_wrong")


def prove(engine: Engine, name: str, secret: str, address: str) -> None:
    """Somebody who is logged in says their password once more; counted as a login is.

    Raises:
        Refusal: `password_wrong`, `login_locked`.
        Mishap: `ledger_overloaded`.
    """
    with turn():
        if _is_theirs(engine, name, secret, address):
            return
        with transaction(engine) as connection:
            _record_failed(connection, name, address)
    raise Refusal("password_wrong", name=name)


def _is_theirs(engine: Engine, name: str, secret: str, address: str) -> bool:
    with transaction(engine) as connection:
        known = name if person(connection, name) is not None else unknown(name)
        of_name, of_address = failed_logins(
            connection, clerk=known, address=address, within_s=WINDOW_S
        )
        if of_name >= WRONG_OF_A_NAME or of_address >= WRONG_OF_AN_ADDRESS:
            raise Refusal("login_locked", minutes=WINDOW_S // 60)
        kept = kept_hash(connection, name)
    return opens(kept, secret)


def _record_failed(connection: Connection, name: str, address: str) -> None:
    known = name if person(connection, name) is not None else unknown(name)
    record_act(connection, known, LOGIN_FAILED, address=address)


def _begin(connection: Connection, who: Person, address: str) -> str:
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(people_sessions).values(
            token_hash=hashed(token), name=who.name, csrf=secrets.token_urlsafe(24)
        )
    )
    record_act(connection, who.name, LOGIN, address=address)
    return token


def session_of(connection: Connection, token: str, *, by_itself: bool = False) -> Session | None:
    """The live session behind a cookie; None when there is none or it ended.

    Args:
        connection: The books.
        token: The cookie.
        by_itself: A page that nobody asked for: it keeps alive only the session of somebody who
            can do nothing but look, such as a screen on the wall.
    """
    now = func.clock_timestamp()
    mine = and_(
        people_sessions.c.token_hash == hashed(token),
        people_sessions.c.ended_at.is_(None),
        people_sessions.c.seen_at > now - IDLE,
        people_sessions.c.started_at > now - LONGEST,
    )
    found = select(people_sessions.c.name, people_sessions.c.csrf).where(mine)
    row = connection.execute(found).one_or_none()
    who = None if row is None else person(connection, row.name)
    if row is None or who is None or not who.roles:
        return None
    if not by_itself or who.rights <= ONLY_LOOKS:
        connection.execute(update(people_sessions).where(mine).values(seen_at=now))
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
