"""Offline grants: what each station and team may have out, what it has, and how to change that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cardstation.central.console.allowances import refuse_misfit, typed_allowance
from cardstation.central.console.pages.station_states import StationState, states
from cardstation.central.console.proposals import Kind, Proposal, propose, waiting
from cardstation.central.console.roles import Right
from cardstation.central.console.visit import (
    ZONE,
    Act,
    Cell,
    Done,
    Export,
    Page,
    Sheet,
    Visit,
    yuan,
)
from cardstation.central.grants import STATION, TEAM, Held, clock_us, held
from cardstation.domain.money import Money

_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Granted:
    """One station.

    Attributes:
        allowed: What people decided, and its last grant.
        until: When that ends, None before the first.
        running: It does not end yet, as far as anybody here can know.
        used: Money it posted under its last grant that it posted any of; `used_of` says when that
            one was given.
        state: What it last said of itself, None where it never enrolled.
    """

    allowed: Held
    until: datetime | None
    running: bool
    used: Money
    used_of: datetime | None
    state: StationState | None


@dataclass(frozen=True, slots=True)
class Ceiling:
    """One team; `out` is what may be loaded under the running grants that took of its room."""

    name: str
    money: Money
    shared: Money
    out: Money


@dataclass(frozen=True, slots=True)
class Grants:
    """The page's value; `without` are enrolled stations that nobody decided anything for."""

    stations: tuple[Granted, ...]
    teams: tuple[Ceiling, ...]
    without: tuple[str, ...]
    pending: tuple[Proposal, ...]


def show(visit: Visit) -> Grants:
    """Every station and team."""
    connection = visit.connection
    now_us, known = clock_us(connection), {one.station: one for one in states(connection)}
    found = held(connection, STATION)
    return Grants(
        tuple(_granted(one, known.get(one.name), now_us) for one in found),
        tuple(_ceiling(team, found, now_us) for team in held(connection, TEAM)),
        tuple(sorted(known.keys() - {one.name for one in found})),
        waiting(connection, Kind.GRANT),
    )


def _granted(one: Held, state: StationState | None, now_us: int) -> Granted:
    return Granted(
        allowed=one,
        until=None if one.grant is None else _moment(one.grant.until_us),
        running=one.given is not None and bool(one.given.running(now_us)),
        used=one.posted,
        used_of=_moment(one.posted_number) if one.posted_number else None,
        state=state,
    )


def _ceiling(team: Held, found: tuple[Held, ...], now_us: int) -> Ceiling:
    shared = sum(one.terms.money.fen for one in found if one.team == team.name)
    out = sum(
        one.given.out(now_us).fen
        for one in found
        if one.given and (one.team == team.name or one.given.counts_for(team.name))
    )
    return Ceiling(team.name, team.terms.money, Money(shared), Money(out))


def _moment(us: int) -> datetime | None:
    """A moment of the books; numbers of grants are such moments, or what a station made of them."""
    try:
        return datetime.fromtimestamp(us / _US, ZONE)
    except (ValueError, OverflowError, OSError):
        return None


def propose_allowance(visit: Visit) -> Done:
    """Propose what a station may load unheard, or what a team may have out.

    Raises:
        Refusal: `grant_figures_bad`, `grant_team_bad`, `station_unknown`, `grant_team_unknown`,
            `grant_team_full`, `reason_missing`, `proposed_already`.
    """
    asked, reason = typed_allowance(visit.asked), visit.get("reason")
    refuse_misfit(visit.connection, asked)
    propose(
        *(visit.connection, Kind.GRANT, asked.subject, asked.body),
        reason=reason,
        by=visit.who.name,
    )
    return Done("proposed", f"grant {asked.subject}", reason, "grants")


def sheet(visit: Visit) -> Sheet:
    """Every station to take along."""
    t = visit.t
    headings = [
        *(t("Station"), t("Team"), t("Allowed (yuan)"), t("Hours"), t("For one card (yuan)")),
        *(t("List at most (h)"), t("Granted (yuan)"), t("Until"), t("Used, as posted (yuan)")),
    ]
    return Sheet(headings, [_row(one) for one in show(visit).stations])


def _row(one: Granted) -> list[Cell]:
    terms, grant = one.allowed.terms, one.allowed.grant
    until = "" if one.until is None else one.until.isoformat(" ", "seconds")
    return [
        *(one.allowed.name, one.allowed.team, yuan(terms.money.fen), terms.hours),
        *(yuan(terms.card_money.fen), terms.list_hours),
        *(None if grant is None else yuan(grant.terms.money.fen), until),
        yuan(one.used.fen),
    ]


PAGES = (Page("grants", "Offline grants", Right.LOOK, show, icon="offline", key="q"),)
ACTS = (Act("grants", "grants", Right.GRANT, propose_allowance),)
EXPORTS = (Export("grants", "Offline grants", Right.LOOK, sheet),)
