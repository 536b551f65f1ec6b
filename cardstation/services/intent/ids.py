"""Ids of facts: UUID version 7, so that they sort by the time they were made (RFC 9562)."""

from __future__ import annotations

import uuid
from secrets import randbits

from cardstation.ports.clock import Clock


def new_id(clock: Clock) -> str:
    """A fresh id: 48 bits of wall time in milliseconds, 74 random bits."""
    milliseconds = int(clock.now().timestamp() * 1000) & ((1 << 48) - 1)
    value = milliseconds << 80 | 7 << 76 | randbits(12) << 64
    return str(uuid.UUID(int=value | 2 << 62 | randbits(62)))
