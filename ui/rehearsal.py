"""The window run by itself: opens a batch, starts it, keeps pictures of every screen, ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer

from ui.desk import DeskWindow
from ui.desk_services import DeskServices
from ui.program import open_window, prepare
from ui.screens import SCREENS
from ui.screens.batch import BatchScreen

LOOK_MS = 100
SHOWN_MS = 700


class Rehearsal:
    """Drives the desk through one batch.

    Args:
        services: Of the station.
        batch_id: What to run.
        out: Where the pictures go.
        started: Told when the batch takes cards.
        over: Says when the last card is out of the reader.
        by_hand: The clerk starts and ends: nothing is pressed here.
    """

    def __init__(
        self,
        services: DeskServices,
        batch_id: str,
        out: Path,
        *,
        started: Callable[[], None],
        over: Callable[[], bool],
        by_hand: bool,
    ) -> None:
        self._app = prepare(services.settings.scale)
        self._batch_id, self._out = batch_id, out
        self._started, self._over, self._by_hand = started, over, by_hand
        self._pressed = self._running = self._half = False
        self.window: DeskWindow = open_window(services)
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)

    @property
    def _batch(self) -> BatchScreen:
        screen = self.window.session.screens["batch"]
        if not isinstance(screen, BatchScreen):
            raise TypeError(type(screen))
        return screen

    def run(self) -> None:
        """Until the batch is over, or, by hand, until the window is closed."""
        self._out.mkdir(parents=True, exist_ok=True)
        self.window.go("batch")
        self._batch.model.open(self._batch_id)
        self.window.show()
        self._timer.start(LOOK_MS)
        self._app.exec()

    def _look(self) -> None:
        model = self._batch.model
        if not self._pressed and not self._by_hand and model.state.standing is not None:
            self._pressed = True
            self._picture("batch-before")
            model.start()
        if not self._running and self._batch.holds_cards:
            self._running = True
            self._started()
        counts = model.state.counts
        if self._running and not self._half and counts.done * 2 >= counts.todo:
            self._half = True
            self._picture("batch-running")
        if self._running and not self._by_hand and self._over():
            self._end()

    def _end(self) -> None:
        """Show every screen for a moment, keep its picture, close."""
        self._timer.stop()
        for place, screen in enumerate(SCREENS):
            at = place * SHOWN_MS
            QTimer.singleShot(at, lambda code=screen.code: self.window.go(code))
            QTimer.singleShot(at + SHOWN_MS - LOOK_MS, lambda code=screen.code: self._picture(code))
        QTimer.singleShot(len(SCREENS) * SHOWN_MS, self._close)

    def _close(self) -> None:
        self.window.close()
        self._app.quit()

    def _picture(self, name: str) -> None:
        self.window.grab().save(str(self._out / f"screen-{name}.png"))
