"""Readers: electricity, insertion events, and the dialects that wrap memory-card commands."""

from __future__ import annotations

from drivers.readers.dialects import DIALECTS, dialect_for
from drivers.readers.pcsc import PcscRoom

READERS: tuple[type[PcscRoom], ...] = (PcscRoom,)

__all__ = ["DIALECTS", "READERS", "dialect_for"]
