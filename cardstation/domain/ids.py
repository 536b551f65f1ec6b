"""Ids of facts: UUID version 7, so that they sort by the time they were made (RFC 9562)."""

from __future__ import annotations

import uuid
from datetime import datetime

CHANCE_BITS = 74


def id_at(moment: datetime, chance: int) -> str:
    """An id: 48 bits of milliseconds, then `CHANCE_BITS` random bits.

    Args:
        moment: When it is made.
        chance: The random bits.
    """
    milliseconds = int(moment.timestamp() * 1000) & ((1 << 48) - 1)
    high, low = chance >> 62, chance & ((1 << 62) - 1)
    return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low))
