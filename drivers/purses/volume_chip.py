"""A volume purse as a chip of the card room: as the money card's, with files of its own."""

from __future__ import annotations

from cardstation.ports.purse import PurseKeys
from cardstation.ports.reader import Link
from drivers.purses.chip import PurseChip, PurseChipDriver
from drivers.purses.gas_content import Parameters, Returned
from drivers.purses.opencpu import OPEN_CPU
from drivers.purses.pboc import PbocDriver
from drivers.purses.volume_content import parameters_of, returned_of


class VolumePurseChip(PurseChip):
    """One powered volume card; implements `cardstation.ports.chip.Chip`."""

    def _whose(self, content: bytes) -> Parameters:
        return parameters_of(content)

    def _answer(self, content: bytes) -> Returned | None:
        return returned_of(content)


class VolumePurseChipDriver(PurseChipDriver):
    """Implements `cardstation.ports.chip.ChipDriver` for volume cards.

    The directory calls a CPU card `epurse`, whatever its meter counts.
    """

    def __init__(self, purse: PbocDriver, keys: PurseKeys) -> None:
        super().__init__(purse, keys)
        self.name = OPEN_CPU.name

    def attach(self, link: Link) -> PurseChip:
        """Take a fresh link, select the application and read who the card is.

        Raises:
            Refusal: `foreign_card`, `purse_locked`. LinkFailed.
        """
        return VolumePurseChip(self._purse.attach(link), self._keys, self._purse.name)
