"""The tables of invoices; made and changed by `central/migrations`.

All of them are only ever added to; of a request only the answers it got are written, each once.
That no load has two open requests, that each ends by a refusal or a red letter, and that a red
letter follows an invoice are constraints of the database.
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

from cardstation.central.tables import BOOKS, card_load

_NOW = text("clock_timestamp()")
_MOMENT = DateTime(timezone=True)


def _number() -> Column[int]:
    return Column("number", BigInteger, Identity(always=True), primary_key=True)


def _texts(*names: str) -> tuple[Column[str], ...]:
    return tuple(Column(name, Text, nullable=False) for name in names)


def _person(name: str) -> Column[str]:
    return Column(name, Text, ForeignKey("people.name"), nullable=False)


invoice_titles = Table(
    "invoice_titles",
    BOOKS,
    _number(),
    *_texts("account_no", "title", "tax_no"),
    _person("said_by"),
    Column("said_at", _MOMENT, nullable=False, server_default=_NOW),
    Index("invoice_titles_account_idx", "account_no", "number"),
)

invoice_files = Table(
    "invoice_files",
    BOOKS,
    _number(),
    *_texts("way", "name"),
    Column("digest", LargeBinary, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("rows", BigInteger, nullable=False),
    _person("kept_by"),
    Column("kept_at", _MOMENT, nullable=False, server_default=_NOW),
    UniqueConstraint("way", "digest", name="invoice_files_once"),
)

invoices = Table(
    "invoices",
    BOOKS,
    _number(),
    *_texts("kind"),
    Column("entry_id", Uuid(as_uuid=False), ForeignKey("entry_index.entry_id"), nullable=False),
    *_texts("receipt_no", "request", "account_no"),
    Column("fen", BigInteger, nullable=False),
    *_texts("title", "tax_no"),
    _person("asked_by"),
    Column("asked_at", _MOMENT, nullable=False, server_default=_NOW),
    Column("issued_by", BigInteger),
    Column("closed_by", BigInteger),
    Column("opens", Boolean, nullable=False, server_default=text("false")),
    Column("closes", Boolean, nullable=False, server_default=text("true")),
    ForeignKeyConstraint(
        ["issued_by", "number", "opens"],
        ["invoice_answers.number", "invoice_answers.invoice", "invoice_answers.closes"],
        name="invoices_issued_by",
        use_alter=True,
    ),
    ForeignKeyConstraint(
        ["closed_by", "number", "closes"],
        ["invoice_answers.number", "invoice_answers.invoice", "invoice_answers.closes"],
        name="invoices_closed_by",
        use_alter=True,
    ),
    UniqueConstraint("request", name="invoices_request"),
    Index("invoices_one_open", "entry_id", unique=True, postgresql_where=text("closed_by IS NULL")),
    Index("invoices_account_idx", "account_no"),
    Index("invoices_receipt_idx", "receipt_no"),
    Index("invoices_asked_idx", "asked_at", postgresql_using="brin"),
    Index(
        "invoices_silent_idx",
        "asked_at",
        postgresql_where=text("issued_by IS NULL AND closed_by IS NULL"),
    ),
)

invoice_answers = Table(
    "invoice_answers",
    BOOKS,
    _number(),
    Column("invoice", BigInteger, ForeignKey("invoices.number"), nullable=False),
    *_texts("what"),
    Column("follows", Text),
    Column("closes", Boolean, nullable=False),
    *_texts("code", "no"),
    Column("day", Date),
    Column("fen", BigInteger, nullable=False),
    *_texts("reason"),
    Column("file", BigInteger, ForeignKey("invoice_files.number")),
    Column("line", BigInteger, nullable=False),
    Column("told_at", _MOMENT, nullable=False, server_default=_NOW),
    UniqueConstraint("invoice", "what", name="invoice_answers_once"),
    UniqueConstraint("number", "invoice", "closes", name="invoice_answers_closing"),
    ForeignKeyConstraint(
        ["invoice", "follows"],
        ["invoice_answers.invoice", "invoice_answers.what"],
        name="invoice_answers_red_follows_blue",
    ),
    Index("invoice_answers_number", "code", "no", unique=True, postgresql_where=text("no <> ''")),
    Index(
        "invoice_answers_first",
        "invoice",
        unique=True,
        postgresql_where=text("what <> 'red_letter'"),
    ),
)

Index(
    "card_load_freed_idx",
    text("(entry_id::text)"),
    postgresql_where=text("freed_by IS NOT NULL"),
    _table=card_load,
)
