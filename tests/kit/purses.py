"""What tests of purses share: a desk with one purse card in it, and who holds its keys."""

from __future__ import annotations

from datetime import datetime

from cardstation.ports.purse import (
    LoadOrder,
    LoadPlan,
    PurseDriver,
    PurseKeys,
    PurseKind,
    PurseStand,
)
from cardstation.ports.reader import Link
from drivers.keys.psam import PsamPurseKeys
from drivers.keys.purse_keys import PurseMasters, SoftwarePurseKeys, training_masters
from drivers.keys.secret import Secret
from drivers.purses import PURSES
from drivers.purses.gas_files import CardFile
from drivers.purses.pboc import PbocPurse
from drivers.readers.wrappers import Fault, TracedLink
from drivers.virtual import VirtualCard, VirtualReader
from drivers.virtual.psam import TERMINAL, VirtualPsam
from drivers.virtual.purse_card import VirtualPurseCard

AT = datetime.fromisoformat("2026-01-15 09:30:05")
PURSE = PurseKind.PURSE


def order(fen: int = 5000, kind: PurseKind = PURSE, at: datetime = AT) -> LoadOrder:
    return LoadOrder(kind, fen, TERMINAL, at)


def software(*, tacs: bool = True) -> SoftwarePurseKeys:
    """The training area's keys; without `tacs` as a desk has them, TACs unchecked."""
    masters = training_masters()
    if not tacs:
        masters = PurseMasters(masters.load, masters.external, masters.line)
    return SoftwarePurseKeys(masters, TERMINAL)


def stranger_masters() -> PurseMasters:
    """Those of another area."""
    load, external, line, internal = (Secret(bytes([place]) * 16) for place in range(4))
    return PurseMasters(load, external, line, internal)


def psam(module: VirtualPsam | None = None, fault: Fault | None = None) -> PsamPurseKeys:
    """A secure module in a reader of its own."""
    slot = VirtualReader("slot", "acs", wrap=None if fault is None else fault.wrap)
    slot.insert(VirtualCard(module or VirtualPsam(), "psam"))
    presence = slot.wait_card(0)
    assert presence is not None
    return PsamPurseKeys(slot.open(presence))


class StrictPurseCard(VirtualPurseCard):
    """A card whose return file wants the key of files, too."""

    def _may_update(self, file: CardFile) -> bool:  # noqa: ARG002
        return self._opened


class PurseDesk:
    """A reader with one purse card in it."""

    def __init__(
        self,
        keys: PurseKeys | None = None,
        driver: PurseDriver = PURSES[0],
        *,
        firmware: str = "acs",
        chip: VirtualPurseCard | None = None,
    ) -> None:
        self.keys = keys or software()
        self.driver = driver
        self.fault = Fault()
        self.traced = False
        self.chip = chip or VirtualPurseCard()
        self.card = VirtualCard(self.chip)
        self.reader = VirtualReader("desk", firmware, wrap=self._wrap)

    def _wrap(self, link: Link) -> Link:
        return self.fault.wrap(TracedLink(link) if self.traced else link)

    def powered(self) -> PbocPurse:
        """The card after a fresh power-up, put in again if it was out."""
        if self.reader.wait_card(0) is None:
            self.reader.insert(self.card)
        if (link := self.reader._link) is not None:
            link.close()
        presence = self.reader.wait_card(0)
        assert presence is not None
        purse = self.driver.attach(self.reader.open(presence))
        assert isinstance(purse, PbocPurse)
        return purse

    def planned(self, fen: int = 5000, kind: PurseKind = PURSE) -> LoadPlan:
        return self.powered().begin(order(fen, kind), self.keys)

    def stands(self, kind: PurseKind = PURSE) -> PurseStand:
        """Where the purse stands in truth, cut commits settled."""
        cells = self.chip.state.of_kind(kind)
        return PurseStand(cells.balance, cells.online)
