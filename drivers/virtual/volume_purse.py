"""A CPU gas card in memory whose purse counts litres, for volume meters."""

from __future__ import annotations

from dataclasses import replace

from drivers.purses import gas_files
from drivers.purses.gas_content import CLEARED, Parameters, Returned
from drivers.purses.opencpu_volume import OPEN_CPU_VOLUME, VOLUME_APPLICATION
from drivers.purses.volume_content import parameters_to_bytes, returned_to_bytes
from drivers.virtual.apdu import OK, Apdu
from drivers.virtual.gas_card import APPLICATION, NO_FILE
from drivers.virtual.purse_card import VirtualPurseCard

FACTS_OF_FILE = b"\x6f\x04\x84\x02"


class VirtualVolumePurse(VirtualPurseCard):
    """The card with another application, and its files."""

    kind = OPEN_CPU_VOLUME.name

    def issue(self, parameters: Parameters) -> None:
        """The issuer says whose card it is; the return file is empty then."""
        for file, content in (
            (gas_files.PARAMETERS, parameters_to_bytes(parameters)),
            (gas_files.RETURNED, CLEARED),
        ):
            self.main[self.place(file) : self.place(file) + file.size] = content

    def write_back(self, returned: Returned) -> None:
        """A meter says that it took the card.

        Raises:
            Torn: the power was cut.
        """
        self._update(self.place(gas_files.RETURNED), returned_to_bytes(returned))

    def _select(self, apdu: Apdu) -> bytes:
        if apdu.data == APPLICATION:
            self._deselect()
            return NO_FILE
        ours = apdu.data == VOLUME_APPLICATION
        told = super()._select(replace(apdu, data=APPLICATION) if ours else apdu)
        good = ours and told.endswith(OK)
        return FACTS_OF_FILE + VOLUME_APPLICATION + OK if good else told
