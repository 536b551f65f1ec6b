"""What stations tell for the board beside the facts: open cases of bags, and gas left."""

from __future__ import annotations

from alembic import op

revision = "r0014"
down_revision = "r0013"

_TABLES = """
CREATE TABLE open_cases (
    station text NOT NULL REFERENCES stations,
    batch text NOT NULL,
    number bigint NOT NULL CHECK (number >= 0),
    PRIMARY KEY (station, batch)
);
CREATE TABLE gas_left (
    account_no text PRIMARY KEY,
    station text NOT NULL REFERENCES stations,
    card_no text NOT NULL,
    counter bigint NOT NULL,
    out_at timestamptz,
    read_at timestamptz NOT NULL,
    team text NOT NULL,
    zone text NOT NULL
);
CREATE INDEX gas_left_team_idx ON gas_left (team, zone);
CREATE INDEX gas_left_station_idx ON gas_left (station, read_at);
CREATE TABLE boards_heard (
    station text PRIMARY KEY REFERENCES stations,
    until timestamptz,
    heard_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""

_GRANTS = """
GRANT SELECT, INSERT, DELETE ON open_cases TO cardstation_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON gas_left TO cardstation_service;
GRANT SELECT, INSERT, UPDATE ON boards_heard TO cardstation_service;
"""


def upgrade() -> None:
    """Add the tables; the facts stay as they are."""
    op.execute(_TABLES)
    op.execute(_GRANTS)
