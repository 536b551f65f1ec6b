"""The readers as the window sees them: one place to wait for a card, whatever is plugged in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from cardstation.errors import ReaderGone
from cardstation.ports.reader import Presence, Reader
from drivers.readers import dialect_for
from ui.desk_services import ReaderStanding

WAIT_S = 2.0


class Room(Protocol):
    """Readers that come and go."""

    def readers(self) -> tuple[Reader, ...]:
        """Those plugged in now."""


class DeskReaders:
    """Waits on the readers of a room in turn; the first with a card wins.

    Args:
        room: The readers.
        dialects: Reader → dialect that was chosen for it, empty = by its name.
    """

    def __init__(self, room: Room, dialects: Mapping[str, str] = MappingProxyType({})) -> None:
        self._room, self._dialects = room, dialects
        self._waiting: Reader | None = None

    def reader(self, name: str) -> Reader:
        """The reader of a presence.

        Raises:
            ReaderGone: it is not plugged in any more.
        """
        for reader in self._room.readers():
            if reader.name == name:
                return reader
        raise ReaderGone(reader=name)

    def wait_card(self) -> Presence | None:
        """Wait a while for a card in any reader.

        Raises:
            ReaderGone: code `no_reader`. CardServiceGone.
        """
        readers = self._room.readers()
        if not readers:
            raise ReaderGone("no_reader")
        if len(readers) == 1:
            self._waiting = readers[0]
            return readers[0].wait_card(WAIT_S)
        for reader in readers:
            self._waiting = reader
            seen = reader.wait_card(WAIT_S / 10)
            if seen is not None:
                return seen
        return None

    def wait_removed(self, presence: Presence) -> bool:
        """Wait a while for the end of an insertion."""
        reader = self.reader(presence.reader)
        self._waiting = reader
        return reader.wait_removed(presence, WAIT_S)

    def wake(self) -> None:
        """End the wait in hand."""
        if self._waiting is not None:
            self._waiting.cancel()

    def standing(self) -> tuple[ReaderStanding, ...]:
        """Names and dialects."""
        return tuple(map(self._standing, self._room.readers()))

    def _standing(self, reader: Reader) -> ReaderStanding:
        chosen = self._dialects.get(reader.name, "")
        return ReaderStanding(reader.name, chosen or dialect_for(reader.name).name, bool(chosen))
