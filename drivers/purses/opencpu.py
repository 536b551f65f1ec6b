"""Our open gas card with a CPU: PBOC's purse in application DF01, FMCOS keys and files."""

from __future__ import annotations

from drivers.purses.pboc import PbocDriver, PurseProfile

OPEN_CPU = PurseProfile(
    name="epurse",
    title="CPU card, PBOC purse",
    application=bytes.fromhex("DF01"),
    atr_heads=(bytes.fromhex("3B6C0002"), bytes.fromhex("3BEC000201")),
)


class OpenCpuDriver(PbocDriver):
    """The driver of our open card."""

    def __init__(self) -> None:
        super().__init__(OPEN_CPU)
