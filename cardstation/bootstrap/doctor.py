"""`doctor`: looks at everything the station needs and says what is missing, changing nothing."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable

from cardstation import __version__
from cardstation.bootstrap.purses import said_of_purses
from cardstation.bootstrap.readers import open_readers
from cardstation.bootstrap.sheets import makers_with, said_of_sheets, sheets_of
from cardstation.bootstrap.station import open_station
from cardstation.central.binaries import postgres_binaries
from cardstation.cli.doors import Check
from cardstation.errors import CardStationError
from cardstation.settings import Settings
from drivers.virtual.stack import real_stack_available

ENOUGH_BYTES = 500_000_000


def look_at_everything(settings: Settings) -> tuple[Check, ...]:
    """One line per thing: name, well or not, what was found."""
    looks: dict[str, Callable[[Settings], tuple[bool, str]]] = {
        "version": lambda _: (True, f"{__version__}, Python {sys.version.split()[0]}"),
        "home": lambda s: (True, str(s.home)),
        "disk": _disk,
        "store": _store,
        "readers": _readers,
        "purses": lambda s: (True, said_of_purses(s, makers_with(sheets_of(s)))),
        "layouts": lambda s: (True, said_of_sheets(s)),
        "virtual readers": _virtual,
        "voice": _voice,
        "ledger": _ledger,
        "postgresql": lambda _: (True, str(postgres_binaries())),
    }
    return tuple(_look(name, look, settings) for name, look in looks.items())


def _look(name: str, look: Callable[[Settings], tuple[bool, str]], settings: Settings) -> Check:
    try:
        ok, found = look(settings)
    except CardStationError as error:
        return Check(name, False, str(error))
    return Check(name, ok, found)


def _disk(settings: Settings) -> tuple[bool, str]:
    place = settings.home if settings.home.exists() else settings.home.parent
    free = shutil.disk_usage(place).free
    return free > ENOUGH_BYTES, f"{free // 1_000_000} MB"


def _store(settings: Settings) -> tuple[bool, str]:
    if not (settings.home / "station.db").exists():
        return True, "new"
    with open_station(settings, False) as station, station.store.reading() as reading:
        return True, f"{reading.households.count()} households"


def _readers(settings: Settings) -> tuple[bool, str]:
    with open_readers(settings) as room:
        names = [reader.name for reader in room.readers()]
    return bool(names), ", ".join(names) or "none"


def _virtual(_settings: Settings) -> tuple[bool, str]:
    reason = real_stack_available()
    return reason is None, reason or "pcscd + vpcd"


def _voice(_settings: Settings) -> tuple[bool, str]:
    """A stop is spoken where one of these is there; without, it sounds and is shown only."""
    from ui.sounds import PLAYERS, SPEAKERS

    found = [one[0] for one in (*PLAYERS, *SPEAKERS) if shutil.which(one[0])]
    silent = "" if any(one[0] in found for one in SPEAKERS) else " (espeak-ng would speak)"
    return True, (", ".join(found) or "none") + silent


def _ledger(settings: Settings) -> tuple[bool, str]:
    if not settings.ledger_url:
        return True, "offline"
    with open_station(settings, False) as station:
        if station.ledger is None:
            return False, settings.ledger_url
        head = station.ledger.head()
        return True, f"{settings.ledger_url}, {head.last_seq}"
