"""Calls what is overdue, in one thread for all: one for each would take longer than the work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_NEVER = float("inf")


class Deadlines:
    """What is to be called when it takes too long; its thread begins with the first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: dict[object, tuple[float, Callable[[], None]]] = {}
        self._wakes_s = _NEVER
        self._watching = False

    @contextmanager
    def within(self, seconds: float, late: Callable[[], None]) -> Iterator[None]:
        """Call `late` once when this block takes longer; never after its end.

        Args:
            seconds: How long it may take.
            late: Quick; an OSError of it is nobody's.
        """
        mark, due_s = object(), time.monotonic() + seconds
        with self._changed:
            self._due[mark] = (due_s, late)
            if not self._watching:
                self._watching = True
                threading.Thread(target=self._watch, name="deadlines", daemon=True).start()
            elif due_s < self._wakes_s:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._due.pop(mark, None)

    def _watch(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for mark, (_, late) in [one for one in self._due.items() if one[1][0] <= now]:
                    del self._due[mark]
                    with suppress(OSError):
                        late()
                self._wakes_s = min((due_s for due_s, _ in self._due.values()), default=_NEVER)
                idle = self._wakes_s == _NEVER
                self._changed.wait(None if idle else self._wakes_s - time.monotonic())
