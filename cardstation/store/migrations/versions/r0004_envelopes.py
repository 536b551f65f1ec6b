"""Whether every card of a batch is loaded only after its envelope was scanned."""

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
    seal_rows(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")
