"""What a funded line drew of which payment stands with it; nobody knows of the lines before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cardstation.store.seals import open_seals, seal_rows

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    open_seals(op.get_bind())
    drawn = sa.Column("drawn", sa.Text(), nullable=False, server_default="{}")
    op.add_column("funded_line", drawn)
    seal_rows(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")
