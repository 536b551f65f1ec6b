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

_FIELDS = (
    *("entry_id", "station", "epoch", "seq", "kind", "subject", "account_no", "maker", "card_no"),
    *("meter_no", "generation", "counter_before", "counter_after", "fen", "litres"),
)
_JOURNAL = insert_arrays(journal, *_FIELDS, "hash", "raw")
_POSTINGS = insert_arrays(postings, "entry_id", "account", "fen")
_EXCEPTIONS = insert_arrays(exceptions, "station", "epoch", "seq", "entry_id", "code", "suspended")


def _added(table: Table, name: str) -> Insert:
    """Adds to the stored sums, making the rows that are missing."""
    rows = insert_arrays(table, name, "station", "fen")
    return rows.on_conflict_do_update(
        index_elements=[name, "station"], set_={"fen": table.c.fen + rows.excluded.fen}
    )


_BALANCES = _added(balances, "account")
_CLASSES = _added(class_totals, "account_class")


def write_journal(connection: Connection, new: Sequence[Sent]) -> None:
    """Add entries to the journal; one that is there already is an error, never skipped."""
    columns: dict[str, list[Any]] = {
        name: [getattr(one.entry, name) for one in new] for name in _FIELDS
    }
    columns["hash"] = [bytes.fromhex(one.hash) for one in new]
    columns["raw"] = [one.raw for one in new]
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
    for statement, name, sums in (
        (_BALANCES, "account", per_account(legs)),
        (_CLASSES, "account_class", per_class(legs)),
    ):
        columns = {name: list(sums), "station": [station] * len(sums), "fen": list(sums.values())}
        connection.execute(statement, columns)


def write_exceptions(
    connection: Connection, new: Sequence[Sent], verdicts: Sequence[Verdict | None]
) -> None:
    """Open an item for each entry that has a conflict."""
    found = [(one.entry, verdict) for one, verdict in zip(new, verdicts, strict=True) if verdict]
    if found:
        connection.execute(
            _EXCEPTIONS,
            {
                "station": [entry.station for entry, _ in found],
                "epoch": [entry.epoch for entry, _ in found],
                "seq": [entry.seq for entry, _ in found],
                "entry_id": [entry.entry_id for entry, _ in found],
                "code": [verdict.code for _, verdict in found],
                "suspended": [verdict.suspended for _, verdict in found],
            },
        )


def violated(error: IntegrityError) -> str:
    """Name of the constraint an insert ran into."""
    cause = error.orig
    return (cause.diag.constraint_name or "") if isinstance(cause, Error) else ""
