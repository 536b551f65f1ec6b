"""Lanes: one named thread per device, so that blocking work never stops the window.

::

    model ── ask(work, then, failed) ──► lane thread ── courier ──► then(result) or failed(error)

Work of one lane runs strictly one after another. An error that is not ours becomes a `Defect`, is
logged with its trace, and reaches the model like any other.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from cardstation.errors import CardStationError, Defect
from ui.courier import Courier

T = TypeVar("T")
Failed = Callable[[CardStationError], None]

_log = logging.getLogger(__name__)


class Lane(Protocol):
    """Where blocking work is done, one piece after another."""

    def ask(self, work: Callable[[], T], then: Callable[[T], None], failed: Failed) -> None:
        """Do `work` here; `then` or `failed` is called in the window's thread."""

    def close(self, timeout_s: float = 2.0) -> None:
        """End after the piece of work in hand; what still waits is dropped."""


def attempt(work: Callable[[], T]) -> T | CardStationError:
    """Do work and return its error as a value; a foreign error becomes a `Defect`."""
    try:
        return work()
    except CardStationError as error:
        return error
    except Exception as error:  # noqa: BLE001  # one of the three catching places
        _log.exception("work on a lane broke")
        return Defect("defect", sentence=f"{type(error).__name__}: {error}")


def _finish(
    result: T | CardStationError, then: Callable[[T], None], failed: Failed
) -> Callable[[], None]:
    if isinstance(result, CardStationError):
        error = result
        return lambda: failed(error)
    value = result
    return lambda: then(value)


class ThreadLane:
    """A lane with a thread of its own."""

    def __init__(self, name: str, courier: Courier) -> None:
        self._courier = courier
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"lane-{name}", daemon=True)
        self._thread.start()

    def ask(self, work: Callable[[], T], then: Callable[[T], None], failed: Failed) -> None:
        """See `Lane.ask`."""
        self._work.put(lambda: self._courier.post(_finish(attempt(work), then, failed)))

    def close(self, timeout_s: float = 2.0) -> None:
        """See `Lane.close`."""
        self._closing.set()
        self._work.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            if not self._closing.is_set():
                work()
            del work  # what waits for the next piece keeps nothing of the last card


class InlineLane:
    """A lane without a thread: work is done on the spot."""

    def ask(self, work: Callable[[], T], then: Callable[[T], None], failed: Failed) -> None:
        """See `Lane.ask`."""
        _finish(attempt(work), then, failed)()

    def close(self, timeout_s: float = 2.0) -> None:
        """Nothing to end."""


class HeldLane:
    """A lane that works only when told to: lets a test stop the world between two moments."""

    def __init__(self) -> None:
        self._work: list[Callable[[], None]] = []

    def ask(self, work: Callable[[], T], then: Callable[[T], None], failed: Failed) -> None:
        """See `Lane.ask`; nothing happens before `run`."""
        self._work.append(lambda: InlineLane().ask(work, then, failed))

    def run(self) -> int:
        """Do everything asked so far and return how many pieces that were."""
        work, self._work = self._work, []
        for piece in work:
            piece()
        return len(work)

    def close(self, timeout_s: float = 2.0) -> None:
        """Drop what waits."""
        self._work.clear()
