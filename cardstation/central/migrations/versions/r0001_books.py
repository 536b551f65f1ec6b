"""The first books: stations, journal, postings, balances, live loads, orders, exceptions."""

from __future__ import annotations

from alembic import op

revision = "r0001"
down_revision = None

_TABLES = """
CREATE TABLE stations (
    station text PRIMARY KEY,
    epoch bigint NOT NULL,
    public_key bytea NOT NULL,
    status text NOT NULL CHECK (status IN ('active', 'suspended', 'revoked', 'centre')),
    last_seq bigint NOT NULL,
    last_hash bytea NOT NULL CHECK (length(last_hash) = 32),
    nonce text NOT NULL,
    enrolled_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE journal (
    entry_id uuid PRIMARY KEY,
    station text NOT NULL REFERENCES stations,
    epoch bigint NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    raw bytea NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    account_no text NOT NULL,
    maker text NOT NULL,
    card_no text NOT NULL,
    meter_no text NOT NULL,
    generation bigint NOT NULL,
    counter_before bigint NOT NULL,
    counter_after bigint NOT NULL,
    fen bigint NOT NULL,
    litres bigint NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT journal_station_epoch_seq_key UNIQUE (station, epoch, seq),
    CHECK (sha256(raw) = hash)
);
CREATE INDEX journal_card_no_idx ON journal (card_no) WHERE card_no <> '';
CREATE TABLE postings (
    entry_id uuid NOT NULL REFERENCES journal,
    account text NOT NULL,
    fen bigint NOT NULL CHECK (fen <> 0),
    PRIMARY KEY (entry_id, account)
);
CREATE INDEX postings_account_idx ON postings (account);
CREATE TABLE balances (
    account text NOT NULL,
    station text NOT NULL,
    fen bigint NOT NULL,
    PRIMARY KEY (account, station)
);
CREATE TABLE class_totals (
    station text NOT NULL,
    account_class text NOT NULL,
    fen bigint NOT NULL,
    PRIMARY KEY (station, account_class)
);
CREATE TABLE card_load (
    maker text NOT NULL,
    meter_no text NOT NULL,
    generation bigint NOT NULL,
    counter bigint NOT NULL,
    load_no bigint NOT NULL,
    cause text NOT NULL,
    entry_id uuid NOT NULL REFERENCES journal,
    freed_by uuid REFERENCES journal,
    PRIMARY KEY (maker, meter_no, generation, counter, load_no)
);
CREATE UNIQUE INDEX card_load_live_sale ON card_load (maker, meter_no, generation, counter)
    WHERE freed_by IS NULL AND cause = 'sale';
CREATE TABLE orders (
    order_id text PRIMARY KEY,
    account_no text NOT NULL,
    fen bigint NOT NULL,
    litres bigint NOT NULL,
    tariff text NOT NULL,
    expected_counter bigint NOT NULL,
    leased_to text NOT NULL,
    entry_id uuid NOT NULL REFERENCES journal,
    claimed_station text,
    claimed_subject text,
    closed_by uuid REFERENCES journal
);
CREATE INDEX orders_open_idx ON orders (order_id) WHERE closed_by IS NULL;
CREATE TABLE exceptions (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    station text NOT NULL,
    epoch bigint NOT NULL,
    seq bigint NOT NULL,
    entry_id uuid NOT NULL REFERENCES journal,
    code text NOT NULL,
    suspended boolean NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX exceptions_station_idx ON exceptions (station, epoch, seq);
CREATE TABLE branches (
    station text NOT NULL REFERENCES stations,
    epoch bigint NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    raw bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (station, epoch, seq, hash)
);
"""

# Looked at when the transaction commits, so the legs may arrive in any order and statement.
_ZERO_SUM = """
CREATE FUNCTION entry_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(fen) FROM postings WHERE entry_id = NEW.entry_id) <> 0 THEN
        RAISE EXCEPTION 'legs of entry % do not sum to zero', NEW.entry_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'postings_sum_to_zero';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER postings_sum_to_zero AFTER INSERT OR UPDATE ON postings
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_sums_to_zero();
"""

# The centre's own chain: facts that no station said, such as orders paid online.
_CENTRE = """
INSERT INTO stations (station, epoch, public_key, status, last_seq, last_hash, nonce)
    VALUES ('centre', 1, '', 'centre', 0, decode(repeat('00', 32), 'hex'), '');
"""

_GRANTS = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'cardstation_service') THEN
        CREATE ROLE cardstation_service NOLOGIN;
    END IF;
END $$;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO cardstation_service;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO cardstation_service;
GRANT UPDATE (epoch, status, public_key, last_seq, last_hash, nonce) ON stations
    TO cardstation_service;
GRANT UPDATE (fen) ON balances, class_totals TO cardstation_service;
GRANT UPDATE (freed_by) ON card_load TO cardstation_service;
GRANT UPDATE (claimed_station, claimed_subject, closed_by) ON orders TO cardstation_service;
REVOKE INSERT ON alembic_version FROM cardstation_service;
"""


def upgrade() -> None:
    """Make everything."""
    for statements in (_TABLES, _ZERO_SUM, _CENTRE, _GRANTS):
        op.execute(statements)
