"""The audit log: who did what at the centre, and when; nobody can change it."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.central.console.audit import Act, acts_before
from cardstation.central.console.roles import Right
from cardstation.central.console.visit import ZONE, Export, Page, Sheet, Visit
from cardstation.central.console.words import ACTS

MOST = 100


@dataclass(frozen=True, slots=True)
class Log:
    """The page's value; `older` is where the next page begins, None at the end."""

    acts: tuple[Act, ...]
    clerk: str
    act: str
    older: int | None


def show(visit: Visit) -> Log:
    """A page of the log."""
    clerk, act = visit.get("clerk"), visit.get("act")
    number = visit.number("before")
    found = acts_before(visit.connection, number, MOST + 1, clerk=clerk, act=act)
    older = found[MOST - 1].number if len(found) > MOST else None
    return Log(found[:MOST], clerk, act, older)


def sheet(visit: Visit) -> Sheet:
    """The log to take along."""
    t = visit.t
    found = acts_before(
        *(visit.connection, None, 50_000), clerk=visit.get("clerk"), act=visit.get("act")
    )
    headings = t("Number"), t("At"), t("Who"), t("What"), t("About"), t("Detail"), t("From where")
    return Sheet(
        headings,
        [
            [
                *(one.number, one.at.astimezone(ZONE).isoformat(" ", "seconds"), one.clerk),
                *(t(ACTS.get(one.act, one.act)), one.subject, one.detail, one.address),
            ]
            for one in found
        ],
    )


PAGE = Page("audit", "Audit log", Right.AUDIT, show, icon="history", key="a")
EXPORT = Export("audit", "Audit log", Right.AUDIT, sheet)
