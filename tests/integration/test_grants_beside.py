"""Grants beside pushes and people: no row of one station keeps another one waiting."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from cardstation.central.granting import grant_for
from cardstation.central.heads import head_of
from cardstation.domain.offline_grant import GrantTold
from tests.kit.facts import Chain
from tests.kit.grants import allowed, terms
from tests.kit.postgres import Books, Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

MEMBERS = ("S001", "S002", "S003")
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


@pytest.fixture
def team(centre: Centre) -> Centre:
    """Three stations of a team, and one of none."""
    nothing = terms(100_000, hours=0, card_yuan=0, list_hours=0)
    allowed(centre.books, "NORTH", nothing, holds="team")
    for name in MEMBERS:
        centre.station(name)
        allowed(centre.books, name, terms(), "NORTH")
    centre.station("S009")
    allowed(centre.books, "S009", terms())
    return centre


def asked(books: Books, name: str, boot: str = "first") -> GrantTold | None:
    return grant_for(books.engine, head_of(books.engine, name), "nonce", {"boot": boot})


@contextmanager
def holding(books: Books, name: str) -> Iterator[Connection]:
    """Another hand has a station's, or a team's, row, as a push that waits for a standby does."""
    with books.owner.begin() as connection:
        row = "SELECT 1 FROM offline_grants WHERE name = :name FOR UPDATE"
        connection.execute(text(row), {"name": name})
        yield connection


def test_a_row_in_another_hand_keeps_nobody_waiting(team: Centre) -> None:
    with holding(team.books, "S001"):
        assert asked(team.books, "S001") is None, "nothing was given before: the next question"
        assert asked(team.books, "S002") is not None
        assert asked(team.books, "S009") is not None
    assert asked(team.books, "S001") is not None


def test_a_team_in_another_hand_keeps_nobody_waiting(team: Centre) -> None:
    first = asked(team.books, "S001")
    allowed(team.books, "S001", terms(500), "NORTH")
    with holding(team.books, "NORTH"):
        again, second = asked(team.books, "S001"), asked(team.books, "S002")
        assert again is not None
        assert first is not None
        assert again.grant == first.grant, "the last one, until its team can be shared out"
        assert second is None
        assert asked(team.books, "S001", boot="second") is not None, "nothing needs no row"
        assert asked(team.books, "S009") is not None
    changed = asked(team.books, "S001")
    assert changed is not None
    assert changed.grant.terms == terms(500)


def test_a_push_that_waits_for_its_grant_holds_no_account(team: Centre) -> None:
    """Another station posts for the same household meanwhile."""
    names = "S010", "S011"
    here, there = (team.station(name) for name in names)
    allowed(team.books, "S010", terms())
    chains = [Chain(name) for name in names]
    paid = {"fen": 5_000, "tender": "cash", "account_no": "0000000007", "card_no": "C7"}
    first = [
        chains[0].add("paid", subject="a", **paid),
        chains[0].add("armed", subject="a", witness="grant 7", **paid),
    ]

    def push() -> None:
        here.push(first, here.head().nonce)

    hand = threading.Thread(target=push)
    with holding(team.books, "S010") as connection:
        hand.start()
        for _ in range(400):
            if connection.scalar(text(_WAITING)):
                break
            hand.join(0.02)
        second = chains[1].add("paid", subject="b", **paid)
        assert there.push([second], there.head().nonce).acked_seq == 1
        assert hand.is_alive(), "it waits"
    hand.join()


def test_what_was_decided_stops_no_push_and_no_grant(team: Centre) -> None:
    """Only who changes what was decided is asked for the decision."""
    ledger, chain = team.station("S010"), Chain("S010")
    allowed(team.books, "S010", terms())
    with team.books.owner.begin() as connection:
        connection.execute(text("ALTER TABLE proposals DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE proposals SET body = '\"torn\"'"))
    assert ledger.head().grant is not None
    raw = chain.add("armed", fen=100, subject="t", witness="grant 7")
    assert ledger.push([raw], ledger.head().nonce).acked_seq == 1
    with (
        pytest.raises(IntegrityError, match="about something else"),
        team.books.owner.begin() as connection,
    ):
        connection.execute(text("UPDATE offline_grants SET hours = hours + 1"))


def test_a_push_waits_for_no_row_that_only_names_its_station(team: Centre) -> None:
    """What it tells for the board is being written, and waits for another station's telling."""
    ledger, chain = team.station("S010"), Chain("S010")
    raw = chain.add("paid", fen=100, subject="t", tender="cash", account_no="A", card_no="C")
    with team.books.owner.begin() as telling:
        telling.execute(text("INSERT INTO open_cases VALUES ('S010', 'b', 1)"))
        assert ledger.push([raw], ledger.head().nonce).acked_seq == 1
