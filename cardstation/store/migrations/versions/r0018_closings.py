"""Accounts as they were closed, with what was paid out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cardstation.store.seals import open_seals, seal_rows

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    open_seals(op.get_bind())
    op.create_table(
        "closing",
        sa.Column("change_id", sa.Text(), nullable=False),
        sa.Column("account_no", sa.Text(), nullable=False),
        sa.Column("frozen", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("change_id", name="pk_closing"),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name="fk_closing_seq_journal"),
        sa.UniqueConstraint("seq", name="uq_closing_seq"),
    )
    op.create_index("ix_closing_account_no", "closing", ["account_no"])
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER keep_closing_{verb.lower()} BEFORE {verb} ON closing "
            "BEGIN SELECT RAISE(ABORT, 'closing is append-only'); END"
        )
    seal_rows(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")
