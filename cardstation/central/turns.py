"""Whose turn it is: one request of a guest at a time, a few worked on at once, few more waiting.

Who asks without end waits for himself: of all that wait for a worker one request is his, and what
is more than his share is told to come again later before a byte of its body is read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from cardstation.errors import Mishap

_PATIENCE_S = 6.0
"""Once for its turn and once for a worker: together less than a station waits for an answer."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class _Guest:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    inside: int = 0


class Turns:
    """Lets guests in, one request of each at a time.

    Args:
        at_once: How many are worked on at once; each has a thread of its own.
        most_inside: How many may be inside at once, waiting or worked on.
        most_of_one: How many of them may be of one guest.
    """

    def __init__(self, at_once: int, *, most_inside: int, most_of_one: int) -> None:
        self._workers = asyncio.Semaphore(at_once)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="ledger")
        self._most_inside, self._most_of_one = most_inside, most_of_one
        self._guests: dict[str, _Guest] = {}
        self._inside = 0

    @asynccontextmanager
    async def of(self, name: str) -> AsyncIterator[None]:
        """Have a guest's turn: nothing else of this guest goes on meanwhile.

        Raises:
            Mishap: `ledger_overloaded`: too many are inside, or it took too long.
        """
        guest = self._guests.get(name, _Guest())
        if self._inside >= self._most_inside or guest.inside >= self._most_of_one:
            raise Mishap("ledger_overloaded")
        self._guests[name] = guest
        self._inside += 1
        guest.inside += 1
        try:
            async with _waited_for(guest.turn):
                yield
        finally:
            self._inside -= 1
            guest.inside -= 1
            if not guest.inside:
                del self._guests[name]

    async def work(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something in a thread, when one is free; the guests before us come first.

        Raises:
            Mishap: `ledger_overloaded`: none was free in time, nothing was done.
        """
        async with _waited_for(self._workers):
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, lambda: call(*args, **kwargs))


@asynccontextmanager
async def _waited_for(free: asyncio.Lock | asyncio.Semaphore) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await free.acquire()
    except TimeoutError as error:
        raise Mishap("ledger_overloaded") from error
    try:
        yield
    finally:
        free.release()
