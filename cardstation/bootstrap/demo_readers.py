"""The reader of the demo: behind the real card service, or in this process where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cardstation.bootstrap.desk_readers import Room
from cardstation.errors import fail
from cardstation.ports.reader import Reader
from cardstation.settings import Settings
from drivers.readers.pcsc import PcscRoom
from drivers.virtual.card import VirtualCard
from drivers.virtual.firmware import Firmware
from drivers.virtual.rack import Slot
from drivers.virtual.reader import VirtualReader
from drivers.virtual.service import PrivateService
from drivers.virtual.stack import real_stack_available
from drivers.virtual.vpcd import CardSide, VpcdSlot

READER = "Virtual PCD"


class LocalSlot:
    """A virtual reader of this process as a slot of the rack."""

    def __init__(self, reader: VirtualReader) -> None:
        self._reader = reader

    @property
    def occupied(self) -> bool:
        """A card lies in it."""
        return self._reader.occupied

    def insert(self, card: CardSide) -> None:
        """Put the firmware's card in; the reader brings its own firmware."""
        if not isinstance(card, Firmware):
            fail("the rack feeds cards behind a firmware")
        self._reader.insert(card.card)

    def pull(self) -> None:
        """Take it out."""
        self._reader.pull()


@dataclass(frozen=True, slots=True)
class LocalRoom:
    """One reader in this process."""

    reader: VirtualReader

    def readers(self) -> tuple[Reader, ...]:
        """That one."""
        return (self.reader,)


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first reader of a card service: one name there gives two, and the demo feeds one."""

    room: Room

    def readers(self) -> tuple[Reader, ...]:
        """That one."""
        return self.room.readers()[:1]


@dataclass(frozen=True, slots=True)
class DemoReaders:
    """What the demo reads with.

    Attributes:
        why_not_real: Code of why the real card service is not used, empty = it is.
    """

    room: Room
    slot: Slot
    why_not_real: str

    def firmware(self, card: VirtualCard) -> Firmware:
        """A card ready to be inserted."""
        return Firmware(card, "acs")


@contextmanager
def demo_readers(settings: Settings) -> Iterator[DemoReaders]:
    """Start the card service with a virtual reader; without one, use the in-process reader."""
    why_not = real_stack_available()
    if why_not:
        reader = VirtualReader(READER)
        yield DemoReaders(LocalRoom(reader), LocalSlot(reader), why_not)
        return
    with PrivateService((READER,)) as service:
        service.use()
        room = PcscRoom(settings.watchdog_s)
        try:
            yield DemoReaders(FirstOf(room), VpcdSlot(port=service.ports[0]), "")
        finally:
            room.close()
