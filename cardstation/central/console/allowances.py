"""What stations may load unheard, as people type it and as proposals carry it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from cardstation.central.grants import STATION, TEAM, allow, members, one_held
from cardstation.central.tables import stations
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.offline_grant import Terms
from cardstation.errors import Refusal

_LONGEST_TEAM = 40
_CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is proposed for a station, or for a team.

    Attributes:
        holds: `station` or `team`.
        team: Of a station, empty = none.
    """

    holds: str
    name: str
    team: str
    terms: Terms

    @property
    def subject(self) -> str:
        """What a proposal of it is about."""
        return f"{self.holds} {self.name}"

    @property
    def body(self) -> dict[str, Any]:
        """As a proposal carries it."""
        return {
            "holds": self.holds,
            "name": self.name,
            "team": self.team,
            "fen": self.terms.money.fen,
            "hours": self.terms.hours,
            "card_fen": self.terms.card_money.fen,
            "list_hours": self.terms.list_hours,
        }


def team_name(typed: str) -> str:
    """A team's name in its one spelling: width, case and blanks make no other team."""
    return " ".join(unicodedata.normalize("NFKC", typed).upper().split())


def typed_allowance(fields: Mapping[str, str]) -> Allowance:
    """What was typed into the form; of a team only the money counts.

    Raises:
        Refusal: `grant_figures_bad`, `grant_team_bad`.
    """
    holds = TEAM if fields.get("holds") == TEAM else STATION
    name, team = fields.get("name", "").strip(), team_name(fields.get("team", ""))
    name = team_name(name) if holds == TEAM else name
    try:
        money = Money.of_yuan(fields.get("yuan", ""))
        if holds == TEAM:
            terms, team = Terms(money, 0, NO_MONEY, 0), ""
        else:
            terms = Terms(
                money,
                _whole(fields.get("hours", "")),
                Money.of_yuan(fields.get("card_yuan", "")),
                _whole(fields.get("list_hours", "")),
            )
    except ValueError as error:
        raise Refusal("grant_figures_bad") from error
    named = (name, team) if holds == TEAM else (team,)
    if any(len(one) > _LONGEST_TEAM for one in named) or (holds == TEAM and not name):
        raise Refusal("grant_team_bad")
    return Allowance(holds, name, team, terms)


def read_allowance(body: Mapping[str, Any]) -> Allowance:
    """What a proposal carries.

    Raises:
        Refusal: `grant_figures_bad`.
    """
    try:
        terms = Terms(
            Money(int(body["fen"])),
            int(body["hours"]),
            Money(int(body["card_fen"])),
            int(body["list_hours"]),
        )
        return Allowance(str(body["holds"]), str(body["name"]), str(body["team"]), terms)
    except (KeyError, ValueError, TypeError) as error:
        raise Refusal("grant_figures_bad") from error


def refuse_misfit(connection: Connection, asked: Allowance, *, lock: bool = False) -> None:
    """Refuse what no station can be given, or what passes the ceiling of its team.

    Args:
        connection: The books.
        asked: What is proposed.
        lock: Nobody changes the team until the transaction ends.

    Raises:
        Refusal: `station_unknown`, `grant_team_unknown`, `grant_team_full`.
    """
    if asked.holds == TEAM:
        taken = sum(one.terms.money.fen for one in members(connection, asked.name, lock=lock))
        if taken > asked.terms.money.fen:
            raise Refusal("grant_team_full", team=asked.name, taken_fen=taken)
        return
    known = stations.c.station == asked.name, stations.c.status != _CENTRE
    if connection.scalar(select(stations.c.station).where(*known)) is None:
        raise Refusal("station_unknown", station=asked.name[:_LONGEST_TEAM])
    if not asked.team:
        return
    others = members(connection, asked.team, lock=lock)
    team = one_held(connection, TEAM, asked.team)
    if team is None:
        raise Refusal("grant_team_unknown", team=asked.team)
    taken = sum(one.terms.money.fen for one in others if one.name != asked.name)
    if taken + asked.terms.money.fen > team.terms.money.fen:
        raise Refusal("grant_team_full", team=asked.team, taken_fen=taken)


def put_in_force(connection: Connection, body: Mapping[str, Any], proposal: int) -> None:
    """Keep what was approved.

    Raises:
        Refusal: as `refuse_misfit`: others may have been decided since it was proposed.
    """
    approved = read_allowance(body)
    refuse_misfit(connection, approved, lock=True)
    allow(connection, approved.holds, approved.name, approved.team, approved.terms, proposal)


def _whole(typed: str) -> int:
    text = typed.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValueError(text[:10])
    return int(text)
