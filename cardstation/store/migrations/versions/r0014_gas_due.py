"""Gas due: granted, withdrawn, and drawn by as many loads as it takes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cardstation.store.seals import open_seals, seal_rows

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_LIVE_ORDER = "tender = 'order' AND direction = 'sale' AND state NOT IN ('voided', 'refunded')"


def upgrade() -> None:
    open_seals(op.get_bind())
    op.create_table(
        "gas_due",
        sa.Column("due_id", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column("account_no", sa.Text(), nullable=False),
        sa.Column("frozen", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("due_id", "withdrawn", name="pk_gas_due"),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name="fk_gas_due_seq_journal"),
        sa.UniqueConstraint("seq", name="uq_gas_due_seq"),
    )
    op.create_index("ix_gas_due_account_no", "gas_due", ["account_no"])
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER keep_gas_due_{verb.lower()} BEFORE {verb} ON gas_due "
            "BEGIN SELECT RAISE(ABORT, 'gas_due is append-only'); END"
        )
    op.drop_index("one_live_load_per_order", "topup")
    op.create_index(
        "one_live_load_per_order",
        "topup",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text(_LIVE_ORDER),
    )
    seal_rows(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")
