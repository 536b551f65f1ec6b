"""What one person proposes and another decides; that they are two is a constraint of the books."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, text
from sqlalchemy.exc import IntegrityError

from cardstation.central.console.audit import plain
from cardstation.central.console.roles import Right
from cardstation.central.console.tables import decisions, proposals
from cardstation.central.posting import violated
from cardstation.errors import Refusal


class Kind(StrEnum):
    """What a proposal is about."""

    TARIFF = "tariff"
    BLACKLIST = "blacklist"
    STATION = "station"
    CLERK = "clerk"
    EXPLANATION = "explanation"
    ORDER = "order"
    FILE = "file"
    AUDIT = "audit"
    GRANT = "grant"


class Decision(StrEnum):
    """How a proposal ended; only who made it withdraws it."""

    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


RIGHT = {
    Kind.TARIFF: Right.TARIFF,
    Kind.BLACKLIST: Right.BLACKLIST,
    Kind.STATION: Right.STATION,
    Kind.CLERK: Right.CLERK,
    Kind.EXPLANATION: Right.EXPLAIN,
    Kind.ORDER: Right.ORDER,
    Kind.FILE: Right.SETTLE,
    Kind.AUDIT: Right.SETTLE,
    Kind.GRANT: Right.GRANT,
}
"""What somebody needs to decide what somebody else proposed."""


_ONE_OF_A_SUBJECT = text("SELECT pg_advisory_xact_lock(hashtextextended(:subject, 7239004))")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody proposed, and what became of it.

    Attributes:
        subject: What it is about: a tariff's version, a card, a station, a person, an item.
        body: The values behind it.
        verdict: None while it waits.
    """

    number: int
    kind: Kind
    subject: str
    body: Mapping[str, Any]
    reason: str
    made_by: str
    made_at: datetime
    verdict: Decision | None
    decided_by: str
    decided_at: datetime | None
    words: str


def propose(
    connection: Connection,
    kind: Kind,
    subject: str,
    body: Mapping[str, Any],
    *,
    reason: str,
    by: str,
) -> int:
    """Put something before a second person; returns its number.

    Raises:
        Refusal: `reason_missing`, `proposed_already` (the same subject waits).
    """
    said = plain(reason).strip()
    if not said:
        raise Refusal("reason_missing")
    # Who proposes the same at the same moment waits for us, and finds ours.
    connection.execute(_ONE_OF_A_SUBJECT, {"subject": f"{kind}:{subject}"})
    waits = select(proposals.c.number).where(
        proposals.c.kind == kind,
        proposals.c.subject == subject,
        ~select(decisions.c.proposal).where(decisions.c.proposal == proposals.c.number).exists(),
    )
    if (found := connection.scalar(waits.limit(1))) is not None:
        raise Refusal("proposed_already", number=found)
    made = insert(proposals).values(
        kind=kind,
        subject=subject,
        body=json.dumps(dict(body), ensure_ascii=False),
        reason=said,
        made_by=by,
    )
    return int(connection.execute(made.returning(proposals.c.number)).scalar_one())


def decide(
    connection: Connection, number: int, verdict: Decision, *, by: str, words: str = ""
) -> Proposal:
    """Decide a proposal once; returns it as it was before.

    Raises:
        Refusal: `proposal_unknown`, `decided_already`, `two_persons_needed`, `own_matter`.
    """
    row = connection.execute(_all().where(proposals.c.number == number)).one_or_none()
    if row is None:
        raise Refusal("proposal_unknown", number=number)
    found = _proposal(row)
    if found.verdict is not None:
        raise Refusal("decided_already", number=number)
    if found.kind is Kind.CLERK and found.subject == by and verdict is not Decision.WITHDRAWN:
        raise Refusal("own_matter")
    made = insert(decisions).values(
        proposal=number,
        made_by=found.made_by,
        kind=found.kind,
        verdict=verdict,
        decided_by=by,
        words=plain(words),
    )
    try:
        with connection.begin_nested():
            connection.execute(made)
    except IntegrityError as error:
        if violated(error) == "decisions_two_persons":
            raise Refusal("two_persons_needed") from error
        raise Refusal("decided_already", number=number) from error
    return found


def proposal(connection: Connection, number: int) -> Proposal:
    """One proposal.

    Raises:
        Refusal: `proposal_unknown`.
    """
    row = connection.execute(_all().where(proposals.c.number == number)).one_or_none()
    if row is None:
        raise Refusal("proposal_unknown", number=number)
    return _proposal(row)


def waiting(connection: Connection, kind: Kind | None = None) -> tuple[Proposal, ...]:
    """Proposals that wait for a second person, the oldest first."""
    query = _all().where(decisions.c.verdict.is_(None)).order_by(proposals.c.number)
    if kind is not None:
        query = query.where(proposals.c.kind == kind)
    return tuple(map(_proposal, connection.execute(query)))


def decided(connection: Connection, most: int) -> tuple[Proposal, ...]:
    """Proposals that were decided, the last first."""
    query = _all().where(decisions.c.verdict.is_not(None))
    rows = connection.execute(query.order_by(decisions.c.decided_at.desc()).limit(most))
    return tuple(map(_proposal, rows))


def _all() -> Select[Any]:
    columns = (
        *(proposals.c.number, proposals.c.kind, proposals.c.subject, proposals.c.body),
        *(proposals.c.reason, proposals.c.made_by, proposals.c.made_at, decisions.c.verdict),
        *(decisions.c.decided_by, decisions.c.decided_at, decisions.c.words),
    )
    return select(*columns).outerjoin(decisions, decisions.c.proposal == proposals.c.number)


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        number=row.number,
        kind=Kind(row.kind),
        subject=row.subject,
        body=json.loads(row.body),
        reason=row.reason,
        made_by=row.made_by,
        made_at=row.made_at,
        verdict=None if row.verdict is None else Decision(row.verdict),
        decided_by=row.decided_by or "",
        decided_at=row.decided_at,
        words=row.words or "",
    )
