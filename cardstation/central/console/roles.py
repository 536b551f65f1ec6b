"""Who may see and do what at the centre: five roles, and the rights each one carries."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a person at the centre is."""

    TELLER = "teller"
    SUPERVISOR = "supervisor"
    TREASURER = "treasurer"
    STATION_ADMIN = "station_admin"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a page or an act asks for.

    `look` opens the figures, `household` what one household bought, `explain` closes items of the
    suspense desk, `prove` starts a proof of the books; `tariff`, `blacklist`, `station`,
    `clerk` and `order` propose a change or decide about another person's; `reconcile` takes a
    channel's or a bank's file and proposes what an item of the audit list was, `settle` decides
    about either; `grant` does so about what a station may load unheard; `audit` reads who did what.
    """

    LOOK = "look"
    HOUSEHOLD = "household"
    EXPLAIN = "explain"
    PROVE = "prove"
    EXPORT = "export"
    TARIFF = "tariff"
    BLACKLIST = "blacklist"
    STATION = "station"
    CLERK = "clerk"
    ORDER = "order"
    RECONCILE = "reconcile"
    SETTLE = "settle"
    GRANT = "grant"
    AUDIT = "audit"


_RIGHTS = {
    Role.TELLER: {Right.LOOK, Right.HOUSEHOLD},
    Role.SUPERVISOR: {
        *(Right.LOOK, Right.HOUSEHOLD, Right.EXPLAIN, Right.EXPORT),
        *(Right.BLACKLIST, Right.ORDER, Right.PROVE, Right.RECONCILE, Right.GRANT),
    },
    Role.TREASURER: {
        *(Right.LOOK, Right.HOUSEHOLD, Right.EXPLAIN, Right.EXPORT),
        *(Right.TARIFF, Right.ORDER, Right.PROVE, Right.RECONCILE, Right.SETTLE),
        Right.GRANT,
    },
    Role.STATION_ADMIN: {Right.LOOK, Right.STATION, Right.CLERK},
    Role.AUDITOR: {Right.LOOK, Right.HOUSEHOLD, Right.PROVE, Right.EXPORT, Right.AUDIT},
}


ONLY_LOOKS = frozenset({Right.LOOK, Right.HOUSEHOLD})


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """Everything that somebody with these roles may see and do."""
    return frozenset().union(*(_RIGHTS[role] for role in roles))
