"""The audit log: every act at the centre, in the same transaction, never changed afterwards."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from cardstation.central.console.tables import acts

LOGIN = "login"
LOGIN_FAILED = "login_failed"
MOST_TEXT = 400


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did.

    Attributes:
        clerk: Name, `command line`, or as `unknown` for a login under a name nobody has.
        act: Code, such as `login` or `proposal_approved`. subject: what it was done to.
        detail: In words or figures; never a secret.
    """

    number: int
    at: datetime
    clerk: str
    act: str
    subject: str
    detail: str
    address: str


def record_act(
    connection: Connection,
    clerk: str,
    act: str,
    subject: str = "",
    detail: str = "",
    *,
    address: str = "",
) -> None:
    """Add an act within a transaction."""
    connection.execute(
        insert(acts).values(
            clerk=clerk,
            act=act,
            subject=plain(subject)[:MOST_TEXT],
            detail=plain(detail)[:MOST_TEXT],
            address=address,
        )
    )


def acts_before(
    connection: Connection, number: int | None, most: int, *, clerk: str = "", act: str = ""
) -> tuple[Act, ...]:
    """A page of acts, the newest first.

    Args:
        connection: The books.
        number: Only older ones than this, None = from the newest on.
        most: How many.
        clerk: Only this person's, empty = everybody's.
        act: Only this code, empty = all.
    """
    query = select(acts).order_by(acts.c.number.desc()).limit(most)
    if number is not None:
        query = query.where(acts.c.number < number)
    if clerk:
        query = query.where(acts.c.clerk == clerk)
    if act:
        query = query.where(acts.c.act == act)
    return tuple(Act(*row) for row in connection.execute(query))


def failed_logins(
    connection: Connection, *, clerk: str, address: str, within_s: int
) -> tuple[int, int]:
    """Failed logins of a name since its last good one, and of an address, within some seconds.

    Those of a name are counted where they come from: who guesses elsewhere keeps nobody out.
    """
    since = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, within_s)
    good = select(func.max(acts.c.at)).where(acts.c.clerk == clerk, acts.c.act == LOGIN)
    failed = select(func.count()).where(acts.c.act == LOGIN_FAILED, acts.c.at > since)
    begun = func.coalesce(good.scalar_subquery(), since)
    here = failed.where(acts.c.address == address)
    of_name = connection.scalar(here.where(acts.c.clerk == clerk, acts.c.at > begun))
    of_address = connection.scalar(here)
    return of_name or 0, of_address or 0


def unknown(name: str) -> str:
    """What stands in place of a name nobody has: it may be a password in the wrong field.

    Sixteen bits of it, so that it is counted and locked as any name is, and tells nothing.
    """
    return f"?{hashlib.sha256(name.encode()).hexdigest()[:4]}"


def plain(text: str) -> str:
    """A text without signs that PostgreSQL cannot keep or that end a line."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
