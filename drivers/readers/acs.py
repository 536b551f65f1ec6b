"""How ACS readers wrap the SLE4442: INS B0/D0/B1/20/D2, the error counter in SW2.

Source: reference cards 2.1. After PRESENT_CODE, 90 07 is the only success and 90 00 means the
card is locked for ever.
"""

from __future__ import annotations

from cardstation.domain.card import Span
from cardstation.errors import CodeLocked, CodeRefused, LinkFailed, ensure
from cardstation.ports.reader import Link
from drivers.readers.status_words import OK, data_of, failure, status_of

SELECT_SLE4442 = bytes.fromhex("FFA400000106")
READ_COUNTER = bytes.fromhex("FFB1000004")
READ_COUNTER_OLD = bytes.fromhex("FFB1000000")
LARGEST_READ = 128
PROTECTION_BYTES = 4
ACCEPTED = 0b111


class AcsDialect:
    """ACR38, ACR39, ACR3901, ACR33 and relatives, CCID firmware and older."""

    name = "acs"

    def select_sle4442(self, link: Link) -> None:
        """Select the card type; the reader powers the card anew, an accepted code is lost."""
        data_of(link.exchange(SELECT_SLE4442), link.reader)

    def read(self, link: Link, address: int, length: int) -> bytes:
        """Read main memory, at most 128 bytes an exchange; old firmware adds protection bits."""
        parts = []
        for start in range(address, address + length, LARGEST_READ):
            count = min(LARGEST_READ, address + length - start)
            answer = link.exchange(bytes([0xFF, 0xB0, 0x00, start, count]))
            data = data_of(answer, link.reader)
            if len(data) not in (count, count + PROTECTION_BYTES):
                raise LinkFailed(reader=link.reader, length=len(data))
            parts.append(data[:count])
        return b"".join(parts)

    def write(self, link: Link, span: Span) -> None:
        """Update main memory; 90 00 says nothing about success: read back."""
        ensure(0 < len(span.data) <= 0xFF, "one to 255 bytes are written at a time")
        head = bytes([0xFF, 0xD0, 0x00, span.address, len(span.data)])
        data_of(link.exchange(head + span.data), link.reader)

    def error_counter(self, link: Link) -> int | None:
        """The counter's bits; the bytes after it may be the code and are dropped at once."""
        answer = link.exchange(READ_COUNTER)
        if status_of(answer) >> 8 in (0x67, 0x6C):
            answer = link.exchange(READ_COUNTER_OLD)
        data = data_of(answer, link.reader)
        if not data or data[0] > ACCEPTED:
            raise LinkFailed(reader=link.reader, length=len(data))
        return data[0]

    def present_code(self, link: Link, code: bytes) -> None:
        """Present the code once.

        Raises:
            CodeRefused, CodeLocked: by the counter in the answer.
            LinkFailed: no counter in the answer: a try may be gone.
        """
        answer = link.exchange(bytes.fromhex("FF20000003") + code)
        status = status_of(answer)
        if status >> 8 != 0x90:
            raise failure(status, link.reader)
        counter = answer[0] if len(answer) > 2 else status & 0xFF
        if counter > ACCEPTED:
            raise LinkFailed(reader=link.reader, status=f"{status:04X}")
        if counter == 0:
            raise CodeLocked(reader=link.reader)
        if counter != ACCEPTED:
            raise CodeRefused(reader=link.reader, tries_left=counter.bit_count())

    def change_code(self, link: Link, old: bytes, new: bytes) -> None:
        """Write a new code; `old` was presented on this link. Proof: present it when powered anew.

        Raises:
            LinkFailed: the code may be old, new or mixed (reference cards 1.1).
        """
        ensure(len(old) == len(new) == 3, "a code has three bytes")
        status = status_of(link.exchange(bytes.fromhex("FFD2000103") + new))
        if status != OK:
            raise failure(status, link.reader)
