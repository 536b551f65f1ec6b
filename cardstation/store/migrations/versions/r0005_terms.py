"""A ledger that lost entries judges them anew: what it said before belongs to an older term."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cardstation.store.seals import open_seals, seal_rows

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    open_seals(op.get_bind())
    term = sa.Column("term", sa.Integer(), nullable=False, server_default="0")
    op.add_column("ledger_ack", term)
    op.create_index("ix_ledger_ack_term", "ledger_ack", ["term", "acked_seq"])
    _exceptions()
    seal_rows(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")


def _exceptions() -> None:
    """The key of a table cannot be changed: it is made again with its rows."""
    op.rename_table("ledger_exception", "older_exception")
    op.create_table(
        "ledger_exception",
        *(sa.Column(name, kind, nullable=False) for name, kind in _KEY),
        sa.Column("term", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("seq", "code", "term", name=op.f("pk_ledger_exception")),
    )
    op.execute(
        "INSERT INTO ledger_exception (seq, code, at, other) "
        "SELECT seq, code, at, other FROM older_exception"
    )
    op.drop_table("older_exception")
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER keep_ledger_exception_{verb.lower()} BEFORE {verb} "
            "ON ledger_exception "
            "BEGIN SELECT RAISE(ABORT, 'ledger_exception is append-only'); END"
        )


_KEY = (("seq", sa.Integer()), ("code", sa.Text()))
