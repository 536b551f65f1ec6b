"""Arrears collected from a household are found by its account: a second desk's is named."""

from __future__ import annotations

from alembic import op

revision = "r0004"
down_revision = "r0003"


def upgrade() -> None:
    """Add the index; the facts stay as they are."""
    op.execute(
        "CREATE INDEX journal_arrears_idx ON journal (account_no) WHERE kind = 'arrears_paid'"
    )
