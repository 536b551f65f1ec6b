"""Reconciliation: files of channels and banks, what they explain, and days that are sealed."""

from __future__ import annotations

from alembic import op

revision = "r0007"
down_revision = "r0006"

_KINDS = """
ALTER TABLE proposals DROP CONSTRAINT proposals_kind_check;
ALTER TABLE proposals ADD CONSTRAINT proposals_kind_check CHECK (
    kind IN ('tariff', 'blacklist', 'station', 'clerk', 'explanation', 'order', 'file', 'audit'));
"""

# A file counts once another person than who took it has accepted it: a constraint, not code.
_FILES = """
CREATE TABLE taken_files (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('channel', 'bank')),
    source text NOT NULL CHECK (source <> ''),
    name text NOT NULL,
    digest bytea NOT NULL CHECK (digest = sha256(raw)),
    raw bytea NOT NULL,
    taken_by text NOT NULL REFERENCES people,
    taken_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT taken_files_once UNIQUE (kind, source, digest),
    CONSTRAINT taken_files_whose UNIQUE (number, taken_by)
);
CREATE TABLE accepted_files (
    file bigint PRIMARY KEY,
    taken_by text NOT NULL,
    accepted_by text NOT NULL REFERENCES people,
    accepted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    rows bigint NOT NULL,
    known bigint NOT NULL,
    FOREIGN KEY (file, taken_by) REFERENCES taken_files (number, taken_by),
    CONSTRAINT accepted_files_two_persons CHECK (accepted_by <> taken_by)
);
CREATE TABLE bad_rows (
    file bigint NOT NULL REFERENCES accepted_files,
    line bigint NOT NULL,
    code text NOT NULL,
    said text NOT NULL,
    PRIMARY KEY (file, line)
);
"""

_CHANNELS = """
CREATE TABLE channel_rows (
    channel text NOT NULL,
    ref text NOT NULL,
    file bigint NOT NULL REFERENCES accepted_files,
    line bigint NOT NULL,
    at timestamptz,
    card_no text NOT NULL,
    meter_no text NOT NULL,
    counter bigint,
    fen bigint NOT NULL,
    litres bigint NOT NULL,
    order_id text NOT NULL,
    PRIMARY KEY (channel, ref)
);
CREATE INDEX channel_rows_file_idx ON channel_rows (file);
CREATE TABLE off_book_loads (
    maker text NOT NULL,
    meter_no text NOT NULL,
    generation bigint NOT NULL,
    counter bigint NOT NULL,
    channel text NOT NULL,
    ref text NOT NULL,
    matched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (maker, meter_no, generation, counter),
    CONSTRAINT off_book_loads_row UNIQUE (channel, ref),
    FOREIGN KEY (channel, ref) REFERENCES channel_rows (channel, ref)
);
CREATE TABLE channel_orders (
    order_id text NOT NULL REFERENCES orders,
    what text NOT NULL CHECK (what IN ('paid', 'loaded')),
    channel text NOT NULL,
    ref text NOT NULL,
    differs text NOT NULL,
    loaded_by uuid REFERENCES journal,
    matched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (order_id, what),
    CONSTRAINT channel_orders_row UNIQUE (channel, ref),
    FOREIGN KEY (channel, ref) REFERENCES channel_rows (channel, ref)
);
"""

_BANK = """
CREATE TABLE bank_lines (
    account text NOT NULL,
    ref text NOT NULL,
    file bigint NOT NULL REFERENCES accepted_files,
    line bigint NOT NULL,
    at timestamptz NOT NULL,
    fen bigint NOT NULL CHECK (fen <> 0),
    payer text NOT NULL,
    remark text NOT NULL,
    PRIMARY KEY (account, ref)
);
CREATE INDEX bank_lines_file_idx ON bank_lines (file);
CREATE TABLE bank_matches (
    account text NOT NULL,
    ref text NOT NULL,
    entry_id uuid NOT NULL UNIQUE REFERENCES journal,
    matched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (account, ref),
    FOREIGN KEY (account, ref) REFERENCES bank_lines (account, ref)
);
"""

_AUDIT = """
CREATE TABLE cash_sums (
    entry_id uuid PRIMARY KEY REFERENCES journal,
    expected_fen bigint NOT NULL,
    said_fen bigint NOT NULL
);
CREATE TABLE audit_closings (
    item text PRIMARY KEY,
    fen bigint NOT NULL,
    words text NOT NULL CHECK (words <> ''),
    clerk text NOT NULL REFERENCES people,
    closed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    proposal bigint NOT NULL UNIQUE,
    kind text NOT NULL DEFAULT 'audit' CHECK (kind = 'audit'),
    verdict text NOT NULL DEFAULT 'approved' CHECK (verdict = 'approved'),
    FOREIGN KEY (proposal, kind, verdict) REFERENCES decisions (proposal, kind, verdict)
);
"""

_SEALS = """
CREATE TABLE day_seals (
    station text NOT NULL REFERENCES stations,
    day date NOT NULL,
    from_seq bigint NOT NULL,
    to_seq bigint NOT NULL CHECK (to_seq >= from_seq - 1),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    late bigint NOT NULL,
    heard boolean NOT NULL,
    sums text NOT NULL,
    before bytea NOT NULL CHECK (length(before) = 32),
    signature bytea NOT NULL CHECK (length(signature) = 64),
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (station, day)
);
CREATE TABLE after_seal (
    entry_id uuid PRIMARY KEY REFERENCES journal,
    station text NOT NULL,
    seq bigint NOT NULL,
    day date NOT NULL,
    sealed_with date NOT NULL,
    FOREIGN KEY (station, sealed_with) REFERENCES day_seals (station, day)
);
CREATE INDEX after_seal_day_idx ON after_seal (day);
CREATE TABLE day_runs (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day date NOT NULL,
    asked_by text NOT NULL,
    began_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ok boolean NOT NULL,
    report text NOT NULL
);
CREATE INDEX day_runs_day_idx ON day_runs (day, number);
CREATE INDEX journal_shifts_idx ON journal (station, seq)
    WHERE kind IN ('shift_opened', 'shift_closed');
"""

_GRANTS = """
GRANT SELECT, INSERT ON taken_files, accepted_files, bad_rows, channel_rows, off_book_loads,
    channel_orders, bank_lines, bank_matches, cash_sums, audit_closings, day_seals, after_seal,
    day_runs TO cardstation_service;
"""


def upgrade() -> None:
    """Add everything; the facts stay as they are."""
    for statements in (_KINDS, _FILES, _CHANNELS, _BANK, _AUDIT, _SEALS, _GRANTS):
        op.execute(statements)
