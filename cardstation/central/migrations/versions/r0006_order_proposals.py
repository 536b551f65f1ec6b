"""A paid order is withdrawn in the console too: proposed by one person, decided by another."""

from __future__ import annotations

from alembic import op

revision = "r0006"
down_revision = "r0005"

_KINDS = """
ALTER TABLE proposals DROP CONSTRAINT proposals_kind_check;
ALTER TABLE proposals ADD CONSTRAINT proposals_kind_check CHECK (
    kind IN ('tariff', 'blacklist', 'station', 'clerk', 'explanation', 'order'));
"""


def upgrade() -> None:
    """Allow the new kind; what was proposed stays as it is."""
    op.execute(_KINDS)
