"""Works on a card are few: the cards that took the place of another are found at once."""

from __future__ import annotations

from alembic import op

revision = "r0019"
down_revision = "r0018"


def upgrade() -> None:
    """Add the index."""
    op.execute(
        "CREATE INDEX journal_works_idx ON journal (card_no)"
        " WHERE kind IN ('card_armed', 'card_given_up')"
    )
