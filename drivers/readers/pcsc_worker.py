"""The thread that makes one reader's card calls, so that a hung driver holds nobody else.

A call into a driver cannot be broken off. So the caller waits for a limited time; when that is
over, the worker is abandoned to the call it is stuck in, and a reader whose worker is abandoned
counts as hung until the call returns by itself (or because the service was restarted).
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cardstation.errors import CardStationError, ReaderHung, fail

T = TypeVar("T")

_Ended = tuple[Any, CardStationError | None]


@dataclass(frozen=True, slots=True)
class _Job:
    """One call. `ended`: gets its result or its error, once; None = it broke."""

    work: Callable[[], Any]
    late: Callable[[], None]
    ended: queue.SimpleQueue[_Ended | None] = field(default_factory=queue.SimpleQueue)


class Worker:
    """One daemon thread that does one job after another.

    Args:
        reader: Name of the reader, for the thread and the error.
        patience_s: How long a caller waits for one job.
    """

    def __init__(self, reader: str, patience_s: float) -> None:
        self._reader = reader
        self._patience_s = patience_s
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._turn = threading.Lock()
        self._abandoned = False
        self._thread = threading.Thread(target=self._run, name=f"card calls {reader}", daemon=True)
        self._thread.start()

    @property
    def stuck(self) -> bool:
        """A caller gave up and the call has not returned yet."""
        return self._abandoned and self._thread.is_alive()

    @property
    def usable(self) -> bool:
        """The thread takes jobs."""
        return not self._abandoned and self._thread.is_alive()

    def call(self, work: Callable[[], T], late: Callable[[], None]) -> T:
        """Do `work` on the thread and return its result.

        Args:
            work: One call into the driver.
            late: Done on the thread when `work` ends after the caller gave up.

        Raises:
            ReaderHung: the time is up; the worker takes no more jobs.
            CardStationError: whatever `work` raised.
        """
        if not self.usable:
            raise ReaderHung(reader=self._reader)
        job = _Job(work, late)
        self._jobs.put(job)
        result, error = self._end_of(job) or fail("a card call broke")
        if error is None:
            done: T = result
            return done
        try:
            raise error
        finally:
            del error  # its traceback holds this frame

    def _end_of(self, job: _Job) -> _Ended | None:
        try:
            return job.ended.get(timeout=self._patience_s)
        except queue.Empty:
            pass
        with self._turn:
            if job.ended.empty():
                self._abandoned = True
                raise ReaderHung(reader=self._reader)
        return job.ended.get()

    def stop(self, last: Callable[[], None]) -> None:
        """Let the thread do a last thing and end, after the job in hand; does not wait for it."""
        self._jobs.put(_Job(last, last))
        self._jobs.put(None)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._do(job)
            if self._abandoned:
                job.late()
                return

    def _do(self, job: _Job) -> None:
        ended: _Ended | None = None
        try:
            ended = job.work(), None
        except CardStationError as error:
            ended = None, error
        finally:
            with self._turn:
                job.ended.put(ended)
