"""How ACS readers wrap coded memories: INS B0/D0/B1/20/D2, the error counter in SW2.

Source: reference cards 2.1. After PRESENT_CODE a full counter in SW2 (90 07, 90 FF) is the only
success, and 90 00 means the card is locked for ever.
"""

from __future__ import annotations

from cardstation.domain.card import Span
from cardstation.errors import CodeLocked, CodeRefused, LinkFailed, ensure
from cardstation.ports.reader import Hidden, Link
from drivers.readers.speech import CodedMemory
from drivers.readers.status_words import OK, data_of, failure, status_of

LARGEST_READ = 128
LARGEST_WRITE = 255


def select_type(link: Link, kind: int) -> None:
    """SELECT_CARD_TYPE: the reader powers the card anew; an accepted code is lost."""
    data_of(link.exchange(bytes([0xFF, 0xA4, 0x00, 0x00, 0x01, kind])), link.reader)


def read_memory(link: Link, address: int, length: int, also: int = 0) -> bytes:
    """READ_MEMORY_CARD, at most 128 bytes an exchange; `also` bytes after them are dropped."""
    parts = []
    for start in range(address, address + length, LARGEST_READ):
        count = min(LARGEST_READ, address + length - start)
        answer = link.exchange(bytes([0xFF, 0xB0, *start.to_bytes(2), count]))
        data = data_of(answer, link.reader)
        if len(data) not in (count, count + also):
            raise LinkFailed(reader=link.reader, length=len(data))
        parts.append(data[:count])
    return b"".join(parts)


def write_memory(link: Link, span: Span, *, hidden: bool = False) -> None:
    """WRITE_MEMORY_CARD; 90 00 says nothing about success: read back."""
    ensure(0 < len(span.data) <= LARGEST_WRITE, "one to 255 bytes are written at a time")
    head = bytes([0xFF, 0xD0, *span.address.to_bytes(2), len(span.data)])
    command = head + span.data
    data_of(link.exchange(Hidden(command) if hidden else command), link.reader)


class AcsCoded:
    """ACR38, ACR39, ACR3901, ACR33 and relatives, CCID firmware and older.

    Args:
        card_type: The reader's number for this chip.
        also: Protection bytes old firmware adds to what it reads.
        code_address: Where the code stands in main memory; 0 = it has a command of its own.
    """

    def __init__(
        self, memory: CodedMemory, card_type: int, *, also: int = 0, code_address: int = 0
    ) -> None:
        self._memory = memory
        self._card_type = card_type
        self._also = also
        self._code_address = code_address

    def select(self, link: Link) -> None:
        """Select the card type."""
        select_type(link, self._card_type)

    def read(self, link: Link, address: int, length: int) -> bytes:
        """Read main memory; old firmware adds protection bits."""
        return read_memory(link, address, length, self._also)

    def write(self, link: Link, span: Span) -> None:
        """Update main memory."""
        write_memory(link, span)

    def error_counter(self, link: Link) -> int | None:
        """The counter's bits; the bytes after it may be the code and are dropped at once."""
        answer = link.exchange(bytes([0xFF, 0xB1, 0x00, 0x00, 1 + self._memory.code_bytes]))
        if status_of(answer) >> 8 in (0x67, 0x6C):
            answer = link.exchange(bytes([0xFF, 0xB1, 0x00, 0x00, 0x00]))
        data = data_of(answer, link.reader)
        if not data or data[0] > self._memory.full_counter:
            raise LinkFailed(reader=link.reader, length=len(data))
        return data[0]

    def present_code(self, link: Link, code: bytes) -> None:
        """Present the code once.

        Raises:
            CodeRefused, CodeLocked: by the counter in the answer.
            LinkFailed: no counter in the answer: a try may be gone.
        """
        answer = link.exchange(bytes([0xFF, 0x20, 0x00, 0x00, len(code)]) + code)
        status = status_of(answer)
        if status >> 8 != 0x90:
            raise failure(status, link.reader)
        counter = answer[0] if len(answer) > 2 else status & 0xFF
        if counter > self._memory.full_counter:
            raise LinkFailed(reader=link.reader, status=f"{status:04X}")
        if counter == 0:
            raise CodeLocked(reader=link.reader)
        if counter != self._memory.full_counter:
            raise CodeRefused(reader=link.reader, tries_left=counter.bit_count())

    def change_code(self, link: Link, old: bytes, new: bytes) -> None:
        """Write a new code; `old` was presented on this link. Proof: present it when powered anew.

        Raises:
            LinkFailed: the code may be old, new or mixed (reference cards 1.1).
        """
        length = self._memory.code_bytes
        ensure(len(old) == len(new) == length, f"a code has {length} bytes")
        if self._code_address:
            write_memory(link, Span(self._code_address, new), hidden=True)
            return
        status = status_of(link.exchange(bytes([0xFF, 0xD2, 0x00, 0x01, length]) + new))
        if status != OK:
            raise failure(status, link.reader)


PAGE_CODES = {8: 0x03, 16: 0x04, 32: 0x05, 64: 0x06, 128: 0x07}
"""How the reader is told a page size; it forgets it with every card."""


class AcsI2c:
    """I2C memories in ACS readers; source: reference cards 2.1.

    Args:
        card_type: 01 up to 16 kbit, 02 above.
        page: Bytes of a page of the chip.
    """

    def __init__(self, card_type: int, page: int) -> None:
        self._card_type = card_type
        self._page = page

    def select(self, link: Link) -> None:
        """Select the card type and say how long a page is."""
        select_type(link, self._card_type)
        size = PAGE_CODES[self._page]
        data_of(link.exchange(bytes([0xFF, 0x01, 0x00, 0x00, 0x01, size])), link.reader)

    def read(self, link: Link, address: int, length: int) -> bytes:
        """Read memory."""
        return read_memory(link, address, length)

    def write(self, link: Link, span: Span) -> None:
        """Write bytes of one page."""
        write_memory(link, span)


class AcsSc102:
    """AT88SC102 in ACS readers; 90 00 proves nothing, so what it did is read back by the chip.

    Source: reference cards 2.1.
    """

    def select(self, link: Link) -> None:
        """Select the card type."""
        select_type(link, 0x09)

    def read(self, link: Link, address: int, length: int) -> bytes:
        """Read memory; codes and keys read as ones."""
        return read_memory(link, address, length)

    def write(self, link: Link, span: Span, *, hidden: bool = False) -> None:
        """Clear bits."""
        write_memory(link, span, hidden=hidden)

    def verify(self, link: Link, address: int, code: bytes) -> None:
        """Present the security code once; whether it was right, the attempts counter says.

        Raises:
            CodeLocked: no tries left.
        """
        answer = link.exchange(bytes([0xFF, 0x20, 0x08, address, len(code)]) + code)
        if status_of(answer) == 0x6300:
            raise CodeLocked(reader=link.reader)
        data_of(answer, link.reader)

    def erase_zone(self, link: Link, key_address: int, key: bytes) -> None:
        """Erase an application zone with its key."""
        command = bytes([0xFF, 0x20, 0x00, key_address, len(key)]) + key
        data_of(link.exchange(command), link.reader)

    def erase_words(self, link: Link, address: int, length: int) -> None:
        """Erase words outside the application zones."""
        data_of(link.exchange(bytes([0xFF, 0xD2, 0x00, address, length])), link.reader)

    def blow_fuse(self, link: Link, bit_address: int) -> None:
        """Blow a fuse, for ever."""
        command = bytes([0xFF, 0x05, 0x00, 0x00, 0x04, *bit_address.to_bytes(2), 0x01, 0x00])
        data_of(link.exchange(command), link.reader)
