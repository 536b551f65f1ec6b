"""A feed may also be the clerks whom the centre sends to a station."""

from __future__ import annotations

from alembic import op

revision = "r0018"
down_revision = "r0017"

_KINDS = """
ALTER TABLE feeds DROP CONSTRAINT feeds_feed_check;
ALTER TABLE feeds ADD CONSTRAINT feeds_feed_check
    CHECK (feed = 'policy' OR feed LIKE 'directory/_%' OR feed LIKE 'clerks/_%');
"""


def upgrade() -> None:
    """Let such feeds be."""
    op.execute(_KINDS)
