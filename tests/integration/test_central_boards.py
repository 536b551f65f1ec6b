"""What the real ledger keeps of what stations tell for the board."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from cardstation.central import wire as theirs
from cardstation.central.boards import KEPT
from cardstation.domain.board_told import BoardTold, GasLeft
from cardstation.errors import LedgerRefused
from cardstation.sync import wire as ours
from tests.kit.facts import Chain
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
NOW = datetime.now(UTC).replace(microsecond=0)
ONE = GasLeft(
    account_no="A1",
    card_no="C1",
    counter=3,
    out_at=NOW + timedelta(days=4),
    read_at=NOW - timedelta(days=1),
    team="绿园专班",
    zone="sealed",
)


def rows(centre: Centre, table: str) -> Sequence[tuple[object, ...]]:
    with centre.books.owner.connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))]  # noqa: S608


def grown_old(centre: Centre) -> None:
    with centre.books.owner.begin() as connection:
        connection.execute(text("UPDATE gas_left SET read_at = read_at - interval '2 hours'"))


def test_both_sides_see_the_same_wire() -> None:
    for name in ("GasLeft", "BoardTold", "BoardHeard"):
        assert getattr(theirs, name).__struct_fields__ == getattr(ours, name).__struct_fields__


def test_the_newest_word_about_bags_stands_alone(centre: Centre) -> None:
    first, second = centre.station("S001"), centre.station("S002")
    assert first.tell_board(BoardTold({"B1": 2, "B2": 1})) is None
    second.tell_board(BoardTold({"B1": 5}))
    first.push([Chain().add("armed")], first.head().nonce)
    first.tell_board(BoardTold({"B2": 4}))
    assert sorted(rows(centre, "open_cases")) == [("S001", "B2", 4), ("S002", "B1", 5)]
    first.tell_board(BoardTold({}))
    assert rows(centre, "open_cases") == [("S002", "B1", 5)]


def test_the_youngest_reading_holds_whoever_read_it(centre: Centre) -> None:
    first, second = centre.station("S001"), centre.station("S002")

    def kept() -> tuple[object, ...]:
        (row,) = rows(centre, "gas_left")
        return row[1], row[3], row[4]

    until = NOW - timedelta(hours=1)
    assert first.tell_board(BoardTold({}, (ONE,), until)) == until
    assert kept() == ("S001", 3, ONE.out_at)
    second.tell_board(BoardTold({}, (replace(ONE, counter=2),)))
    assert kept() == ("S001", 3, ONE.out_at), "the same reading, without the last load"
    first.tell_board(BoardTold({}, (replace(ONE, counter=2),)))
    assert kept() == ("S001", 2, ONE.out_at), "its own load was taken off again"
    second.tell_board(BoardTold({}, (replace(ONE, counter=3),)))
    assert kept() == ("S002", 3, ONE.out_at)
    old = replace(ONE, read_at=ONE.read_at - timedelta(days=1), counter=9)
    assert first.tell_board(BoardTold({}, (old,))) == until
    assert kept() == ("S002", 3, ONE.out_at)
    ahead = replace(ONE, read_at=NOW + timedelta(days=400), out_at=None)
    second.tell_board(BoardTold({}, (ahead,)))
    assert kept() == ("S002", 3, None)
    first.tell_board(BoardTold({}, (ONE, replace(ONE, account_no="A0"), ONE)))
    assert {row[0]: row[1] for row in rows(centre, "gas_left")} == {"A0": "S001", "A1": "S001"}


def test_what_is_long_past_is_forgotten(centre: Centre) -> None:
    station = centre.station()
    old = replace(ONE, account_no="A0", read_at=NOW - KEPT + timedelta(hours=1))
    station.tell_board(BoardTold({}, (old,)))
    assert len(rows(centre, "gas_left")) == 1
    grown_old(centre)
    station.tell_board(BoardTold({}))
    assert rows(centre, "gas_left") == []


def test_two_tellings_end_neither_of_them(centre: Centre) -> None:
    """Another station writes of a household that is new here, then of one that is old here; and
    this station tells twice at once."""
    station = centre.station()
    centre.station("S002")
    old = replace(ONE, account_no="Z", read_at=NOW - KEPT + timedelta(hours=1))
    station.tell_board(BoardTold({}, (old,)))
    grown_old(centre)
    told: list[object] = []
    gas = (replace(ONE, account_no="A"),)
    hand = threading.Thread(target=lambda: told.append(station.tell_board(BoardTold({}, gas, NOW))))
    with centre.books.owner.begin() as other:
        other.execute(text("INSERT INTO gas_left SELECT 'A', 'S002', '', 1, NULL, now(), '', ''"))
        hand.start()
        for _ in range(400):
            if other.scalar(text(WAITING)):
                break
            hand.join(0.02)
        other.execute(text("UPDATE gas_left SET counter = counter WHERE account_no = 'Z'"))
    hand.join()
    assert told == [NOW]
    hand = threading.Thread(target=lambda: told.append(station.tell_board(BoardTold({"B1": 2}))))
    with centre.books.owner.begin() as first:
        first.execute(text("UPDATE boards_heard SET heard_at = now()"))
        first.execute(text("INSERT INTO open_cases VALUES ('S001', 'B1', 1)"))
        hand.start()
        for _ in range(400):
            if first.scalar(text(WAITING)):
                break
            hand.join(0.02)
    hand.join()
    assert (told, rows(centre, "open_cases")) == ([NOW, NOW], [("S001", "B1", 2)])


def test_a_station_whose_clock_runs_ahead_is_asked_again(centre: Centre) -> None:
    heard = centre.station().tell_board(BoardTold({}, (), NOW + timedelta(days=400)))
    assert heard is not None
    assert heard < NOW + timedelta(hours=1)


def test_moments_nobody_can_mean_are_refused_and_nothing_is_kept(centre: Centre) -> None:
    station = centre.station()
    odd = datetime(9000, 1, 1, tzinfo=UTC)
    for told in (
        BoardTold({"B1": 1}, (), odd),
        BoardTold({"B1": 1}, (replace(ONE, out_at=odd),)),
        BoardTold({"B1": 1}, (replace(ONE, read_at=odd),)),
    ):
        with pytest.raises(LedgerRefused, match="request_unreadable"):
            station.tell_board(told)
    assert rows(centre, "open_cases") == []


def test_a_station_that_is_stopped_tells_nothing(centre: Centre) -> None:
    station = centre.station()
    with centre.books.owner.begin() as connection:
        connection.execute(text("UPDATE stations SET status = 'suspended'"))
    with pytest.raises(LedgerRefused, match="station_suspended"):
        station.tell_board(BoardTold({"B1": 1}))
