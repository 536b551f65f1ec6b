"""Offline grants: what two people allow a station, and what it was given last.

One row per station and per team. A station's row is locked by whoever gives it a grant, posts what
it used, or changes what it is allowed; its team's row, before it, by whoever shares out the team.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Row,
    Table,
    Text,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from cardstation.central.console.tables import decided_columns
from cardstation.central.tables import BOOKS
from cardstation.domain.granted import Before, Given
from cardstation.domain.money import Money
from cardstation.domain.offline_grant import Grant, Terms

STATION, TEAM = "station", "team"

offline_grants = Table(
    "offline_grants",
    BOOKS,
    Column("holds", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("team", Text, nullable=False),
    *(
        Column(name, BigInteger, nullable=False)
        for name in ("fen", "hours", "card_fen", "list_hours")
    ),
    Column("proposal", BigInteger, nullable=False),
    *decided_columns("grant"),
    *(Column(name, Text) for name in ("key", "boot", "given_team", "list_hash", "reserved_team")),
    *(
        Column(name, BigInteger)
        for name in (
            *("epoch", "number", "given_fen", "given_hours", "given_card_fen", "given_list_hours"),
            *("list_no", "until_us", "reserved_fen", "reserved_until_us", "posted_number"),
        )
    ),
    Column("posted_fen", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("team = '' OR holds = 'station'", name="offline_grants_team_of_stations"),
    Index("offline_grants_team_idx", "team", postgresql_where=text("team <> ''")),
)
_ROW = offline_grants.c


@dataclass(frozen=True, slots=True)
class Held:
    """What a station or a team is allowed, and a station's last grant.

    Attributes:
        team: Of a station, empty = none.
        given: None before the first.
        posted: Money of the loads it posted under the last grant it posted any of.
        posted_number: Number of that grant, 0 = it never posted any.
    """

    name: str
    team: str
    terms: Terms
    given: Given | None
    posted: Money
    posted_number: int

    @property
    def grant(self) -> Grant | None:
        """Its last grant, None before the first."""
        return None if self.given is None else self.given.grant


def allow(
    connection: Connection, holds: str, name: str, team: str, terms: Terms, proposal: int
) -> None:
    """Keep what two people decided; the caller looked whether it fits its team."""
    said: Mapping[str, Any] = {
        "team": team,
        "fen": terms.money.fen,
        "hours": terms.hours,
        "card_fen": terms.card_money.fen,
        "list_hours": terms.list_hours,
        "proposal": proposal,
    }
    made = insert(offline_grants).values(holds=holds, name=name, **said)
    connection.execute(
        made.on_conflict_do_update(index_elements=["holds", "name"], set_=dict(said))
    )


def held(connection: Connection, holds: str) -> tuple[Held, ...]:
    """Every station, or every team, that something was decided for, by name."""
    rows = connection.execute(_of(holds).order_by(_ROW.name))
    return tuple(map(_held, rows))


def members(connection: Connection, team: str, *, lock: bool = False) -> tuple[Held, ...]:
    """The stations of a team; locked, nobody changes what the team or one of them is allowed."""
    if lock:
        connection.execute(_of(TEAM).where(_ROW.name == team).with_for_update())
    rows = connection.execute(_of(STATION).where(_ROW.team == team).order_by(_ROW.name))
    return tuple(map(_held, rows))


def out_of(connection: Connection, team: str) -> tuple[Held, ...]:
    """The stations whose grants may take of a team's room, those that left it, too."""
    named = or_(_ROW.team == team, _ROW.given_team == team, _ROW.reserved_team == team)
    return tuple(map(_held, connection.execute(_of(STATION).where(named))))


def one_held(connection: Connection, holds: str, name: str) -> Held | None:
    """What a station or a team is allowed, None where nobody decided anything for it."""
    row = connection.execute(_of(holds).where(_ROW.name == name)).one_or_none()
    return None if row is None else _held(row)


def lock_if_free(connection: Connection, holds: str, name: str) -> Held | None:
    """The same, nobody else's until this transaction ends; None where it is somebody's."""
    query = _of(holds).where(_ROW.name == name).with_for_update(skip_locked=True)
    row = connection.execute(query).one_or_none()
    return None if row is None else _held(row)


def keep_given(connection: Connection, given: Given) -> None:
    """Keep what a station was given, in the place of its last grant."""
    grant, before = given.grant, given.before
    connection.execute(
        update(offline_grants)
        .where(_ROW.holds == STATION, _ROW.name == grant.station)
        .values(
            epoch=grant.epoch,
            key=grant.key,
            boot=given.boot,
            number=grant.number,
            given_team=given.team,
            given_fen=grant.terms.money.fen,
            given_hours=grant.terms.hours,
            given_card_fen=grant.terms.card_money.fen,
            given_list_hours=grant.terms.list_hours,
            list_no=grant.list_no,
            list_hash=grant.list_hash,
            until_us=grant.until_us,
            reserved_fen=None if before is None else before.money.fen,
            reserved_until_us=None if before is None else before.until_us,
            reserved_team=None if before is None else before.team,
        )
    )


def clock_us(connection: Connection) -> int:
    """The books' own clock, microseconds since 1970: one for all processes of the service."""
    now = connection.scalar(
        text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
    )
    return int(now or 0)


def _of(holds: str) -> Any:
    return select(offline_grants).where(_ROW.holds == holds)


def _held(row: Row[Any]) -> Held:
    terms = Terms(Money(row.fen), row.hours, Money(row.card_fen), row.list_hours)
    posted = Money(row.posted_fen), row.posted_number or 0
    return Held(row.name, row.team, terms, _given(row), *posted)


def _given(row: Row[Any]) -> Given | None:
    if row.number is None:
        return None
    figures = Money(row.given_fen), row.given_hours, Money(row.given_card_fen)
    grant = Grant(
        station=row.name,
        epoch=row.epoch,
        key=row.key,
        number=row.number,
        terms=Terms(*figures, row.given_list_hours),
        list_no=row.list_no,
        list_hash=row.list_hash,
        until_us=row.until_us,
    )
    before = None
    if row.reserved_fen is not None:
        before = Before(Money(row.reserved_fen), row.reserved_until_us, row.reserved_team)
    return Given(grant, row.boot, row.given_team, before)
