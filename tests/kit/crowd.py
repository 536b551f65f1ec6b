"""A crowd of stations that come back at once, each with its own key, chain and patience."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from cardstation.errors import LedgerRefused, LedgerUnreachable
from cardstation.sync.http_ledger import HttpLedger
from tests.kit.hostile import enrolled_row
from tests.kit.ledger_load import Facts
from tests.kit.postgres import TestKey, TestPin

BATCH = 100
LONGEST_REST_S = 8.0


@dataclass
class Caught:
    """What a crowd did.

    Attributes:
        busy: How often a station was told to come again later, or not heard at all.
        waits_ms: How long each push took to be answered, those of the crowd together.
    """

    entries: int = 0
    seconds: float = 0.0
    busy: int = 0
    waits_ms: list[float] = field(default_factory=list)

    def wait_ms(self, part: float) -> float:
        """The wait that this part of all were not longer than."""
        return sorted(self.waits_ms)[min(len(self.waits_ms) - 1, int(part * len(self.waits_ms)))]


class Returning:
    """A station that sends what it has, and waits longer after each failure, as the product does.

    Args:
        url: Of the ledger.
        owner: Puts it into the books.
        pin: The centre's key.
        name: Its name.
        each: How many entries it has.
    """

    def __init__(self, url: str, owner: Engine, pin: TestPin, name: str, each: int) -> None:
        key = TestKey()
        enrolled_row(owner, name, key)
        self.ledger = HttpLedger(url, name, key, pin)
        self.facts = Facts(name, each, BATCH)
        self.caught = Caught(each)
        self._dice = random.Random(name)
        self._rest = threading.Event()

    def run(self) -> None:
        """Send everything."""
        failed = 0
        while True:
            try:
                head = self.ledger.head()
                self._push_on(head.last_seq, head.nonce)
            except (LedgerUnreachable, LedgerRefused) as error:
                if isinstance(error, LedgerRefused) and error.code != "nonce_stale":
                    raise
                failed += 1
                self.caught.busy += 1
                self._rest.wait(self._dice.uniform(0.1, min(LONGEST_REST_S, 0.5 * 2**failed)))
            else:
                return

    def _push_on(self, seq: int, nonce: str) -> None:
        while seq < self.facts.count:
            began = time.perf_counter()
            ack = self.ledger.push(self.facts.since(seq), nonce)
            self.caught.waits_ms.append(1000 * (time.perf_counter() - began))
            seq, nonce = ack.acked_seq, ack.nonce
            self.facts.forget(seq)


def crowd_catches_up(
    url: str, owner: Engine, pin: TestPin, *, stations: int, each: int, prefix: str = "C"
) -> Caught:
    """All of them at once; what they did together."""
    each = each // 3 * 3
    crowd = [Returning(url, owner, pin, f"{prefix}{at:04d}", each) for at in range(stations)]
    began = time.perf_counter()
    try:
        with ThreadPoolExecutor(stations) as hands:
            for ended in [hands.submit(one.run) for one in crowd]:
                ended.result()
        seconds = time.perf_counter() - began
    finally:
        for one in crowd:
            one.ledger.close()
    return Caught(
        stations * each,
        seconds,
        sum(one.caught.busy for one in crowd),
        [wait for one in crowd for wait in one.caught.waits_ms],
    )


def resident_mib(pid: int) -> float:
    """Memory of a process that is in RAM."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


@contextmanager
def watched(pid: int, every_s: float = 1.0) -> Iterator[list[float]]:
    """The memory of a process, MiB, looked at again and again."""
    seen: list[float] = []
    done = threading.Event()

    def look() -> None:
        while not done.wait(every_s):
            seen.append(resident_mib(pid))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        done.set()
        looking.join()
