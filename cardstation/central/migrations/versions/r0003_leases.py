"""Orders have an age, and a holder for a while: who may load one, also without a network."""

from __future__ import annotations

from alembic import op

revision = "r0003"
down_revision = "r0002"

# What an order was sold with stays in `leased_to`; who holds it now stands beside it.
LEASES = """
ALTER TABLE orders
    ADD COLUMN paid_at timestamptz,
    ADD COLUMN held_by text,
    ADD COLUMN held_until timestamptz;
UPDATE orders SET held_by = leased_to, paid_at = journal.posted_at
    FROM journal WHERE journal.entry_id = orders.entry_id;
ALTER TABLE orders
    ALTER COLUMN paid_at SET NOT NULL,
    ALTER COLUMN held_by SET NOT NULL;
GRANT UPDATE (held_by, held_until) ON orders TO cardstation_service;
"""


def upgrade() -> None:
    """Add the columns; the facts stay as they are."""
    op.execute(LEASES)
