"""People at the centre, what they did, and what needs two of them: the console's tables."""

from __future__ import annotations

from alembic import op

revision = "r0005"
down_revision = "r0004"

_PEOPLE = """
CREATE TABLE people (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9._-]{1,31}$'),
    display text NOT NULL,
    secret_hash text NOT NULL,
    must_change boolean NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE people_sessions (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    name text NOT NULL REFERENCES people,
    csrf text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz
);
CREATE INDEX people_sessions_name_idx ON people_sessions (name) WHERE ended_at IS NULL;
CREATE TABLE acts (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    clerk text NOT NULL,
    act text NOT NULL,
    subject text NOT NULL,
    detail text NOT NULL,
    address text NOT NULL
);
CREATE INDEX acts_failed_clerk_idx ON acts (clerk, at) WHERE act = 'login_failed';
CREATE INDEX acts_failed_address_idx ON acts (address, at) WHERE act = 'login_failed';
"""

# Two persons by constraint: who decides is not who asked, and nothing below exists without a
# decision of its own kind that approved it.
_TWO_PERSONS = """
CREATE TABLE proposals (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('tariff', 'blacklist', 'station', 'clerk', 'explanation')),
    subject text NOT NULL,
    body text NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    made_by text NOT NULL REFERENCES people,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT proposals_whose UNIQUE (number, made_by, kind)
);
CREATE TABLE decisions (
    proposal bigint PRIMARY KEY,
    made_by text NOT NULL,
    kind text NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('approved', 'refused', 'withdrawn')),
    decided_by text NOT NULL REFERENCES people,
    words text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    FOREIGN KEY (proposal, made_by, kind) REFERENCES proposals (number, made_by, kind),
    CONSTRAINT decisions_what UNIQUE (proposal, kind, verdict),
    CONSTRAINT decisions_two_persons CHECK ((verdict = 'withdrawn') = (decided_by = made_by))
);
CREATE TABLE people_roles (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL REFERENCES people,
    roles text[] NOT NULL,
    given_by text NOT NULL,
    given_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    proposal bigint,
    kind text NOT NULL DEFAULT 'clerk' CHECK (kind = 'clerk'),
    verdict text NOT NULL DEFAULT 'approved' CHECK (verdict = 'approved'),
    FOREIGN KEY (proposal, kind, verdict) REFERENCES decisions (proposal, kind, verdict),
    CONSTRAINT people_roles_two_persons
        CHECK (proposal IS NOT NULL OR roles = '{}' OR given_by = 'command line')
);
CREATE INDEX people_roles_name_idx ON people_roles (name, number);
CREATE TABLE tariffs (
    version text PRIMARY KEY,
    code text NOT NULL,
    effective date NOT NULL,
    body text NOT NULL,
    proposal bigint NOT NULL UNIQUE,
    kind text NOT NULL DEFAULT 'tariff' CHECK (kind = 'tariff'),
    verdict text NOT NULL DEFAULT 'approved' CHECK (verdict = 'approved'),
    FOREIGN KEY (proposal, kind, verdict) REFERENCES decisions (proposal, kind, verdict)
);
CREATE TABLE blacklist (
    proposal bigint PRIMARY KEY,
    card_no text NOT NULL,
    listed boolean NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL DEFAULT 'blacklist' CHECK (kind = 'blacklist'),
    verdict text NOT NULL DEFAULT 'approved' CHECK (verdict = 'approved'),
    FOREIGN KEY (proposal, kind, verdict) REFERENCES decisions (proposal, kind, verdict)
);
CREATE INDEX blacklist_card_idx ON blacklist (card_no, proposal);
CREATE TABLE station_codes (
    code_hash bytea PRIMARY KEY CHECK (length(code_hash) = 32),
    station text NOT NULL,
    valid_until timestamptz NOT NULL,
    used_at timestamptz,
    proposal bigint NOT NULL UNIQUE,
    kind text NOT NULL DEFAULT 'station' CHECK (kind = 'station'),
    verdict text NOT NULL DEFAULT 'approved' CHECK (verdict = 'approved'),
    FOREIGN KEY (proposal, kind, verdict) REFERENCES decisions (proposal, kind, verdict)
);
ALTER TABLE exceptions ADD CONSTRAINT exceptions_in_doubt UNIQUE (number, suspended);
CREATE TABLE explanations (
    exception bigint PRIMARY KEY,
    suspended boolean NOT NULL,
    words text NOT NULL CHECK (words <> ''),
    clerk text NOT NULL REFERENCES people,
    explained_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    proposal bigint,
    kind text NOT NULL DEFAULT 'explanation' CHECK (kind = 'explanation'),
    verdict text NOT NULL DEFAULT 'approved' CHECK (verdict = 'approved'),
    FOREIGN KEY (exception, suspended) REFERENCES exceptions (number, suspended),
    FOREIGN KEY (proposal, kind, verdict) REFERENCES decisions (proposal, kind, verdict),
    CONSTRAINT explanations_two_persons CHECK (NOT suspended OR proposal IS NOT NULL)
);
"""

_SEEN = """
CREATE TABLE station_states (
    station text PRIMARY KEY REFERENCES stations,
    version text NOT NULL,
    unsent bigint NOT NULL,
    oldest_at timestamptz,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE proofs (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asked_by text NOT NULL,
    began_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    entries bigint NOT NULL,
    wrong text[] NOT NULL
);
CREATE INDEX journal_posted_at_idx ON journal USING brin (posted_at);
CREATE INDEX journal_batch_idx ON journal (subject) WHERE kind = 'batch';
"""

_GRANTS = """
GRANT SELECT, INSERT ON people, people_sessions, acts, proposals, decisions, people_roles, tariffs,
    blacklist, station_codes, explanations, station_states, proofs TO cardstation_service;
GRANT UPDATE (secret_hash, must_change) ON people TO cardstation_service;
GRANT UPDATE (seen_at, ended_at) ON people_sessions TO cardstation_service;
GRANT UPDATE (used_at) ON station_codes TO cardstation_service;
GRANT UPDATE (version, unsent, oldest_at, seen_at) ON station_states TO cardstation_service;
"""


def upgrade() -> None:
    """Add everything; the facts stay as they are."""
    for statements in (_PEOPLE, _TWO_PERSONS, _SEEN, _GRANTS):
        op.execute(statements)
