"""The functions of PC/SC this station calls, as a typed protocol, and the facts beside them.

`smartcard.scard` satisfies it as it is; tests bring their own. Low-level functions only: the
class layer of pyscard does I/O in `__del__`, and one thread at a time would wait there.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

PLUG_EVENTS = "\\\\?PnP?\\Notification"

STATE_CHANGED = 0x0002
STATE_UNKNOWN = 0x0004
STATE_PRESENT = 0x0020

SHARE_EXCLUSIVE = 1
UNPOWER_CARD = 2
SCOPE_USER = 0
T0 = 1
T1 = 2

ReaderState = tuple[str, int, list[int]]

_TURN = threading.Lock()


class Calls(Protocol):
    """The SCard functions in use; each releases the interpreter lock while it waits."""

    SCARD_PROTOCOL_RAW: int
    SCARD_PCI_T0: int
    SCARD_PCI_T1: int
    SCARD_PCI_RAW: int

    def SCardEstablishContext(self, scope: int, /) -> tuple[int, int]:  # noqa: N802
        """Open a conversation with the service."""

    def SCardReleaseContext(self, context: int, /) -> int:  # noqa: N802
        """End it."""

    def SCardCancel(self, context: int, /) -> int:  # noqa: N802
        """Wake a call that waits in it, from another thread."""

    def SCardListReaders(self, context: int, groups: list[str], /) -> tuple[int, list[str]]:  # noqa: N802
        """Names of the readers."""

    def SCardGetStatusChange(  # noqa: N802
        self, context: int, timeout_ms: int, states: Sequence[tuple[str, int]], /
    ) -> tuple[int, list[ReaderState]]:
        """Wait until a reader differs from the state given."""

    def SCardConnect(  # noqa: N802
        self, context: int, reader: str, mode: int, protocols: int, /
    ) -> tuple[int, int, int]:
        """Power up a card; returns result, card handle, protocol."""

    def SCardTransmit(  # noqa: N802
        self, card: int, protocol_header: int, command: list[int], /
    ) -> tuple[int, list[int]]:
        """Exchange one command; the list is rubbish unless the result is success."""

    def SCardDisconnect(self, card: int, disposition: int, /) -> int:  # noqa: N802
        """End a connection."""


def open_context(calls: Calls) -> tuple[int, int]:
    """Open a conversation with the service: result and context.

    libpcsclite holds a lock of the whole process while it waits for the service here, and
    pyscard asks for the same lock with the interpreter lock in its hand when it frees the names
    `SCardListReaders` found: with a daemon that stands still the two freeze every thread of the
    process (measured, pcsc-lite 1.9.9 and pyscard 2.3.1). So they take turns.
    """
    with _TURN:
        return calls.SCardEstablishContext(SCOPE_USER)


def list_readers(calls: Calls, context: int) -> tuple[int, list[str]]:
    """Names of the readers; takes turns with `open_context`."""
    with _TURN:
        return calls.SCardListReaders(context, [])


def event_count(state: int) -> int:
    """How often a card came or went: the upper half of a reader's state word."""
    return (state >> 16) & 0xFFFF
