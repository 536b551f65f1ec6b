"""Offline grants: what two people allow a station or a team, and what a station was given last."""

from __future__ import annotations

from alembic import op

revision = "r0016"
down_revision = "r0015"

_KINDS = """
ALTER TABLE proposals DROP CONSTRAINT proposals_kind_check;
ALTER TABLE proposals ADD CONSTRAINT proposals_kind_check CHECK (
    kind IN ('tariff', 'blacklist', 'station', 'clerk', 'explanation', 'order', 'file', 'audit',
        'grant'));
"""

# What is allowed hangs on a decision of two people; what is given is within what can be said.
_GRANTED = """
CREATE TABLE offline_grants (
    holds text NOT NULL CHECK (holds IN ('station', 'team')),
    name text NOT NULL CHECK (name <> ''),
    team text NOT NULL,
    fen bigint NOT NULL CHECK (fen BETWEEN 0 AND 1000000000000),
    hours bigint NOT NULL CHECK (hours BETWEEN 0 AND 744),
    card_fen bigint NOT NULL CHECK (card_fen BETWEEN 0 AND 1000000000000),
    list_hours bigint NOT NULL CHECK (list_hours BETWEEN 0 AND 8784),
    proposal bigint NOT NULL,
    kind text NOT NULL DEFAULT 'grant' CHECK (kind = 'grant'),
    verdict text NOT NULL DEFAULT 'approved' CHECK (verdict = 'approved'),
    epoch bigint,
    key text,
    boot text,
    number bigint,
    given_team text,
    given_fen bigint CHECK (given_fen BETWEEN 0 AND 1000000000000),
    given_hours bigint,
    given_card_fen bigint,
    given_list_hours bigint,
    list_no bigint,
    list_hash text,
    until_us bigint,
    reserved_fen bigint CHECK (reserved_fen BETWEEN 0 AND 1000000000000),
    reserved_until_us bigint,
    reserved_team text,
    posted_number bigint,
    posted_fen bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (holds, name),
    FOREIGN KEY (proposal, kind, verdict) REFERENCES decisions (proposal, kind, verdict),
    CONSTRAINT offline_grants_team_of_stations CHECK (team = '' OR holds = 'station')
);
CREATE INDEX offline_grants_team_idx ON offline_grants (team) WHERE team <> '';
GRANT SELECT, INSERT, UPDATE ON offline_grants TO cardstation_service;
"""

_AS_APPROVED = """
CREATE FUNCTION grants_are_those_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM proposals WHERE number = NEW.proposal AND body::jsonb = jsonb_build_object(
            'holds', NEW.holds, 'name', NEW.name, 'team', NEW.team, 'fen', NEW.fen,
            'hours', NEW.hours, 'card_fen', NEW.card_fen, 'list_hours', NEW.list_hours
        )
    ) THEN
        RAISE EXCEPTION 'proposal % is about something else', NEW.proposal
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER offline_grants_as_approved
    BEFORE INSERT OR UPDATE OF holds, name, team, fen, hours, card_fen, list_hours, proposal
    ON offline_grants FOR EACH ROW EXECUTE FUNCTION grants_are_those_approved();
"""


def upgrade() -> None:
    """Add everything; the facts stay as they are."""
    for statements in (_KINDS, _GRANTED, _AS_APPROVED):
        op.execute(statements)
