"""A card is pulled in the middle of its write, under the whole window with its threads.

Nothing here is made up: the real services on a real store, a real layout, a virtual reader with a
virtual chip that loses its power between two bytes. The hand that pulls it waits until the chip has
changed a few bytes, holds the world still while a picture is taken, and pulls.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QEventLoop, QTimer

from cardstation.bootstrap.demo_readers import LocalRoom
from cardstation.bootstrap.desk_readers import DeskReaders
from cardstation.bootstrap.desk_wiring import Wiring
from cardstation.domain.household import Address, Household
from cardstation.domain.meter import Meter
from cardstation.domain.money import Money
from cardstation.domain.shift import Role
from cardstation.services.add_clerk import add_clerk
from cardstation.services.open_shift import open_shift
from cardstation.settings import Settings
from drivers.virtual import VirtualCard
from tests.kit import cards
from tests.kit.shifts import PlainPins
from tests.kit.station import Desk, card_of, open_desk
from tests.kit.window_people import PIN
from tests.kit.window_stage import Camera, application
from ui.desk import DeskWindow
from ui.program import open_window
from ui.screens.counter import CounterScreen
from ui.screens.counter.state import Phase

BYTES = 5
"""So many bytes of the load are on the card when it is pulled."""
LOOK_MS, PATIENCE_MS = 5, 20_000

WRITING, PULLED = "torn-1-writing", "torn-2-pulled"
FINISHED, REFUSED = "torn-3-finished", "torn-4-refused"

Seen = Callable[[str], None]


def people() -> tuple[Household, Household]:
    """Whose card is torn, and who stands behind them."""
    first = replace(cards.household(), name="欧阳喆", address=Address("阳光花园", "3", "2", "1201"))
    second = replace(
        first,
        account_no="220104000036",
        name="李淑兰",
        card_no="88013025000091",
        meter=Meter("QM1799609001", first.meter.kind, None),
        address=Address("阳光花园", "3", "3", "1503"),
    )
    return first, second


class Pull:
    """Holds a chip still after some changed bytes, until it is let go."""

    def __init__(self, card: VirtualCard) -> None:
        self._chip = card.chip
        self._chip.arm(None)
        self._chip.on_change = self._look
        self.reached, self._go_on = threading.Event(), threading.Event()

    def let_go(self) -> None:
        self._chip.on_change = None
        self._go_on.set()

    def _look(self) -> None:
        if self._chip.changed_bytes >= BYTES and not self.reached.is_set():
            self.reached.set()
            self._go_on.wait(PATIENCE_MS / 1000)


@dataclass
class TornDesk:
    """The window, the desk behind it, and the two cards."""

    desk: Desk
    window: DeskWindow
    torn: VirtualCard
    other: VirtualCard

    @property
    def counter(self) -> CounterScreen:
        found = self.window.session.screens["counter"]
        assert isinstance(found, CounterScreen)
        return found

    @property
    def phase(self) -> Phase:
        return self.counter.model.state.phase

    def put_in(self, card: VirtualCard, phase: Phase) -> None:
        """Put a card in and wait until the window has come so far."""
        self.desk.reader.insert(card)
        until(lambda: self.phase is phase)

    def take_out(self, phase: Phase) -> None:
        self.desk.reader.pull()
        until(lambda: self.phase is phase and not self.window.session.tools.place.present)

    def sell_until_torn(self, yuan: str, seen: Seen) -> None:
        """Begin a sale on the first card and pull it in the middle of its write."""
        self.put_in(self.torn, Phase.READY)
        self.counter.model.type_amount(yuan)
        until(lambda: self.counter.model.state.may_confirm)
        hand = Pull(self.torn)
        self.counter.model.confirm()
        until(hand.reached.is_set)
        until(lambda: self.window.banner.state.kind == "writing")
        seen(WRITING)
        self.desk.reader.pull()
        hand.let_go()
        until(lambda: self.phase is Phase.PULLED and not self.window.session.tools.place.present)
        until(lambda: self.window.session.screens["exceptions"].badge == 1)


def play(torn: TornDesk, seen: Seen, yuan: str = "300") -> None:
    """The four states, one after another; `seen` is called while each of them holds."""
    torn.sell_until_torn(yuan, seen)
    seen(PULLED)
    torn.put_in(torn.other, Phase.STOPPED)
    seen(REFUSED)
    torn.take_out(Phase.PULLED)
    torn.put_in(torn.torn, Phase.DONE)
    until(lambda: torn.counter.model.state.paper is not None)
    seen(FINISHED)
    torn.take_out(Phase.EMPTY)


@contextmanager
def torn_desk(
    home: Path, language: str = "zh_CN", theme: str = "light", clerk: str = "林晓燕"
) -> Iterator[TornDesk]:
    """The window as the program opens it, over a station in this folder; `clerk` is on duty."""
    application()
    first, second = people()
    desk = open_desk(home, households=(first, second))
    desk.station = replace(desk.station, pins=PlainPins())
    if clerk:
        add_clerk(desk.station, clerk, PIN, Role, by=None)
        open_shift(desk.station, clerk, PIN, float_money=Money.of_yuan("500"))
    readers = DeskReaders(LocalRoom(desk.reader))
    settings = Settings(home=home, language=language, theme=theme)
    services = Wiring(settings, desk.station, readers).services()
    quiet = replace(services.settings, sound=False)
    window = open_window(replace(services, settings=quiet))
    window.show()
    try:
        yield TornDesk(desk, window, card_of(first), card_of(second))
    finally:
        desk.reader.pull()
        until(lambda: not window.session.tools.place.present)
        window.close()
        window.deleteLater()
        desk.station.store.close()


def until(condition: Callable[[], bool], *, patience_ms: int = PATIENCE_MS) -> None:
    """Let the window live until something is so."""
    if condition():
        return
    loop, look, end = QEventLoop(), QTimer(), QTimer()
    look.timeout.connect(lambda: loop.quit() if condition() else None)
    end.setSingleShot(True)
    end.timeout.connect(loop.quit)
    look.start(LOOK_MS)
    end.start(patience_ms)
    loop.exec()
    assert condition(), "the window never came so far"


def render_torn(
    out: Path, languages: Iterable[str] = ("zh_CN", "en"), themes: Iterable[str] = ("light", "dark")
) -> Iterator[Path]:
    """Keep a picture of each of the four states of a real run; yields each picture's file."""
    out.mkdir(parents=True, exist_ok=True)
    for language, theme in itertools.product(languages, themes):
        camera = Camera(out, f"{theme}-{language}")
        with TemporaryDirectory() as home, torn_desk(Path(home), language, theme) as torn:
            play(torn, partial(camera, torn.window))
        yield from camera.made
