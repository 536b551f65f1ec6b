"""Lanes, courier and watch: blocking work stays off the window's thread, results come back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from cardstation.errors import CardServiceGone, CardStationError, Defect, Refusal
from tests.kit.window_fakes import PRESENCE, FakeStation
from ui.card_place import CardPlace
from ui.card_places import CardPlaces
from ui.card_watch import CardWatch
from ui.courier import InlineCourier, QueuedCourier
from ui.desk import DeskWindow
from ui.lane import HeldLane, InlineLane, ThreadLane
from ui.session import open_session


def nothing(_result: object) -> None:
    return None


def test_work_is_done_elsewhere_and_told_here(qtbot: QtBot) -> None:
    courier = QueuedCourier()
    lane = ThreadLane("test", courier)
    seen: list[str] = []
    lane.ask(lambda: threading.current_thread().name, seen.append, nothing)
    lane.ask(str, lambda _one: seen.append(threading.current_thread().name), nothing)
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen[0] == "lane-test"
    assert seen[1] == threading.current_thread().name
    lane.close()
    courier.close()


def test_errors_come_back_as_values(caplog: pytest.LogCaptureFixture) -> None:
    told: list[CardStationError] = []

    def refuse() -> None:
        raise Refusal("foreign_card")

    def break_() -> None:
        raise KeyError("x")

    lane = InlineLane()
    lane.ask(refuse, nothing, told.append)
    with caplog.at_level(logging.CRITICAL):
        lane.ask(break_, nothing, told.append)
    assert [error.code for error in told] == ["foreign_card", "defect"]
    assert isinstance(told[1], Defect)


def test_nothing_arrives_after_the_end(qtbot: QtBot) -> None:
    courier = QueuedCourier()
    lane = ThreadLane("test", courier)
    seen: list[int] = []
    gate = threading.Event()
    lane.ask(lambda: gate.wait(5), lambda _one: seen.append(1), nothing)
    courier.close()
    gate.set()
    lane.close()
    qtbot.wait(1)
    assert not seen


class Taker:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def card_arrived(self) -> None:
        self.told.append("arrived")

    def card_opened(self) -> None:
        self.told.append("opened")

    def card_failed(self, error: CardStationError) -> None:
        self.told.append(error.code)

    def card_gone(self) -> None:
        self.told.append("gone")


def test_what_comes_late_for_a_card_that_is_gone_is_dropped() -> None:
    station, lane, taker = FakeStation(), HeldLane(), Taker()
    place = CardPlace(station.services(), lane, InlineCourier())
    place.give_to(taker)
    place.arrived(PRESENCE)
    place.gone()
    lane.run()
    lane.run()
    assert taker.told == ["arrived", "gone"]
    assert place.card is None
    assert station.card.closed


def test_a_card_changes_hands_only_when_no_work_is_under_way() -> None:
    lane, first, second = HeldLane(), Taker(), Taker()
    place = CardPlace(FakeStation().services(), lane, InlineCourier())
    place.give_to(first)
    place.arrived(PRESENCE)
    place.give_to(second)
    assert second.told == []
    lane.run()
    place.gone()
    assert first.told == ["arrived", "opened", "gone"]
    place.arrived(PRESENCE)
    lane.run()
    place.give_to(first)
    assert second.told == ["arrived", "opened", "gone"]
    assert first.told[-1] == "arrived"


def test_the_watch_survives_a_service_that_goes_away(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.card_watch.PAUSE_AFTER_TROUBLE_S", 0.01)
    station, taker, courier = FakeStation(), Taker(), QueuedCourier()
    script: list[Callable[[], object]] = [fail, lambda: PRESENCE, fail, lambda: PRESENCE]
    over = threading.Event()

    def wait_card(_reader: str) -> object:
        if script:
            return script.pop(0)()
        over.wait(0.01)
        return None

    services = replace(station.services(), wait_card=wait_card)
    place = CardPlaces(services, lambda name: ThreadLane(name, courier), courier)
    place.give_to(taker)
    watch = CardWatch(services, place, courier)
    watch.start()
    qtbot.waitUntil(lambda: taker.told.count("gone") == 2)
    qtbot.waitUntil(lambda: place.trouble is None)
    watch.close()
    place.close()
    courier.close()
    assert taker.told.count("arrived") == 2


def fail() -> object:
    raise CardServiceGone


def test_the_whole_desk_with_threads(qtbot: QtBot) -> None:
    station, removed = FakeStation(waiting=[PRESENCE]), threading.Event()
    closing = threading.Event()
    services = replace(
        station.services(),
        wait_card=lambda _reader: (
            station.waiting.pop(0) if station.waiting else closing.wait(0.01) or None
        ),
        wait_removed=lambda _presence: removed.wait(0.05),
        wake=closing.set,
    )
    window = DeskWindow(open_session(services, lambda _folder: None))
    qtbot.addWidget(window)
    window.show()
    window.session.watch()
    qtbot.waitUntil(lambda: window.banner.state.kind == "ready")
    removed.set()
    qtbot.waitUntil(lambda: window.banner.state.kind == "idle")
    assert station.calls.count("read_card") == 1
    window.close()
    assert not [one for one in threading.enumerate() if one.name.startswith(("lane-", "watch-"))]
