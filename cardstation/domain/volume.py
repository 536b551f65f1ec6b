"""Gas volume as whole litres (0.001 m³)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CUBIC_METRES = re.compile(r"(-?)(\d+)(?:\.(\d{1,3}))?")


@dataclass(frozen=True, slots=True, order=True)
class Volume:
    """A volume of gas, kept as an integer number of litres (0.001 m³)."""

    litres: int

    @classmethod
    def of_m3(cls, text: str) -> Volume:
        """Read `"35"` or `"35.714"`; anything else is a ValueError."""
        found = _CUBIC_METRES.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"not a volume in m³: {text!r}")
        sign, whole, part = found.groups()
        litres = int(whole) * 1000 + int((part or "0").ljust(3, "0"))
        return cls(-litres if sign else litres)

    @property
    def m3(self) -> str:
        """`"35"`, `"0.5"`, `"35.714"`: no trailing zeros."""
        sign = "-" if self.litres < 0 else ""
        whole, part = divmod(abs(self.litres), 1000)
        return f"{sign}{whole}" + (f".{part:03d}".rstrip("0") if part else "")

    def __add__(self, other: Volume) -> Volume:
        return Volume(self.litres + other.litres)

    def __sub__(self, other: Volume) -> Volume:
        return Volume(self.litres - other.litres)

    def __bool__(self) -> bool:
        return self.litres != 0

    def __str__(self) -> str:
        return f"{self.m3} m³"


NO_GAS = Volume(0)
