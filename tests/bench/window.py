"""The longest time the window did not answer while a bag of cards, true to time, runs."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer

from cardstation.bootstrap.demo_readers import LocalRoom
from cardstation.bootstrap.desk_readers import DeskReaders
from cardstation.bootstrap.desk_wiring import Wiring
from cardstation.bootstrap.papers import get_ready
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.services.pay_batch import pay_batch
from cardstation.settings import Settings
from drivers.virtual import VirtualCard
from tests.bench.card_cycle import EXCHANGE_S
from tests.bench.row import Row, timed
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch
from ui.desk import DeskWindow
from ui.program import open_window, prepare
from ui.screens.batch import BatchScreen

CARDS = 50
TICK_MS = 1
ALLOWED_MS = 50.0
GIVE_UP_MS = 120_000


class Pulse:
    """Beats in the window's thread; its longest pause is how long the window was deaf.

    On a busy machine most of a pause is waiting for a processor, which is nobody's fault here;
    Linux says how much (proc(5), schedstat: time run, time waited, in ns).
    """

    def __init__(self) -> None:
        self.longest_ms = self.longest_own_ms = 0.0
        self.over = 0
        self._told = Path("/proc/thread-self/schedstat")
        self._last = self._waited_ms = 0.0

    def start(self) -> None:
        self._last, self._waited_ms = time.perf_counter(), self._waited()

    def beat(self) -> None:
        now, waited_ms = time.perf_counter(), self._waited()
        pause = (now - self._last) * 1000 - TICK_MS
        own = pause - (waited_ms - self._waited_ms)
        self.longest_ms = max(self.longest_ms, pause)
        self.longest_own_ms = max(self.longest_own_ms, own)
        self.over += own > ALLOWED_MS
        self._last, self._waited_ms = now, waited_ms

    def _waited(self) -> float:
        return int(self._told.read_text().split()[1]) / 1e6 if self._told.exists() else 0.0


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        home, people = Path(folder), neighbours(CARDS)
        desk = open_desk(home, households=people)
        with closing(desk.station.store):
            batch_id = put_batch(desk, [line(one, row) for row, one in enumerate(people, 2)])
            lump = Money.of_yuan(str(100 * CARDS))
            pay_batch(desk.station, batch_id, tender=Tender.CASH, money=lump)
            desk.reader.exchange_s = EXCHANGE_S
            return _run(home, desk, batch_id, [_true_to_time(card_of(one)) for one in people])


def _true_to_time(card: VirtualCard) -> VirtualCard:
    card.chip.sleep = time.sleep
    return card


def _run(home: Path, desk: Desk, batch_id: str, cards: list[VirtualCard]) -> list[Row]:
    app = prepare(100)
    readers = DeskReaders(LocalRoom(desk.reader))
    services = Wiring(Settings(home=home), desk.station, readers).services()
    services = replace(services, settings=replace(services.settings, sound=False))
    window = open_window(services)
    pulse, beat, hands = Pulse(), QTimer(), Hands(desk, cards, _batch(window))
    beat.timeout.connect(pulse.beat)
    window.go("batch")
    window.show()
    _batch(window).model.open(batch_id)

    def begin() -> None:
        _batch(window).model.start()
        pulse.start()
        beat.start(TICK_MS)
        hands.start(app.quit)

    get_ready()
    QTimer.singleShot(800, begin)
    QTimer.singleShot(GIVE_UP_MS, app.quit)
    app.exec()
    beat.stop()
    switches = [_switch(window, way) for way in ("choose_theme", "choose_language")]
    window.close()
    done = len(cards) - len(hands.left)
    return [
        Row(
            f"longest pause of the window, {done} cards",
            pulse.longest_own_ms,
            ALLOWED_MS,
            "ms",
            "allowed",
        ),
        Row("  with waiting for a processor", pulse.longest_ms, against="others' load"),
        Row("  pauses over 50 ms", float(pulse.over), unit=""),
        Row("  theme, then language switch", max(switches), 600.0, "ms", "allowed"),
        Row("  cards through the window", hands.per_card_ms, against="per card, papers included"),
    ]


def _batch(window: DeskWindow) -> BatchScreen:
    found = window.session.screens["batch"]
    assert isinstance(found, BatchScreen)
    return found


def _switch(window: DeskWindow, way: str) -> float:
    choices = window.session.tools.choices
    other = {"choose_theme": "dark", "choose_language": "en"}[way]
    seconds, _ = timed(lambda: getattr(choices, way)(other))
    return seconds * 1000


class Hands:
    """Puts one card after another in, as soon as the last line is done."""

    def __init__(self, desk: Desk, cards: list[VirtualCard], screen: BatchScreen) -> None:
        self.left, self._desk, self._screen = list(cards), desk, screen
        self._began, self._all, self._timer = 0.0, len(cards), QTimer()
        self._lying = False
        self._over: Callable[[], None] = lambda: None

    def start(self, over: Callable[[], None]) -> None:
        self._began, self._over = time.perf_counter(), over
        self._timer.timeout.connect(self._look)
        self._timer.start(2)

    @property
    def per_card_ms(self) -> float:
        return self._took * 1000 / max(1, self._all - len(self.left))

    def _look(self) -> None:
        counts = self._screen.model.state.counts
        if self._lying and counts.done + len(self.left) >= self._all:
            self._desk.reader.pull()
            self._lying = False
        elif not self._lying and self.left:
            self._desk.reader.insert(self.left.pop(0))
            self._lying = True
        elif not self._lying:
            self._timer.stop()
            self._took = time.perf_counter() - self._began
            self._over()

    _took = 0.0
