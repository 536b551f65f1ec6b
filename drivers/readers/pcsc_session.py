"""One reader's sessions with cards over PC/SC: connect, exchange, disconnect, in one thread.

They have a context of their own: one must not be used by two threads. It is opened anew after any
failure and in another era of the service (see `pcsc_watch`): a context that lived through a restart
is dead for ever. Opening one takes longer than powering up a card. There is no
`SCardReconnect` anywhere: it succeeds silently on another card (measured, reference cards 4.2).
"""

from __future__ import annotations

import threading

from cardstation.errors import CardSwapped, ReaderBusy
from drivers.readers.pcsc_calls import (
    SHARE_EXCLUSIVE,
    T0,
    T1,
    UNPOWER_CARD,
    Calls,
    event_count,
    open_context,
)
from drivers.readers.pcsc_errors import (
    PROTO_MISMATCH,
    SHARING_VIOLATION,
    link_mishap,
    mishap,
    no_answer,
    plain,
)

BUSY_TRIES = 6
BUSY_PAUSE_S = 0.08


class Session:
    """Handles of one reader; every method but the constructor belongs to one thread."""

    def __init__(self, calls: Calls, reader: str) -> None:
        self._calls = calls
        self._reader = reader
        self._context: int | None = None
        self._era = 0
        self._card: int | None = None
        self._header = calls.SCARD_PCI_T0
        self._pause = threading.Event()

    def connect(self, event: int, expected_atr: bytes) -> bytes:
        """Power the card up exclusively and return its answer to reset.

        Neither proof is complete: a swap that falls together with the service's own power-down
        of an unused card leaves the count as it was (measured with vpcd), and all cards of a
        kind answer the same to reset. Whoever opens a card must read who it is.

        Args:
            event: The number of the insertion that is meant, as the watcher gave it.
            expected_atr: What that card answered to reset, empty when it was mute.

        Raises:
            CardSwapped: the count moved on or the answer is another. CardRemoved, CardMute,
            ReaderBusy, ReaderGone, CardServiceGone, LinkFailed: as the table says.
        """
        context = self._context_in(event >> 16)
        self._power_up(context)
        seen, atr = self._look(context)
        if seen != event & 0xFFFF or (expected_atr and atr != expected_atr):
            raise CardSwapped(reader=self._reader)
        return atr

    def transmit(self, command: bytes) -> bytes:
        """Exchange one command; at least the two status bytes come back.

        Raises:
            LinkFailed: or a subclass, as the table says.
        """
        if self._card is None:
            raise no_answer(self._reader, 0)
        try:
            result, answer = self._calls.SCardTransmit(self._card, self._header, list(command))
        except SystemError as error:
            raise no_answer(self._reader, 1) from error
        if result:
            raise link_mishap(result, self._reader)
        if len(answer) < 2:
            raise no_answer(self._reader, len(answer))
        return bytes(answer)

    def power_down(self) -> None:
        """End the connection; the context stays for the next one, unless this failed."""
        card, self._card = self._card, None
        if card is not None and self._calls.SCardDisconnect(card, UNPOWER_CARD):
            self.release()

    def release(self) -> None:
        """Power the card down and let go of everything; what fails here is gone already."""
        if self._card is not None:
            self._calls.SCardDisconnect(self._card, UNPOWER_CARD)
            self._card = None
        if self._context is not None:
            self._calls.SCardReleaseContext(self._context)
            self._context = None

    def _context_in(self, era: int) -> int:
        if era != self._era:
            self.release()
        if self._context is None:
            result, context = open_context(self._calls)
            if result:
                raise mishap(result, self._reader)
            self._context, self._era = context, era
        return self._context

    def _power_up(self, context: int) -> None:
        protocols = T0 | T1
        for _ in range(BUSY_TRIES):
            result, card, protocol = self._calls.SCardConnect(
                context, self._reader, SHARE_EXCLUSIVE, protocols
            )
            if not result:
                self._card = card
                headers = {T0: self._calls.SCARD_PCI_T0, T1: self._calls.SCARD_PCI_T1}
                self._header = headers.get(protocol, self._calls.SCARD_PCI_RAW)
                return
            if plain(result) == PROTO_MISMATCH and protocols == T0 | T1:
                protocols = self._calls.SCARD_PROTOCOL_RAW
            elif plain(result) == SHARING_VIOLATION:
                self._pause.wait(BUSY_PAUSE_S)
            else:
                raise mishap(result, self._reader)
        raise ReaderBusy(reader=self._reader, hresult=f"{SHARING_VIOLATION:08X}")

    def _look(self, context: int) -> tuple[int, bytes]:
        result, states = self._calls.SCardGetStatusChange(context, 0, [(self._reader, 0)])
        if result:
            raise mishap(result, self._reader)
        _, state, atr = states[0]
        return event_count(state), bytes(atr)
