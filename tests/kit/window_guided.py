"""The guided desk over real services, without threads: what is answered there is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from cardstation.bootstrap.demo_readers import LocalRoom
from cardstation.bootstrap.desk_readers import DeskReaders
from cardstation.bootstrap.desk_wiring import Wiring
from cardstation.domain.household import Household
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.intent.cases import Case
from cardstation.settings import Settings
from drivers.virtual import VirtualCard
from tests.kit.shifts import desk_on_duty
from tests.kit.station import Desk
from tests.kit.window_stage import application
from ui.courier import InlineCourier
from ui.desk import DeskWindow
from ui.screens.exceptions import ExceptionsScreen
from ui.screens.exceptions.view import ExceptionsView
from ui.session import Lanes, Session


@dataclass
class GuidedDesk:
    """A window on its exceptions, the desk behind it, and its reader."""

    desk: Desk
    window: DeskWindow

    @property
    def screen(self) -> ExceptionsScreen:
        found = self.window.session.screens["exceptions"]
        assert isinstance(found, ExceptionsScreen)
        return found

    @property
    def view(self) -> ExceptionsView:
        [found] = self.window.view("exceptions").findChildren(ExceptionsView)
        return found

    @property
    def cases(self) -> tuple[Case, ...]:
        """As the service lists them now."""
        return exceptions_state(self.desk.station)

    def choose(self, code: str) -> Case:
        """Come to the exceptions and choose the row of this code."""
        self.window.activateWindow()
        assert QTest.qWaitForWindowActive(self.window)
        self.window.go("exceptions")
        self.screen.model.look()
        items = list(self.screen.model.state.items or ())
        [at] = [at for at, one in enumerate(items) if one.code == code]
        self.view.table.select(at)
        return items[at]

    def press(self, key: Qt.Key, *then: str, at: QWidget | None = None) -> None:
        """Press a key of the page; then type into each dialog that opens, one after another."""
        answers = iter(then)
        timer = QTimer()
        timer.setInterval(5)
        seen: set[int] = set()

        def answer() -> None:
            dialog = QApplication.activeModalWidget()
            if isinstance(dialog, QDialog) and dialog.isActiveWindow() and id(dialog) not in seen:
                seen.add(id(dialog))
                _type(dialog, next(answers, "\x1b"))

        timer.timeout.connect(answer)
        timer.start()
        QTest.keyClick(at or self.window, key)
        timer.stop()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.window.activateWindow()
        assert QTest.qWaitForWindowActive(self.window)
        assert next(answers, None) is None, "a dialog was waited for and never opened"

    def put_in(self, card: VirtualCard) -> None:
        self.desk.reader.insert(card)
        presence = self.desk.reader.wait_card(0)
        assert presence is not None
        self.window.session.tools.place.arrived(presence)

    def take_out(self) -> None:
        self.desk.reader.pull()
        for place in self.window.session.tools.place.every:
            self.window.session.tools.place.gone(place.reader)


def _type(dialog: QDialog, typed: str) -> None:
    """Signs go to the field that has the keys; `\\n` is Enter, `\\t` the next field, `✓` F2.

    Other signs that no key has come as an input method commits them.
    """
    keys = {"\n": Qt.Key.Key_Return, "\t": Qt.Key.Key_Tab, "\x1b": Qt.Key.Key_Escape}
    keys |= {"↓": Qt.Key.Key_Down, "\b": Qt.Key.Key_Backspace, "✓": Qt.Key.Key_F2}
    for sign in typed:
        target = dialog.focusWidget() or dialog
        if sign in keys:
            QTest.keyClick(target, keys[sign])
        elif not sign.isascii():
            committed = QInputMethodEvent()
            committed.setCommitString(sign)
            QApplication.sendEvent(target, committed)
        else:
            QTest.keyClicks(target, sign)


COUNTED_AND_SIGNED = "1" + 6 * "\t" + "Zhao" + 2 * "\t" + " \n"
"""One card counted; the name of who takes it, over the pad to *signed on paper*, record."""


@contextmanager
def guided_desk(home: Path, households: Sequence[Household]) -> Iterator[GuidedDesk]:
    """Open it: a clerk on duty, and a supervisor with a PIN of their own."""
    application()
    desk = desk_on_duty(home, households=households)
    desk.station = replace(desk.station, name=desk.ledger.station)
    readers = DeskReaders(LocalRoom(desk.reader))
    services = Wiring(Settings(home=home, language="zh_CN"), desk.station, readers).services()
    services = replace(services, settings=replace(services.settings, sound=False))
    window = DeskWindow(Session(services, InlineCourier(), Lanes.inline()))
    window.show()
    try:
        yield GuidedDesk(desk, window)
    finally:
        window.close()
        window.deleteLater()
        desk.station.store.close()
