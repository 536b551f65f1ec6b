"""When each chain was last proved from its first entry: of large books not all are every night."""

from __future__ import annotations

from alembic import op

revision = "r0020"
down_revision = "r0019"

_PROVED = """
CREATE TABLE whole_proofs (
    station text PRIMARY KEY REFERENCES stations,
    proved_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT ON whole_proofs TO cardstation_service;
GRANT UPDATE (proved_at) ON whole_proofs TO cardstation_service;
"""


def upgrade() -> None:
    """Add the table."""
    op.execute(_PROVED)
