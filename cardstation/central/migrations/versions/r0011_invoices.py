"""Invoices: which receipt has one, what was asked of the invoice system and what it answered."""

from __future__ import annotations

from alembic import op

revision = "r0011"
down_revision = "r0010"

_TABLES = """
CREATE TABLE invoice_titles (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_no text NOT NULL CHECK (account_no <> ''),
    title text NOT NULL CHECK (title <> ''),
    tax_no text NOT NULL,
    said_by text NOT NULL REFERENCES people,
    said_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX invoice_titles_account_idx ON invoice_titles (account_no, number);
CREATE TABLE invoice_files (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    way text NOT NULL CHECK (way IN ('asked', 'answered')),
    name text NOT NULL,
    digest bytea NOT NULL CHECK (digest = sha256(raw)),
    raw bytea NOT NULL,
    rows bigint NOT NULL,
    kept_by text NOT NULL REFERENCES people,
    kept_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT invoice_files_once UNIQUE (way, digest)
);
CREATE TABLE invoices (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('electronic', 'paper')),
    entry_id uuid NOT NULL REFERENCES journal,
    receipt_no text NOT NULL CHECK (receipt_no <> ''),
    request text NOT NULL CHECK (request <> ''),
    account_no text NOT NULL,
    fen bigint NOT NULL CHECK (fen > 0),
    title text NOT NULL,
    tax_no text NOT NULL,
    asked_by text NOT NULL REFERENCES people,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    issued_by bigint,
    closed_by bigint,
    opens boolean NOT NULL DEFAULT false CHECK (NOT opens),
    closes boolean NOT NULL DEFAULT true CHECK (closes),
    CONSTRAINT invoices_request UNIQUE (request)
);
CREATE TABLE invoice_answers (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invoice bigint NOT NULL REFERENCES invoices,
    what text NOT NULL CHECK (what IN ('issued', 'refused', 'red_letter')),
    follows text,
    closes boolean NOT NULL,
    code text NOT NULL,
    no text NOT NULL,
    day date,
    fen bigint NOT NULL,
    reason text NOT NULL,
    file bigint REFERENCES invoice_files,
    line bigint NOT NULL,
    told_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT invoice_answers_once UNIQUE (invoice, what),
    CONSTRAINT invoice_answers_closing UNIQUE (number, invoice, closes),
    CHECK (closes = (what <> 'issued')),
    CHECK ((what = 'refused') = (no = '')),
    CHECK ((what = 'refused') = (day IS NULL)),
    -- A red letter undoes what was issued, and only that.
    CONSTRAINT invoice_answers_red_is_red CHECK ((what = 'red_letter') = (follows IS NOT NULL)),
    CHECK (follows IS NULL OR follows = 'issued'),
    CONSTRAINT invoice_answers_red_follows_blue
        FOREIGN KEY (invoice, follows) REFERENCES invoice_answers (invoice, what)
);
"""

