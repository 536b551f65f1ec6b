"""What the ledger's tables take without a ledger: by binary COPY, and row by row through an ORM."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, registry

from cardstation.central.batch import Sent
from cardstation.central.legs import legs, per_account, per_class
from cardstation.central.posting import REPEATED, copied
from cardstation.central.tables import balances, class_totals, journal, postings
from cardstation.domain.ledger import Posting
from tests.kit.hostile import enrolled_row
from tests.kit.postgres import TestKey

_PLACED = ("entry_id", "station", "epoch", "seq", "hash", "raw")
_COPIED = ("kind", "subject", "account_no", "maker", "card_no", "meter_no", "corrects")
_NUMBERS = ("generation", "counter_before", "counter_after", "fen", "litres")
COLUMNS = (*_PLACED, *_COPIED, *_NUMBERS)
_TYPES = ("uuid", "text", "int8", "int8", "bytea", "bytea", *["text"] * 7, *["int8"] * 5)
_SHAPE = ", ".join(f"{name} {kind}" for name, kind in zip(COLUMNS, _TYPES, strict=True))

_TEMPORARY = (
    f"CREATE TEMP TABLE sent ({_SHAPE}) ON COMMIT DELETE ROWS",
    "CREATE TEMP TABLE legs (entry_id uuid, account text, fen int8) ON COMMIT DELETE ROWS",
    "CREATE TEMP TABLE sums (name text, station text, fen int8, class bool) ON COMMIT DELETE ROWS",
)
_NAMES = ", ".join(COLUMNS)
_TO_JOURNAL = f"INSERT INTO journal ({_NAMES}) SELECT {_NAMES} FROM sent"  # noqa: S608  # our own
_TO_POSTINGS = "INSERT INTO postings SELECT * FROM legs"
_TO_BALANCES = """INSERT INTO balances SELECT name, station, fen FROM sums WHERE NOT class
 ON CONFLICT (account, station) DO UPDATE SET fen = balances.fen + excluded.fen"""
_TO_CLASSES = """INSERT INTO class_totals (account_class, station, fen)
 SELECT name, station, fen FROM sums WHERE class
 ON CONFLICT (account_class, station) DO UPDATE SET fen = class_totals.fen + excluded.fen"""
_WRITE = (_TO_JOURNAL, _TO_POSTINGS, _TO_BALANCES, _TO_CLASSES)


def row_of(one: Sent) -> dict[str, Any]:
    """A row of the journal."""
    placed = {"entry_id": one.entry_id, "station": one.station, "epoch": one.epoch}
    placed |= {"seq": one.seq, "hash": bytes.fromhex(one.hash), "raw": one.raw}
    return placed | dict(zip(REPEATED, copied(one), strict=True))


def legs_of(one: Sent) -> Sequence[Posting]:
    return () if one.entry is None else legs(one.entry, "")


Ready = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[Any, ...]]]


class CopyFloor:
    """One client that copies.

    Args:
        dsn: As the service's role.
        station: Whose entries they are.
    """

    def __init__(self, dsn: str, station: str) -> None:
        self._station = station
        self._link = psycopg.connect(dsn.replace("postgresql+psycopg", "postgresql"))
        for statement in _TEMPORARY:
            self._link.execute(statement)
        self._link.commit()

    def enrol(self, owner_dsn: str, name: str) -> None:
        """Put a station into the books of the floor."""
        owner = create_engine(owner_dsn)
        enrolled_row(owner, name, TestKey())
        owner.dispose()

    def ready(self, batch: Sequence[Sent]) -> Ready:
        """A batch as rows, before anything is timed."""
        rows = [row_of(one) | {"entry_id": UUID(one.entry_id)} for one in batch]
        whole = [tuple(row[name] for name in COLUMNS) for row in rows]
        found = [(one.entry_id, leg) for one in batch for leg in legs_of(one)]
        flat = [leg for _, leg in found]
        moved = {account: fen for account, fen in per_account(flat).items() if fen}
        sums = [(name, self._station, fen, False) for name, fen in moved.items()]
        sums += [(name, self._station, fen, True) for name, fen in per_class(flat).items()]
        return whole, [(UUID(one), leg.account, leg.fen) for one, leg in found], sums

    def write(self, batches: Sequence[Ready]) -> None:
        """One transaction for each."""
        for rows in batches:
            for table, kinds, lines in zip(
                ("sent", "legs", "sums"),
                (_TYPES, ("uuid", "text", "int8"), ("text", "text", "int8", "bool")),
                rows,
                strict=True,
            ):
                self._copy(table, kinds, lines)
            for statement in _WRITE:
                self._link.execute(statement)
            self._link.commit()

    def _copy(self, table: str, kinds: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        with (
            self._link.cursor() as cursor,
            cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.set_types(kinds)
            for row in rows:
                copy.write_row(row)

    def close(self) -> None:
        self._link.close()


class RowByRow:
    """One client with an ORM: a session, a look and a commit for each entry.

    Args:
        dsn: As the service's role.
        station: Whose entries they are.
    """

    def __init__(self, dsn: str, station: str) -> None:
        self._engine = create_engine(dsn)
        self._station, self.written = station, 0
        mapped = registry()
        self._row, self._leg = type("Row", (), {}), type("Leg", (), {})
        self._balance, self._total = type("Balance", (), {}), type("Total", (), {})
        mapped.map_imperatively(self._row, journal)
        mapped.map_imperatively(self._leg, postings)
        mapped.map_imperatively(self._balance, balances)
        mapped.map_imperatively(self._total, class_totals)

    def write(self, entries: Sequence[Sent]) -> None:
        for one in entries:
            with Session(self._engine) as session, session.begin():
                session.add(self._row(**row_of(one)))
                session.flush()
                found = legs_of(one)
                for leg in found:
                    session.add(self._leg(entry_id=one.entry_id, account=leg.account, fen=leg.fen))
                for account, fen in per_account(found).items():
                    self._add(session, self._balance, (account, self._station), "account", fen)
                for name, fen in per_class(found).items():
                    self._add(session, self._total, (self._station, name), "account_class", fen)
            self.written += 1

    def _add(self, session: Session, kind: type, key: tuple[str, str], name: str, fen: int) -> None:
        row: Any = session.get(kind, key, with_for_update=True)
        if row is None:
            account = key[0] if name == "account" else key[1]
            session.add(kind(**{name: account, "station": self._station, "fen": fen}))
        else:
            row.fen += fen

    def close(self) -> None:
        self._engine.dispose()
