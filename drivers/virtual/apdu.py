"""A short command APDU taken apart (ISO 7816-4 cases 1 to 4)."""

from __future__ import annotations

from dataclasses import dataclass

OK = b"\x90\x00"
FAILED = b"\x63\x00"
WRONG_LENGTH = b"\x67\x00"
WRONG_PARAMETERS = b"\x6b\x00"
NOT_SUPPORTED = b"\x6a\x81"
UNKNOWN_INS = b"\x6d\x00"
UNKNOWN_CLA = b"\x6e\x00"
CONFUSED = b"\x6f\x00"


@dataclass(frozen=True, slots=True)
class Apdu:
    """Header, data and expected length.

    Attributes:
        le: Expected length as sent (0 may mean 256); None when not sent.
    """

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes
    le: int | None

    @property
    def address(self) -> int:
        """P1 and P2 as one number."""
        return self.p1 << 8 | self.p2

    @classmethod
    def parse(cls, raw: bytes) -> Apdu | None:
        """Take a command apart; None when its lengths do not agree."""
        if len(raw) < 4:
            return None
        head = (raw[0], raw[1], raw[2], raw[3])
        if len(raw) <= 5:
            return cls(*head, b"", raw[4] if len(raw) == 5 else None)
        count = raw[4]
        data, rest = raw[5 : 5 + count], raw[5 + count :]
        if count == 0 or len(data) != count or len(rest) > 1:
            return None
        return cls(*head, data, rest[0] if rest else None)
