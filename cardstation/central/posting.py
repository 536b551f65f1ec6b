"""Writes facts and sums, set-based: one statement per table however many entries there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Error
from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.exc import IntegrityError

from cardstation.central.batch import Sent
from cardstation.central.judging import Verdict, per_account, per_class
from cardstation.central.tables import (
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
_COPIED = (*_WORDS, *_NUMBERS)
_PLACED = ("entry_id", "station", "epoch", "seq", "kind", "hash", "raw", "verdict", "suspense")
_JOURNAL = insert_arrays(journal, *_PLACED, *_COPIED)
_POSTINGS = insert_arrays(postings, "entry_id", "account", "fen")
_EXCEPTIONS = insert_arrays(
    exceptions, "station", "epoch", "seq", "entry_id", "code", "suspended", "other"
)


def _added(table: Table, name: str) -> Insert:
    """Adds to the stored sums, making the rows that are missing."""
    rows = insert_arrays(table, name, "station", "fen")
    return rows.on_conflict_do_update(
        index_elements=[name, "station"], set_={"fen": table.c.fen + rows.excluded.fen}
    )


_BALANCES = _added(balances, "account")
_CLASSES = _added(class_totals, "account_class")


def copied(one: Sent) -> dict[str, Any]:
    """The columns of the journal that repeat what the exact bytes say."""
    entry = one.entry
    if entry is None:
        blank: dict[str, Any] = dict.fromkeys(_WORDS, "") | dict.fromkeys(_NUMBERS, 0)
        return blank | {"kind": UNREADABLE_KIND}
    return {name: getattr(entry, name) for name in _COPIED} | {"kind": entry.kind.value}


def write_journal(
    connection: Connection, station: str, new: Sequence[Sent], verdicts: Sequence[Verdict]
) -> None:
    """Add entries to the journal; one that is there already is an error, never skipped."""
    rows = [copied(one) for one in new]
    columns: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in rows[0]}
    columns["station"] = [station] * len(new)
    columns["entry_id"] = [one.entry_id for one in new]
    columns["seq"] = [one.seq for one in new]
    columns["epoch"] = [one.epoch for one in new]
    columns["hash"] = [bytes.fromhex(one.hash) for one in new]
    columns["raw"] = [one.raw for one in new]
    columns["verdict"] = [verdict.code for verdict in verdicts]
    columns["suspense"] = [verdict.suspense for verdict in verdicts]
    connection.execute(_JOURNAL, columns)


def write_postings(connection: Connection, posted: Sequence[tuple[str, Sequence[Posting]]]) -> None:
    """Add the legs of entries."""
    rows = [(entry_id, leg.account, leg.fen) for entry_id, legs in posted for leg in legs]
    if rows:
        names, accounts, fen = zip(*rows, strict=True)
        connection.execute(
            _POSTINGS, {"entry_id": list(names), "account": list(accounts), "fen": list(fen)}
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
        (_BALANCES, "account", moved),
        (_CLASSES, "account_class", per_class(legs)),
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
