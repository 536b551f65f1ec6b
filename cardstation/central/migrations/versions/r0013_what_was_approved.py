"""A decision allows what was proposed, once, and nobody decides about themselves."""

from __future__ import annotations

from alembic import op

revision = "r0013"
down_revision = "r0012"

# Until here a row hung on a decision of its kind; now also on what that decision was about.
_SUBJECTS = """
ALTER TABLE proposals ADD CONSTRAINT proposals_about UNIQUE (number, subject);
ALTER TABLE people_roles
    ADD CONSTRAINT people_roles_once UNIQUE (proposal),
    ADD CONSTRAINT people_roles_about
        FOREIGN KEY (proposal, name) REFERENCES proposals (number, subject);
ALTER TABLE station_codes
    ADD CONSTRAINT station_codes_about
        FOREIGN KEY (proposal, station) REFERENCES proposals (number, subject);
ALTER TABLE blacklist
    ADD CONSTRAINT blacklist_about
        FOREIGN KEY (proposal, card_no) REFERENCES proposals (number, subject);
"""

_OWN_MATTER = """
CREATE FUNCTION nobody_decides_about_themselves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind = 'clerk' AND NEW.verdict <> 'withdrawn' AND EXISTS (
        SELECT FROM proposals WHERE number = NEW.proposal AND subject = NEW.decided_by
    ) THEN
        RAISE EXCEPTION 'proposal % is about %', NEW.proposal, NEW.decided_by
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decisions_own_matter BEFORE INSERT ON decisions
    FOR EACH ROW EXECUTE FUNCTION nobody_decides_about_themselves();
"""

_ROLES = """
CREATE FUNCTION roles_are_those_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.proposal IS NOT NULL AND to_jsonb(NEW.roles) IS DISTINCT FROM (
        SELECT body::jsonb -> 'roles' FROM proposals WHERE number = NEW.proposal
    ) THEN
        RAISE EXCEPTION 'proposal % is about other roles', NEW.proposal
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER people_roles_as_approved BEFORE INSERT ON people_roles
    FOR EACH ROW EXECUTE FUNCTION roles_are_those_approved();
"""


def upgrade() -> None:
    """Add the constraints; the facts stay as they are."""
    for statement in (_SUBJECTS, _OWN_MATTER, _ROLES):
        op.execute(statement)
