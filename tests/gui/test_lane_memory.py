"""Real services, two readers, threads: a card that is out is nowhere in the window's memory."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import pytest

from cardstation.bootstrap.desk_readers import DeskReaders
from cardstation.bootstrap.desk_wiring import Wiring
from cardstation.domain.card import CardContent
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.ports.reader import Reader
from cardstation.services.identify import Inserted
from cardstation.services.pay_batch import pay_batch
from cardstation.settings import Settings
from drivers.virtual import VirtualCard, VirtualReader
from tests.kit.cards import content
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch
from tests.kit.window_stage import application
from tests.kit.window_torn import Pull, until
from ui.desk import DeskWindow
from ui.program import open_window
from ui.screens.batch import BatchScreen
from ui.screens.batch.lane_state import LaneState
from ui.screens.counter.state import Phase

BLANK_MS = 100
"""Of the window's own work; waiting for a processor is nobody's fault here."""


@dataclass(frozen=True)
class TwoReaders:
    both: tuple[VirtualReader, VirtualReader]

    def readers(self) -> tuple[Reader, ...]:
        return self.both


@dataclass
class Running:
    """A window whose batch runs in two readers."""

    desk: Desk
    window: DeskWindow
    readers: tuple[VirtualReader, VirtualReader]
    cards: list[VirtualCard]

    @property
    def lanes(self) -> tuple[LaneState, ...]:
        screen = self.window.session.screens["batch"]
        assert isinstance(screen, BatchScreen)
        return screen.model.state.lanes


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    application()
    people = neighbours(4)
    desk = open_desk(tmp_path, households=people)
    batch_id = put_batch(desk, [line(one, row) for row, one in enumerate(people, start=2)])
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money.of_yuan("400"))
    both = (VirtualReader("reader 1"), VirtualReader("reader 2"))
    services = Wiring(
        Settings(home=tmp_path), desk.station, DeskReaders(TwoReaders(both))
    ).services()
    window = open_window(replace(services, settings=replace(services.settings, sound=False)))
    window.show()
    window.go("batch")
    screen = window.session.screens["batch"]
    assert isinstance(screen, BatchScreen)
    until(lambda: len(screen.model.state.lanes) == 2)
    screen.model.open(batch_id)
    until(lambda: screen.model.state.standing is not None)
    screen.model.start()
    until(lambda: screen.model.state.running)
    yield Running(desk, window, both, [card_of(one) for one in people])
    for reader in both:
        reader.pull()
    until(lambda: not window.session.tools.place.present)
    window.close()
    window.deleteLater()
    desk.station.store.close()


def test_two_real_cards_at_once_and_nothing_is_left_of_them(running: Running) -> None:
    for reader, card in zip(running.readers, running.cards, strict=False):
        reader.insert(card)
    until(lambda: all(lane.phase is Phase.DONE for lane in running.lanes))
    assert kept(running.window.session, running.cards[:2])
    running.readers[0].pull()
    gone = time.thread_time()
    until(lambda: running.lanes[0].phase is Phase.EMPTY)
    assert (time.thread_time() - gone) * 1000 < BLANK_MS
    assert running.lanes[0] == LaneState("reader 1", 1)
    assert running.lanes[1].phase is Phase.DONE
    running.readers[1].pull()
    until(lambda: running.lanes[1].phase is Phase.EMPTY)
    settled(running)
    assert not kept(running.window.session, running.cards[:2])


def test_a_card_pulled_half_way_leaves_the_end_of_its_number_only(running: Running) -> None:
    card = running.cards[2]
    hand = Pull(card)
    running.readers[0].insert(card)
    until(hand.reached.is_set)
    running.readers[0].pull()
    hand.let_go()
    until(lambda: running.lanes[0].phase is Phase.PULLED)
    settled(running)
    assert not kept(running.window.session, [card])


def settled(running: Running) -> None:
    """What was asked of the lanes is answered."""
    place = running.window.session.tools.place
    until(lambda: not place.present and not place.busy)
    for one in place.every:
        done: list[bool] = []
        one._lane.ask(lambda: True, done.append, lambda _error: None)
        until(lambda done=done: bool(done))
    application().processEvents()


def kept(start: object, cards: list[VirtualCard]) -> list[object]:
    """What is reachable from the session of these cards: content, open sessions, bytes of them."""
    images = [card.image for card in cards]
    numbers = {content(card).identity.card_no for card in cards}
    found: list[object] = []
    for one in reachable(start):
        part_of = (
            isinstance(one, bytes) and _says_something(one) and any(one in im for im in images)
        )
        opened = isinstance(one, Inserted) and one.image != b""
        if part_of or opened or (isinstance(one, CardContent) and _number(one) in numbers):
            found.append(one)
    return found


def _says_something(one: bytes) -> bool:
    """A row of erased bytes is on every card; a driver may know how one looks."""
    return len(one) >= 32 and len(set(one)) > 1


def _number(one: CardContent) -> str:
    return one.identity.card_no


def reachable(start: object) -> Iterator[object]:
    """Every object a session leads to; virtual cards are the world, not the program."""
    todo, seen = [start], set()
    while todo:
        one: Any = todo.pop()
        if id(one) in seen or isinstance(one, ModuleType | BuiltinFunctionType | type):
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, FunctionType):
            todo += [*(one.__closure__ or ()), *(one.__defaults__ or ())]
        elif not type(one).__module__.startswith(("drivers.virtual", "sqlalchemy", "tests")):
            todo += gc.get_referents(one)
