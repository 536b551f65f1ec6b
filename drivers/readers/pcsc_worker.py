"""The thread that makes one reader's card calls, so that a hung driver holds nobody else.

A call into a driver cannot be broken off. So the caller waits for a limited time; when that is
over, the worker is abandoned to the call it is stuck in, and a reader whose worker is abandoned
counts as hung until the call returns by itself (or because the service was restarted).
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from cardstation.errors import CardStationError, Defect, ReaderHung

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[], Any]
    late: Callable[[], None]
    outcome: Future[Any]


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
        outcome: Future[T] = Future()
        self._jobs.put(_Job(work, late, outcome))
        try:
            return outcome.result(self._patience_s)
        except TimeoutError:
            pass
        with self._turn:
            if not outcome.done():
                self._abandoned = True
                raise ReaderHung(reader=self._reader)
        return outcome.result()

    def stop(self) -> None:
        """Let the thread end after the job in hand; does not wait for it."""
        self._jobs.put(None)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._do(job)
            if self._abandoned:
                job.late()
                return

    def _do(self, job: _Job) -> None:
        result: Any = None
        error: CardStationError | None = Defect("defect", sentence="a card call broke")
        try:
            result = job.work()
            error = None
        except CardStationError as mishap:
            error = mishap
        finally:
            with self._turn:
                if error is None:
                    job.outcome.set_result(result)
                else:
                    job.outcome.set_exception(error)
