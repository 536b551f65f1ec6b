"""Sums by day: revenue, and every other class of account, by the desk's day and by posting."""

from __future__ import annotations

from alembic import op

from cardstation.central.days import recount

revision = "r0015"
down_revision = "r0014"

_TABLE = """
CREATE TABLE day_totals (
    day date NOT NULL,
    posted_on date NOT NULL,
    station text NOT NULL,
    account_class text NOT NULL,
    fen bigint NOT NULL,
    PRIMARY KEY (day, posted_on, station, account_class)
);
CREATE INDEX day_totals_posted_idx ON day_totals (posted_on);
GRANT SELECT, INSERT ON day_totals TO cardstation_service;
GRANT UPDATE (fen) ON day_totals TO cardstation_service;
CREATE VIEW reporting.day_totals AS
    SELECT day, posted_on, station, account_class, fen FROM day_totals;
GRANT SELECT ON reporting.day_totals TO cardstation_reporting;
"""


def upgrade() -> None:
    """Add the sums, and reckon them from what was posted before."""
    op.execute(_TABLE)
    recount(op.get_bind())
