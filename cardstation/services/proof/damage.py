"""Proves that the store's file is as this program made and left it, before anybody believes it."""

from __future__ import annotations

from cardstation.services.proof.records import Disagreement
from cardstation.services.station import Station


def damage_found(station: Station) -> tuple[Disagreement, ...]:
    """Name every page, table, guard and row that something else has changed.

    Raises:
        Mishap: `store_damaged`: not even the schema can be read.
    """
    return tuple(
        Disagreement(one.code, {"where": one.where, "key": one.key})
        for one in station.store.damage()
    )
