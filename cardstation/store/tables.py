"""The store's tables of the money path, and the metadata every table of the store hangs on.

Households, tariffs and batches put their tables on the same `metadata` from their own modules.
Tables named in `APPEND_ONLY` refuse UPDATE and DELETE by trigger: a correction is a new row.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from cardstation.domain.batch_life import Stage, Step
from cardstation.domain.payment import Tender
from cardstation.domain.transitions import Direction, TopUpEvent, TopUpState
from cardstation.sql.types import Fen, Instant, Word

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ON_CARD = "state NOT IN ('voided', 'sealed', 'refunded', 'refund_requested', 'payout_pending')"
"""A top-up that still needs its card."""
_LIVE_LINE = text("batch_id <> '' AND direction = 'sale' AND state NOT IN ('voided', 'refunded')")
_LIVE_ORDER = text(
    "tender = 'order' AND direction = 'sale' AND state NOT IN ('voided', 'refunded')"
)

topup = Table(
    "topup",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("topup_id", Text, nullable=False, unique=True),
    Column("state", Word(TopUpState), nullable=False),
    Column("account_no", Text, nullable=False),
    Column("maker", Text, nullable=False),
    Column("card_no", Text, nullable=False),
    Column("meter_no", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("card_type", Text, nullable=False),
    Column("quote", Text, nullable=False),
    Column("quantity", Text, nullable=False),
    Column("tender", Word(Tender), nullable=False),
    Column("reference", Text, nullable=False),
    Column("batch_id", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("row", Integer, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("known_counter", Integer, nullable=False),
    Column("counter_before", Integer, nullable=False),
    Column("counter_after", Integer, nullable=False),
    Column("before", LargeBinary, nullable=False),
    Column("plan", Text),
    Column("opened_at", Instant, nullable=False),
    Column("direction", Word(Direction), nullable=False, server_default="sale"),
    Column("corrects", Text, nullable=False, server_default=""),
    Column("origin", Text, nullable=False, server_default=""),
    Index(
        "one_open_intent_per_card",
        "maker",
        "card_no",
        "meter_no",
        "generation",
        unique=True,
        sqlite_where=text(ON_CARD),
    ),
    Index("one_live_load_per_line", "batch_id", "line", unique=True, sqlite_where=_LIVE_LINE),
    Index("one_live_load_per_order", "order_id", unique=True, sqlite_where=_LIVE_ORDER),
    Index("ix_topup_account_no", "account_no"),
    Index("ix_topup_batch_line", "batch_id", "line"),
    Index("ix_topup_corrects", "corrects"),
)

topup_log = Table(
    "topup_log",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("topup_id", Text, ForeignKey("topup.topup_id"), nullable=False, index=True),
    Column("event", Word(TopUpEvent)),
    Column("state", Word(TopUpState), nullable=False),
    Column("seq", Integer, ForeignKey("journal.seq")),
    Column("reason", Text, nullable=False),
    Column("clerk", Text, nullable=False),
    Column("approver", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("high_water_us", Integer, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("entry_id", Text, nullable=False, unique=True),
    Column("subject", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("batch_id", Text, nullable=False, index=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("raw", LargeBinary, nullable=False),
    CheckConstraint("seq > 0", name="from_one"),
)

card_load = Table(
    "card_load",
    metadata,
    Column("maker", Text, primary_key=True),
    Column("meter_no", Text, primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("counter", Integer, primary_key=True),
    Column("load_no", Integer, primary_key=True),
    Column("topup_id", Text, ForeignKey("topup.topup_id"), nullable=False, unique=True),
)

code_attempt = Table(
    "code_attempt",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("maker", Text, nullable=False),
    Column("card_no", Text, nullable=False),
    Column("topup_id", Text, ForeignKey("topup.topup_id"), nullable=False),
    Column("event", Text, nullable=False),
    Column("tries_left", Integer),
    Column("at", Instant, nullable=False),
    Index("ix_code_attempt_card", "maker", "card_no"),
)

receipt = Table(
    "receipt",
    metadata,
    Column("receipt_no", Text, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("topup_id", Text, ForeignKey("topup.topup_id"), nullable=False, unique=True),
    Column("batch_id", Text, nullable=False, index=True),
    Column("frozen", Text, nullable=False),
    UniqueConstraint("year", "number"),
)

paper = Table(
    "paper",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("receipt_no", Text, ForeignKey("receipt.receipt_no"), nullable=False, index=True),
    Column("clerk", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

payment = Table(
    "payment",
    metadata,
    Column("payment_id", Text, primary_key=True),
    Column("batch_id", Text, nullable=False, index=True),
    Column("tender", Word(Tender), nullable=False),
    Column("money", Fen, nullable=False),
    Column("reference", Text, nullable=False),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False, unique=True),
    Column("line", Integer, nullable=False, server_default="0"),
    Column("payer", Text, nullable=False, server_default=""),
)

payment_log = Table(
    "payment_log",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("payment_id", Text, nullable=False, index=True),
    Column("batch_id", Text, nullable=False),
    Column("tender", Word(Tender), nullable=False),
    Column("money", Fen, nullable=False),
    Column("reference", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("line", Integer, nullable=False, server_default="0"),
    Column("clerk", Text, nullable=False, server_default=""),
    Column("payer", Text, nullable=False, server_default=""),
)

funded_line = Table(
    "funded_line",
    metadata,
    Column("batch_id", Text, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("payment_id", Text, ForeignKey("payment.payment_id"), nullable=False),
    Column("quote", Text, nullable=False),
    Column("money", Fen, nullable=False),
    Column("expected_counter", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("drawn", Text, nullable=False, server_default="{}"),
    Column("reckoned", Integer, nullable=False, server_default="0"),
)

batch_stop = Table(
    "batch_stop",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("batch_id", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("card_no", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_batch_stop_line", "batch_id", "line"),
)

paid_order = Table(
    "paid_order",
    metadata,
    Column("order_id", Text, primary_key=True),
    Column("account_no", Text, nullable=False, index=True),
    Column("fen", Integer, nullable=False),
    Column("litres", Integer, nullable=False),
    Column("tariff", Text, nullable=False),
    Column("expected_counter", Integer, nullable=False),
    Column("leased_to", Text, nullable=False),
    Column("paid_at", Instant),
    Column("leased_until", Instant),
    Column("gone_at", Instant),
)

batch_step = Table(
    "batch_step",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("batch_id", Text, nullable=False, index=True),
    Column("step", Word(Step), nullable=False),
    Column("stage", Word(Stage), nullable=False),
    Column("detail", Text, nullable=False),
    Column("clerk", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False, unique=True),
)

signature = Table(
    "signature",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("image", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
)

ledger_ack = Table(
    "ledger_ack",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("acked_seq", Integer, nullable=False),
    Column("acked_hash", Text, nullable=False),
    Column("totals", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("nonce", Text, nullable=False, server_default=""),
    Column("signature", Text, nullable=False, server_default=""),
    Column("term", Integer, nullable=False, server_default="0"),
    Index("ix_ledger_ack_term", "term", "acked_seq"),
)

ledger_exception = Table(
    "ledger_exception",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("term", Integer, primary_key=True, server_default="0"),
    Column("at", Instant, nullable=False),
    Column("other", Text, nullable=False, server_default=""),
)

sync_verdict = Table(
    "sync_verdict",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("code", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

APPEND_ONLY: tuple[Table, ...] = (
    topup_log,
    journal,
    card_load,
    code_attempt,
    receipt,
    paper,
    payment,
    payment_log,
    funded_line,
    batch_stop,
    batch_step,
    signature,
    ledger_ack,
    ledger_exception,
    sync_verdict,
)


_MAY_BE_FORGOTTEN = {batch_stop.name: "facts"}
"""Columns of append-only tables that a purge may empty: they may name people."""


def guards(tables: Sequence[Table] = APPEND_ONLY) -> tuple[str, ...]:
    """The triggers that keep append-only tables as they are."""
    return tuple(
        f"CREATE TRIGGER keep_{table.name}_{verb.lower()} BEFORE {_when(verb, table)} "
        f"ON {table.name} "
        f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END"
        for table in tables
        for verb in ("UPDATE", "DELETE")
    )


def _when(verb: str, table: Table) -> str:
    free = _MAY_BE_FORGOTTEN.get(table.name)
    if verb == "DELETE" or free is None:
        return verb
    return f"UPDATE OF {', '.join(column.name for column in table.c if column.name != free)}"
