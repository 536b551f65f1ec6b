"""A load that one desk took for sealed by mistake may still be sealed by the desk it is of."""

from __future__ import annotations

from alembic import op

revision = "r0012"
down_revision = "r0011"

_ONCE = """
DROP INDEX journal_sealed_once;
CREATE UNIQUE INDEX journal_sealed_once ON journal (subject)
    WHERE kind = 'sealed' AND verdict <> 'sealed_before' AND verdict <> 'false_seal';
"""


def upgrade() -> None:
    """Make the index anew; the facts stay as they are."""
    op.execute(_ONCE)
