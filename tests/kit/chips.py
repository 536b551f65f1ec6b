"""What tests of chips share: firmware for every dialect, and a desk with one card in it."""

from __future__ import annotations

from collections.abc import Callable

from cardstation.domain.meter import MakerRules
from cardstation.ports.chip import Chip, ChipDriver
from cardstation.ports.reader import Link, Presence
from drivers.chips import CHIPS
from drivers.layouts import LAYOUTS
from drivers.makers import MAKERS
from drivers.readers.wrappers import Fault, TracedLink
from drivers.virtual import VirtualCard, VirtualReader, new_chip

FIRMWARES = {
    "acs": ("acs", "acs-old"),
    "omnikey": ("omnikey",),
    "part3": ("part3", "omnikey-cl"),
    "acr1252": ("acr1252",),
}
"""By dialect, the firmware that understands it."""

CASES = [
    (driver, dialect, firmware)
    for driver in CHIPS
    for dialect in driver.spoken
    for firmware in FIRMWARES[dialect]
    if firmware != "acs-old" or driver.name in ("sle4442", "sle4428")
]
"""Every chip behind every firmware for it; old firmware differs for coded memories only."""


def on_other_chips() -> list[tuple[MakerRules, str]]:
    """One maker for every chip but the SLE4442, and the first dialect its chip is spoken to in."""
    spoken = {driver.name: next(iter(driver.spoken)) for driver in CHIPS}
    chip_of = {layout.code: layout.chip for layout in LAYOUTS}
    found: dict[str, MakerRules] = {}
    for rules in MAKERS:
        found.setdefault(chip_of[rules.layout], rules)
    return [(rules, spoken[chip]) for chip, rules in found.items() if chip != "sle4442"]


def case_name(case: tuple[ChipDriver, str, str]) -> str:
    return f"{case[0].name}-{case[2]}"


class ChipDesk:
    """A reader with one card in it; a pytest plugin puts another kind of reader here."""

    reader_kind: Callable[..., VirtualReader] = VirtualReader

    def __init__(self, driver: ChipDriver, dialect: str, firmware: str) -> None:
        self.driver = driver
        self.fault = Fault()
        kind = type(self).reader_kind
        self.reader = kind("desk", firmware, chosen=dialect, wrap=self._wrap)
        self.card = VirtualCard(new_chip(driver.name))
        self.chip = self.card.chip
        self.deaf = self.traced = False
        self.code = driver.blank_code
        self.wrong = bytes(byte ^ 0x5A for byte in driver.blank_code)

    def _wrap(self, link: Link) -> Link:
        deaf = DeafLink(link, self)
        return self.fault.wrap(TracedLink(deaf) if self.traced else deaf)

    def presence(self) -> Presence:
        presence = self.reader.wait_card(0)
        assert presence is not None
        return presence

    def powered(self) -> Chip:
        """The card after a fresh power-up, put in again if it was out."""
        if self.reader.wait_card(0) is None:
            self.reader.insert(self.card)
        if (link := self.reader._link) is not None:
            link.close()
        return self.driver.attach(self.reader.open(self.presence()))

    def unlocked(self) -> Chip:
        chip = self.powered()
        chip.unlock(self.code)
        return chip

    def spoil(self, tries: int) -> None:
        """Somebody presented wrong codes before."""
        self.chip.power_up()
        while self.chip.tries > tries:
            assert not self.chip.host_open(self.wrong)


WRITING = frozenset({0xD0, 0xD6})


class DeafLink:
    """A link whose reader says 90 00 to a write and does nothing, while its desk is deaf."""

    def __init__(self, link: Link, desk: ChipDesk) -> None:
        self.reader, self.atr, self.dialect = link.reader, link.atr, link.dialect
        self._link, self._desk = link, desk

    def exchange(self, command: bytes) -> bytes:
        if self._desk.deaf and command[1] in WRITING:
            return b"\x90\x00"
        return self._link.exchange(command)

    def close(self) -> None:
        self._link.close()
