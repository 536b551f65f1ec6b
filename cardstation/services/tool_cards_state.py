"""Lists the tool cards of this desk: who has which, until when, and what came back on them."""

from __future__ import annotations

from cardstation.domain.tool_book import ToolRecord, ToolStatus
from cardstation.services.intent.tool_book import tool_records
from cardstation.services.station import Station

_STANDING = (ToolStatus.MAKING, ToolStatus.OUT, ToolStatus.CLEARING)


def tool_cards_state(station: Station, *, every: bool = False) -> tuple[ToolRecord, ...]:
    """What is out, and not whole or not a blank yet; the oldest first.

    Args:
        station: The desk.
        every: Also those that came back, and lost ones.
    """
    with station.store.reading() as reading:
        found = tuple(tool_records(station, reading))
    return tuple(one for one in found if every or one.status in _STANDING)
