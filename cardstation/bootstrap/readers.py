"""Opens the card readers: the real card service, or the one the serving rack started."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from cardstation.bootstrap.libraries import AllReaders, shelf_of
from cardstation.bootstrap.purses import is_module
from cardstation.bootstrap.rack_socket import use_served_stack
from cardstation.settings import Settings
from drivers.readers.pcsc import PcscRoom


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
    """Open the readers of this desk, those behind makers' libraries too, a secure module's not.

    Raises:
        CardServiceGone: no PC/SC library or service. Refusal: those of `shelf_of`.
    """
    dialect = settings.dialect or use_served_stack(settings.home)
    shelf = shelf_of(settings)
    room = PcscRoom(settings.watchdog_s, Dialects(settings.dialects, dialect))
    every = AllReaders(room, shelf.open(), partial(is_module, settings))
    try:
        yield every
    finally:
        every.close()
