"""The plug of a virtual card into vpcd: a card that lies in a slot of the real PC/SC stack.

vpcd is a driver of pcscd that listens on a TCP port; whoever connects is the card. Frames have
two bytes of length, high byte first. One byte of content is an order (00 power off, 01 power on,
02 reset, 04 send the answer to reset), more is a command. Source: vsmartcard `vpcd.c`.

Traps, all measured (reference cards 4.2): without TCP_QUICKACK set again after every receive an
exchange takes 44 ms instead of 0.1; an empty answer hangs pcscd for ever, so a card that lost
its power closes the socket; pcscd asks for the answer to reset every 0.4 s between commands.
And a card that follows the last one at once is taken for it, event count and all, when the first
thing pcscd does to the dead socket is a power-down: vpcd then takes the next card before anyone
asks whether one is there. Or, after a pull in the middle of a command, it is never shown at all
until it is gone for a poll. So a slot leaves a gap longer than one poll, as a hand does.
"""

from __future__ import annotations

import contextlib
import math
import socket
import struct
import threading
import time
from typing import Protocol

from cardstation.errors import ensure
from drivers.virtual.noise import NoAnswer
from drivers.virtual.tear import Torn

POWER_OFF, POWER_ON, RESET, SEND_ATR = 0x00, 0x01, 0x02, 0x04
RETRY_S = 0.02
GAP_S = 0.5
LET_GO_S = 2.0
QUICKACK = getattr(socket, "TCP_QUICKACK", None)


class CardSide(Protocol):
    """What lies in the slot: a card behind the firmware of a reader."""

    def power_up(self) -> bytes:
        """Give it power and return its answer to reset."""

    def power_down(self) -> None:
        """Take its power, also from another thread while it answers: that tears a write."""

    def answer(self, command: bytes, /) -> bytes:
        """Carry out a command.

        Raises:
            Torn: the power went away meanwhile; there is no answer.
            NoAnswer: the answer was lost; the card lies where it lay.
        """


class VpcdSlot:
    """One slot of the virtual reader, as a clerk's hand sees it.

    A card once inserted stays in through a restart of the service: it connects again. A mute
    card lies in the slot unseen, for vpcd has no way to say that a card does not answer.

    Args:
        host: Where vpcd listens.
        port: The slot's port; Debian's package uses 35963 and the next.
        gap_s: The least time a slot stays empty between two cards.
        late_s: How much longer the first card takes to get power. From then on the service looks
            into this slot so much later than into slots of the same start: readers of their own
            are looked into at moments of their own.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 35963,
        *,
        gap_s: float = GAP_S,
        late_s: float = 0.0,
    ) -> None:
        self._place = (host, port)
        self.gap_s = gap_s
        self._late_s = late_s
        self._plug: _Plug | None = None
        self._empty_since = time.monotonic()

    @property
    def occupied(self) -> bool:
        """A card lies in the slot (a torn one is out)."""
        return self._plug is not None and not self._plug.out.is_set()

    @property
    def quiet_s(self) -> float:
        """Seconds since the card was last spoken to and is without power; 0 while it is in use.

        Infinite when nothing was ever said to it.
        """
        return math.inf if self._plug is None else self._plug.quiet_s

    @property
    def noticed(self) -> bool:
        """The driver has found the card that lies here."""
        return self._plug is not None and self._plug.noticed

    @property
    def spoken_to(self) -> bool:
        """The card that lies here was given a command since the service took it in."""
        return self._plug is not None and self._plug.commands > 0

    def insert(self, card: CardSide) -> None:
        """Put a card in; returns at once, the reader notices within its poll of 0.4 s."""
        ensure(not self.occupied, "a slot takes one card at a time")
        self.pull()
        self._plug = _Plug(self._place, card, self._empty_since + self.gap_s, self._late_s)
        self._late_s = 0.0

    def pull(self) -> None:
        """Pull the card out, in the middle of a command if one is running."""
        if self._plug is not None:
            self._plug.pull()
            self._empty_since = self._plug.ended
            self._plug = None

    def wait_empty(self, timeout_s: float | None = None) -> bool:
        """Wait until the card is out by itself: a tear ends with the card in the hand."""
        return self._plug is None or self._plug.out.wait(timeout_s)


class _Plug:
    """The thread of one inserted card."""

    def __init__(
        self, place: tuple[str, int], card: CardSide, not_before: float, late_s: float
    ) -> None:
        self.out = threading.Event()
        self.commands = 0
        self.noticed = False
        self.ended = math.inf
        self._not_before, self._late_s = not_before, late_s
        self._place = place
        self._card = card
        self._pulled = threading.Event()
        self._line: socket.socket | None = None
        self._atr = b""
        self._powered = False
        self._answering = False
        self._last = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=f"card in {place[1]}", daemon=True)
        self._thread.start()

    @property
    def quiet_s(self) -> float:
        if self._powered or self._answering:
            return 0.0
        return time.monotonic() - self._last if self.commands else math.inf

    def pull(self) -> None:
        self._pulled.set()
        if (line := self._line) is not None:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        if self._answering:
            self._card.power_down()
        if threading.current_thread() is not self._thread:
            self.out.wait(LET_GO_S)
        self.ended = min(self.ended, time.monotonic())

    def _run(self) -> None:
        try:
            self._pulled.wait(max(0.0, self._not_before - time.monotonic()))
            self._atr = self._card.power_up()
            self._card.power_down()
            if not self._atr:
                self._pulled.wait()
            while not self._pulled.is_set():
                try:
                    with socket.create_connection(self._place) as self._line:
                        self._serve(self._line)
                except (OSError, EOFError, NoAnswer):
                    self._power_down()
                    self.commands = 0
                    self._pulled.wait(RETRY_S)
        except Torn:
            pass
        finally:
            self._power_down()
            self.ended = time.monotonic()
            self.out.set()

    def _serve(self, line: socket.socket) -> None:
        while not self._pulled.is_set():
            (length,) = struct.unpack(">H", _receive(line, 2))
            message = _receive(line, length)
            self.noticed = True
            answer = self._order(message[0]) if length == 1 else self._command(message)
            if answer is not None:
                if not answer:
                    raise Torn
                line.sendall(struct.pack(">H", len(answer)) + answer)

    def _order(self, order: int) -> bytes | None:
        if order == POWER_OFF:
            self._power_down()
        elif order in (POWER_ON, RESET):
            self._power_down()
            self._pulled.wait(self._late_s)
            self._late_s = 0.0
            self._atr = self._card.power_up()
            self._powered = True
        return self._atr if order == SEND_ATR else None

    def _command(self, command: bytes) -> bytes:
        self.commands += 1
        self._answering = True
        try:
            return self._card.answer(command)
        finally:
            self._last = time.monotonic()
            self._answering = False

    def _power_down(self) -> None:
        if self._powered:
            self._powered = False
            self._last = time.monotonic()
            self._card.power_down()


def _receive(line: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = line.recv(length - len(parts))
        if QUICKACK is not None:
            line.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)
