"""Until when a relief holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cardstation.store.seals import open_seals, seal_rows

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    open_seals(op.get_bind())
    op.add_column("households", sa.Column("relief_until", sa.Text()))
    seal_rows(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")
