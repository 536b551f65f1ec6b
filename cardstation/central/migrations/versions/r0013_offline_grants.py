"""Offline grants: what two people allow a station or a team, and what a station was given last."""

from __future__ import annotations

from alembic import op

revision = "r0013"
down_revision = "r0012"

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
    number bigint,
    given_fen bigint CHECK (given_fen BETWEEN 0 AND 1000000000000),
    given_hours bigint,
    given_card_fen bigint,
    given_list_hours bigint,
    list_no bigint,
    until_us bigint,
    posted_number bigint,
    posted_fen bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (holds, name),
    FOREIGN KEY (proposal, kind, verdict) REFERENCES decisions (proposal, kind, verdict),
    CONSTRAINT offline_grants_team_of_stations CHECK (team = '' OR holds = 'station')
);
CREATE INDEX offline_grants_team_idx ON offline_grants (team) WHERE team <> '';
GRANT SELECT, INSERT, UPDATE ON offline_grants TO cardstation_service;
"""


def upgrade() -> None:
    """Add everything; the facts stay as they are."""
    for statements in (_KINDS, _GRANTED):
        op.execute(statements)
