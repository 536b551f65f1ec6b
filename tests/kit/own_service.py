"""A card service in the hands of the test: its reader can be unplugged, its cards exchanged.

The station is still a process of its own that talks to this service by PC/SC; only the hands
before the reader are ours, so that they can move between two exchanges.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cardstation.bootstrap.card_box import CardBox
from cardstation.bootstrap.station import open_station
from cardstation.settings import load_settings
from drivers.virtual.card import VirtualCard
from drivers.virtual.firmware import Firmware
from drivers.virtual.service import SOCKET_VARIABLE, PrivateService
from drivers.virtual.tear import Torn
from drivers.virtual.vpcd import CardSide, VpcdSlot
from tests.kit.e2e import Desk, Process
from tests.kit.e2e_cards import Person, card_file
from tests.kit.pcsc import PLENTY_S, need_real_stack, until
from tests.kit.proven import not_proven

SOURCE = Path(__file__).with_name("stoppable.c")
HEADERS = Path("/usr/include/PCSC")


class OwnService(PrivateService):
    """A private service whose readers have plugs, and whose drivers can be stopped.

    Unplugged: the service knows no reader. pcscd without USB looks for readers at its start only,
    so that is a daemon that starts anew, without the reader and with it. Stopped: the service
    lives on and lists the reader, and its driver answers that its device is gone. vpcd's own never
    says so; ours stands before it.
    """

    def start(self) -> None:
        """Start the service, with drivers that can be stopped."""
        super().start()
        self.kill()
        for driver in self._drivers():
            driver.rename(driver.with_suffix(".so.vpcd"))
            build_stoppable(driver)
        self.restart()

    def stop_driver(self) -> None:
        """Every answer of the drivers is an error from now on."""
        for driver in self._drivers():
            driver.with_suffix(".so.gone").touch()

    def start_driver(self) -> None:
        """They answer again."""
        for driver in self._drivers():
            driver.with_suffix(".so.gone").unlink()

    def unplug(self, keep: int = 0) -> None:
        """The service is there, its readers are not, but for the first `keep` drivers'."""
        self.kill()
        places = self._folder / "conf"
        (places / "virtual").rename(self._folder / "unplugged")
        if keep:
            drivers = (self._folder / "unplugged").read_text("utf-8").split("\n\n")
            (places / "virtual").write_text("\n\n".join([*drivers[:keep], ""]), "utf-8")
        assert self._holder is not None
        assert self._holder.stdin is not None
        self._holder.stdin.write("start\n")
        self._holder.stdin.flush()
        self._daemon = int(self._hear())
        assert until(self._answers), self.log

    def plug(self) -> None:
        """The reader is there again."""
        (self._folder / "unplugged").rename(self._folder / "conf" / "virtual")
        self.kill()
        self.restart()

    def _drivers(self) -> list[Path]:
        return sorted(self._folder.glob("driver[0-9]*.so"))


def build_stoppable(target: Path) -> None:
    """Compile a driver that stands before vpcd's; skips where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not HEADERS.is_dir():
        not_proven("a C compiler or the headers of the card service are missing")
    words = ("-shared", "-fPIC", "-Wall", "-Werror", f"-I{HEADERS}")
    subprocess.run([compiler, *words, "-o", target, SOURCE, "-ldl"], check=True)


class Lane:
    """The reader of the service and the hand before it."""

    def __init__(self, desk: Desk, service: OwnService) -> None:
        self.desk, self.service = desk, service
        self.slot = VpcdSlot(port=service.ports[0])

    def card(self, card_no: str) -> Firmware:
        """A card of the desk's box, kept in its file."""
        path = card_file(self.desk, card_no)
        card = VirtualCard.load(path)
        card.keep_in(path)
        return Firmware(card)

    def run(self, batch: str) -> Process:
        """The real command line at this reader."""
        socket = {SOCKET_VARIABLE: str(self.service.socket)}
        run = self.desk.start("batch", "run", batch, "--json", **socket)
        run.heard(batch)
        return run


def make_cards(desk: Desk, persons: Sequence[Person]) -> None:
    """The cards of these households, in the desk's box."""
    with open_station(load_settings(desk.home, {}), False) as station:
        box = CardBox(station, desk.home)
        for one in persons:
            box.make(box.household(one.account_no))


@contextmanager
def own_lane(desk: Desk) -> Iterator[Lane]:
    """A service, its reader and a hand, gone at the end."""
    need_real_stack()
    with OwnService() as service:
        lane = Lane(desk, service)
        try:
            yield lane
        finally:
            lane.slot.pull()


class Counted:
    """A card that lets somebody in before its command number `at`."""

    def __init__(self, card: CardSide, at: int = 0) -> None:
        self.card, self.at = card, at
        self.commands = 0
        self.reached = threading.Event()

    def power_up(self) -> bytes:
        return self.card.power_up()

    def power_down(self) -> None:
        self.card.power_down()

    def answer(self, command: bytes) -> bytes:
        self.commands += 1
        if self.commands == self.at:
            self.moment()
        return self.card.answer(command)

    def moment(self) -> None:
        """What happens before that command."""
        self.reached.set()


class MidWrite(Counted):
    """It holds still before the command that follows its first changed byte, until let go."""

    def __init__(self, card: Firmware) -> None:
        super().__init__(card)
        self._chip, self._before = card.card, card.card.image
        self.go_on = threading.Event()

    def answer(self, command: bytes) -> bytes:
        if not self.reached.is_set() and self._chip.image != self._before:
            self.moment()
            assert self.go_on.wait(PLENTY_S)
        return super().answer(command)


class TakenOut(Counted):
    """It is drawn out before that command, which it does not carry out."""

    def __init__(self, card: CardSide, at: int) -> None:
        super().__init__(card, at)
        self._drawn = threading.Event()

    def power_down(self) -> None:
        self._drawn.set()
        super().power_down()

    def moment(self) -> None:
        self._drawn.clear()
        super().moment()
        assert self._drawn.wait(PLENTY_S)
        raise Torn


class Exchanged(Counted):
    """Another card lies there before that command, and nothing told the reader: no real reader
    is so blind, and even then the other card must come out as it went in."""

    def __init__(self, card: CardSide, at: int, other: CardSide) -> None:
        super().__init__(card, at)
        self._other = other

    def moment(self) -> None:
        self.card.power_down()
        self._other.power_up()
        self.card = self._other
        super().moment()
