"""Codes that enrol a station: given out by two persons, good once and for ten minutes."""

from __future__ import annotations

from sqlalchemy import Connection, func, update

from cardstation.central.console.sessions import hashed
from cardstation.central.console.tables import station_codes


def code_used(connection: Connection, station: str, code: str) -> bool:
    """Use up the code that two persons gave out for a station; False when this is none."""
    mine = (
        station_codes.c.code_hash == hashed(code),
        station_codes.c.station == station,
        station_codes.c.used_at.is_(None),
        station_codes.c.valid_until > func.clock_timestamp(),
    )
    used = connection.execute(
        update(station_codes).where(*mine).values(used_at=func.clock_timestamp())
    )
    return used.rowcount == 1
