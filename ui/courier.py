"""Brings work back to the window's thread: one queued signal, nothing else crosses over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal


class Courier(Protocol):
    """Takes a call to the thread that owns the models."""

    def post(self, call: Callable[[], None]) -> None:
        """Have `call` made there, in the order posted; may be called from any thread."""


class QueuedCourier(QObject):
    """The courier of the running window.

    Closing order: lanes, courier, window. After `close` everything still under way is dropped.
    """

    _sent = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._open = True
        self._sent.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Have `call` made in the window's thread."""
        if self._open:
            self._sent.emit(call)

    def close(self) -> None:
        """Deliver nothing from now on."""
        self._open = False

    def _deliver(self, call: Callable[[], None]) -> None:
        if self._open:
            call()


class InlineCourier:
    """Calls at once: for tests and pictures, where everything happens in one thread."""

    def post(self, call: Callable[[], None]) -> None:
        """Call now."""
        call()

    def close(self) -> None:
        """Nothing to end."""
