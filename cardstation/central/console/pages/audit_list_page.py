"""The audit list for people: what nobody has explained, and words that wait for a treasurer."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.central.console.audit import plain
from cardstation.central.console.proposals import Kind, Proposal, propose, waiting
from cardstation.central.console.roles import Right
from cardstation.central.console.visit import ZONE, Act, Cell, Done, Export, Sheet, Visit, yuan
from cardstation.central.reconcile.audit_list import AuditItem, audit_item, audit_list
from cardstation.errors import Refusal
from cardstation.sentences import word

MOST = 100


@dataclass(frozen=True, slots=True)
class AuditShown:
    """The list's value.

    Attributes:
        items: The oldest first, `MOST` at the most; `number` is how many there are.
        fen: Of all of them, without their signs.
        pending: Words that wait for a treasurer, by item.
    """

    items: tuple[AuditItem, ...]
    number: int
    fen: int
    pending: dict[str, Proposal]


def audit_shown(visit: Visit) -> AuditShown:
    """Everything that is open."""
    found = audit_list(visit.connection, visit.now)
    return AuditShown(
        items=found[:MOST],
        number=len(found),
        fen=sum(abs(one.fen) for one in found),
        pending={one.subject: one for one in waiting(visit.connection, Kind.AUDIT)},
    )


def propose_closing(visit: Visit) -> Done:
    """Say what an item was, before a treasurer.

    Raises:
        Refusal: `audit_item_gone`, `reason_missing`, `proposed_already`.
    """
    found = audit_item(visit.connection, visit.get("item"), visit.now)
    if found.exception:
        raise Refusal("audit_item_gone")
    words = plain(visit.get("words")).strip()
    body = {"code": found.code, "where": found.where, "about": found.about, "fen": found.fen}
    propose(visit.connection, Kind.AUDIT, found.item, body, reason=words, by=visit.who.name)
    return Done("audit_proposed", found.item, words, "reconciliation")


def sheet(visit: Visit) -> Sheet:
    """The whole list to take along."""
    t = visit.t
    headings = [t("Since"), t("What"), t("Where"), t("About"), t("Amount (yuan)")]
    rows: list[list[Cell]] = [
        [
            *(one.since.astimezone(ZONE).isoformat(" ", "seconds"), word(f"audit.{one.code}", t)),
            *(one.where, one.about, yuan(one.fen)),
        ]
        for one in audit_list(visit.connection, visit.now)
    ]
    return Sheet(headings, rows)


ACTS = (Act("reconciliation/audit", "reconciliation", Right.RECONCILE, propose_closing),)
EXPORTS = (Export("audit-list", "Audit list", Right.LOOK, sheet),)
