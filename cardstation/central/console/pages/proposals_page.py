"""What waits for a second person, and what two persons decided."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.central.console.effects import EFFECTS
from cardstation.central.console.prices import Sample, in_force, read_body, samples
from cardstation.central.console.proposals import (
    RIGHT,
    Decision,
    Kind,
    Proposal,
    decide,
    decided,
    proposal,
    waiting,
)
from cardstation.central.console.roles import Right
from cardstation.central.console.visit import Act, Done, Page, Visit
from cardstation.errors import Refusal

RECENT = 50


@dataclass(frozen=True, slots=True)
class Waits:
    """A proposal that waits.

    Attributes:
        mine: The visitor made it, and may only withdraw it. may: They may decide it.
        samples: Of a tariff, what volumes cost before and after.
    """

    proposal: Proposal
    mine: bool
    may: bool
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Proposals:
    """The page's value."""

    waiting: tuple[Waits, ...]
    decided: tuple[Proposal, ...]


def show(visit: Visit) -> Proposals:
    """Both lists."""
    found = [_waits(visit, one) for one in waiting(visit.connection)]
    return Proposals(tuple(found), decided(visit.connection, RECENT))


def _waits(visit: Visit, one: Proposal) -> Waits:
    priced: tuple[Sample, ...] = ()
    if one.kind is Kind.TARIFF:
        priced = samples(read_body(one.body), in_force(visit.connection))
    mine = one.made_by == visit.who.name
    about_me = one.kind is Kind.CLERK and one.subject == visit.who.name
    may = RIGHT[one.kind] in visit.who.rights and not mine and not about_me
    return Waits(one, mine, may, priced)


def decide_one(visit: Visit) -> Done:
    """Approve, refuse or withdraw a proposal; approved, it is in force at once.

    Raises:
        Refusal: `proposal_unknown`, `decided_already`, `two_persons_needed`, `right_missing`,
            and what the kind's own effect says.
    """
    number = visit.number("number") or 0
    try:
        verdict = Decision(visit.get("verdict"))
    except ValueError as error:
        raise Refusal("form_unreadable") from error
    kind = proposal(visit.connection, number).kind
    if verdict is not Decision.WITHDRAWN and RIGHT[kind] not in visit.who.rights:
        raise Refusal("right_missing")
    who, words = visit.who.name, visit.get("words")
    found = decide(visit.connection, number, verdict, by=who, words=words)
    once = EFFECTS[kind](visit, found) if verdict is Decision.APPROVED else None
    subject = f"{kind} {found.subject}"
    return Done(str(verdict), subject, words or found.reason, "proposals", once)


PAGES = (Page("proposals", "Two persons", Right.LOOK, show, icon="shield", key="p"),)
ACTS = (Act("proposals/{number}", "proposals", Right.LOOK, decide_one),)
