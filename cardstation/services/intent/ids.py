"""Fresh ids of facts, by the station's clock."""

from __future__ import annotations

from secrets import randbits

from cardstation.domain.ids import CHANCE_BITS, id_at
from cardstation.ports.clock import Clock


def new_id(clock: Clock) -> str:
    """A fresh id."""
    return id_at(clock.now(), randbits(CHANCE_BITS))
