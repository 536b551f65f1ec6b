"""Purses: CPU cards that keep money themselves; a new issuer is a profile and a name here."""

from __future__ import annotations

from drivers.purses.opencpu import OpenCpuDriver
from drivers.purses.opencpu_volume import OpenCpuVolumeDriver
from drivers.purses.pboc import PbocDriver

PURSES: tuple[PbocDriver, ...] = (OpenCpuDriver(), OpenCpuVolumeDriver())
