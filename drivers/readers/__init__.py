"""Readers: electricity, insertion events, and the dialects that wrap memory-card commands."""

from __future__ import annotations

from drivers.readers.dialects import DIALECTS, dialect_for

__all__ = ["DIALECTS", "dialect_for"]
