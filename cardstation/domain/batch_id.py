"""Ids of batches: day, number and station, so that no two batches of the utility are alike.

The ledger keeps the money of a batch under its id, and the load of one desk may be finished at
another: were two batches called alike, the one's money and lines would be taken for the other's.
"""

from __future__ import annotations

import re
from datetime import date

_ID = re.compile(r"(\d{4}-\d{2}-\d{2})-(\d{2,})(?:-(.+))?")


def batch_id_of(day: date, number: int, station: str) -> str:
    """The id of a station's batch: `2026-11-24-01-S001`."""
    return f"{day.isoformat()}-{number:02d}-{station}"


def number_of(batch_id: str, station: str) -> int:
    """Which batch of its day it is at a station, from 1; 0 for a batch of another station.

    Ids from before the station was in them are every station's.
    """
    found = _ID.fullmatch(batch_id)
    ours = found is not None and found[3] in (None, station)
    return int(found[2]) if found is not None and ours else 0


def short_id(batch_id: str) -> str:
    """An id without its station, `2026-11-24-01`: what there is room for, beside the station."""
    found = _ID.fullmatch(batch_id)
    return batch_id if found is None else f"{found[1]}-{found[2]}"


def ids_of(short: str, station: str) -> tuple[str, str]:
    """What a batch may be called of which only the short form is known."""
    return f"{short}-{station}", short
