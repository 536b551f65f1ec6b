"""Cards of fitters: given out, brought back, lost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cardstation.store.seals import open_seals, seal_rows

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    open_seals(op.get_bind())
    op.create_table(
        "tool_fact",
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("tool_no", sa.Text(), nullable=False),
        sa.Column("frozen", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("no", name="pk_tool_fact"),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name="fk_tool_fact_seq_journal"),
        sa.UniqueConstraint("seq", name="uq_tool_fact_seq"),
    )
    op.create_index("ix_tool_fact_tool_no", "tool_fact", ["tool_no"])
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER keep_tool_fact_{verb.lower()} BEFORE {verb} ON tool_fact "
            "BEGIN SELECT RAISE(ABORT, 'tool_fact is append-only'); END"
        )
    seal_rows(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")
