"""The journal lies in months; what may be there once is said by an index table over all of them.

PostgreSQL keeps a unique index per partition, so only one that contains the key of the partition
holds over all. The key is the entry's id: its first 48 bits are the station's milliseconds (UUIDv7,
RFC 9562 5.7). Everything else that must be unique over all months, and every foreign key, hangs on
`entry_index`, which is not partitioned and which the database fills itself.
"""

from __future__ import annotations

from alembic import op

revision = "r0017"
down_revision = "r0016"

_TABLES = """
ALTER TABLE journal RENAME TO journal_before;
CREATE TABLE entry_index (
    entry_id uuid NOT NULL,
    station text NOT NULL,
    seq bigint NOT NULL,
    sealed text,
    undone text
);
CREATE TABLE journal (LIKE journal_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
    PARTITION BY RANGE (entry_id);
CREATE TABLE journal_default PARTITION OF journal DEFAULT;
"""

# The owner's right is lent for one thing: to make the partition of one month. Who reads or writes
# an entry without a month meanwhile is waited for, but not long: the next night tries again.
_MONTHS = """
CREATE FUNCTION first_id_of(month date) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM month::timestamp AT TIME ZONE 'Asia/Shanghai')
        * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;
CREATE FUNCTION make_month(day date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public SET lock_timeout = '3s' AS $$
DECLARE
    month date := date_trunc('month', day);
    name text := 'journal_' || to_char(month, 'YYYY_MM');
    low uuid := public.first_id_of(month);
    high uuid := public.first_id_of((month + interval '1 month')::date);
BEGIN
    IF to_regclass('public.' || name) IS NOT NULL
        OR month < '2020-01-01' OR month > now() + interval '1 year' THEN
        RETURN false;
    END IF;
    LOCK TABLE public.journal IN SHARE UPDATE EXCLUSIVE MODE;
    IF to_regclass('public.' || name) IS NOT NULL THEN
        RETURN false;
    END IF;
    LOCK TABLE public.journal_default IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE public.%I'
        ' (LIKE public.journal INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('WITH moved AS (DELETE FROM public.journal_default'
        ' WHERE entry_id >= $1 AND entry_id < $2 RETURNING *)'
        ' INSERT INTO public.%I SELECT * FROM moved', name) USING low, high;
    EXECUTE format('ALTER TABLE public.journal ATTACH PARTITION public.%I'
        ' FOR VALUES FROM (%L) TO (%L)', name, low, high);
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END $$;
REVOKE EXECUTE ON FUNCTION make_month(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_month(date) TO cardstation_service;
"""

_MOVED = """
SELECT make_month(month::date) FROM (
    SELECT DISTINCT date_trunc('month', to_timestamp(
            ('x' || substr(replace(entry_id::text, '-', ''), 1, 12))::bit(48)::bigint / 1000.0
        ) AT TIME ZONE 'Asia/Shanghai') AS month
    FROM journal_before WHERE substr(entry_id::text, 15, 1) = '7'
) AS months WHERE month >= '2020-01-01' AND month < now() + interval '3 months' ORDER BY month;
INSERT INTO journal SELECT * FROM journal_before;
INSERT INTO entry_index
    SELECT entry_id, station, seq, sealed_once(kind, subject, verdict),
        undone_once(kind, corrects, verdict)
    FROM journal_before;
"""

_ONCE = """
CREATE FUNCTION sealed_once(kind text, subject text, verdict text) RETURNS text
    LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN kind = 'sealed' AND verdict <> 'sealed_before' AND verdict <> 'false_seal'
        THEN subject END
$$;
CREATE FUNCTION undone_once(kind text, corrects text, verdict text) RETURNS text
    LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN kind IN ('returned', 'not_loaded') AND corrects <> ''
        AND verdict <> 'return_without_load' THEN corrects END
$$;
"""

_VIEWS = """
CREATE OR REPLACE VIEW reporting.entries AS
    SELECT station, seq, kind, posted_at, fen, litres, verdict, suspense FROM journal;
CREATE OR REPLACE VIEW reporting.legs AS
    SELECT journal.station, journal.seq, journal.kind, journal.posted_at,
        split_part(postings.account, ':', 1) AS account_class, postings.fen
    FROM postings JOIN journal USING (entry_id);
CREATE OR REPLACE VIEW reporting.days AS
    SELECT (posted_at AT TIME ZONE 'Asia/Shanghai')::date AS day, station, kind,
        count(*) AS entries, sum(fen)::bigint AS fen, sum(litres)::bigint AS litres,
        count(*) FILTER (WHERE verdict <> '') AS questioned
    FROM journal GROUP BY 1, 2, 3;
CREATE OR REPLACE VIEW undone_loads AS
    SELECT undone AS entry, CASE
            WHEN undone ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN undone::uuid
        END AS entry_id
    FROM entry_index WHERE undone IS NOT NULL
    UNION ALL SELECT entry_id::text, entry_id FROM card_load WHERE freed_by IS NOT NULL;
"""

_KEYS = """
ALTER TABLE entry_index
    ADD PRIMARY KEY (entry_id), ADD CONSTRAINT entry_index_station_seq_key UNIQUE (station, seq);
CREATE UNIQUE INDEX entry_sealed_once ON entry_index (sealed) WHERE sealed IS NOT NULL;
CREATE UNIQUE INDEX entry_undone_once ON entry_index (undone) WHERE undone IS NOT NULL;
DO $$ DECLARE
    key record;
BEGIN
    FOR key IN SELECT conrelid::regclass AS named, conname, pg_get_constraintdef(oid) AS said
        FROM pg_constraint WHERE contype = 'f' AND confrelid = 'journal_before'::regclass
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', key.named,
            key.conname, key.conname, replace(key.said, 'journal_before', 'entry_index'));
    END LOOP;
END $$;
DROP TABLE journal_before;
"""

_INDEXES = """
ALTER TABLE journal ADD PRIMARY KEY (entry_id), ADD FOREIGN KEY (station) REFERENCES stations;
CREATE INDEX journal_place_idx ON journal (station, seq);
CREATE INDEX journal_card_no_idx ON journal (card_no) WHERE card_no <> '';
CREATE INDEX journal_posted_at_idx ON journal USING brin (posted_at);
CREATE INDEX journal_batch_idx ON journal (subject) WHERE kind = 'batch';
CREATE INDEX journal_epoch_idx ON journal (station) WHERE kind = 'epoch';
CREATE INDEX journal_arrears_idx ON journal (account_no) WHERE kind = 'arrears_paid';
CREATE INDEX journal_shifts_idx ON journal (station, seq)
    WHERE kind IN ('shift_opened', 'shift_closed');
"""

# In the statement that adds the entries, by the database: no code can forget it.
_FILLED = """
CREATE FUNCTION journal_to_index() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO entry_index
    SELECT entry_id, station, seq, sealed_once(kind, subject, verdict),
        undone_once(kind, corrects, verdict)
    FROM added;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION journal_to_index() FROM PUBLIC;
CREATE TRIGGER journal_to_index AFTER INSERT ON journal
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION journal_to_index();
CREATE TRIGGER journal_to_outbox AFTER INSERT ON journal
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION journal_to_outbox();
GRANT SELECT, INSERT ON journal TO cardstation_service;
GRANT SELECT ON entry_index TO cardstation_service;
"""


def upgrade() -> None:
    """Move every entry into its month; what refers to entries refers to the index from now on."""
    for statements in (_TABLES, _MONTHS, _ONCE, _MOVED, _VIEWS, _KEYS, _INDEXES, _FILLED):
        op.execute(statements)
