"""Puts makers' closed libraries beside the station's own chips and readers.

Every description in the folder `libraries` of the data folder is one (docs/makers-libraries.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cardstation.bootstrap.sheets import makers_with, sheets_of
from cardstation.errors import CardServiceGone
from cardstation.ports.reader import Reader
from cardstation.services.station import Station
from cardstation.settings import Settings
from drivers.bridge.shelf import KeysBesideLibraries, LibraryReaders, Shelf
from drivers.readers.pcsc import PcscRoom

FOLDER = "libraries"


def shelf_of(settings: Settings, *, but: str = "") -> Shelf:
    """The libraries of a station; `but` as of `sheets_of`.

    Raises:
        Refusal: `library_description`, those of `sheets_of`.
    """
    return Shelf.of_folder(settings.home / FOLDER, makers_with(sheets_of(settings, but=but)))


def with_libraries(station: Station, shelf: Shelf) -> Station:
    """The station with what its libraries add."""
    return replace(
        station,
        chips=(*station.chips, *shelf.chips),
        layouts=(*station.layouts, *shelf.layouts),
        makers=(*station.makers, *shelf.makers),
        keys=KeysBesideLibraries(station.keys, shelf.makers),
    )


class AllReaders:
    """The readers of the card service and those behind libraries, as one room.

    Args:
        room: Of the card service.
        libraries: Behind libraries.
        not_ours: Names of readers in which no customer's card ever lies.
    """

    def __init__(
        self,
        room: PcscRoom,
        libraries: LibraryReaders,
        not_ours: Callable[[str], bool] = lambda _name: False,
    ) -> None:
        self._room, self._libraries, self._not_ours = room, libraries, not_ours

    def readers(self) -> tuple[Reader, ...]:
        """Those plugged in now, and one per library; a library needs no card service.

        Raises:
            CardServiceGone: no card service, and no library either.
        """
        behind = self._libraries.readers()
        try:
            plugged = self._room.readers()
            return (*(one for one in plugged if not self._not_ours(one.name)), *behind)
        except CardServiceGone:
            if not behind:
                raise
            return behind

    def close(self) -> None:
        """Let go of all."""
        self._libraries.close()
        self._room.close()
