"""Cards nothing may be sold to: the list, and a proposal to put one on it or take one off."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from cardstation.central.console.pages.household import blocked
from cardstation.central.console.proposals import Kind, Proposal, propose, waiting
from cardstation.central.console.roles import Right
from cardstation.central.console.tables import blacklist, decisions
from cardstation.central.console.visit import ZONE, Act, Done, Export, Page, Sheet, Visit
from cardstation.errors import Refusal

MOST = 500
_CARD = re.compile(r"[0-9A-Za-z-]{4,40}")


@dataclass(frozen=True, slots=True)
class Listed:
    """A card on the list; `made_by` proposed and `decided_by` approved it."""

    card_no: str
    reason: str
    at: datetime
    made_by: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class Blacklist:
    """The page's value; `number` of the last change is the list's version."""

    cards: tuple[Listed, ...]
    pending: tuple[Proposal, ...]
    number: int


def show(visit: Visit) -> Blacklist:
    """The list as it is."""
    number = visit.connection.scalar(select(func.max(blacklist.c.proposal)))
    return Blacklist(listed(visit, MOST), waiting(visit.connection, Kind.BLACKLIST), number or 0)


def listed(visit: Visit, most: int | None) -> tuple[Listed, ...]:
    """Cards on the list now, the last first."""
    last = select(func.max(blacklist.c.proposal)).group_by(blacklist.c.card_no)
    rows = visit.connection.execute(
        select(
            *(blacklist.c.card_no, blacklist.c.reason, blacklist.c.at),
            *(decisions.c.made_by, decisions.c.decided_by),
        )
        .join(decisions, decisions.c.proposal == blacklist.c.proposal)
        .where(blacklist.c.proposal.in_(last), blacklist.c.listed)
        .order_by(blacklist.c.proposal.desc())
        .limit(most)
    )
    return tuple(Listed(*row) for row in rows)


def propose_change(visit: Visit) -> Done:
    """Propose to block a card, or to free one.

    Raises:
        Refusal: `card_no_bad`, `blacklist_same`, `reason_missing`, `proposed_already`.
    """
    card_no, listed_ = visit.get("card_no"), visit.get("listed") != "no"
    if not _CARD.fullmatch(card_no):
        raise Refusal("card_no_bad")
    if bool(blocked(visit.connection, (card_no,))) == listed_:
        raise Refusal("blacklist_same", card_no=card_no)
    body, reason = {"card_no": card_no, "listed": listed_}, visit.get("reason")
    propose(*(visit.connection, Kind.BLACKLIST, card_no, body), reason=reason, by=visit.who.name)
    return Done("proposed", f"blacklist {card_no}", reason, "blacklist")


def sheet(visit: Visit) -> Sheet:
    """The list to take along."""
    t = visit.t
    headings = t("Card"), t("Since"), t("Why"), t("Proposed by"), t("Approved by")
    return Sheet(
        headings,
        [
            [
                *(one.card_no, one.at.astimezone(ZONE).isoformat(" ", "seconds"), one.reason),
                *(one.made_by, one.decided_by),
            ]
            for one in listed(visit, None)
        ],
    )


PAGES = (Page("blacklist", "Blacklist", Right.LOOK, show, icon="card-off", key="k"),)
ACTS = (Act("blacklist", "blacklist", Right.BLACKLIST, propose_change),)
EXPORTS = (Export("blacklist", "Blacklist", Right.LOOK, sheet),)
