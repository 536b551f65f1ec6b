"""Public keys of stations, kept in memory to know who asks; the books have the last word.

Names we do not know yet, or whose key has changed, are looked up together, a few times a second:
however many strangers ask, they take one connection, and a station's first contact waits for none
of them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

from sqlalchemy import Engine, select

from cardstation.central.engine import transaction
from cardstation.central.requests import Signed
from cardstation.central.tables import stations
from cardstation.central.turns import Turns
from cardstation.errors import LedgerRefused

_PAUSE_S = 0.1
_MOST = 100_000


class KnownKeys:
    """The keys of stations that asked.

    Args:
        engine: The books.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = Turns(1, most_inside=1, most_of_one=1)
        self._keys: dict[str, bytes] = {}
        self._asked: set[str] = set()
        self._reading = asyncio.Lock()
        self._read_s = float("-inf")

    async def ensure(self, signed: Signed) -> None:
        """Make sure that a station signed what it is said to have signed.

        Raises:
            LedgerRefused: `station_unknown`, `signature_bad`.
            Mishap, OutcomeUnknown: the books cannot be read now.
        """
        name = signed.station
        if name in self._keys and signed.by(self._keys[name]):
            return
        await self._read(name)
        if name not in self._keys:
            raise LedgerRefused("station_unknown", station=name)
        if not signed.by(self._keys[name]):
            raise LedgerRefused("signature_bad")

    async def _read(self, name: str) -> None:
        """Take part in the next look into the books that begins after now."""
        came = time.monotonic()
        self._asked.add(name)
        async with self._reading:
            if self._read_s >= came:
                return
            await asyncio.sleep(max(0.0, self._read_s + _PAUSE_S - time.monotonic()))
            asked, self._asked, self._read_s = self._asked, set(), time.monotonic()
            found = await self._reader.work(_keys_of, self._engine, asked)
            if len(self._keys) + len(found) > _MOST:
                self._keys.clear()
            self._keys.update(found)


def _keys_of(engine: Engine, names: Iterable[str]) -> dict[str, bytes]:
    query = select(stations.c.station, stations.c.public_key).where(
        stations.c.station.in_(sorted(names)), stations.c.status != "centre"
    )
    with transaction(engine) as connection:
        return {row.station: row.public_key for row in connection.execute(query)}
