"""Our open gas card with a CPU for volume meters: PBOC's purse in application DF02 counts litres.

It is the money card with another application beside which no other stands, so that each kind of
meter takes its own cards only; whose card it is stands in files of `volume_content`.
"""

from __future__ import annotations

from cardstation.domain.meter import MeterKind
from drivers.purses.opencpu import OPEN_CPU
from drivers.purses.pboc import PbocDriver, PurseProfile

VOLUME_APPLICATION = bytes.fromhex("DF02")

OPEN_CPU_VOLUME = PurseProfile(
    name="epurse-volume",
    title="CPU card, PBOC purse counting gas",
    application=VOLUME_APPLICATION,
    atr_heads=OPEN_CPU.atr_heads,
)


class OpenCpuVolumeDriver(PbocDriver):
    """The driver of our open card for volume meters."""

    counts = MeterKind.VOLUME

    def __init__(self) -> None:
        super().__init__(OPEN_CPU_VOLUME)
