"""Epochs, rewinds, verdicts beside the facts; a load is sealed once and taken back once."""

from __future__ import annotations

from alembic import op

revision = "r0002"
down_revision = "r0001"

_COLUMNS = """
ALTER TABLE stations
    ADD COLUMN last_epoch bigint NOT NULL DEFAULT 1,
    ADD COLUMN epoch_from bigint NOT NULL DEFAULT 0;
UPDATE stations SET last_epoch = epoch;
ALTER TABLE journal
    ADD COLUMN corrects text NOT NULL DEFAULT '',
    ADD COLUMN verdict text NOT NULL DEFAULT '',
    ADD COLUMN suspense text NOT NULL DEFAULT '',
    DROP CONSTRAINT journal_station_epoch_seq_key,
    ADD CONSTRAINT journal_station_seq_key UNIQUE (station, seq);
ALTER TABLE exceptions ADD COLUMN other text NOT NULL DEFAULT '';
DROP INDEX exceptions_station_idx;
CREATE INDEX exceptions_station_idx ON exceptions (station, seq);
"""

# What the first version judged is written down beside the facts.
_VERDICTS = """
UPDATE journal SET verdict = exceptions.code,
        suspense = CASE WHEN exceptions.suspended THEN exceptions.code ELSE '' END
    FROM exceptions WHERE exceptions.entry_id = journal.entry_id;
"""

# A sequence number is used once in all epochs: a station that was restored goes on counting.
_INDEXES = """
CREATE UNIQUE INDEX journal_sealed_once ON journal (subject)
    WHERE kind = 'sealed' AND verdict <> 'sealed_before';
CREATE UNIQUE INDEX journal_undone_once ON journal (corrects)
    WHERE kind IN ('returned', 'not_loaded') AND corrects <> ''
    AND verdict <> 'return_without_load';
"""

_TABLES = """
CREATE TABLE epochs (
    station text NOT NULL REFERENCES stations,
    epoch bigint NOT NULL,
    from_seq bigint NOT NULL,
    clerk text NOT NULL,
    approver text NOT NULL CHECK (approver <> clerk),
    granted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (station, epoch)
);
CREATE TABLE rewinds (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    station text NOT NULL REFERENCES stations,
    seq bigint NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    reason text NOT NULL,
    ordered_by text NOT NULL,
    approved_by text NOT NULL CHECK (approved_by <> ordered_by),
    signature bytea NOT NULL,
    ordered_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX rewinds_station_idx ON rewinds (station, seq);
"""

_GRANTS = """
GRANT SELECT, INSERT ON epochs, rewinds TO cardstation_service;
GRANT UPDATE (last_epoch, epoch_from) ON stations TO cardstation_service;
"""


def upgrade() -> None:
    """Add everything; the facts stay as they are."""
    for statements in (_COLUMNS, _VERDICTS, _INDEXES, _TABLES, _GRANTS):
        op.execute(statements)
