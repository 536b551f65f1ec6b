"""How receipts and their invoices stand: derived from what was asked, answered and taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, Connection, Engine, Text, bindparam, text

from cardstation.central.engine import transaction

RECENT_DAYS = 31
SILENT_DAYS = 3
"""After so long without an answer somebody should ask the invoice system."""

_COLUMNS = """
    SELECT number, request, kind, state, entry_id::text AS entry_id, receipt_no, account_no, fen,
        title, tax_no, asked_at, code, no, day, red_no, red_day, reason
    FROM invoice_states
"""
_OF_ENTRIES = text(
    f"{_COLUMNS} WHERE entry_id = ANY(CAST(:ids AS uuid[])) ORDER BY number"
).bindparams(bindparam("ids", type_=ARRAY(Text)))
_OF_ACCOUNT = text(f"{_COLUMNS} WHERE account_no = :account ORDER BY number DESC LIMIT :most")
_IN_STATE = text(f"{_COLUMNS} WHERE state = :state ORDER BY number LIMIT :most")
_STANDS = text(
    """
    SELECT no FROM invoice_states JOIN journal USING (entry_id)
    WHERE invoice_states.receipt_no = :receipt AND journal.station = :station
        AND state IN ('issued', 'red_letter_due')
    ORDER BY number DESC LIMIT 1
    """
)
_NEEDS = """
    SELECT number FROM invoices
    WHERE closed_by IS NULL AND entry_id IN (SELECT entry_id FROM undone_loads)
    UNION SELECT number FROM invoices WHERE issued_by IS NULL AND closed_by IS NULL
        AND asked_at < clock_timestamp() - make_interval(days => :days)
"""
_NEEDY = text(f"{_COLUMNS} WHERE number IN ({_NEEDS}) ORDER BY state = 'asked', number LIMIT :most")
_COUNTED = text(
    """
    SELECT kind, state, count(*) AS many, sum(fen)::bigint AS fen FROM invoice_states
    WHERE asked_at > clock_timestamp() - make_interval(days => :days)
    GROUP BY kind, state ORDER BY kind, state
    """
)


@dataclass(frozen=True, slots=True)
class Invoice:
    """A request and how it stands.

    Attributes:
        number, request: Our own. kind: `electronic` or `paper`.
        state: As in `values.State`.
        code, no, day: Of the invoice once it was issued. red_no, red_day: Of its red letter.
        reason: What the invoice system said when it refused or reversed.
    """

    number: int
    request: str
    kind: str
    state: str
    entry_id: str
    receipt_no: str
    account_no: str
    fen: int
    title: str
    tax_no: str
    asked_at: datetime
    code: str
    no: str
    day: date | None
    red_no: str
    red_day: date | None
    reason: str

    def told(self) -> dict[str, Any]:
        """As JSON."""
        days = {name: getattr(self, name) for name in ("day", "red_day")}
        said = {name: None if day is None else day.isoformat() for name, day in days.items()}
        return {**asdict(self), **said, "asked_at": self.asked_at.isoformat()}


@dataclass(frozen=True, slots=True)
class Counted:
    """How many invoices are in a state, and their money."""

    kind: str
    state: str
    many: int
    fen: int


def invoices_of(connection: Connection, entries: Collection[str]) -> dict[str, Invoice]:
    """The newest invoice of each of these loads that has or had one, by entry_id."""
    if not entries:
        return {}
    rows = connection.execute(_OF_ENTRIES, {"ids": sorted(entries)})
    return {row.entry_id: Invoice(*row) for row in rows}


def standing_invoice(engine: Engine, station: str, receipt_no: str) -> str:
    """Number of the invoice that was issued for a station's receipt and stands; empty = none."""
    with transaction(engine) as connection:
        found = connection.scalar(_STANDS, {"receipt": receipt_no, "station": station})
        return str(found or "")


def invoices_of_account(connection: Connection, account: str, most: int) -> Sequence[Invoice]:
    """Every invoice of a household, the newest first."""
    return _found(connection, _OF_ACCOUNT, account=account, most=most)


def invoices_in(connection: Connection, state: str, most: int) -> Sequence[Invoice]:
    """Invoices in a state, the oldest first."""
    return _found(connection, _IN_STATE, state=state, most=most)


def invoices_that_need_somebody(connection: Connection, most: int) -> Sequence[Invoice]:
    """What must be reversed or recalled, and what was never answered; the oldest first."""
    return _found(connection, _NEEDY, days=SILENT_DAYS, most=most)


def counted(connection: Connection) -> Sequence[Counted]:
    """Every state that an invoice of the last `RECENT_DAYS` is in."""
    rows = connection.execute(_COUNTED, {"days": RECENT_DAYS})
    return tuple(Counted(*row) for row in rows)


def _found(connection: Connection, query: Any, **values: object) -> Sequence[Invoice]:
    return tuple(Invoice(*row) for row in connection.execute(query, values))
