"""Readers and links over PC/SC, as the station's ports want them.

Waiting reads what the watcher saw and never calls the service; powered work runs on the
reader's own worker thread under a watchdog.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from cardstation.errors import (
    CardMute,
    CardRemoved,
    CardSwapped,
    LinkFailed,
    Mishap,
    ReaderCannotMemory,
    ReaderGone,
    ReaderHung,
    ensure,
)
from cardstation.logs import TRAFFIC
from cardstation.ports.reader import Link, Presence
from drivers.readers import wrappers
from drivers.readers.pcsc_calls import Calls
from drivers.readers.pcsc_errors import service_mishap
from drivers.readers.pcsc_session import Session
from drivers.readers.pcsc_watch import View, Watcher
from drivers.readers.pcsc_worker import Worker
from drivers.readers.wrappers import TracedLink

CANNOT_MEMORY = ("alcor", "generic emv", "scr33", "scr 33", "utrust 2700")
"""Parts of the names of readers without synchronous cards (reference cards 2.3)."""


def cannot_memory(reader: str) -> bool:
    """This model is known to have no memory-card commands."""
    return any(part in reader.lower() for part in CANNOT_MEMORY)


class PcscLink:
    """One powered, exclusive session; dead after the first failure."""

    def __init__(
        self, session: Session, worker: Worker, reader: str, atr: bytes, dialect: str
    ) -> None:
        self.reader = reader
        self.atr = atr
        self.dialect = dialect
        self._session = session
        self._worker = worker
        self._failure: LinkFailed | None = None
        self._closed = False

    def exchange(self, command: bytes) -> bytes:
        """Send a command APDU and return data + SW1 SW2.

        Raises:
            LinkFailed: a subclass says how; whether the card acted is unknown, the link is dead.
        """
        ensure(len(command) > 1, "a command has at least two bytes")
        if self._failure is not None:
            raise _bare(self._failure)
        ensure(not self._closed, "exchange on a closed link")
        try:
            return self._worker.call(lambda: self._session.transmit(command), self._session.release)
        except LinkFailed as lost:
            self._failure = _bare(lost)
            self._end(self._session.release)
            raise

    @property
    def live(self) -> bool:
        """The card is still powered by this link."""
        return not self._closed

    def close(self) -> None:
        """Power the card down. Never raises; may be called twice; a failed link did it itself."""
        self._end(self._session.power_down)

    def _end(self, way: Callable[[], None]) -> None:
        if self._closed:
            return
        self._closed = True
        with suppress(ReaderHung):
            self._worker.call(way, self._session.release)


def _bare(failure: LinkFailed) -> LinkFailed:
    """The same without its traceback, whose frames hold the command: it may be the card's code."""
    return type(failure)(failure.code, advice=failure.advice, **failure.values)


class PcscReader:
    """One slot of the PC/SC service; the object outlives unplugging and restarts."""

    def __init__(
        self,
        name: str,
        calls: Calls,
        watcher: Watcher,
        dialect: Callable[[str], str],
        watchdog_s: float,
    ) -> None:
        self.name = name
        self._calls = calls
        self._watcher = watcher
        self._dialect = dialect
        self._watchdog_s = watchdog_s
        self._worker: Worker | None = None
        self._session = Session(calls, name)
        self._link: PcscLink | None = None
        self._told: tuple[str, int] | None = None
        self._cancelled = False

    @property
    def hung(self) -> bool:
        """The driver holds a call that nobody waits for any more."""
        return self._worker is not None and self._worker.stuck

    def wait_card(self, timeout_s: float | None) -> Presence | None:
        """Wait for a card; None on timeout or `cancel`.

        A trouble is raised at once when it is new; while it lasts, later calls wait for its end
        and raise it again only when their time is up.

        Raises:
            CardServiceGone: no PC/SC service. ReaderGone: this reader is not plugged in.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with self._watcher.news:
            while not self._woken():
                error = self._new_trouble()
                if error is not None:
                    raise error
                sight = self._watcher.view.sights.get(self.name)
                if sight is not None and sight.present:
                    return Presence(self.name, sight.event, sight.atr)
                if not self._wait(deadline):
                    error = self._trouble(self._watcher.view)
                    if error is not None:
                        raise error
                    return None
        return None

    def wait_removed(self, presence: Presence, timeout_s: float | None) -> bool:
        """Wait until that insertion is over: removed, swapped, reader or service gone."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with self._watcher.news:
            while self._lies(presence):
                if self._woken() or not self._wait(deadline):
                    return not self._lies(presence)
        return True

    def open(self, presence: Presence) -> Link:
        """Power up the card of that insertion, exclusively; again = a fresh power-up.

        Raises:
            CardSwapped: another insertion happened since. CardRemoved, CardMute, ReaderBusy,
            ReaderCannotMemory, ReaderGone, ReaderHung, CardServiceGone: as named.
        """
        self._check(presence)
        alone = self._link is None or not self._link.live
        ensure(alone, "one link at a time: close the last one first")
        worker = self._hands()
        session = self._session
        try:
            atr = worker.call(
                lambda: session.connect(presence.event, presence.atr), session.release
            )
            self._check(presence)
        except ReaderHung:
            raise
        except Mishap as error:
            worker.call(session.release, session.release)
            if isinstance(error, CardMute) and cannot_memory(self.name):
                raise ReaderCannotMemory("", advice=error.advice, **error.values) from error
            raise
        self._link = PcscLink(session, worker, self.name, atr, self._dialect(self.name))
        return TracedLink(self._link) if wrappers.log.isEnabledFor(TRAFFIC) else self._link

    def cancel(self) -> None:
        """Wake a waiting thread, or the next that comes to wait; its call returns None or False."""
        with self._watcher.news:
            self._cancelled = True
            self._watcher.news.notify_all()

    def stop(self) -> None:
        """Power down what is open and let the worker thread end."""
        if self._link is not None:
            self._link.close()
        if self._worker is not None:
            self._worker.stop(self._session.release)

    def _hands(self) -> Worker:
        if self.hung:
            raise ReaderHung(reader=self.name)
        if self._worker is None or not self._worker.usable:
            self._worker = Worker(self.name, self._watchdog_s)
            self._session = Session(self._calls, self.name)
        return self._worker

    def _check(self, presence: Presence) -> None:
        ensure(presence.reader == self.name, "an insertion is opened at its own reader")
        view = self._watcher.view
        if (error := self._trouble(view)) is not None:
            raise error
        sight = view.sights[self.name]
        if sight.event != presence.event:
            gone = CardSwapped if sight.present else CardRemoved
            raise gone(reader=self.name)

    def _lies(self, presence: Presence) -> bool:
        sight = self._watcher.view.sights.get(self.name)
        return sight is not None and sight.present and sight.event == presence.event

    def _trouble(self, view: View) -> Mishap | None:
        if not view.up:
            return service_mishap(view.hresult, self.name)
        if self.name not in view.sights:
            return ReaderGone(reader=self.name)
        return None

    def _new_trouble(self) -> Mishap | None:
        view = self._watcher.view
        error = self._trouble(view)
        kind = None if error is None else (error.code, view.outages)
        fresh = kind != self._told
        self._told = kind
        return error if fresh else None

    def _woken(self) -> bool:
        woken, self._cancelled = self._cancelled, False
        return woken or self._watcher.closed

    def _wait(self, deadline: float | None) -> bool:
        left = None if deadline is None else deadline - time.monotonic()
        return (left is None or left > 0) and self._watcher.news.wait(left)
