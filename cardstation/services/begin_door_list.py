"""Begins a list that is made at the door, row by row."""

from __future__ import annotations

import hashlib

from cardstation.domain.batch import Batch, Whose
from cardstation.services.import_list import NOBODYS
from cardstation.services.intent.guards import ensure_may_write, ensure_on_duty
from cardstation.services.intent.ids import new_id
from cardstation.services.lists.reading import HouseholdList
from cardstation.services.lists.taking import take_in
from cardstation.services.lists.totals import Stated
from cardstation.services.station import Station


def begin_door_list(station: Station, name: str, whose: Whose = NOBODYS) -> Batch:
    """Open an empty batch; `add_row` fills it. A second person counts it before money is taken.

    Raises:
        Refusal: those of `ensure_may_write` and `ensure_on_duty`.
    """
    ensure_may_write(station)
    ensure_on_duty(station)
    digest = hashlib.sha256(new_id(station.clock).encode()).hexdigest()
    return take_in(station, HouseholdList(name, (), Stated(), (), digest, typed=True), whose)
