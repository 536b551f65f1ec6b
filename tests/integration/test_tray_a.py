"""Tray A holds cards that were loaded and sealed, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.batch import LineState
from cardstation.domain.custody import Where
from cardstation.domain.shift import Approval
from cardstation.domain.trays import Tray, tray_for
from cardstation.errors import Refusal
from cardstation.services.card_trays import card_trays
from cardstation.services.custody_state import custody_state
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.load_line import load_line
from cardstation.services.return_load import return_load
from cardstation.services.route_card import CLERK, TRAY, route_card
from cardstation.store.funds import BatchStop
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard
from tests.kit.bag import Bag, bag_at
from tests.kit.station import Desk, card_of, neighbours, nobody, open_desk, take

HOMES = neighbours(2)
SECOND = Approval("017")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    yield opened
    opened.reader.pull()
    opened.station.store.close()


def told(bag: Bag, card: VirtualCard) -> tuple[str, Tray]:
    """The code of the stop, and the tray the lane names for it."""
    with closing(bag.desk.insert(card)) as lying, pytest.raises(Refusal) as stop:
        load_line(bag.desk.station, bag.batch_id, lying, nobody)
    return stop.value.code, tray_for(stop.value.code)


def where(bag: Bag, place: int) -> Where:
    return custody_state(bag.desk.station, bag.batch_id).custody.where[place]


def taken_off(desk: Desk, card: VirtualCard) -> None:
    with closing(desk.insert(card)) as lying:
        return_load(desk.station, lying, SECOND, nobody, reading="photo 17")


def test_the_loaded_card_laid_in_once_more_is_done(desk: Desk) -> None:
    bag = bag_at(desk, HOMES)
    bag.load(0)
    assert told(bag, bag.cards[0]) == ("line_already_done", Tray.A)
    take(bag.cards[0])
    assert told(bag, bag.cards[0]) == ("line_already_done", Tray.A)


def test_a_card_whose_load_was_taken_off_again_is_not_done(desk: Desk) -> None:
    bag = bag_at(desk, HOMES)
    bag.load(0)
    taken_off(desk, bag.cards[0])
    assert told(bag, bag.cards[0]) == ("load_returned", Tray.C)
    assert [(one.place, one.tray) for one in card_trays(desk.station, bag.batch_id)] == [
        (1, Tray.C)
    ]
    assert where(bag, 1) is Where.UNPAID


@pytest.mark.parametrize("maker", MAKERS[:4], ids=lambda maker: str(maker.school))
def test_a_copy_made_before_the_load_is_asked_about(tmp_path: Path, maker: Any) -> None:
    desk = open_desk(tmp_path, households=HOMES)
    bag = bag_at(desk, HOMES)
    bag.cards[0] = card_of(HOMES[0], maker)
    copy = card_of(HOMES[0], maker)
    copy.chip.main[:] = bag.cards[0].chip.main
    bag.load(0)
    desk.clock.at += timedelta(minutes=5)
    assert told(bag, copy) == ("loaded_on_other_card", Tray.B)
    assert told(bag, bag.cards[0]) == ("line_already_done", Tray.A)
    [case] = [one for one in exceptions_state(desk.station) if one.batch_id == bag.batch_id]
    assert (case.code, case.card_no) == ("loaded_on_other_card", HOMES[0].card_no)
    desk.reader.pull()
    desk.station.store.close()


def test_a_clerk_lays_no_unloaded_card_with_the_finished_ones(desk: Desk) -> None:
    bag = bag_at(desk, HOMES)
    bag.load(0)
    for place, card_no in ((2, HOMES[1].card_no), (0, ""), (0, "88019999")):
        with pytest.raises(Refusal, match="not_loaded_not_done"):
            route_card(
                desk.station, bag.batch_id, Tray.A, place=place, card_no=card_no, code="card_mute"
            )
    code, card_no = "line_already_done", HOMES[0].card_no
    route_card(desk.station, bag.batch_id, Tray.A, place=1, card_no=card_no, code=code)
    assert bag.states == [LineState.DONE, LineState.WAITING]


def test_what_older_records_laid_there_is_asked_about(desk: Desk) -> None:
    bag = bag_at(desk, HOMES)
    facts = {TRAY: "A", CLERK: "demo"}
    stop = BatchStop(bag.batch_id, 1, HOMES[0].card_no, "old_card", facts, desk.clock.now())
    with desk.station.store.unit() as unit:
        unit.funds.stop(stop)
        unit.commit()
    assert bag.trays == [(1, Tray.B, "old_card")]
    assert where(bag, 1) is Where.ASK
