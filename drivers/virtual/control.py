"""The seven commands of an SLE4442 (reference cards 1.1)."""

from __future__ import annotations

from enum import IntEnum


class Control(IntEnum):
    """First byte of a command."""

    READ_MAIN = 0x30
    READ_SECURITY = 0x31
    COMPARE = 0x33
    READ_PROTECTION = 0x34
    UPDATE_MAIN = 0x38
    UPDATE_SECURITY = 0x39
    WRITE_PROTECTION = 0x3C
