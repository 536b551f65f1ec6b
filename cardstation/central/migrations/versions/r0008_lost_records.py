"""A station's epochs are found at once: what it held when it lost records stays in doubt."""

from __future__ import annotations

from alembic import op

revision = "r0008"
down_revision = "r0007"


def upgrade() -> None:
    """Add the index; the facts stay as they are."""
    op.execute("CREATE INDEX journal_epoch_idx ON journal (station) WHERE kind = 'epoch'")
