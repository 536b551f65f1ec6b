"""The SLE4428 and SLE5528: 1021 bytes free to read, a two-byte code with eight tries to write.

The last three of the 1024 bytes are the error counter and the code; they are no data and are
never read as such. Facts: reference cards 1.2 and, for ACS readers, 2.1. How other families wrap
its commands is documented nowhere, so no other carries it.
"""

from __future__ import annotations

from collections.abc import Mapping

from cardstation.ports.reader import Link
from drivers.chips.coded import CodedChip
from drivers.readers.acs import AcsCoded
from drivers.readers.speech import CodedMemory, CodedSpeech, spoken_by

ATR_HEAD = bytes.fromhex("3B049223")
"""Protocol 92 (three wires, 8 bit) and layout 23 (1024 x 8)."""

COUNTER_ADDRESS = 0x3FD
CODE_ADDRESS = 0x3FE

MEMORY = CodedMemory("sle4428", size=COUNTER_ADDRESS, code_bytes=2, tries=8)

SPOKEN: Mapping[str, CodedSpeech] = {
    "acs": AcsCoded(MEMORY, 0x05, code_address=CODE_ADDRESS),
}


class Sle4428Driver:
    """Recognises and attaches; implements `cardstation.ports.chip.ChipDriver`."""

    name = MEMORY.chip
    title = "SLE4428, SLE5528"
    blank_code = b"\xff\xff"
    spoken = SPOKEN

    def recognises(self, atr: bytes) -> bool:
        """True for an answer to reset of three-wire protocol and 1024 bytes."""
        return atr.startswith(ATR_HEAD)

    def attach(self, link: Link) -> CodedChip:
        """Take a fresh link and tell the reader which chip it holds.

        Raises:
            ReaderCannotMemory: the reader has no commands for this chip. LinkFailed.
        """
        speech = spoken_by(SPOKEN, link, self.name)
        speech.select(link)
        return CodedChip(link, MEMORY, speech)
