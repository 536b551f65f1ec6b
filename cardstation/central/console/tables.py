"""The tables of people at the centre; made and changed by `central/migrations`.

Acts, proposals, decisions and everything that follows from a decision are only ever added: the
service's role may not change them. Who decides is another person than who proposed, and what a
decision allows hangs on it by a foreign key: both are constraints of the database.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    ARRAY,
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
    text,
)

from cardstation.central.tables import BOOKS

COMMAND_LINE = "command line"
"""In place of a person's name: who may run programs on the ledger's machine."""

_NOW = text("clock_timestamp()")
_MOMENT = DateTime(timezone=True)


def _number() -> Column[int]:
    return Column("number", BigInteger, Identity(always=True), primary_key=True)


def _texts(*names: str) -> tuple[Column[str], ...]:
    return tuple(Column(name, Text, nullable=False) for name in names)


def _person(name: str) -> Column[str]:
    return Column(name, Text, ForeignKey("people.name"), nullable=False)


def _when(name: str) -> Column[datetime]:
    """The moment at which a row is added."""
    return Column(name, _MOMENT, nullable=False, server_default=_NOW)


def decided_columns(kind: str) -> tuple[Column[str] | ForeignKeyConstraint, ...]:
    """The columns that tie a row to the decision that approved it."""
    return (
        Column("kind", Text, nullable=False, server_default=kind),
        Column("verdict", Text, nullable=False, server_default="approved"),
        ForeignKeyConstraint(
            ["proposal", "kind", "verdict"],
            ["decisions.proposal", "decisions.kind", "decisions.verdict"],
        ),
    )


def _about(table: str, column: str) -> ForeignKeyConstraint:
    """What a row is about is what was proposed."""
    targets = ["proposals.number", "proposals.subject"]
    return ForeignKeyConstraint(["proposal", column], targets, name=f"{table}_about")


people = Table(
    "people",
    BOOKS,
    Column("name", Text, primary_key=True),
    *_texts("display", "secret_hash"),
    Column("must_change", Boolean, nullable=False),
    _when("made_at"),
)

people_sessions = Table(
    "people_sessions",
    BOOKS,
    Column("token_hash", LargeBinary, primary_key=True),
    _person("name"),
    *_texts("csrf"),
    _when("started_at"),
    _when("seen_at"),
    Column("ended_at", _MOMENT),
    Index("people_sessions_name_idx", "name", postgresql_where=text("ended_at IS NULL")),
)

acts = Table(
    "acts",
    BOOKS,
    _number(),
    _when("at"),
    *_texts("clerk", "act", "subject", "detail", "address"),
    Index("acts_failed_clerk_idx", "clerk", "at", postgresql_where=text("act = 'login_failed'")),
    Index(
        "acts_failed_address_idx", "address", "at", postgresql_where=text("act = 'login_failed'")
    ),
)

proposals = Table(
    "proposals",
    BOOKS,
    _number(),
    *_texts("kind", "subject", "body", "reason"),
    _person("made_by"),
    _when("made_at"),
    UniqueConstraint("number", "made_by", "kind", name="proposals_whose"),
    UniqueConstraint("number", "subject", name="proposals_about"),
)

decisions = Table(
    "decisions",
    BOOKS,
    Column("proposal", BigInteger, primary_key=True, autoincrement=False),
    *_texts("made_by", "kind", "verdict"),
    _person("decided_by"),
    *_texts("words"),
    _when("decided_at"),
    ForeignKeyConstraint(
        ["proposal", "made_by", "kind"],
        ["proposals.number", "proposals.made_by", "proposals.kind"],
    ),
    UniqueConstraint("proposal", "kind", "verdict", name="decisions_what"),
)

people_roles = Table(
    "people_roles",
    BOOKS,
    _number(),
    _person("name"),
    Column("roles", ARRAY(Text), nullable=False),
    *_texts("given_by"),
    _when("given_at"),
    Column("proposal", BigInteger, unique=True),
    *decided_columns("clerk"),
    _about("people_roles", "name"),
    Index("people_roles_name_idx", "name", "number"),
)

tariffs = Table(
    "tariffs",
    BOOKS,
    Column("version", Text, primary_key=True),
    *_texts("code"),
    Column("effective", Date, nullable=False),
    *_texts("body"),
    Column("proposal", BigInteger, nullable=False, unique=True),
    *decided_columns("tariff"),
)

blacklist = Table(
    "blacklist",
    BOOKS,
    Column("proposal", BigInteger, primary_key=True, autoincrement=False),
    *_texts("card_no"),
    Column("listed", Boolean, nullable=False),
    *_texts("reason"),
    _when("at"),
    *decided_columns("blacklist"),
    _about("blacklist", "card_no"),
    Index("blacklist_card_idx", "card_no", "proposal"),
)

station_codes = Table(
    "station_codes",
    BOOKS,
    Column("code_hash", LargeBinary, primary_key=True),
    *_texts("station"),
    Column("valid_until", _MOMENT, nullable=False),
    Column("used_at", _MOMENT),
    Column("proposal", BigInteger, nullable=False, unique=True),
    *decided_columns("station"),
    _about("station_codes", "station"),
)

explanations = Table(
    "explanations",
    BOOKS,
    Column("exception", BigInteger, primary_key=True, autoincrement=False),
    Column("suspended", Boolean, nullable=False),
    *_texts("words"),
    _person("clerk"),
    _when("explained_at"),
    Column("proposal", BigInteger),
    *decided_columns("explanation"),
    ForeignKeyConstraint(["exception", "suspended"], ["exceptions.number", "exceptions.suspended"]),
)

station_states = Table(
    "station_states",
    BOOKS,
    Column("station", Text, ForeignKey("stations.station"), primary_key=True),
    *_texts("version"),
    Column("unsent", BigInteger, nullable=False),
    Column("oldest_at", _MOMENT),
    _when("seen_at"),
)

proofs = Table(
    "proofs",
    BOOKS,
    _number(),
    *_texts("asked_by"),
    Column("began_at", _MOMENT, nullable=False),
    _when("ended_at"),
    Column("entries", BigInteger, nullable=False),
    Column("wrong", ARRAY(Text), nullable=False),
)
