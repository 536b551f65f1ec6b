"""Opens the card readers: the real card service, or the one the serving rack started."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from cardstation.bootstrap.libraries import AllReaders, shelf_of
from cardstation.bootstrap.rack_socket import note_of
from cardstation.settings import Settings
from drivers.readers.pcsc import PcscRoom

SOCKET_VARIABLE = "PCSCLITE_CSOCK_NAME"


class Dialects(Mapping[str, str]):
    """The dialect of every reader: its own choice first, then the one for all."""

    def __init__(self, own: Mapping[str, str], otherwise: str) -> None:
        self._own, self._otherwise = own, otherwise

    def __getitem__(self, reader: str) -> str:
        return self._own.get(reader) or self._otherwise

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)


@contextmanager
def open_readers(settings: Settings) -> Iterator[AllReaders]:
    """Open the readers of this desk, those behind makers' libraries too.

    The socket must be set before the first PC/SC call of the process (see drivers.readers.pcsc).

    Raises:
        CardServiceGone: no PC/SC library or service. Refusal: `library_description`.
    """
    dialect = settings.dialect
    note = note_of(settings.home)
    if note is not None and SOCKET_VARIABLE not in os.environ:
        os.environ[SOCKET_VARIABLE] = str(note["pcsc_socket"])
        dialect = dialect or str(note["dialect"])
    shelf = shelf_of(settings)
    room = PcscRoom(settings.watchdog_s, Dialects(settings.dialects, dialect))
    every = AllReaders(room, shelf.open())
    try:
        yield every
    finally:
        every.close()
