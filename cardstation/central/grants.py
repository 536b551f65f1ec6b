"""Offline grants: what two people allow a station, and what it was given last.

One row per station and per team. A station's row is locked by whoever gives it a grant, posts what
it used, or changes what it is allowed. No push waits for another station; grants that change, every
ten minutes at most, are given one by one within a team: its row is locked before the station's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Engine,
    Row,
    Table,
    Text,
    case,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from cardstation.central.console.tables import decided_columns
from cardstation.central.engine import transaction
from cardstation.central.feeds.tables import feeds
from cardstation.central.heads import Head
from cardstation.central.tables import BOOKS
from cardstation.domain.feed import POLICY
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.offline_grant import (
    UNDER,
    Grant,
    GrantTold,
    Terms,
    given,
    is_running,
    key_of,
)

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
    Column("epoch", BigInteger),
    Column("key", Text),
    Column("number", BigInteger),
    *(
        Column(name, BigInteger)
        for name in ("given_fen", "given_hours", "given_card_fen", "given_list_hours")
    ),
    Column("list_no", BigInteger),
    Column("until_us", BigInteger),
    Column("posted_number", BigInteger),
    Column("posted_fen", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("team = '' OR holds = 'station'", name="offline_grants_team_of_stations"),
)
_ROW = offline_grants.c
_CLOCK = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_DIGITS = 19
_MOST_POSTED = 10**15


@dataclass(frozen=True, slots=True)
class Held:
    """What a station or a team is allowed, and a station's last grant.

    Attributes:
        team: Of a station, empty = none.
        grant: None before the first.
        posted: Money of the loads it posted under the last grant it posted any of.
        posted_number: Number of that grant, 0 = it never posted any.
    """

    name: str
    team: str
    terms: Terms
    grant: Grant | None
    posted: Money
    posted_number: int


def grant_for(engine: Engine, head: Head, nonce: str) -> GrantTold | None:
    """What a station may load before we hear of it, for the question it asked just now.

    Args:
        engine: The books.
        head: Of the station, which signed the question.
        nonce: Of the question.

    Returns:
        None where nobody decided anything for this station, or it may not speak.

    Raises:
        OutcomeUnknown, Mishap: as `transaction`.
    """
    if head.status != "active":
        return None
    with transaction(engine) as connection:
        row = _row(connection, STATION, head.station)
        if row is None:
            return None
        last = _grant(row)
        grant, now_us = _now(connection, head, row)
        if grant != last:
            held_row = _locked(connection, row)
            if held_row is None:
                return None if last is None else GrantTold(last, now_us, nonce)
            grant, now_us = _now(connection, head, held_row)
            _give(connection, grant)
    return GrantTold(grant, now_us, nonce)


def _locked(connection: Connection, seen: Row[Any]) -> Row[Any] | None:
    """A station's row, and its team's before it: the team's room is shared out one by one.

    None where it went to another team meanwhile: nothing new is given before the next question.
    """
    if seen.team:
        _row(connection, TEAM, seen.team, lock=True)
    row = _row(connection, STATION, seen.name, lock=True)
    return row if row is not None and row.team == seen.team else None


def post_used(connection: Connection, station: str, entries: Iterable[Entry]) -> None:
    """Count the loads that a station says it armed under a grant, in the commit that posts them."""
    used: dict[int, int] = {}
    for one in entries:
        if (number := _rests_on(one)) is not None:
            used[number] = used.get(number, 0) + max(0, one.fen)
    if not used:
        return
    last = max(used)
    before = case((_ROW.posted_number == last, _ROW.posted_fen), else_=0)
    connection.execute(
        update(offline_grants)
        .where(_ROW.holds == STATION, _ROW.name == station)
        .values(posted_number=last, posted_fen=func.least(before + used[last], _MOST_POSTED))
    )


def _rests_on(entry: Entry) -> int | None:
    """Number of the grant under which a load was armed, None where it names none."""
    number = entry.witness.removeprefix(UNDER)
    told = entry.kind is EntryKind.ARMED and entry.witness.startswith(UNDER)
    plain = number.isascii() and number.isdigit() and len(number) < _DIGITS
    return int(number) if told and plain else None


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
        _row(connection, TEAM, team, lock=True)
    rows = connection.execute(_of(STATION).where(_ROW.team == team).order_by(_ROW.name))
    return tuple(map(_held, rows))


def team_of(connection: Connection, team: str) -> Held | None:
    """What a team is allowed, None where nobody decided anything for it."""
    row = _row(connection, TEAM, team)
    return None if row is None else _held(row)


def clock_us(connection: Connection) -> int:
    """The books' own clock, microseconds since 1970: one for all processes of the service."""
    now = connection.scalar(
        text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
    )
    return int(now or 0)


def _now(connection: Connection, head: Head, row: Row[Any]) -> tuple[Grant, int]:
    """The grant of a station as its row and its team's are, and the clock it was reckoned by."""
    now_us = clock_us(connection)
    listed = connection.scalar(select(feeds.c.number).where(feeds.c.feed == POLICY))
    grant = given(
        _grant(row),
        _terms(row).within(_room(connection, row, now_us)),
        station=head.station,
        epoch=head.epoch,
        key=key_of(head.public_key),
        list_no=listed or 0,
        now_us=now_us,
    )
    return grant, now_us


def _room(connection: Connection, row: Row[Any], now_us: int) -> Money:
    """What the running grants of the other stations leave of a team."""
    team = team_of(connection, row.team) if row.team else None
    if team is None:
        return Money(row.fen)
    others = [one.grant for one in members(connection, row.team) if one.name != row.name]
    taken = sum(one.terms.money.fen for one in others if one and is_running(one, now_us))
    return max(NO_MONEY, team.terms.money - Money(taken))


def _give(connection: Connection, grant: Grant) -> None:
    connection.execute(
        update(offline_grants)
        .where(_ROW.holds == STATION, _ROW.name == grant.station)
        .values(
            epoch=grant.epoch,
            key=grant.key,
            number=grant.number,
            given_fen=grant.terms.money.fen,
            given_hours=grant.terms.hours,
            given_card_fen=grant.terms.card_money.fen,
            given_list_hours=grant.terms.list_hours,
            list_no=grant.list_no,
            until_us=grant.until_us,
        )
    )


def _of(holds: str) -> Any:
    return select(offline_grants).where(_ROW.holds == holds)


def _row(connection: Connection, holds: str, name: str, *, lock: bool = False) -> Row[Any] | None:
    query = _of(holds).where(_ROW.name == name)
    found: Row[Any] | None = connection.execute(
        query.with_for_update() if lock else query
    ).one_or_none()
    return found


def _terms(row: Row[Any]) -> Terms:
    return Terms(Money(row.fen), row.hours, Money(row.card_fen), row.list_hours)


def _grant(row: Row[Any]) -> Grant | None:
    if row.number is None:
        return None
    figures = Money(row.given_fen), row.given_hours, Money(row.given_card_fen)
    return Grant(
        station=row.name,
        epoch=row.epoch,
        key=row.key,
        number=row.number,
        terms=Terms(*figures, row.given_list_hours),
        list_no=row.list_no,
        until_us=row.until_us,
    )


def _held(row: Row[Any]) -> Held:
    posted = Money(row.posted_fen), row.posted_number or 0
    return Held(row.name, row.team, _terms(row), _grant(row), *posted)
