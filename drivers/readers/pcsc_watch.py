"""The supervised watcher: one thread that knows, at any moment, what lies in which reader.

It waits in `SCardGetStatusChange` on every reader and on the plug events, in a context of its
own. When the service dies (80100013, then 8010001D) it says so, makes a new context with
back-off and goes on; pyscard's own monitors die for good there (reference cards 4.2, 5.3).

An insertion is named by a number: the reader's event count in the lower 16 bits, and above it
the number of the context or plugging in which it was counted. pcsc-lite counts insertions and
removals only (measured: connecting and powering do not count), and begins at zero again after a
restart; the upper part keeps an insertion from before the restart different from any after it.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from drivers.readers.pcsc_calls import (
    PLUG_EVENTS,
    STATE_CHANGED,
    STATE_PRESENT,
    STATE_UNKNOWN,
    Calls,
    ReaderState,
    event_count,
    list_readers,
    open_context,
)
from drivers.readers.pcsc_errors import (
    CANCELLED,
    NO_READERS,
    SUCCESS,
    TIMEOUT,
    UNKNOWN_READER,
    plain,
)

ROUND_MS = 2000
FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sight:
    """What was last seen in one reader.

    Attributes:
        era: Number of the context or plugging the reader is seen in.
        count: The reader's own event count, 16 bits.
        present: A card lies in it.
        atr: Its answer to reset, empty when mute.
    """

    era: int
    count: int = 0
    present: bool = False
    atr: bytes = b""

    @property
    def event(self) -> int:
        """The number that names this state of the reader, different after any event."""
        return self.era << 16 | self.count


@dataclass(frozen=True, slots=True)
class View:
    """Everything seen at one moment.

    Attributes:
        up: The service answers.
        outages: How often it stopped answering since the watcher began.
        hresult: The last result code that broke a context, 0 when none.
        sights: Readers plugged in, by name, in the order of the service.
    """

    up: bool = False
    outages: int = 0
    hresult: int = 0
    sights: Mapping[str, Sight] = field(default_factory=dict)


class Watcher:
    """Watches until closed. Read `view`, and wait on `news`, which is notified at every change."""

    def __init__(self, calls: Calls) -> None:
        self.news = threading.Condition()
        self.view = View()
        self.looked = threading.Event()
        self._calls = calls
        self._closing = threading.Event()
        self._eras = itertools.count(1)
        self._context: int | None = None
        self._thread = threading.Thread(target=self._run, name="card watcher", daemon=True)
        self._thread.start()

    @property
    def closed(self) -> bool:
        """Nothing is watched any more."""
        return self._closing.is_set()

    def close(self, patience_s: float) -> None:
        """End the thread; one that is stuck in the service is left behind."""
        self._closing.set()
        # Cancelling asks the service too: with a stopped daemon it hangs (measured).
        threading.Thread(target=self._wake, name="card watcher's end", daemon=True).start()
        self._thread.join(patience_s)
        with self.news:
            self.news.notify_all()

    def _wake(self) -> None:
        while self._thread.is_alive():
            if (context := self._context) is not None:
                self._calls.SCardCancel(context)
            self._thread.join(FIRST_PAUSE_S)

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._closing.is_set():
            result, context = open_context(self._calls)
            if not result:
                self._context = context
                pause_s = FIRST_PAUSE_S
                result = self._watch(context)
                self._context = None
                self._calls.SCardReleaseContext(context)
            self._down(plain(result))
            self._closing.wait(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _watch(self, context: int) -> int:
        states: dict[str, int] = {}
        sights: dict[str, Sight] = {}
        while not self._closing.is_set():
            result, names = list_readers(self._calls, context)
            if plain(result) == NO_READERS:
                result, names = SUCCESS, []
            if result:
                return result
            sights = {name: sights.get(name) or Sight(next(self._eras)) for name in names}
            self._up(sights)
            if not names:
                self.looked.set()
            plugs = states.get(PLUG_EVENTS, 0)
            states = {name: states.get(name, 0) for name in names}
            asked = [*states.items(), (PLUG_EVENTS, plugs)]
            result, seen = self._calls.SCardGetStatusChange(context, ROUND_MS, asked)
            if plain(result) == UNKNOWN_READER:
                self._closing.wait(FIRST_PAUSE_S)
            elif not result:
                states = {
                    name: state & ~STATE_CHANGED
                    for name, state, _ in seen
                    if name == PLUG_EVENTS or not state & STATE_UNKNOWN
                }
                self._note(sights, seen)
                self.looked.set()
            elif plain(result) not in (TIMEOUT, CANCELLED):
                return result
        return SUCCESS

    def _note(self, sights: dict[str, Sight], seen: Sequence[ReaderState]) -> None:
        for name, state, atr in seen:
            if name == PLUG_EVENTS:
                continue
            if state & STATE_UNKNOWN:
                sights.pop(name, None)
                continue
            present = bool(state & STATE_PRESENT)
            sights[name] = replace(
                sights[name],
                count=event_count(state),
                present=present,
                atr=bytes(atr) if present else b"",
            )
        self._up(sights)

    def _up(self, sights: dict[str, Sight]) -> None:
        view = replace(self.view, up=True, sights=MappingProxyType(dict(sights)))
        if not self.view.up:
            log.info("card service answers, readers: %s", ", ".join(sights) or "none")
        self._publish(view)

    def _down(self, result: int) -> None:
        if self._closing.is_set():
            return
        view = View(outages=self.view.outages, hresult=result)
        if self.view.up or not self.looked.is_set():
            view = replace(view, outages=view.outages + 1)
            log.info("card service gone, result %08X", result)
        self._publish(view)
        self.looked.set()

    def _publish(self, view: View) -> None:
        if view != self.view:
            with self.news:
                self.view = view
                self.news.notify_all()
