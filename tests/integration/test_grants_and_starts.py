"""A grant is one start's of one machine: what is started anew, or copied, has none beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.money import NO_MONEY
from cardstation.domain.shift import Approval
from cardstation.errors import LedgerUnreachable, Refusal
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.rejoin import rejoin
from cardstation.services.sync import sync
from tests.kit.granted_desk import (
    HOMES,
    clock_of,
    granted,
    granted_desk,
    heard,
    refused,
    standing,
)
from tests.kit.grants import terms
from tests.kit.shifts import RestartableClock
from tests.kit.station import Desk, card_of, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = granted_desk(tmp_path)
    yield found
    found.station.store.close()


def test_a_new_boot_ends_it_whatever_the_clocks_say(desk: Desk) -> None:
    """Nobody knows how long a machine was off, and no copy of it has the boot of the first."""
    granted(desk, terms())
    clock_of(desk).restart()
    assert refused(desk, 0) == "grant_missing"
    clock_of(desk).run(hours=24, minutes=6)
    granted(desk, terms())
    desk.sell(card_of(HOMES[0]))


def test_a_new_boot_has_no_second_grant_beside_the_one_that_runs(desk: Desk) -> None:
    """A machine started anew cannot be told from a cold copy of it: it sells heard until then."""
    granted(desk, terms(hours=8))
    clock_of(desk).restart()
    granted(desk, terms(hours=8))
    assert (standing(desk).money, refused(desk, 0)) == (NO_MONEY, "grant_used_up")
    desk.ledger.boundary = heard
    desk.sell(card_of(HOMES[0]))
    clock_of(desk).run(hours=8, minutes=6)
    granted(desk, terms(hours=8))
    desk.sell(card_of(HOMES[1]))


def test_copies_of_a_machine_have_one_grant_together(tmp_path: Path) -> None:
    """Each is heard, with nothing new to say, which is how no copy is found; then all are alone."""
    desk = granted_desk(tmp_path / "first")
    granted(desk, terms(250))
    desk.station.store.close()
    desks = []
    for number in range(3):
        shutil.copytree(tmp_path / "first", tmp_path / str(number))
        clock = RestartableClock(clock_of(desk).at, boot=number + 1)
        copy = open_desk(tmp_path / str(number), clock=clock, ledger=replace(desk.ledger))
        granted(copy, terms(250))
        desks.append(copy)
    loaded = 0
    for copy in desks:
        with suppress(Refusal):
            for home in range(3):
                copy.sell(card_of(HOMES[home]))
                loaded += 10_000
    for copy in desks:
        copy.station.store.close()
    assert loaded == 20_000


def test_records_that_were_lost_knew_that_a_grant_is_needed(tmp_path: Path) -> None:
    """The network is gone between the new epoch and the first sync after it."""
    desk = granted_desk(tmp_path / "day")
    desk.station.store.close()
    shutil.copytree(tmp_path / "day", tmp_path / "backup")
    desk = open_desk(tmp_path / "day", clock=desk.clock, ledger=desk.ledger)
    granted(desk, terms(250))
    desk.ledger.boundary = heard
    desk.sell(card_of(HOMES[0]))
    sync(desk.station)
    desk.station.store.close()
    desk = open_desk(tmp_path / "backup", clock=desk.clock, ledger=desk.ledger)
    asked: list[str] = []

    def once(name: str) -> None:
        if name in asked and name == "ledger.head":
            raise LedgerUnreachable
        asked.append(name)

    desk.ledger.boundary = once
    with pytest.raises(LedgerUnreachable):
        rejoin(desk.station, Approval("supervisor"))
    ensure_may_sell(desk.station)
    assert refused(desk, 1) == "grant_missing"
    desk.ledger.boundary = heard
    desk.sell(card_of(HOMES[1]))
    desk.station.store.close()
