"""The tables of reconciliation; made and changed by `central/migrations`.

All but `whole_proofs` are only ever added to: the service's role may not change or delete a row. A
file counts once another person than who took it has accepted it: that they are two is a constraint.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from cardstation.central.console.tables import decided_columns
from cardstation.central.tables import BOOKS, journal

_NOW = text("clock_timestamp()")
_MOMENT = DateTime(timezone=True)
_ENTRY = Uuid(as_uuid=False)

taken_files = Table(
    "taken_files",
    BOOKS,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("taken_by", Text, ForeignKey("people.name"), nullable=False),
    Column("taken_at", _MOMENT, nullable=False, server_default=_NOW),
    UniqueConstraint("kind", "source", "digest", name="taken_files_once"),
    UniqueConstraint("number", "taken_by", name="taken_files_whose"),
)

accepted_files = Table(
    "accepted_files",
    BOOKS,
    Column("file", BigInteger, primary_key=True, autoincrement=False),
    Column("taken_by", Text, nullable=False),
    Column("accepted_by", Text, ForeignKey("people.name"), nullable=False),
    Column("accepted_at", _MOMENT, nullable=False, server_default=_NOW),
    Column("rows", BigInteger, nullable=False),
    Column("known", BigInteger, nullable=False),
    ForeignKeyConstraint(["file", "taken_by"], ["taken_files.number", "taken_files.taken_by"]),
)

bad_rows = Table(
    "bad_rows",
    BOOKS,
    Column("file", BigInteger, ForeignKey("accepted_files.file"), primary_key=True),
    Column("line", BigInteger, primary_key=True),
    Column("code", Text, nullable=False),
    Column("said", Text, nullable=False),
)

channel_rows = Table(
    "channel_rows",
    BOOKS,
    Column("channel", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("file", BigInteger, ForeignKey("accepted_files.file"), nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("at", _MOMENT),
    Column("card_no", Text, nullable=False),
    Column("meter_no", Text, nullable=False),
    Column("counter", BigInteger),
    Column("fen", BigInteger, nullable=False),
    Column("litres", BigInteger, nullable=False),
    Column("order_id", Text, nullable=False),
    Index("channel_rows_file_idx", "file"),
)


def _of_a_row() -> tuple[Column[str] | ForeignKeyConstraint, ...]:
    return (
        Column("channel", Text, nullable=False),
        Column("ref", Text, nullable=False),
        ForeignKeyConstraint(["channel", "ref"], ["channel_rows.channel", "channel_rows.ref"]),
    )


off_book_loads = Table(
    "off_book_loads",
    BOOKS,
    Column("maker", Text, primary_key=True),
    Column("meter_no", Text, primary_key=True),
    Column("generation", BigInteger, primary_key=True),
    Column("counter", BigInteger, primary_key=True),
    *_of_a_row(),
    Column("matched_at", _MOMENT, nullable=False, server_default=_NOW),
    UniqueConstraint("channel", "ref", name="off_book_loads_row"),
)

channel_orders = Table(
    "channel_orders",
    BOOKS,
    Column("order_id", Text, ForeignKey("orders.order_id"), primary_key=True),
    Column("what", Text, primary_key=True),
    *_of_a_row(),
    Column("differs", Text, nullable=False),
    Column("loaded_by", _ENTRY, ForeignKey("entry_index.entry_id")),
    Column("matched_at", _MOMENT, nullable=False, server_default=_NOW),
    UniqueConstraint("channel", "ref", name="channel_orders_row"),
)

bank_lines = Table(
    "bank_lines",
    BOOKS,
    Column("account", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("file", BigInteger, ForeignKey("accepted_files.file"), nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("at", _MOMENT, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("payer", Text, nullable=False),
    Column("remark", Text, nullable=False),
    Index("bank_lines_file_idx", "file"),
)

bank_matches = Table(
    "bank_matches",
    BOOKS,
    Column("account", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("entry_id", _ENTRY, ForeignKey("entry_index.entry_id"), nullable=False, unique=True),
    Column("matched_at", _MOMENT, nullable=False, server_default=_NOW),
    ForeignKeyConstraint(["account", "ref"], ["bank_lines.account", "bank_lines.ref"]),
)

cash_sums = Table(
    "cash_sums",
    BOOKS,
    Column("entry_id", _ENTRY, ForeignKey("entry_index.entry_id"), primary_key=True),
    Column("expected_fen", BigInteger, nullable=False),
    Column("said_fen", BigInteger, nullable=False),
)

audit_closings = Table(
    "audit_closings",
    BOOKS,
    Column("item", Text, primary_key=True),
    Column("fen", BigInteger, nullable=False),
    Column("words", Text, nullable=False),
    Column("clerk", Text, ForeignKey("people.name"), nullable=False),
    Column("closed_at", _MOMENT, nullable=False, server_default=_NOW),
    Column("proposal", BigInteger, nullable=False, unique=True),
    *decided_columns("audit"),
)

day_seals = Table(
    "day_seals",
    BOOKS,
    Column("station", Text, ForeignKey("stations.station"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("from_seq", BigInteger, nullable=False),
    Column("to_seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("late", BigInteger, nullable=False),
    Column("heard", Boolean, nullable=False),
    Column("sums", Text, nullable=False),
    Column("before", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("sealed_at", _MOMENT, nullable=False, server_default=_NOW),
)

after_seal = Table(
    "after_seal",
    BOOKS,
    Column("entry_id", _ENTRY, ForeignKey("entry_index.entry_id"), primary_key=True),
    Column("station", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("day", Date, nullable=False),
    Column("sealed_with", Date, nullable=False),
    ForeignKeyConstraint(["station", "sealed_with"], ["day_seals.station", "day_seals.day"]),
    Index("after_seal_day_idx", "day"),
)

day_runs = Table(
    "day_runs",
    BOOKS,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("day", Date, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("began_at", _MOMENT, nullable=False),
    Column("ended_at", _MOMENT, nullable=False, server_default=_NOW),
    Column("ok", Boolean, nullable=False),
    Column("report", Text, nullable=False),
    Index("day_runs_day_idx", "day", "number"),
)

Index(
    "journal_shifts_idx",
    journal.c.station,
    journal.c.seq,
    postgresql_where=text("kind IN ('shift_opened', 'shift_closed')"),
)

whole_proofs = Table(
    "whole_proofs",
    BOOKS,
    Column("station", Text, ForeignKey("stations.station"), primary_key=True),
    Column("proved_at", _MOMENT, nullable=False, server_default=_NOW),
)
