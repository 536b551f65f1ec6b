"""Keys of purses in a secure module (PSAM) that sits in a slot of its own.

Nothing secret comes out: the module derives a card's key inside and answers with MACs. The bytes
of its commands are PBOC's general DES calculation; which use and version an issuer's load, line
and opening keys have is the issuer's, and stands in one place here. It cannot check TACs: the
internal key stays with the centre. Reference cards 3.5.
"""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.errors import CardNotGenuine, LinkFailed, Mishap
from cardstation.ports.purse import TERMINAL_BYTES, LoadOpening, LoadOrder, LoadPlan
from cardstation.ports.reader import Link
from drivers.keys import pboc
from drivers.keys.purse_keys import card_factor
from drivers.keys.secret import Secret
from drivers.purses.apdus import Apdus

MASTER_FILE = bytes.fromhex("3F00")
TERMINAL_FILE = 0x80 | 0x16
OPEN_KEY = (0x80, 0x1A)
COMPUTE = bytes.fromhex("80FA")
ENCRYPT, MAC, MAC_FROM = 0x00, 0x01, 0x05


@dataclass(frozen=True, slots=True)
class PsamKey:
    """One master in the module: its use (five bits of P1) and its version (P2)."""

    use: int
    version: int


LOAD, LINE, EXTERNAL = PsamKey(0x07, 0x01), PsamKey(0x07, 0x02), PsamKey(0x08, 0x01)


class PsamPurseKeys:
    """Asks the module behind a link; implements `cardstation.ports.purse.PurseKeys`.

    Args:
        link: A fresh link to the module's slot; it stays open as long as this is used.
        application: Its application's file number.
        levels: Factors of the levels above the card's own, uppermost first.

    Raises:
        Mishap: code `psam_silent`.
    """

    def __init__(
        self,
        link: Link,
        application: bytes = b"\xdf\x01",
        levels: tuple[bytes, ...] = (),
    ) -> None:
        self._apdus = Apdus(link)
        self._levels = levels
        self._ask(bytes.fromhex("00A40000"), MASTER_FILE)
        self._terminal = self._ask(bytes([0x00, 0xB0, TERMINAL_FILE, 0x00]), expect=TERMINAL_BYTES)
        self._ask(bytes.fromhex("00A40000"), application)

    @property
    def terminal(self) -> bytes:
        """The number the module was issued with."""
        return self._terminal

    def accept(self, card: bytes, order: LoadOrder, opening: LoadOpening) -> bytes:
        """Check MAC1 and answer with MAC2; the session key never leaves the module.

        Raises:
            CardNotGenuine: MAC1 is wrong. Mishap: `psam_silent`.
        """
        stand = opening.stand
        self._open(LOAD, card, pboc.load_session_text(opening.challenge, stand.sequence))
        wanted = self._compute(MAC, pboc.mac1_text(stand.balance_fen, order), pboc.MAC_BYTES)
        if Secret(wanted) != Secret(opening.mac1):
            raise CardNotGenuine(card=card.hex())
        return self._compute(MAC, pboc.mac2_text(order), pboc.MAC_BYTES)

    def tac_fits(self, plan: LoadPlan, tac: bytes) -> bool | None:  # noqa: ARG002
        """A module at a desk has no internal key."""
        return None

    def authentication(self, card: bytes, challenge: bytes) -> bytes:
        """The answer to a card's challenge."""
        self._open(EXTERNAL, card)
        return self._compute(ENCRYPT, challenge.ljust(pboc.BLOCK, b"\x00"), pboc.BLOCK)

    def protected(
        self, card: bytes, challenge: bytes, head: bytes, data: bytes, *, encrypted: bool
    ) -> bytes:
        """What goes after Lc of a command under secure messaging."""
        self._open(LINE, card)
        sent = data
        if encrypted:
            text = pboc.line_text(data)
            sent = self._compute(ENCRYPT, text, len(text))
        start = challenge.ljust(pboc.BLOCK, b"\x00")
        length = bytes([len(sent) + pboc.MAC_BYTES])
        return sent + self._compute(MAC_FROM, start + head + length + sent, pboc.MAC_BYTES)

    def _open(self, key: PsamKey, card: bytes, session: bytes = b"") -> None:
        factors = (*self._levels, card_factor(card))
        use = len(factors) << 5 | key.use
        self._ask(bytes([*OPEN_KEY, use, key.version]), b"".join(factors) + session)

    def _compute(self, how: int, data: bytes, expect: int) -> bytes:
        return self._ask(COMPUTE + bytes([how, 0x00]), data, expect)

    def _ask(self, head: bytes, data: bytes = b"", expect: int = 0) -> bytes:
        try:
            answer = self._apdus.ask(head, data, expect)
        except LinkFailed as silence:
            raise Mishap("psam_silent", reader=self._apdus.reader) from silence
        if not answer.good or (expect and len(answer.data) != expect):
            status = f"{answer.status:04X}"
            raise Mishap("psam_silent", reader=self._apdus.reader, status=status)
        return answer.data
