"""A bag whose run the end of a shift cut off: nothing becomes of its cards until the next clerk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from cardstation.domain.batch import LineState
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.services.batch_state import batch_state
from cardstation.services.close_shift import close_shift
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_batch import pay_batch
from tests.kit.shifts import ANNA, BEN, FLOAT, PINS
from tests.kit.station import card_of, line, neighbours, put_batch
from tests.kit.window_guided import GuidedDesk, guided_desk
from ui.screens.batch import BatchScreen
from ui.screens.batch.run_model import RunModel
from ui.screens.counter.state import Phase

HOMES = neighbours(2)
MONEY = Money(20_000)


@pytest.fixture
def guided(tmp_path: Path) -> Iterator[GuidedDesk]:
    with guided_desk(tmp_path / "home", HOMES) as opened:
        yield opened


def opened(guided: GuidedDesk) -> RunModel:
    """The page of a bag that is paid."""
    station = guided.desk.station
    batch_id = put_batch(guided.desk, [line(one, row) for row, one in enumerate(HOMES, 1)])
    pay_batch(station, batch_id, tender=Tender.CASH, money=MONEY)
    screen = guided.window.session.screens["batch"]
    assert isinstance(screen, BatchScreen)
    guided.window.go("batch")
    screen.model.open(batch_id)
    return screen.model


def states(guided: GuidedDesk, run: RunModel) -> list[LineState]:
    assert run.standing is not None
    found = batch_state(guided.desk.station, run.standing.batch.batch_id)
    return [one.state for one in found.outcomes]


def test_the_card_that_lies_there_waits_for_the_next_clerk(guided: GuidedDesk) -> None:
    run, station = opened(guided), guided.desk.station
    guided.press(Qt.Key.Key_F5)
    over = {"handed_to": BEN, "handed_pin": PINS[BEN]}
    close_shift(station, PINS[ANNA], counted=FLOAT + MONEY, **over)
    guided.put_in(card_of(HOMES[0]))
    [lane] = run.state.lanes
    assert (lane.phase, lane.code, lane.tray) == (Phase.STOPPED, "no_shift", None)
    assert not run.state.offered
    run.look_round()
    guided.press(Qt.Key.Key_F5)
    assert not run.running
    assert states(guided, run) == [LineState.WAITING] * 2
    open_shift(station, BEN, PINS[BEN], float_money=FLOAT + MONEY)
    guided.press(Qt.Key.Key_F5)
    assert states(guided, run) == [LineState.DONE, LineState.WAITING]
