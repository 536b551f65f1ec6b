"""Commands of an ISO 7816 card over a link: lengths, 61xx and 6Cxx, as its protocol wants them.

Under T=0 a command carries data or asks for data, never both: what comes back is fetched with GET
RESPONSE, and nothing between us and the card does that for us (reference cards 3.1, 4.2).
"""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.errors import LinkFailed
from cardstation.ports.reader import Hidden, Link
from drivers.readers.status_words import OK, status_of

GET_RESPONSE = bytes.fromhex("00C00000")
MORE, WRONG_LENGTH = 0x61, 0x6C
MOST_PARTS = 4
BY_RADIO = bytes.fromhex("8001")
"""TD1 TD2 of every contactless card as readers show it: T=1, whatever TD1 says for itself."""
T0_OFFERED, T1_OFFERED = 0, 1


@dataclass(frozen=True, slots=True)
class Answer:
    """Data and status word of a command that the card has finished, one way or the other."""

    data: bytes
    status: int

    @property
    def good(self) -> bool:
        """The card did it."""
        return self.status == OK


def first_protocol(atr: bytes) -> int:
    """The protocol a card's answer to reset offers first: 0 unless TD1 says another."""
    present = atr[1] >> 4 if len(atr) > 1 else 0
    if not present & 0b1000:
        return T0_OFFERED
    if present == 0b1000 and atr[2:4] == BY_RADIO:
        return T1_OFFERED
    place = 2 + (present & 0b0111).bit_count()
    return atr[place] & 0x0F if place < len(atr) else T0_OFFERED


class Apdus:
    """Speaks with the card behind a link."""

    def __init__(self, link: Link) -> None:
        self.reader = link.reader
        self._link = link
        self._both_ways = first_protocol(link.atr) == T1_OFFERED

    def ask(
        self, head: bytes, data: bytes = b"", expect: int = 0, *, gather: bool = True
    ) -> Answer:
        """Send a command and gather its whole answer.

        Args:
            head: CLA INS P1 P2.
            data: What the card gets; such a command is never sent twice.
            expect: Bytes it shall answer; 0 = none.
            gather: False leaves what waits at the card where it is: that it waits is a good word.

        Raises:
            LinkFailed: also where the card had begun to answer and the rest did not come.
        """
        if not data:
            answer = self._link.exchange(head + bytes([expect]))
            if answer[-2:-1] == bytes([WRONG_LENGTH]):
                answer = self._link.exchange(head + answer[-1:])
        else:
            whole = head + bytes([len(data)]) + data
            wanted = bytes([expect]) if expect and self._both_ways else b""
            answer = self._link.exchange(Hidden(whole + wanted))
        waits = answer[-2:-1] == bytes([MORE])
        return Answer(b"", OK) if waits and not gather else self._gathered(answer)

    def _gathered(self, answer: bytes) -> Answer:
        found, parts = answer[:-2], 0
        while answer[-2:-1] == bytes([MORE]) and parts < MOST_PARTS:
            answer = self._link.exchange(GET_RESPONSE + answer[-1:])
            if answer[-2:-1] == bytes([WRONG_LENGTH]):
                answer = self._link.exchange(GET_RESPONSE + answer[-1:])
            found, parts = found + answer[:-2], parts + 1
        status = status_of(answer)
        if parts and status != OK:
            raise LinkFailed(reader=self.reader, status=f"{status:04X}")
        return Answer(found, status)
