"""The suspense desk: what the books could not take at face value, one item after another.

An item is closed by an explanation. Where it holds money in suspense that is proposed by one
person and decided by another; the database takes no other one. No money moves by it: what undoes
a doubtful fact is an entry of its own and goes against the same suspense.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, select

from cardstation.central.console.audit import plain
from cardstation.central.console.explaining import keep_explanation
from cardstation.central.console.pages.facts import Fact, facts, query
from cardstation.central.console.proposals import Kind, Proposal, propose, waiting
from cardstation.central.console.roles import Right
from cardstation.central.console.tables import explanations
from cardstation.central.console.visit import (
    ZONE,
    Act,
    Cell,
    Done,
    Export,
    Page,
    Sheet,
    Visit,
    yuan,
)
from cardstation.central.tables import exceptions, journal, postings
from cardstation.errors import Refusal
from cardstation.sentences import brief

MOST = 200


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the desk.

    Attributes:
        fen: What stands in suspense for it, debit positive. other: The fact against it, or the
            evidence.
        clerk: Who explained it, empty while it is open.
    """

    number: int
    station: str
    seq: int
    code: str
    suspended: bool
    other: str
    opened_at: datetime
    entry_id: str
    account_no: str
    card_no: str
    fen: int
    words: str
    clerk: str
    explained_at: datetime | None
    proposal: int | None


@dataclass(frozen=True, slots=True)
class Desk:
    """The list's value.

    Attributes:
        which: `open` or `all`. codes: Kinds that were ever seen. held: Fen in suspense by kind.
    """

    which: str
    code: str
    station: str
    items: tuple[Item, ...]
    codes: tuple[str, ...]
    held: dict[str, int]


@dataclass(frozen=True, slots=True)
class OneItem:
    """One item's value.

    Attributes:
        fact: The entry it is about. against: The entry that stands against it, None when none
            does. evidence: Fingerprint of a card's image instead.
        pending: An explanation that waits for a second person.
    """

    item: Item
    fact: Fact
    against: Fact | None
    evidence: str
    legs: tuple[tuple[str, int], ...]
    pending: Proposal | None


def show_desk(visit: Visit) -> Desk:
    """The items that were asked for, the newest first."""
    which = "all" if visit.get("which") == "all" else "open"
    code, station = visit.get("code"), visit.get("station")
    codes = visit.connection.scalars(select(exceptions.c.code).distinct())
    held = visit.connection.execute(
        select(postings.c.account, func.sum(postings.c.fen))
        .where(postings.c.account.like("suspense:%"))
        .group_by(postings.c.account)
    )
    return Desk(
        which=which,
        code=code,
        station=station,
        items=items(visit, MOST),
        codes=tuple(sorted(codes)),
        held={account.partition(":")[2]: int(fen) for account, fen in held if fen},
    )


def show_item(visit: Visit) -> OneItem:
    """One item with the facts behind it.

    Raises:
        Refusal: `item_unknown`.
    """
    connection, found = visit.connection, _item(visit)
    (fact,) = facts(connection.execute(query().where(journal.c.entry_id == found.entry_id)))
    against: tuple[Fact, ...] = ()
    if other := _entry_id(found.other):
        against = facts(connection.execute(query().where(journal.c.entry_id == other)))
    legs = connection.execute(
        select(postings.c.account, postings.c.fen)
        .where(postings.c.entry_id == found.entry_id)
        .order_by(postings.c.account)
    )
    pending = [
        one for one in waiting(connection, Kind.EXPLANATION) if one.subject == str(found.number)
    ]
    return OneItem(
        item=found,
        fact=fact,
        against=against[0] if against else None,
        evidence=found.other if found.other and not against else "",
        legs=tuple(legs.all()),
        pending=pending[0] if pending else None,
    )


def items(visit: Visit, most: int | None) -> tuple[Item, ...]:
    """Items as the address asks: `which`, `code`, `station`."""
    wanted = _query().order_by(exceptions.c.number.desc()).limit(most)
    if visit.get("which") != "all":
        wanted = wanted.where(explanations.c.exception.is_(None))
    if code := visit.get("code"):
        wanted = wanted.where(exceptions.c.code == code)
    if station := visit.get("station"):
        wanted = wanted.where(exceptions.c.station == station)
    return tuple(Item(*row) for row in visit.connection.execute(wanted))


def explain(visit: Visit) -> Done:
    """Say what an item was; with money in suspense, before a second person.

    Raises:
        Refusal: `item_unknown`, `explained_already`, `reason_missing`, `proposed_already`.
    """
    found, words = _item(visit), plain(visit.get("words")).strip()
    if found.clerk:
        raise Refusal("explained_already", number=found.number)
    if not words:
        raise Refusal("reason_missing")
    subject, back = str(found.number), f"suspense/{found.number}"
    if found.suspended:
        body = {"exception": found.number, "code": found.code, "fen": found.fen}
        propose(
            *(visit.connection, Kind.EXPLANATION, subject, body), reason=words, by=visit.who.name
        )
        return Done("explanation_proposed", subject, words, back)
    keep_explanation(visit.connection, found.number, words, clerk=visit.who.name, suspended=False)
    return Done("explained", subject, words, back)


def _item(visit: Visit) -> Item:
    number = visit.number("number")
    row = visit.connection.execute(_query().where(exceptions.c.number == number)).one_or_none()
    if row is None:
        raise Refusal("item_unknown", number=number)
    return Item(*row)


def _entry_id(text: str) -> str:
    """An entry's id, empty where a text is none (the evidence of a gap is a digest)."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""


def _query() -> Select[Any]:
    held = (
        select(cast(func.coalesce(func.sum(postings.c.fen), 0), BigInteger))
        .where(postings.c.entry_id == exceptions.c.entry_id, postings.c.account.like("suspense:%"))
        .scalar_subquery()
    )
    return (
        select(
            *(exceptions.c.number, exceptions.c.station, exceptions.c.seq, exceptions.c.code),
            *(exceptions.c.suspended, exceptions.c.other, exceptions.c.opened_at),
            *(exceptions.c.entry_id, journal.c.account_no, journal.c.card_no, held),
            func.coalesce(explanations.c.words, ""),
            func.coalesce(explanations.c.clerk, ""),
            *(explanations.c.explained_at, explanations.c.proposal),
        )
        .join(journal, journal.c.entry_id == exceptions.c.entry_id)
        .outerjoin(explanations, explanations.c.exception == exceptions.c.number)
    )


def sheet(visit: Visit) -> Sheet:
    """Items to take along."""
    t = visit.t
    headings = [
        *(t("Number"), t("Opened"), t("Station"), t("Entry"), t("What"), t("Account"), t("Card")),
        *(t("In suspense (yuan)"), t("Explained by"), t("Explanation")),
    ]
    return Sheet(headings, [_row(visit, one) for one in items(visit, None)])


def _row(visit: Visit, one: Item) -> list[Cell]:
    return [
        *(one.number, one.opened_at.astimezone(ZONE).isoformat(" ", "seconds"), one.station),
        *(one.seq, brief(one.code, visit.t), one.account_no, one.card_no, yuan(one.fen)),
        *(one.clerk, one.words),
    ]


PAGES = (
    Page("suspense", "Suspense desk", Right.LOOK, show_desk, icon="exceptions", key="x"),
    Page("item", "Item", Right.LOOK, show_item, path="suspense/{number}"),
)
ACTS = (Act("suspense/{number}", "item", Right.EXPLAIN, explain),)
EXPORTS = (Export("suspense", "Suspense desk", Right.LOOK, sheet),)
