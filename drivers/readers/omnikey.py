"""How OMNIKEY (AViatoR) and Cherry readers wrap the SLE4442: INS B0/D6/20/21, 63 Cx for tries.

Source: reference cards 2.2, which knows the SLE4442 only. Here 90 00 after a code is success: the
opposite of ACS.
"""

from __future__ import annotations

from cardstation.domain.card import Span
from cardstation.errors import CodeLocked, CodeRefused, LinkFailed, ensure
from cardstation.ports.reader import Link
from drivers.readers.status_words import OK, data_of, failure, status_of

SELECT_SLE4442 = bytes.fromhex("FFA400000106")
TRIES_MASK = 0x0F


class OmnikeySle4442:
    """OMNIKEY 3x21 and relatives, Cherry ST-1144 and keyboards."""

    def select(self, link: Link) -> None:
        """Nothing is needed; the reader tolerates the ACS command and answers 90 00."""
        data_of(link.exchange(SELECT_SLE4442), link.reader)

    def read(self, link: Link, address: int, length: int) -> bytes:
        """Read main memory in one exchange; a length of 256 is sent as 00."""
        ensure(0 < length <= 256, "one to 256 bytes are read at a time")
        answer = link.exchange(bytes([0xFF, 0xB0, 0x00, address, length & 0xFF]))
        data = data_of(answer, link.reader)
        if len(data) != length:
            raise LinkFailed(reader=link.reader, length=len(data))
        return data

    def write(self, link: Link, span: Span) -> None:
        """Update main memory; 90 00 says nothing about success: read back."""
        ensure(0 < len(span.data) <= 0xFF, "one to 255 bytes are written at a time")
        head = bytes([0xFF, 0xD6, 0x00, span.address, len(span.data)])
        data_of(link.exchange(head + span.data), link.reader)

    def error_counter(self, link: Link) -> int | None:  # noqa: ARG002
        """Not readable with these readers: no command is documented."""
        return None

    def present_code(self, link: Link, code: bytes) -> None:
        """Present the code once.

        Raises:
            CodeRefused, CodeLocked: by the tries in 63 Cx.
            LinkFailed: any other word, also 90 0x of an ACS reader: a try may be gone.
        """
        self._judge(link, status_of(link.exchange(bytes.fromhex("FF20000003") + code)))

    def change_code(self, link: Link, old: bytes, new: bytes) -> None:
        """Write a new code; the reader presents the old one first.

        Raises:
            CodeRefused, CodeLocked: the old code was wrong.
            LinkFailed: the code may be old, new or mixed (reference cards 1.1).
        """
        ensure(len(old) == len(new) == 3, "a code has three bytes")
        self._judge(link, status_of(link.exchange(bytes.fromhex("FF21000006") + old + new)))

    def _judge(self, link: Link, status: int) -> None:
        if status == OK:
            return
        if status & 0xFFF0 != 0x63C0:
            raise failure(status, link.reader)
        tries = status & TRIES_MASK
        if tries == 0:
            raise CodeLocked(reader=link.reader)
        raise CodeRefused(reader=link.reader, tries_left=tries)
