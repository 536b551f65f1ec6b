"""The SLE4442 and SLE5542: 256 bytes free to read, a three-byte code with three tries to write.

Facts: reference cards 1.1 and, for the readers, 2.1 and 2.2.
"""

from __future__ import annotations

from collections.abc import Mapping

from cardstation.ports.reader import Link
from drivers.chips.coded import CodedChip
from drivers.readers.acs import AcsCoded
from drivers.readers.omnikey import OmnikeySle4442
from drivers.readers.speech import CodedMemory, CodedSpeech, spoken_by

ATR_HEAD = bytes.fromhex("3B04A213")
"""Protocol A2 (two wires, 8 bit) and layout 13 (256 x 8); the other two are the issuer's."""

MEMORY = CodedMemory("sle4442", size=256, code_bytes=3, tries=3)

SPOKEN: Mapping[str, CodedSpeech] = {
    "acs": AcsCoded(MEMORY, 0x06, also=4),
    "omnikey": OmnikeySle4442(),
}


class Sle4442Driver:
    """Recognises and attaches; implements `cardstation.ports.chip.ChipDriver`."""

    name = MEMORY.chip
    title = "SLE4442, SLE5542"
    blank_code = b"\xff\xff\xff"
    spoken = SPOKEN

    def recognises(self, atr: bytes) -> bool:
        """True for an answer to reset of two-wire protocol and 256 bytes."""
        return atr.startswith(ATR_HEAD)

    def attach(self, link: Link) -> CodedChip:
        """Take a fresh link and tell the reader which chip it holds.

        Raises:
            ReaderCannotMemory: the reader has no commands for this chip. LinkFailed.
        """
        speech = spoken_by(SPOKEN, link, self.name)
        speech.select(link)
        return CodedChip(link, MEMORY, speech)
