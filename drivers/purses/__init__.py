"""Purses: CPU cards that keep money themselves; a new issuer is a profile and a name here."""

from __future__ import annotations

from cardstation.ports.purse import PurseDriver
from drivers.purses.opencpu import OpenCpuDriver

PURSES: tuple[PurseDriver, ...] = (OpenCpuDriver(),)