# No money has two invoices: one open one per load, and it ends by a refusal or a red letter only.
_ONCE = """
CREATE UNIQUE INDEX invoices_one_open ON invoices (entry_id) WHERE closed_by IS NULL;
CREATE INDEX invoices_account_idx ON invoices (account_no);
CREATE INDEX invoices_receipt_idx ON invoices (receipt_no);
CREATE INDEX invoices_asked_idx ON invoices USING brin (asked_at);
CREATE INDEX invoices_silent_idx ON invoices (asked_at)
    WHERE issued_by IS NULL AND closed_by IS NULL;
CREATE UNIQUE INDEX invoice_answers_number ON invoice_answers (code, no) WHERE no <> '';
CREATE UNIQUE INDEX invoice_answers_first ON invoice_answers (invoice) WHERE what <> 'red_letter';
ALTER TABLE invoices ADD CONSTRAINT invoices_issued_by
    FOREIGN KEY (issued_by, number, opens) REFERENCES invoice_answers (number, invoice, closes);
ALTER TABLE invoices ADD CONSTRAINT invoices_closed_by
    FOREIGN KEY (closed_by, number, closes) REFERENCES invoice_answers (number, invoice, closes);
CREATE INDEX card_load_freed_idx ON card_load ((entry_id::text)) WHERE freed_by IS NOT NULL;
CREATE VIEW undone_loads AS
    SELECT corrects AS entry, CASE
            WHEN corrects ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN corrects::uuid
        END AS entry_id
    FROM journal WHERE kind IN ('returned', 'not_loaded') AND corrects <> ''
        AND verdict <> 'return_without_load'
    UNION ALL SELECT entry_id::text, entry_id FROM card_load WHERE freed_by IS NOT NULL;
CREATE FUNCTION invoices_of_loads() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM added LEFT JOIN journal
            ON journal.entry_id = added.entry_id AND journal.kind = 'sealed'
            AND journal.suspense = '' AND journal.fen = added.fen
            AND journal.account_no = added.account_no
        WHERE journal.entry_id IS NULL
            OR EXISTS (SELECT 1 FROM undone_loads WHERE entry = added.entry_id::text)
    ) THEN
        RAISE EXCEPTION 'no load stands behind one of these receipts'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoices_of_a_load';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER invoices_of_loads AFTER INSERT ON invoices
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION invoices_of_loads();
CREATE FUNCTION invoice_closed_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.closed_by IS NOT NULL AND NEW.closed_by IS DISTINCT FROM OLD.closed_by)
        OR (OLD.issued_by IS NOT NULL AND NEW.issued_by IS DISTINCT FROM OLD.issued_by) THEN
        RAISE EXCEPTION 'invoice request % is answered once and for all', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoices_closed_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoices_closed_once BEFORE UPDATE ON invoices
    FOR EACH ROW EXECUTE FUNCTION invoice_closed_once();
"""

_VIEWS = """
CREATE VIEW invoice_states AS
    SELECT invoices.number, request, invoices.kind, invoices.entry_id, invoices.receipt_no,
        invoices.account_no, invoices.fen, invoices.title, invoices.tax_no, invoices.asked_at,
        coalesce(blue.code, '') AS code, coalesce(blue.no, '') AS no, blue.day,
        coalesce(closing.no, '') AS red_no, closing.day AS red_day,
        coalesce(closing.reason, '') AS reason,
        CASE
            WHEN closing.what IS NOT NULL THEN closing.what
            WHEN blue.number IS NULL THEN CASE WHEN undone THEN 'recall_due' ELSE 'asked' END
            ELSE CASE WHEN undone THEN 'red_letter_due' ELSE 'issued' END
        END AS state
    FROM (
        SELECT *, EXISTS (
            SELECT 1 FROM undone_loads WHERE entry = invoices.entry_id::text
        ) AS undone
        FROM invoices
    ) AS invoices
    LEFT JOIN invoice_answers AS blue ON blue.number = invoices.issued_by
    LEFT JOIN invoice_answers AS closing ON closing.number = invoices.closed_by;
CREATE VIEW reporting.invoices AS
    SELECT date_trunc('month', asked_at AT TIME ZONE 'Asia/Shanghai')::date AS month, kind, state,
        count(*) AS invoices, sum(fen)::bigint AS fen
    FROM invoice_states GROUP BY 1, 2, 3;
"""

_GRANTS = """
GRANT SELECT, INSERT ON invoice_titles, invoice_files, invoices, invoice_answers
    TO cardstation_service;
GRANT UPDATE (issued_by, closed_by) ON invoices TO cardstation_service;
GRANT SELECT ON undone_loads, invoice_states TO cardstation_service;
GRANT SELECT ON reporting.invoices TO cardstation_reporting;
"""


def upgrade() -> None:
    """Add everything; the facts stay as they are."""
    for statements in (_TABLES, _ONCE, _VIEWS, _GRANTS):
        op.execute(statements)
