"""The tables of the central ledger; made and changed by `central/migrations`.

Facts (`journal`, `postings`) are only ever added: the service's role may not change or delete
them; what may be stored twice is said by unique indexes, and a second fact is stored with its
verdict. The journal lies in months (`central/months.py`); `entry_index` has a narrow row for every
entry, which the database adds itself: what may be there once over all months is said there.
`balances`, `class_totals` and `day_totals` are sums kept beside them, recomputable at any time.
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Table,
    TableValuedAlias,
    Text,
    UniqueConstraint,
    Uuid,
    bindparam,
    column,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import Insert, insert

BOOKS = MetaData()

SEALED_ONCE = "entry_sealed_once"
UNDONE_ONCE = "entry_undone_once"

_ENTRY = Uuid(as_uuid=False)
_NOW = text("clock_timestamp()")
WORKS = text("kind IN ('card_armed', 'card_given_up')")
"""Facts that begin a work on a whole card, or give it up: few."""

stations = Table(
    "stations",
    BOOKS,
    Column("station", Text, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("status", Text, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("last_hash", LargeBinary, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("last_epoch", BigInteger, nullable=False, server_default="1"),
    Column("epoch_from", BigInteger, nullable=False, server_default="0"),
    Column("enrolled_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

journal = Table(
    "journal",
    BOOKS,
    Column("entry_id", _ENTRY, primary_key=True),
    Column("station", Text, ForeignKey("stations.station"), nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("account_no", Text, nullable=False),
    Column("maker", Text, nullable=False),
    Column("card_no", Text, nullable=False),
    Column("meter_no", Text, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("counter_before", BigInteger, nullable=False),
    Column("counter_after", BigInteger, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("litres", BigInteger, nullable=False),
    Column("posted_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("corrects", Text, nullable=False, server_default=""),
    Column("verdict", Text, nullable=False, server_default=""),
    Column("suspense", Text, nullable=False, server_default=""),
    Index("journal_place_idx", "station", "seq"),
    Index("journal_card_no_idx", "card_no", postgresql_where=text("card_no <> ''")),
    Index("journal_posted_at_idx", "posted_at", postgresql_using="brin"),
    Index("journal_batch_idx", "subject", postgresql_where=text("kind = 'batch'")),
    Index("journal_epoch_idx", "station", postgresql_where=text("kind = 'epoch'")),
    Index("journal_arrears_idx", "account_no", postgresql_where=text("kind = 'arrears_paid'")),
    Index("journal_charged_idx", "account_no", postgresql_where=text("kind = 'charged'")),
    Index(
        "journal_reversed_idx",
        "corrects",
        postgresql_where=text("kind = 'charged' AND corrects <> ''"),
    ),
    Index("journal_works_idx", "card_no", postgresql_where=WORKS),
    postgresql_partition_by="RANGE (entry_id)",
)

entry_index = Table(
    "entry_index",
    BOOKS,
    Column("entry_id", _ENTRY, primary_key=True),
    Column("station", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("sealed", Text),
    Column("undone", Text),
    UniqueConstraint("station", "seq", name="entry_index_station_seq_key"),
    Index(SEALED_ONCE, "sealed", unique=True, postgresql_where=text("sealed IS NOT NULL")),
    Index(UNDONE_ONCE, "undone", unique=True, postgresql_where=text("undone IS NOT NULL")),
)

postings = Table(
    "postings",
    BOOKS,
    Column("entry_id", _ENTRY, ForeignKey("entry_index.entry_id"), primary_key=True),
    Column("account", Text, primary_key=True),
    Column("fen", BigInteger, nullable=False),
    Index("postings_account_idx", "account"),
)

balances = Table(
    "balances",
    BOOKS,
    Column("account", Text, primary_key=True),
    Column("station", Text, primary_key=True),
    Column("fen", BigInteger, nullable=False),
)

class_totals = Table(
    "class_totals",
    BOOKS,
    Column("station", Text, primary_key=True),
    Column("account_class", Text, primary_key=True),
    Column("fen", BigInteger, nullable=False),
)

day_totals = Table(
    "day_totals",
    BOOKS,
    Column("day", Date, primary_key=True),
    Column("posted_on", Date, primary_key=True),
    Column("station", Text, primary_key=True),
    Column("account_class", Text, primary_key=True),
    Column("fen", BigInteger, nullable=False),
    Index("day_totals_posted_idx", "posted_on"),
)

card_load = Table(
    "card_load",
    BOOKS,
    Column("maker", Text, primary_key=True),
    Column("meter_no", Text, primary_key=True),
    Column("generation", BigInteger, primary_key=True),
    Column("counter", BigInteger, primary_key=True),
    Column("load_no", BigInteger, primary_key=True),
    Column("cause", Text, nullable=False),
    Column("entry_id", _ENTRY, ForeignKey("entry_index.entry_id"), nullable=False),
    Column("freed_by", _ENTRY, ForeignKey("entry_index.entry_id")),
    Index(
        "card_load_live_sale",
        "maker",
        "meter_no",
        "generation",
        "counter",
        unique=True,
        postgresql_where=text("freed_by IS NULL AND cause = 'sale'"),
    ),
)

orders = Table(
    "orders",
    BOOKS,
    Column("order_id", Text, primary_key=True),
    Column("account_no", Text, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("litres", BigInteger, nullable=False),
    Column("tariff", Text, nullable=False),
    Column("expected_counter", BigInteger, nullable=False),
    Column("leased_to", Text, nullable=False),
    Column("entry_id", _ENTRY, ForeignKey("entry_index.entry_id"), nullable=False),
    Column("claimed_station", Text),
    Column("claimed_subject", Text),
    Column("closed_by", _ENTRY, ForeignKey("entry_index.entry_id")),
    Column("paid_at", DateTime(timezone=True), nullable=False),
    Column("held_by", Text, nullable=False),
    Column("held_until", DateTime(timezone=True)),
    Index("orders_open_idx", "order_id", postgresql_where=text("closed_by IS NULL")),
)

exceptions = Table(
    "exceptions",
    BOOKS,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("station", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("entry_id", _ENTRY, ForeignKey("entry_index.entry_id"), nullable=False),
    Column("code", Text, nullable=False),
    Column("suspended", Boolean, nullable=False),
    Column("other", Text, nullable=False, server_default=""),
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    UniqueConstraint("number", "suspended", name="exceptions_in_doubt"),
    Index("exceptions_station_idx", "station", "seq"),
)

branches = Table(
    "branches",
    BOOKS,
    Column("station", Text, ForeignKey("stations.station"), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("hash", LargeBinary, primary_key=True),
    Column("raw", LargeBinary, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

epochs = Table(
    "epochs",
    BOOKS,
    Column("station", Text, ForeignKey("stations.station"), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("from_seq", BigInteger, nullable=False),
    Column("clerk", Text, nullable=False),
    Column("approver", Text, nullable=False),
    Column("granted_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)

rewinds = Table(
    "rewinds",
    BOOKS,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("station", Text, ForeignKey("stations.station"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ordered_by", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("ordered_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Index("rewinds_station_idx", "station", "seq"),
)

outbox = Table(
    "outbox",
    BOOKS,
    Column("txid", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("entry_id", _ENTRY, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("station", "kind", "subject", "account_no")),
    *(Column(name, BigInteger, nullable=False) for name in ("seq", "fen", "litres")),
    *(Column(name, Text, nullable=False) for name in ("corrects", "verdict", "suspense")),
    Column("posted_at", DateTime(timezone=True), nullable=False),
)


def array_rows(table: Table, *names: str) -> TableValuedAlias:
    """Many rows at once, one array per column (UNNEST).

    Args:
        table: Whose columns they are like.
        *names: Columns; also the names of the statement's array parameters.
    """
    columns = [table.c[name] for name in names]
    arrays = [bindparam(c.name, type_=ARRAY(c.type)) for c in columns]
    rows = func.unnest(*arrays).table_valued(*(column(c.name, c.type) for c in columns))
    return rows.render_derived()


def insert_arrays(table: Table, *names: str) -> Insert:
    """An insert of the rows of arrays, in one statement; as `array_rows`."""
    return insert(table).from_select(list(names), select(*array_rows(table, *names).c))


def added_to(table: Table, *keys: str) -> Insert:
    """Adds `fen` to stored sums, making the rows that are missing; as `array_rows`."""
    rows = insert_arrays(table, *keys, "fen")
    return rows.on_conflict_do_update(
        index_elements=keys, set_={"fen": table.c.fen + rows.excluded.fen}
    )
