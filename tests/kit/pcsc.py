# ruff: noqa: ARG002
"""Cards, a clerk's waiting and a pretended PC/SC library for tests of the card path."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drivers.readers.pcsc import PcscRoom
from drivers.readers.pcsc_reader import PcscReader
from drivers.virtual.service import PrivateService
from drivers.virtual.stack import real_stack_available
from drivers.virtual.vpcd import VpcdSlot
from tests.kit.proven import not_proven

SLE4442_ATR = bytes.fromhex("3B04A2131091")
SLE4428_ATR = bytes.fromhex("3B0492231091")
PLENTY_S = 10.0
OK = b"\x90\x00"


def need_real_stack() -> None:
    """Skip, with the reason, where there is no real stack; fail where it was demanded."""
    reason = real_stack_available()
    if reason is not None:
        not_proven(f"no real card stack: {reason}")


def until(condition: Callable[[], bool], timeout_s: float = PLENTY_S) -> bool:
    """Wait for a condition nobody announces."""
    pause, deadline = threading.Event(), time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.005)
    return True


@dataclass
class Bench:
    """A room on the real stack with a slot under each of its two readers."""

    service: PrivateService
    room: PcscRoom
    readers: tuple[PcscReader, ...]
    slots: tuple[VpcdSlot, ...]


class PlainCard:
    """A card that says OK, or whatever `reply` says, and remembers what was done to it."""

    def __init__(
        self, atr: bytes = SLE4442_ATR, reply: Callable[[bytes], bytes] = lambda _: OK
    ) -> None:
        self.atr = atr
        self.reply = reply
        self.commands: list[bytes] = []
        self.powered = 0
        self.unpowered = 0
        self.asked = threading.Event()

    def power_up(self) -> bytes:
        self.powered += 1
        return self.atr

    def power_down(self) -> None:
        self.unpowered += 1

    def answer(self, command: bytes) -> bytes:
        self.commands.append(command)
        self.asked.set()
        return self.reply(command)


class FakeCalls:
    """A PC/SC library in memory: readers, cards and results as a test wants them.

    `results` holds the codes of coming calls by function name, the first is used first.
    """

    SCARD_PROTOCOL_RAW, SCARD_PCI_T0, SCARD_PCI_T1, SCARD_PCI_RAW = 4, 1, 2, 4

    def __init__(self, *readers: str) -> None:
        self.news = threading.Condition()
        self.up = True
        self.slots: dict[str, tuple[int, bytes]] = dict.fromkeys(readers, (16, b""))
        self.results: dict[str, list[int]] = {}
        self.reply: Callable[[list[int]], tuple[int, list[int]]] = lambda _: (0, [0x90, 0])
        self.calls: list[tuple[object, ...]] = []
        self._plugs = 0
        self._contexts = 0
        self._cancelled: set[int] = set()

    def put(self, reader: str, state: int, count: int, atr: bytes = b"") -> None:
        """Say what a reader shows from now on."""
        with self.news:
            self._plugs += reader not in self.slots
            self.slots[reader] = (count << 16 | state, atr)
            self.news.notify_all()

    def unplug(self, reader: str) -> None:
        with self.news:
            del self.slots[reader]
            self._plugs += 1
            self.news.notify_all()

    def power(self, up: bool) -> None:
        """Stop or start the service."""
        with self.news:
            self.up = up
            self.news.notify_all()

    def _result(self, function: str) -> int:
        queued = self.results.get(function)
        if queued:
            return queued.pop(0)
        return 0 if self.up else 0x8010001D

    def SCardEstablishContext(self, scope: int, /) -> tuple[int, int]:  # noqa: N802
        self._contexts += 1
        return self._result("establish"), self._contexts

    def SCardReleaseContext(self, context: int, /) -> int:  # noqa: N802
        self.calls.append(("release", context))
        return 0

    def SCardCancel(self, context: int, /) -> int:  # noqa: N802
        with self.news:
            self._cancelled.add(context)
            self.news.notify_all()
        return 0

    def SCardListReaders(self, context: int, groups: list[str], /) -> tuple[int, list[str]]:  # noqa: N802
        result = self._result("list")
        return (result, list(self.slots)) if self.slots else (result or 0x8010002E, [])

    def SCardGetStatusChange(  # noqa: N802
        self, context: int, timeout_ms: int, states: Sequence[tuple[str, int]], /
    ) -> tuple[int, list[tuple[str, int, list[int]]]]:
        deadline = time.monotonic() + timeout_ms / 1000
        with self.news:
            while True:
                if result := self._result("status"):
                    return (0x80100013 if result == 0x8010001D else result), []
                if context in self._cancelled:
                    return 0x80100002, []
                seen = [self._state(name, known) for name, known in states]
                if any(state & 2 for _, state, _ in seen):
                    return 0, seen
                if not self.news.wait(max(0.0, deadline - time.monotonic())):
                    return 0x8010000A, seen

    def _state(self, name: str, known: int) -> tuple[str, int, list[int]]:
        if name.startswith("\\\\?PnP"):
            state, atr = self._plugs << 16, b""
        else:
            state, atr = self.slots.get(name, (0x0C, b""))
        return name, state | (2 if state != known & ~2 else 0), list(atr)

    def SCardConnect(  # noqa: N802
        self, context: int, reader: str, mode: int, protocols: int, /
    ) -> tuple[int, int, int]:
        self.calls.append(("connect", mode, protocols))
        return self._result("connect"), 77, protocols & 1 or protocols

    def SCardTransmit(  # noqa: N802
        self, card: int, protocol_header: int, command: list[int], /
    ) -> tuple[int, list[int]]:
        self.calls.append(("transmit", protocol_header, command))
        return self.reply(command)

    def SCardDisconnect(self, card: int, disposition: int, /) -> int:  # noqa: N802
        self.calls.append(("disconnect", disposition))
        return self._result("disconnect")
