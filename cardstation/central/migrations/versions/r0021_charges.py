"""Charges at the counter: found by their household, invoiced, and known to be taken back."""

from __future__ import annotations

from alembic import op

revision = "r0021"
down_revision = "r0020"

_CHARGES = """
CREATE INDEX journal_charged_idx ON journal (account_no) WHERE kind = 'charged';
CREATE INDEX journal_reversed_idx ON journal (corrects) WHERE kind = 'charged' AND corrects <> '';
CREATE OR REPLACE VIEW undone_loads AS
    SELECT undone AS entry, CASE
            WHEN undone ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN undone::uuid
        END AS entry_id
    FROM entry_index WHERE undone IS NOT NULL
    UNION ALL SELECT corrects, CASE
            WHEN corrects ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN corrects::uuid
        END
    FROM journal WHERE kind = 'charged' AND corrects <> ''
    UNION ALL SELECT entry_id::text, entry_id FROM card_load WHERE freed_by IS NOT NULL;
CREATE OR REPLACE FUNCTION invoices_of_loads() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM added LEFT JOIN journal
            ON journal.entry_id = added.entry_id AND journal.kind IN ('sealed', 'charged')
            AND journal.suspense = '' AND journal.fen = added.fen
            AND journal.account_no = added.account_no
        WHERE journal.entry_id IS NULL
            OR EXISTS (SELECT 1 FROM undone_loads WHERE entry = added.entry_id::text)
    ) THEN
        RAISE EXCEPTION 'no load or charge stands behind one of these receipts'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoices_of_a_load';
    END IF;
    RETURN NULL;
END $$;
"""


def upgrade() -> None:
    """Add the indexes, and count charges among what is invoiced and undone."""
    op.execute(_CHARGES)
