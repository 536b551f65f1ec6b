"""What the utility's other systems read: an outbox of every fact, and views for reports."""

from __future__ import annotations

from alembic import op

revision = "r0010"
down_revision = "r0009"

# Numbers are given out before a commit, so a reader that goes by them alone skips what commits
# late. Rows carry the number of their transaction: `central/outbox.py` says how they are read.
_OUTBOX = """
CREATE TABLE outbox (
    txid bigint NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    entry_id uuid NOT NULL,
    station text NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    account_no text NOT NULL,
    fen bigint NOT NULL,
    litres bigint NOT NULL,
    corrects text NOT NULL,
    verdict text NOT NULL,
    suspense text NOT NULL,
    posted_at timestamptz NOT NULL,
    PRIMARY KEY (txid, number)
);
"""

# One statement per batch, in the transaction of the postings; nobody else may write here, and no
# code of the ledger can forget to.
_FILLED = """
CREATE FUNCTION journal_to_outbox() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    mine bigint := pg_current_xact_id()::text::bigint;
BEGIN
    INSERT INTO outbox (txid, entry_id, station, seq, kind, subject, account_no, fen, litres,
        corrects, verdict, suspense, posted_at)
    SELECT mine, entry_id, station, seq, kind, subject, account_no, fen, litres,
        corrects, verdict, suspense, posted_at
    FROM added ORDER BY station, seq;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION journal_to_outbox() FROM PUBLIC;
INSERT INTO outbox (txid, entry_id, station, seq, kind, subject, account_no, fen, litres,
    corrects, verdict, suspense, posted_at)
SELECT pg_current_xact_id()::text::bigint, entry_id, station, seq, kind, subject, account_no, fen,
    litres, corrects, verdict, suspense, posted_at
FROM journal ORDER BY posted_at, station, seq;
CREATE TRIGGER journal_to_outbox AFTER INSERT ON journal
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION journal_to_outbox();
"""

_ROLES = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'cardstation_reporting') THEN
        CREATE ROLE cardstation_reporting NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'cardstation_outbox') THEN
        CREATE ROLE cardstation_outbox NOLOGIN;
    END IF;
END $$;
GRANT SELECT ON outbox TO cardstation_service, cardstation_outbox;
GRANT SELECT ON postings TO cardstation_outbox;
GRANT USAGE ON SCHEMA public TO cardstation_outbox;
"""

# No household, card, meter, person, key or text that somebody typed: where, when, what, how much.
_VIEWS = """
CREATE SCHEMA reporting;
CREATE VIEW reporting.entries AS
    SELECT station, seq, kind, posted_at, fen, litres, verdict, suspense FROM journal;
CREATE VIEW reporting.legs AS
    SELECT journal.station, journal.seq, journal.kind, journal.posted_at,
        split_part(postings.account, ':', 1) AS account_class, postings.fen
    FROM postings JOIN journal USING (entry_id);
CREATE VIEW reporting.days AS
    SELECT (posted_at AT TIME ZONE 'Asia/Shanghai')::date AS day, station, kind,
        count(*) AS entries, sum(fen)::bigint AS fen, sum(litres)::bigint AS litres,
        count(*) FILTER (WHERE verdict <> '') AS questioned
    FROM journal GROUP BY 1, 2, 3;
CREATE VIEW reporting.class_totals AS
    SELECT station, account_class, fen FROM class_totals;
CREATE VIEW reporting.stations AS
    SELECT stations.station, status, epoch, last_seq, enrolled_at, version, unsent, oldest_at,
        seen_at
    FROM stations LEFT JOIN station_states USING (station);
CREATE VIEW reporting.questions AS
    SELECT number, station, seq, code, exceptions.suspended, opened_at, explained_at
    FROM exceptions LEFT JOIN explanations ON explanations.exception = exceptions.number;
CREATE VIEW reporting.day_seals AS
    SELECT station, day, from_seq, to_seq, late, heard, sealed_at FROM day_seals;
CREATE VIEW reporting.day_runs AS
    SELECT number, day, began_at, ended_at, ok FROM day_runs;
GRANT USAGE ON SCHEMA reporting TO cardstation_reporting;
GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO cardstation_reporting;
"""


def upgrade() -> None:
    """Add everything; what was posted before is in the outbox too, in the order it came."""
    for statements in (_OUTBOX, _FILLED, _ROLES, _VIEWS):
        op.execute(statements)
