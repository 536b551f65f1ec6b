"""Gives a station its offline grant in answer to its question, and counts what it used.

Nobody waits here for a row that another hand has: whoever cannot have it tells what was given
last, and the next question is answered anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, Engine, case, func, select, update

from cardstation.central.engine import transaction
from cardstation.central.feeds.tables import feeds
from cardstation.central.grants import (
    STATION,
    TEAM,
    Held,
    clock_us,
    keep_given,
    lock_if_free,
    offline_grants,
    one_held,
    out_of,
)
from cardstation.central.heads import Head
from cardstation.domain.feed import POLICY
from cardstation.domain.granted import Asker, Given, Offer, answer
from cardstation.domain.ledger import GENESIS, Entry, EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.offline_grant import UNDER, Grant, GrantTold, key_of

_ROW = offline_grants.c
_BOOT = re.compile(r"[0-9A-Za-z ._:+-]{1,120}")
_DIGITS = 19
_MOST_POSTED = 10**15


def asker_of(head: Head, query: Mapping[str, str]) -> Asker:
    """Who asks, by what a station says of itself in its signed question."""
    boot, has = query.get("boot", ""), query.get("grant", "")
    return Asker(
        head.station,
        head.epoch,
        key_of(head.public_key),
        boot if _BOOT.fullmatch(boot) else "",
        _number(has) or 0,
    )


def grant_for(engine: Engine, head: Head, nonce: str, query: Mapping[str, str]) -> GrantTold | None:
    """What a station may load before we hear of it, for the question it asked just now.

    Args:
        engine: The books.
        head: Of the station, which signed the question.
        nonce: Of the question.
        query: What the station says of itself in it.

    Returns:
        None where nobody decided anything for this station, it may not speak, its program names
        no boot and so knows no grants, or another hand is just changing what it is allowed and
        nothing was given to it before.

    Raises:
        OutcomeUnknown, Mishap: as `transaction`.
    """
    if head.status != "active":
        return None
    asker = asker_of(head, query)
    if not asker.boot:
        return None
    with transaction(engine) as connection:
        found = one_held(connection, STATION, head.station)
        if found is None:
            return None
        now_us = clock_us(connection)
        grant, given = _reckoned(connection, asker, found, now_us)
        if given != found.given:
            locked = _locked(connection, found)
            if locked is None:
                return _said_again(found.given, asker, now_us, nonce)
            grant, given = _reckoned(connection, asker, locked, now_us)
            keep_given(connection, given)
    return GrantTold(grant, now_us, nonce)


def _reckoned(connection: Connection, asker: Asker, held: Held, now_us: int) -> tuple[Grant, Given]:
    listed = connection.execute(
        select(feeds.c.number, feeds.c.hash).where(feeds.c.feed == POLICY)
    ).one_or_none()
    offer = Offer(
        terms=held.terms.within(_room(connection, held, now_us)),
        team=held.team,
        list_no=0 if listed is None else listed.number,
        list_hash=GENESIS if listed is None else listed.hash.hex(),
    )
    return answer(held.given, asker, offer, now_us)


def _locked(connection: Connection, seen: Held) -> Held | None:
    """A station, and its team before it: the team's room is shared out one by one.

    None where another hand has one of them, or it went to another team meanwhile.
    """
    if seen.team and lock_if_free(connection, TEAM, seen.team) is None:
        return None
    found = lock_if_free(connection, STATION, seen.name)
    return found if found is not None and found.team == seen.team else None


def _said_again(last: Given | None, asker: Asker, now_us: int, nonce: str) -> GrantTold | None:
    return GrantTold(last.grant, now_us, nonce) if last and last.is_of(asker) else None


def _room(connection: Connection, held: Held, now_us: int) -> Money:
    """What the grants of the other stations, as long as they may be in use, leave of a team."""
    team = one_held(connection, TEAM, held.team) if held.team else None
    if team is None:
        return held.terms.money
    others = [one.given for one in out_of(connection, held.team) if one.name != held.name]
    taken = sum(one.out(now_us).fen for one in others if one)
    return max(NO_MONEY, team.terms.money - Money(taken))


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
    if entry.kind is not EntryKind.ARMED or not entry.witness.startswith(UNDER):
        return None
    return _number(entry.witness.removeprefix(UNDER))


def _number(said: str) -> int | None:
    plain = said.isascii() and said.isdigit() and len(said) < _DIGITS
    return int(said) if plain else None
