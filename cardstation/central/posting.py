"""Writes facts and sums, set-based: one statement per table however many entries there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from psycopg import Error
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from cardstation.central.batch import Sent
from cardstation.central.copying import Copied, id_bytes
from cardstation.central.judging import Verdict
from cardstation.central.legs import per_account, per_class
from cardstation.central.tables import (
    added_to,
    balances,
    class_totals,
    exceptions,
    insert_arrays,
    journal,
    postings,
)
from cardstation.domain.ledger import Posting

UNREADABLE_KIND = "unreadable"

_WORDS = ("subject", "account_no", "maker", "card_no", "meter_no", "corrects")
_NUMBERS = ("generation", "counter_before", "counter_after", "fen", "litres")
REPEATED = ("kind", *_WORDS, *_NUMBERS)
"""Columns of the journal that repeat what the exact bytes say."""
_SAID = attrgetter(*REPEATED)
_UNSAID = (UNREADABLE_KIND, *[""] * len(_WORDS), *[0] * len(_NUMBERS))
_NOW = select(func.clock_timestamp())
_PLACED = ("entry_id", "station", "epoch", "seq", "hash", "raw", "posted_at")
_JUDGED = ("verdict", "suspense")
_JOURNAL = Copied(journal, *_PLACED, *_JUDGED, *REPEATED)
_POSTINGS = Copied(postings, "entry_id", "account", "fen")
_EXCEPTIONS = insert_arrays(
    exceptions, "station", "epoch", "seq", "entry_id", "code", "suspended", "other"
)


BALANCES = added_to(balances, "account", "station")
CLASSES = added_to(class_totals, "account_class", "station")


def copied(one: Sent) -> tuple[Any, ...]:
    """The values of `REPEATED`."""
    return _UNSAID if one.entry is None else _SAID(one.entry)


def now(connection: Connection) -> datetime:
    """The moment of posting, by the database's clock: the same for a whole batch."""
    moment: datetime = connection.scalars(_NOW).one()
    return moment


def write_journal(
    connection: Connection,
    posted_at: datetime,
    new: Sequence[Sent],
    verdicts: Sequence[Verdict],
) -> None:
    """Add entries to the journal; one that is there already is an error, never skipped."""
    _JOURNAL.write(
        connection,
        [
            (
                *(id_bytes(one.entry_id), one.station, one.epoch, one.seq),
                *(bytes.fromhex(one.hash), one.raw, posted_at),
                *(verdict.code, verdict.suspense),
                *copied(one),
            )
            for one, verdict in zip(new, verdicts, strict=True)
        ],
    )


def write_postings(connection: Connection, posted: Sequence[tuple[str, Sequence[Posting]]]) -> None:
    """Add the legs of entries."""
    named = [(id_bytes(entry_id), legs) for entry_id, legs in posted if legs]
    _POSTINGS.write(
        connection, [(entry, leg.account, leg.fen) for entry, legs in named for leg in legs]
    )


def add_to_balances(connection: Connection, station: str, legs: Sequence[Posting]) -> None:
    """Add legs to the station's part of each account, in account order, and to its classes.

    Each station has its own row per account, so no row is hot and none is shared by two batches.
    """
    if not legs:
        return
    # An account that a batch moves there and back again needs no row: most sales end at nothing.
    moved = {account: fen for account, fen in per_account(legs).items() if fen}
    for statement, name, sums in (
        (BALANCES, "account", moved),
        (CLASSES, "account_class", per_class(legs)),
    ):
        columns = {name: list(sums), "station": [station] * len(sums), "fen": list(sums.values())}
        connection.execute(statement, columns)


def write_exceptions(
    connection: Connection, station: str, new: Sequence[Sent], verdicts: Sequence[Verdict]
) -> None:
    """Open an item for each entry that has a conflict."""
    found = [(one, verdict) for one, verdict in zip(new, verdicts, strict=True) if verdict.code]
    if found:
        connection.execute(
            _EXCEPTIONS,
            {
                "station": [station] * len(found),
                "epoch": [one.epoch for one, _ in found],
                "seq": [one.seq for one, _ in found],
                "entry_id": [one.entry_id for one, _ in found],
                "code": [verdict.code for _, verdict in found],
                "suspended": [bool(verdict.suspense) for _, verdict in found],
                "other": [verdict.other for _, verdict in found],
            },
        )


def violated(error: IntegrityError) -> str:
    """Name of the constraint an insert ran into."""
    cause = error.orig
    return (cause.diag.constraint_name or "") if isinstance(cause, Error) else ""
