"""Looks into the books: totals per class, loads of a card, and the proof that they balance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import Connection, Engine, func, select

from cardstation.central.engine import transaction
from cardstation.central.judging import class_of
from cardstation.central.tables import (
    balances,
    class_totals,
    exceptions,
    journal,
    postings,
    stations,
)
from cardstation.domain.ledger import EntryKind

MOST_LOADS = 200


@dataclass(frozen=True, slots=True)
class Totals:
    """Fen per account class: over all, per station, and what the centre itself posted."""

    entries: int
    exceptions: int
    classes: dict[str, int]
    stations: dict[str, dict[str, int]]


def totals(engine: Engine) -> Totals:
    """The books in one view."""
    with transaction(engine) as connection:
        per: dict[str, dict[str, int]] = {}
        whole: dict[str, int] = {}
        rows = connection.execute(
            select(class_totals).order_by(class_totals.c.station, class_totals.c.account_class)
        )
        for row in rows:
            per.setdefault(row.station, {})[row.account_class] = row.fen
            whole[row.account_class] = whole.get(row.account_class, 0) + row.fen
        return Totals(
            entries=connection.scalar(select(func.count()).select_from(journal)) or 0,
            exceptions=connection.scalar(select(func.count()).select_from(exceptions)) or 0,
            classes=dict(sorted(whole.items())),
            stations=per,
        )


def loads_of(engine: Engine, card_no: str) -> tuple[bytes, ...]:
    """Armed and sealed entries of a card, of every station, oldest first, exact bytes."""
    with transaction(engine) as connection:
        rows = connection.scalars(
            select(journal.c.raw)
            .where(
                journal.c.card_no == card_no,
                journal.c.card_no != "",
                journal.c.kind.in_([EntryKind.ARMED, EntryKind.SEALED]),
            )
            .order_by(journal.c.posted_at.desc(), journal.c.station, journal.c.seq.desc())
            .limit(MOST_LOADS)
        )
        return tuple(reversed([bytes(raw) for raw in rows]))


def disagreements(engine: Engine) -> tuple[str, ...]:
    """What is wrong with the books, in an engineer's words; empty when they are sound.

    Looked at: every posting sums to zero; each stored balance and class total equals the sum of
    its postings; each station's chain is whole from 1 to its head; revenue is in the books once
    per sealed entry.
    """
    with transaction(engine, deadline_s=60.0) as connection:
        return (*_sums(connection), *_chains(connection))


def _sums(connection: Connection) -> list[str]:
    facts: dict[tuple[str, str], int] = {}
    rows = connection.execute(
        select(postings.c.account, journal.c.station, func.sum(postings.c.fen))
        .join(journal, journal.c.entry_id == postings.c.entry_id)
        .group_by(postings.c.account, journal.c.station)
    )
    for account, station, fen in rows:
        facts[account, station] = int(fen)
    found = [f"postings sum to {sum(facts.values())}"] if sum(facts.values()) else []
    stored = {(row.account, row.station): row.fen for row in connection.execute(select(balances))}
    found += _differences("balance", facts, stored)
    classes: dict[tuple[str, str], int] = {}
    for (account, station), fen in facts.items():
        key = (class_of(account), station)
        classes[key] = classes.get(key, 0) + fen
    kept = {
        (row.account_class, row.station): row.fen
        for row in connection.execute(select(class_totals))
    }
    return found + _differences("class total", classes, kept)


def _differences(
    what: str, facts: dict[tuple[str, str], int], stored: dict[tuple[str, str], int]
) -> list[str]:
    return [
        f"{what} {key}: postings {facts.get(key, 0)}, stored {stored.get(key, 0)}"
        for key in sorted(facts.keys() | stored.keys())
        if facts.get(key, 0) != stored.get(key, 0)
    ]


def _chains(connection: Connection) -> list[str]:
    found: list[str] = []
    for station in connection.execute(select(stations)):
        rows = connection.execute(
            select(journal.c.seq, journal.c.hash, journal.c.raw)
            .where(journal.c.station == station.station, journal.c.epoch == station.epoch)
            .order_by(journal.c.seq)
        ).all()
        if [row.seq for row in rows] != list(range(1, station.last_seq + 1)):
            found.append(f"{station.station}: sequence has holes")
        if rows and rows[-1].hash != station.last_hash:
            found.append(f"{station.station}: head is not the last entry")
        for before, after in pairwise(rows):
            if json.loads(after.raw)["prev_hash"] != before.hash.hex():
                found.append(f"{station.station}: chain broken at {after.seq}")
    return found
