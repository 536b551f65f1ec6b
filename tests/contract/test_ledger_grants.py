"""What every ledger must say of offline grants: for whom, how much, until when, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from cardstation.central.grants import TEAM, offline_grants
from cardstation.central.tables import stations
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.offline_grant import (
    RENEWED_AFTER_US,
    Grant,
    GrantTold,
    Terms,
    key_of,
)
from cardstation.ports.ledger import Ledger
from tests.kit.facts import Chain
from tests.kit.grants import allowed, terms
from tests.kit.memory_ledger import Centre as Double
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.postgres import CODES, Centre, TestKey

pytest_plugins = ("tests.kit.ledger_fixtures",)

LEDGERS = [pytest.param("central", marks=pytest.mark.postgres), "memory"]
NAMES = ("S001", "S002")
AT_FIRST = {"version": "1", "unsent": "0", "boot": "first", "grant": "0"}
_HOUR_US = 3_600 * 1_000_000


@dataclass(frozen=True)
class Pair:
    """Two stations at one centre, and what people decide there.

    Attributes:
        allow: What a station is allowed, in which team. ceiling: What a team is.
        stop: The first one may not speak any more.
        age: So much time goes by for every grant.
        says: What each station says of itself in its question, by name.
        keys: Public keys of both.
    """

    first: Ledger
    second: Ledger
    allow: Callable[[str, Terms, str], None]
    ceiling: Callable[[str, Money], None]
    stop: Callable[[], None]
    age: Callable[[timedelta], None]
    says: dict[str, dict[str, str]]
    keys: tuple[bytes, bytes] = (bytes(32), bytes(32))


@pytest.fixture(params=LEDGERS)
def pair(request: pytest.FixtureRequest) -> Pair:
    if request.param == "memory":
        return played()
    centre: Centre = request.getfixturevalue("centre")
    keys, says = (TestKey(), TestKey()), {name: dict(AT_FIRST) for name in NAMES}
    books = centre.books
    lines = [
        centre.line(name, key, news=lambda name=name: says[name])  # type: ignore[misc]
        for name, key in zip(NAMES, keys, strict=True)
    ]
    for line, code in zip(lines, CODES, strict=False):
        line.enrol(code)

    def stop() -> None:
        with books.owner.begin() as connection:
            first = update(stations).where(stations.c.station == "S001")
            connection.execute(first.values(status="suspended"))

    def age(span: timedelta) -> None:
        row, us = offline_grants.c, int(span.total_seconds() * 1_000_000)
        older = {name: row[name] - us for name in ("until_us", "reserved_until_us")}
        with books.owner.begin() as connection:
            connection.execute(update(offline_grants).values(older))

    return Pair(
        lines[0],
        lines[1],
        lambda name, said, team: allowed(books, name, said, team),
        lambda team, money: allowed(books, team, Terms(money, 0, NO_MONEY, 0), holds=TEAM),
        stop,
        age,
        says,
        (keys[0].public, keys[1].public),
    )


@dataclass
class _Time:
    at: datetime = field(default_factory=lambda: datetime(2026, 11, 24, 1, 0, tzinfo=UTC))


def played() -> Pair:
    time, double = _Time(), Double()
    double.now = lambda: time.at

    def stop() -> None:
        double.chains["S001"].status = "suspended"

    def age(span: timedelta) -> None:
        time.at += span

    says = {name: dict(AT_FIRST) for name in NAMES}
    return Pair(
        MemoryLedger("S001", double, news=lambda: says["S001"]),
        MemoryLedger("S002", double, news=lambda: says["S002"]),
        double.grants.allow,
        double.grants.ceilings.__setitem__,
        stop,
        age,
        says,
    )


def told(ledger: Ledger) -> GrantTold:
    found = ledger.head().grant
    assert found is not None
    return found.told


def grant_of(ledger: Ledger) -> Grant:
    return told(ledger).grant


def test_nobody_needs_a_grant_until_somebody_decided_so(pair: Pair) -> None:
    assert pair.first.head().grant is None
    pair.allow("S002", terms(), "")
    assert pair.first.head().grant is None


def test_a_grant_names_its_station_its_epoch_and_its_key(pair: Pair) -> None:
    pair.allow("S001", terms(), "")
    grant = grant_of(pair.first)
    said = (grant.station, grant.epoch, grant.key, grant.terms, grant.list_no)
    assert said == ("S001", 1, key_of(pair.keys[0]), terms(), 0)


def test_its_time_runs_from_the_answer(pair: Pair) -> None:
    pair.allow("S001", terms(hours=8), "")
    assert told(pair.first).runs_ns == 8 * _HOUR_US * 1_000
    pair.age(timedelta(minutes=9))
    again = told(pair.first)
    left_us = again.grant.until_us - again.now_us
    assert 7 * _HOUR_US < left_us <= 8 * _HOUR_US - 9 * 60 * 1_000_000


def test_a_young_grant_is_said_again_and_an_older_one_renewed(pair: Pair) -> None:
    pair.allow("S001", terms(), "")
    first = grant_of(pair.first)
    assert grant_of(pair.first) == first
    pair.age(timedelta(microseconds=RENEWED_AFTER_US))
    second = grant_of(pair.first)
    assert second.number > first.number
    assert told(pair.first).runs_ns > 23 * _HOUR_US * 1_000


def test_what_people_decide_anew_is_a_new_grant_at_once(pair: Pair) -> None:
    pair.allow("S001", terms(10_000), "")
    first = grant_of(pair.first)
    pair.allow("S001", terms(500, hours=2), "")
    second = grant_of(pair.first)
    assert (second.number > first.number, second.terms) == (True, terms(500, hours=2))


def test_figures_of_nothing_are_figures(pair: Pair) -> None:
    """A policy of 0 crashed the centre once."""
    pair.allow("S001", Terms(NO_MONEY, 0, NO_MONEY, 0), "")
    answer = told(pair.first)
    assert (answer.grant.terms.money, answer.runs_ns) == (NO_MONEY, 0)
    assert grant_of(pair.first).number >= answer.grant.number


def test_a_new_epoch_is_a_new_grant(pair: Pair) -> None:
    pair.allow("S001", terms(), "")
    first = grant_of(pair.first)
    Chain().lost_records(pair.first)
    second = grant_of(pair.first)
    assert (second.epoch, second.number > first.number) == (2, True)


def test_who_may_not_speak_is_given_nothing(pair: Pair) -> None:
    pair.allow("S001", terms(), "")
    grant_of(pair.first)
    pair.stop()
    assert pair.first.head().grant is None


def taken(pair: Pair, name: str) -> Money:
    """Money of the grant a station is told and takes: its next question names it."""
    ledger = pair.first if name == "S001" else pair.second
    grant = grant_of(ledger)
    pair.says[name]["grant"] = str(grant.number)
    return grant.terms.money


def test_a_team_never_has_more_out_than_its_ceiling(pair: Pair) -> None:
    """Also while a limit moves from one of its stations to another: the old grant still runs."""
    pair.ceiling("NORTH", Money(1_200_000))
    pair.allow("S001", terms(10_000), "NORTH")
    pair.allow("S002", terms(2_000), "NORTH")
    assert taken(pair, "S001") == Money(1_000_000)
    assert taken(pair, "S002") == Money(200_000)
    pair.allow("S001", terms(2_000), "NORTH")
    pair.allow("S002", terms(10_000), "NORTH")
    assert taken(pair, "S002") == Money(200_000)
    assert taken(pair, "S001") == Money(200_000)
    assert taken(pair, "S002") == Money(200_000), "nobody knows yet that the answer arrived"
    assert taken(pair, "S001") == Money(200_000)
    assert taken(pair, "S002") == Money(1_000_000)


def test_an_answer_that_was_lost_leaves_no_room(pair: Pair) -> None:
    """The station still has the grant it had, until it names the smaller one."""
    pair.ceiling("NORTH", Money(1_200_000))
    pair.allow("S001", terms(10_000), "NORTH")
    assert taken(pair, "S001") == Money(1_000_000)
    pair.allow("S001", terms(2_000), "NORTH")
    pair.allow("S002", terms(10_000), "NORTH")
    for _ in range(3):
        assert grant_of(pair.first).terms.money == Money(200_000)
        assert taken(pair, "S002") == Money(200_000)
        pair.age(timedelta(minutes=11))
    pair.age(timedelta(hours=23, minutes=33))
    assert taken(pair, "S002") == Money(1_000_000), "the lost one is over for the station, too"


def test_who_left_a_team_takes_of_its_room_until_its_grant_is_over(pair: Pair) -> None:
    pair.ceiling("NORTH", Money(1_000_000))
    pair.allow("S001", terms(10_000), "NORTH")
    assert taken(pair, "S001") == Money(1_000_000)
    pair.allow("S001", terms(500), "")
    pair.allow("S002", terms(10_000), "NORTH")
    assert taken(pair, "S002") == NO_MONEY
    assert grant_of(pair.first).terms.money == Money(50_000)
    assert taken(pair, "S002") == NO_MONEY
    assert taken(pair, "S001") == Money(50_000)
    assert taken(pair, "S001") == Money(50_000)
    assert taken(pair, "S002") == Money(1_000_000)


@pytest.mark.parametrize("other", ["boot", "epoch"])
def test_another_start_or_epoch_has_nothing_while_a_grant_runs(pair: Pair, other: str) -> None:
    """A copy of the machine, or the machine that it was: one of both has the money, not both."""
    pair.allow("S001", terms(10_000, hours=2), "")
    assert taken(pair, "S001") == Money(1_000_000)
    if other == "boot":
        pair.says["S001"]["boot"] = "second"
    else:
        Chain().lost_records(pair.first)
    first = grant_of(pair.first)
    assert first.terms.money == NO_MONEY
    assert first.number > int(pair.says["S001"]["grant"]), "the station takes it"
    pair.says["S001"]["grant"] = str(first.number)
    assert grant_of(pair.first) == first, "said again, it is the same"
    pair.age(timedelta(hours=2, minutes=4))
    assert taken(pair, "S001") == NO_MONEY
    pair.age(timedelta(minutes=2))
    assert taken(pair, "S001") == Money(1_000_000)
    if other == "boot":
        pair.says["S001"]["boot"] = "first"
        assert taken(pair, "S001") == NO_MONEY


def test_a_number_is_higher_than_any_that_the_station_has(pair: Pair) -> None:
    """Books that were put back, and whose clock is behind, give out no older number."""
    pair.allow("S001", terms(), "")
    known = 10**17
    pair.says["S001"]["grant"] = str(known)
    assert grant_of(pair.first).number == known + 1


def test_what_a_station_says_of_itself_breaks_nothing(pair: Pair) -> None:
    pair.allow("S001", terms(), "")
    for said in ("", "-1", "x", "9" * 40, "\0", "٣"):
        for name in ("boot", "grant"):
            pair.says["S001"] = {**AT_FIRST, name: said}
            no_boot = name == "boot" and said in ("", "\0", "٣")
            assert (pair.first.head().grant is None) == no_boot


def test_a_program_that_knows_no_grants_takes_none_from_the_team(pair: Pair) -> None:
    """It names no boot: nobody would take what it was given, and the upgraded one would wait."""
    pair.ceiling("NORTH", Money(1_000_000))
    for name in ("S001", "S002"):
        pair.allow(name, terms(10_000), "NORTH")
    del pair.says["S001"]["boot"]
    assert pair.first.head().grant is None
    assert taken(pair, "S002") == Money(1_000_000)
    pair.age(timedelta(hours=25))
    pair.says["S001"]["boot"] = "first"
    assert taken(pair, "S001") == Money(1_000_000)


def test_a_grant_that_is_over_leaves_its_room_to_the_team(pair: Pair) -> None:
    pair.ceiling("NORTH", Money(1_000_000))
    pair.allow("S001", terms(10_000, hours=1), "NORTH")
    pair.allow("S002", terms(10_000, hours=1), "NORTH")
    assert grant_of(pair.first).terms.money == Money(1_000_000)
    assert grant_of(pair.second).terms.money == NO_MONEY
    pair.age(timedelta(hours=1, minutes=4))
    assert grant_of(pair.second).terms.money == NO_MONEY
    pair.age(timedelta(minutes=2))
    assert grant_of(pair.second).terms.money == Money(1_000_000)


def test_an_answer_to_another_question_does_not_fit(pair: Pair) -> None:
    pair.allow("S001", terms(), "")
    one, other = told(pair.first), told(pair.first)
    assert one.message != replace(one, nonce=f"{other.nonce}x").message
    assert one.message != replace(one, now_us=one.now_us - 1).message
