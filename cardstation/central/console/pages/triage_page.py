"""Who runs out of gas first: the households of a team or a zone, for the next collection round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cardstation.central.console.gas import Home, counts, homes, teams
from cardstation.central.console.roles import Right
from cardstation.central.console.visit import ZONE, Cell, Export, Page, Sheet, Visit
from cardstation.central.console.words import GAS
from cardstation.domain.batch import Zone
from cardstation.sentences import word

MOST = 500


@dataclass(frozen=True, slots=True)
class Triage:
    """The page's value.

    Attributes:
        team, zone: That were asked for; both empty = none was yet, and nobody is looked up.
        homes: `MOST` at the most. counts: Of all, by state.
    """

    team: str
    zone: str
    teams: tuple[str, ...]
    zones: tuple[str, ...]
    homes: tuple[Home, ...]
    counts: Mapping[str, int]

    @property
    def number(self) -> int:
        """How many households there are in all."""
        return sum(self.counts.values())


def show(visit: Visit) -> Triage:
    """The households that were asked for, and how many there are."""
    team, zone = visit.get("team"), visit.get("zone")
    asked = bool(team or zone)
    books, now = visit.connection, visit.now
    return Triage(
        team=team,
        zone=zone,
        teams=teams(books),
        zones=tuple(one.value for one in Zone),
        homes=homes(books, now, team=team, zone=zone, most=MOST) if asked else (),
        counts=counts(books, now, team=team, zone=zone) if asked else {},
    )


def sheet(visit: Visit) -> Sheet:
    """The list to take along, of a team or a zone; never of a whole city."""
    t, team, zone = visit.t, visit.get("team"), visit.get("zone")
    asked = bool(team or zone)
    found = homes(visit.connection, visit.now, team=team, zone=zone, most=None) if asked else ()
    headings = [
        *(t("Account"), t("Zone"), t("Team"), t("Gas lasts"), t("Days"), t("Read on")),
        t("Told by"),
    ]
    return Sheet(headings, [_row(visit, one) for one in found])


def _row(visit: Visit, one: Home) -> list[Cell]:
    t = visit.t
    zone = word(f"zone.{one.zone}", t) if one.zone else ""
    read_on = one.read_at.astimezone(ZONE).isoformat(" ", "minutes")
    return [one.account_no, zone, one.team, t(GAS[one.state]), one.days, read_on, one.station]


PAGES = (
    Page(
        *("triage", "Who runs out first", Right.HOUSEHOLD, show),
        audited="gas_looked_at",
    ),
)
EXPORTS = (Export("triage", "Who runs out first", Right.HOUSEHOLD, sheet),)
