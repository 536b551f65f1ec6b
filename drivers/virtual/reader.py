"""A reader in memory, with a slot that cards are put into and pulled out of by any thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from cardstation.errors import (
    CardMute,
    CardRemoved,
    CardSwapped,
    LinkFailed,
    ReaderBusy,
    ReaderGone,
    ReaderHung,
    ensure,
)
from cardstation.ports.reader import Link, Presence
from drivers.readers import dialect_for
from drivers.virtual.card import VirtualCard
from drivers.virtual.firmware import Firmware
from drivers.virtual.link import VirtualLink
from drivers.virtual.noise import Noise

STATION_DIALECTS = {
    "acs-old": "acs",
    "cpu-only": "acs",
    "none": "acs",
    "omnikey-cl": "part3",
}


class VirtualReader:
    """Implements `cardstation.ports.reader.Reader`.

    Args:
        dialect: How the reader's firmware speaks (see `Firmware`).
        chosen: The station's dialect, where it should differ from the firmware's.
        watchdog_s: A hang this long or longer counts as `ReaderHung`.
        wrap: Put around every link that is opened, e.g. a `FaultyLink`.

    Attributes:
        busy: Another program holds the card: `open` raises ReaderBusy.
        exchange_s: Overhead of each exchange in seconds, for true timing (needs `chip.sleep`).
    """

    def __init__(
        self,
        name: str = "Virtual reader",
        dialect: str = "acs",
        *,
        chosen: str = "",
        watchdog_s: float = 8.0,
        wrap: Callable[[Link], Link] | None = None,
    ) -> None:
        self.name = name
        self.busy = False
        self.exchange_s = 0.0
        self.wrap = wrap
        self._firmware_dialect = dialect
        self._dialect = dialect_for(name, chosen or STATION_DIALECTS.get(dialect, dialect)).name
        self._watchdog_s = watchdog_s
        self._news = threading.Condition()
        self._event = 0
        self._firmware: Firmware | None = None
        self._plugged = True
        self._told = True
        self._cancelled = False
        self._link: VirtualLink | None = None

    @property
    def occupied(self) -> bool:
        """A card lies in it."""
        with self._news:
            return self._firmware is not None

    def insert(self, card: VirtualCard, *, mute: bool = False, noise: Sequence[Noise] = ()) -> None:
        """Put a card in; `mute` = backwards or dirty."""
        with self._news:
            ensure(self._firmware is None, "one card at a time in a slot")
            self._firmware = Firmware(card, self._firmware_dialect, mute=mute, noise=noise)
            self._firmware.exchange_s = self.exchange_s
            self._event += 1
            self._news.notify_all()

    def pull(self) -> VirtualCard | None:
        """Take the card out, whatever is going on; returns it, None when there was none."""
        with self._news:
            if self._firmware is None:
                return None
            card = self._firmware.card
            self._firmware.power_down()
            self._firmware = None
            self._event += 1
            self._news.notify_all()
            return card

    def unplug(self) -> None:
        """Pull the reader's cable; a card in it stays in it."""
        with self._news:
            self._plugged = False
            self._told = False
            if self._firmware is not None:
                self._firmware.power_down()
            self._news.notify_all()

    def plug(self) -> None:
        """Plug the reader in again; a card in it counts as newly inserted."""
        with self._news:
            self._plugged = True
            self._event += 1
            self._news.notify_all()

    def wait_card(self, timeout_s: float | None) -> Presence | None:
        """Wait for a card; None on timeout or `cancel`.

        Raises:
            ReaderGone: once per unplugging; the next call waits for the cable too.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with self._news:
            while not self._woken():
                if not self._plugged and not self._told:
                    self._told = True
                    raise ReaderGone(reader=self.name)
                if self._plugged and self._firmware is not None:
                    return Presence(self.name, self._event, self._firmware.atr)
                if not self._wait(deadline):
                    return None
        return None

    def wait_removed(self, presence: Presence, timeout_s: float | None) -> bool:
        """Wait until that insertion is over: pulled, swapped, reader unplugged."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with self._news:
            while self._gone(presence.event) is None:
                if self._woken() or not self._wait(deadline):
                    break
            return self._gone(presence.event) is not None

    def open(self, presence: Presence) -> Link:
        """Power up the card of that insertion, exclusively.

        Raises:
            CardSwapped, CardRemoved, ReaderGone: that insertion is over.
            CardMute: no answer to reset. ReaderBusy: `busy` is set.
        """
        with self._news:
            ensure(presence.reader == self.name, "an insertion is opened at its own reader")
            alone = self._link is None or not self._link.live
            ensure(alone, "one link at a time: close the last one first")
            failure, firmware = self._gone(presence.event), self._firmware
            if failure is not None or firmware is None:
                raise failure or CardRemoved(reader=self.name)
            if self.busy:
                raise ReaderBusy(reader=self.name)
            return self._power_up(firmware, presence.event)

    def cancel(self) -> None:
        """Wake a waiting thread, or the next that comes to wait; it returns None or False."""
        with self._news:
            self._cancelled = True
            self._news.notify_all()

    def _power_up(self, firmware: Firmware, event: int) -> Link:
        if not firmware.power_up():
            firmware.power_down()
            raise CardMute(reader=self.name)
        firmware.wait = self._hang

        link = self._link = VirtualLink(
            self.name,
            firmware,
            self._dialect,
            gone=lambda: self._gone(event),
            pull=self.pull,
            released=self._released,
        )
        return link if self.wrap is None else self.wrap(link)

    def _released(self, link: VirtualLink) -> None:
        with self._news:
            if link is self._link and self._firmware is not None:
                self._firmware.power_down()

    def _gone(self, event: int) -> LinkFailed | None:
        if not self._plugged:
            return ReaderGone(reader=self.name)
        if self._event == event:
            return None
        gone = CardRemoved if self._firmware is None else CardSwapped
        return gone(reader=self.name)

    def _hang(self, seconds: float) -> None:
        with self._news:
            self._news.wait_for(lambda: self._cancelled, min(seconds, self._watchdog_s))
        if seconds >= self._watchdog_s:
            raise ReaderHung(reader=self.name)

    def _woken(self) -> bool:
        woken, self._cancelled = self._cancelled, False
        return woken

    def _wait(self, deadline: float | None) -> bool:
        left = None if deadline is None else deadline - time.monotonic()
        return (left is None or left > 0) and self._news.wait(left)
