"""Which card of a household was reported: one that took its place since is another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cardstation.store.seals import open_seals, seal_rows

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    open_seals(op.get_bind())
    generation = sa.Column("generation", sa.Integer(), nullable=False, server_default="0")
    op.add_column("blocked_card", generation)
    seal_rows(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")
