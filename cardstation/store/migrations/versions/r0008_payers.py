"""Who paid stands with each payment for a batch: what is left goes back to that person only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cardstation.store.seals import open_seals, seal_rows

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    open_seals(op.get_bind())
    for table in ("payment", "payment_log"):
        op.add_column(table, sa.Column("payer", sa.Text(), nullable=False, server_default=""))
    seal_rows(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")
