"""The tables of people at the centre; made and changed by `central/migrations`.

Acts, proposals, decisions and everything that follows from a decision are only ever added: the
service's role may not change them. Who decides is another person than who proposed, and what a
decision allows hangs on it by a foreign key: both are constraints of the database.
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


def _decided(kind: str) -> tuple[Column[str] | ForeignKeyConstraint, ...]:
    """The columns that tie a row to the decision that approved it."""
    return (
        Column("kind", Text, nullable=False, server_default=kind),
        Column("verdict", Text, nullable=False, server_default="approved"),
        ForeignKeyConstraint(
            ["proposal", "kind", "verdict"],
            ["decisions.proposal", "decisions.kind", "decisions.verdict"],
        ),
    )


people = Table(
    "people",
    BOOKS,
    Column("name", Text, primary_key=True),
    Column("display", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("made_at", _MOMENT, nullable=False, server_default=_NOW),
)

people_sessions = Table(
    "people_sessions",
    BOOKS,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("name", Text, ForeignKey("people.name"), nullable=False),
    Column("csrf", Text, nullable=False),
    Column("started_at", _MOMENT, nullable=False, server_default=_NOW),
    Column("seen_at", _MOMENT, nullable=False, server_default=_NOW),
    Column("ended_at", _MOMENT),
    Index("people_sessions_name_idx", "name", postgresql_where=text("ended_at IS NULL")),
)

acts = Table(
    "acts",
    BOOKS,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("at", _MOMENT, nullable=False, server_default=_NOW),
    Column("clerk", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("address", Text, nullable=False),
    Index("acts_failed_clerk_idx", "clerk", "at", postgresql_where=text("act = 'login_failed'")),
    Index(
        "acts_failed_address_idx", "address", "at", postgresql_where=text("act = 'login_failed'")
    ),
)

proposals = Table(
    "proposals",
    BOOKS,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_by", Text, ForeignKey("people.name"), nullable=False),
    Column("made_at", _MOMENT, nullable=False, server_default=_NOW),
    UniqueConstraint("number", "made_by", "kind", name="proposals_whose"),
)

decisions = Table(
    "decisions",
    BOOKS,
    Column("proposal", BigInteger, primary_key=True, autoincrement=False),
    Column("made_by", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("decided_by", Text, ForeignKey("people.name"), nullable=False),
    Column("words", Text, nullable=False),
    Column("decided_at", _MOMENT, nullable=False, server_default=_NOW),
    ForeignKeyConstraint(
        ["proposal", "made_by", "kind"],
        ["proposals.number", "proposals.made_by", "proposals.kind"],
    ),
    UniqueConstraint("proposal", "kind", "verdict", name="decisions_what"),
)

people_roles = Table(
    "people_roles",
    BOOKS,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("name", Text, ForeignKey("people.name"), nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("given_by", Text, nullable=False),
    Column("given_at", _MOMENT, nullable=False, server_default=_NOW),
    Column("proposal", BigInteger),
    *_decided("clerk"),
    Index("people_roles_name_idx", "name", "number"),
)

tariffs = Table(
    "tariffs",
    BOOKS,
    Column("version", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("effective", Date, nullable=False),
    Column("body", Text, nullable=False),
    Column("proposal", BigInteger, nullable=False, unique=True),
    *_decided("tariff"),
)

blacklist = Table(
    "blacklist",
    BOOKS,
    Column("proposal", BigInteger, primary_key=True, autoincrement=False),
    Column("card_no", Text, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", _MOMENT, nullable=False, server_default=_NOW),
    *_decided("blacklist"),
    Index("blacklist_card_idx", "card_no", "proposal"),
)

station_codes = Table(
    "station_codes",
    BOOKS,
    Column("code_hash", LargeBinary, primary_key=True),
    Column("station", Text, nullable=False),
    Column("valid_until", _MOMENT, nullable=False),
    Column("used_at", _MOMENT),
    Column("proposal", BigInteger, nullable=False, unique=True),
    *_decided("station"),
)

explanations = Table(
    "explanations",
    BOOKS,
    Column("exception", BigInteger, primary_key=True, autoincrement=False),
    Column("suspended", Boolean, nullable=False),
    Column("words", Text, nullable=False),
    Column("clerk", Text, ForeignKey("people.name"), nullable=False),
    Column("explained_at", _MOMENT, nullable=False, server_default=_NOW),
    Column("proposal", BigInteger),
    *_decided("explanation"),
    ForeignKeyConstraint(["exception", "suspended"], ["exceptions.number", "exceptions.suspended"]),
)

station_states = Table(
    "station_states",
    BOOKS,
    Column("station", Text, ForeignKey("stations.station"), primary_key=True),
    Column("version", Text, nullable=False),
    Column("unsent", BigInteger, nullable=False),
    Column("oldest_at", _MOMENT),
    Column("seen_at", _MOMENT, nullable=False, server_default=_NOW),
)

proofs = Table(
    "proofs",
    BOOKS,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("asked_by", Text, nullable=False),
    Column("began_at", _MOMENT, nullable=False),
    Column("ended_at", _MOMENT, nullable=False, server_default=_NOW),
    Column("entries", BigInteger, nullable=False),
    Column("wrong", ARRAY(Text), nullable=False),
)
