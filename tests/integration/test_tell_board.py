"""What a desk tells the centre for its board: open cases of bags, and how long gas lasts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.bootstrap.beside import board_teller
from cardstation.domain.batch import Whose, Zone
from cardstation.domain.board_told import BoardTold, GasLeft
from cardstation.domain.forecast import MeterReading
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import Money
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.errors import LedgerUnreachable, Refusal
from cardstation.services import tell_board as telling
from cardstation.services.board_state import board_state
from cardstation.services.file_batch import file_batch
from cardstation.services.return_load import return_load
from cardstation.services.tell_board import SETTLES, tell_board
from cardstation.services.triage_list import triage_list
from tests.kit.station import Desk, card_of, line, neighbours, nobody, open_desk, put_batch

SECOND = Approval("017")
HOMES = neighbours(4)
COMMUNITY = HOMES[0].address.community


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = open_desk(tmp_path, households=HOMES)
    yield found
    found.station.store.close()


def read(desk: Desk, home: int, *, days_ago: int, left: str) -> None:
    household = HOMES[home]
    at = desk.clock.now() - timedelta(days=days_ago)
    meter, counter = household.meter.meter_no, household.purchase_counter
    values = Volume.of_m3(left), Volume.of_m3("100"), counter, at
    with desk.station.store.unit() as unit:
        unit.readings.add(MeterReading(household.account_no, meter, *values), desk.clock.now())
        unit.commit()


def read_twice(desk: Desk, *homes: int) -> None:
    for home in homes:
        read(desk, home, days_ago=10, left="20")
        read(desk, home, days_ago=0, left="10")


def told(desk: Desk) -> list[BoardTold]:
    """What this telling says."""
    before = len(desk.ledger.centre.told)
    tell_board(desk.station)
    return desk.ledger.centre.told[before:]


def gas(desk: Desk) -> dict[str, GasLeft]:
    return {one.account_no: one for part in told(desk) for one in part.gas}


def test_open_cases_are_those_the_desks_own_board_counts(desk: Desk) -> None:
    batch = put_batch(desk, [line(HOMES[0], 4), line(HOMES[1], 5)])
    with pytest.raises(Refusal):
        desk.load(batch, card_of(HOMES[3]))
    said, *_ = told(desk)
    assert said == BoardTold({batch: board_state(desk.station).exceptions})
    assert said.open[batch] >= 1


def test_gas_is_told_by_account_and_says_what_the_desks_own_list_says(desk: Desk) -> None:
    read_twice(desk, 0)
    read(desk, 1, days_ago=0, left="10")
    found = gas(desk)
    own = {one.account_no: one.forecast for one in triage_list(desk.station, COMMUNITY).rows}
    assert found == {
        HOMES[at].account_no: GasLeft(
            account_no=HOMES[at].account_no,
            card_no=HOMES[at].card_no,
            counter=HOMES[at].purchase_counter,
            out_at=own[HOMES[at].account_no].out_at,
            read_at=desk.clock.now(),
            team=HOMES[at].team,
            zone="open",
        )
        for at in (0, 1)
    }
    assert found[HOMES[0].account_no].out_at == desk.clock.now() + timedelta(days=10)


def test_what_nobody_can_know_is_told_as_unknown(desk: Desk) -> None:
    home = replace(HOMES[0], bought_this_year=Volume(0))
    with desk.station.store.unit() as unit:
        unit.households.put([home])
        unit.commit()
    read(desk, 0, days_ago=0, left="10")
    assert gas(desk)[home.account_no].out_at is None


def test_the_newest_bag_says_whose_household_it_is(desk: Desk) -> None:
    read_twice(desk, 0)
    batch = put_batch(desk, [line(HOMES[0], 4)])
    file_batch(desk.station, batch, Whose(COMMUNITY, "", "绿园专班", Zone.SEALED))
    one = gas(desk)[HOMES[0].account_no]
    assert (one.team, one.zone) == ("绿园专班", "sealed")


def test_a_load_here_is_in_the_figure_and_its_counter_says_so(desk: Desk) -> None:
    read_twice(desk, 0)
    before = gas(desk)[HOMES[0].account_no]
    card = card_of(HOMES[0])
    desk.sell(card, yuan="28")
    after = gas(desk)[HOMES[0].account_no]
    assert after.counter == before.counter + 1
    assert after.out_at is not None
    assert before.out_at is not None
    assert after.out_at > before.out_at
    with closing(desk.insert(card)) as inserted:
        return_load(desk.station, inserted, SECOND, nobody, reading="photo 17")
    assert gas(desk)[HOMES[0].account_no] == before


def test_a_household_is_told_until_its_card_must_be_loaded_and_not_again(desk: Desk) -> None:
    read_twice(desk, 0)
    assert set(gas(desk)) == {HOMES[0].account_no}
    desk.clock.at += SETTLES / 2
    assert set(gas(desk)) == {HOMES[0].account_no}
    desk.clock.at += SETTLES
    assert set(gas(desk)) == {HOMES[0].account_no}, "the last time"
    assert gas(desk) == {}
    desk.clock.at += timedelta(days=1)
    read(desk, 1, days_ago=0, left="9")
    for _ in range(2):
        assert set(gas(desk)) == {HOMES[1].account_no}
        desk.clock.at += timedelta(days=1)
    desk.sell(card_of(HOMES[0]), yuan="28")
    assert set(gas(desk)) == {HOMES[0].account_no}, "loaded later than it was read"


def test_many_households_are_many_messages_and_only_the_last_says_all_were_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "AT_ONCE", 2)
    read_twice(desk, 0, 1, 2)
    first, *parts = told(desk)
    assert (first.gas, first.until) == ((), None)
    assert [len(one.gas) for one in parts] == [2, 1]
    assert [one.until for one in parts] == [None, desk.clock.now() - SETTLES]


def test_a_telling_that_was_cut_is_told_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "AT_ONCE", 1)
    read_twice(desk, 0, 1)
    messages = 0

    def cut(name: str) -> None:
        nonlocal messages
        messages += name == "ledger.board"
        if messages == 3:
            raise LedgerUnreachable("ledger_unreachable", url="")

    desk.ledger.boundary = cut
    with pytest.raises(LedgerUnreachable):
        tell_board(desk.station)
    assert len(gas(desk)) == 2


def test_a_desk_without_a_ledger_tells_nobody(desk: Desk) -> None:
    with pytest.raises(Refusal, match="ledger_not_set"):
        tell_board(replace(desk.station, ledger=None))


def test_it_is_told_beside_the_work_and_a_dead_line_is_no_fault(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    read_twice(desk, 0)
    asked, done = threading.Event(), threading.Event()

    def cut(_name: str) -> None:
        asked.set()
        raise LedgerUnreachable("ledger_unreachable", url="")

    desk.ledger.boundary = cut
    with board_teller(0) as teller:
        teller.serve(desk.station)
        teller.ring()
        assert asked.wait(10)
        desk.ledger.boundary = lambda _name: done.set()
        teller.ring()
        assert done.wait(10)
    assert [len(one.gas) for one in desk.ledger.centre.told] == [0, 1]
    assert not [one for one in caplog.records if one.levelname == "WARNING"]


def test_a_money_meter_is_not_reckoned_by_cubic_metres_bought(tmp_path: Path) -> None:
    (home,) = neighbours(1, MeterKind.MONEY)
    desk = open_desk(tmp_path, households=[home])
    now = desk.clock.now()
    meter, counter = home.meter.meter_no, home.purchase_counter
    with desk.station.store.unit() as unit:
        one = MeterReading(home.account_no, meter, Money(900), Money(9_000), counter, now)
        unit.readings.add(one, now)
        unit.commit()
    assert gas(desk)[home.account_no].out_at is None
    desk.station.store.close()
