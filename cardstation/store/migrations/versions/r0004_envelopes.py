"""Whether a batch's cards wait for the scan of their envelope; notes of pay-outs begun."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cardstation.store.seals import open_seals, seal_rows

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    open_seals(op.get_bind())
    op.add_column(
        "batches", sa.Column("scan_envelopes", sa.Integer(), nullable=False, server_default="0")
    )
    _payouts()
    seal_rows(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")


def _payouts() -> None:
    op.create_table(
        "payout_begun",
        sa.Column("no", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("subject", "batch_id")),
        sa.Column("money", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("clerk", "approver", "at")),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("no", name="pk_payout_begun"),
    )
    op.create_index("ix_payout_begun_subject", "payout_begun", ["subject"])
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER keep_payout_begun_{verb.lower()} BEFORE {verb} ON payout_begun "
            "BEGIN SELECT RAISE(ABORT, 'payout_begun is append-only'); END"
        )
