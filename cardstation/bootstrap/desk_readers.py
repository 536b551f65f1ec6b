"""The readers as the window sees them: each is waited on by its name, whatever is plugged in."""

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
    """Waits on the readers of a room, each for itself.

    Args:
        room: The readers.
        dialects: Reader → dialect that was chosen for it, empty = by its name.
    """

    def __init__(self, room: Room, dialects: Mapping[str, str] = MappingProxyType({})) -> None:
        self._room, self._dialects = room, dialects
        self._known: dict[str, Reader] = {}

    def reader(self, name: str) -> Reader:
        """The reader of a presence.

        Raises:
            ReaderGone: it is not plugged in any more.
        """
        for reader in self._room.readers():
            if reader.name == name:
                self._known[name] = reader
                return reader
        raise ReaderGone(reader=name)

    def wait_card(self, name: str) -> Presence | None:
        """Wait a while for a card in a reader.

        Raises:
            ReaderGone: it is not plugged in. CardServiceGone.
        """
        return self.reader(name).wait_card(WAIT_S)

    def wait_removed(self, presence: Presence) -> bool:
        """Wait a while for the end of an insertion."""
        return self.reader(presence.reader).wait_removed(presence, WAIT_S)

    def wake(self) -> None:
        """End the waits in hand."""
        for reader in self._known.values():
            reader.cancel()

    def standing(self) -> tuple[ReaderStanding, ...]:
        """Names and dialects."""
        return tuple(map(self._standing, self._room.readers()))

    def _standing(self, reader: Reader) -> ReaderStanding:
        chosen = self._dialects.get(reader.name, "")
        return ReaderStanding(reader.name, chosen or dialect_for(reader.name).name, bool(chosen))
