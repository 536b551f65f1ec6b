"""The MIFARE Classic 1K: 16 sectors, each opened by a key; blocks of 16 bytes.

Our cards are read with the public key A and written with key B, which is the card's own. Nobody
counts wrong keys. An image is the 48 data blocks one after another, the maker's block first.
Facts: reference cards 1.7 and 2.4. Its cipher is broken: this protects against mistakes, not
against thieves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cardstation.domain.card import Span
from cardstation.errors import CodeRefused, LinkFailed, Refusal, WriteNotTaken, ensure
from cardstation.ports.reader import Link
from drivers.chips import mifare_rules as rules
from drivers.readers.part3 import KEY_A, KEY_B, LASTING, VOLATILE, AcsPart3, Part3
from drivers.readers.speech import spoken_by

ATR_HEAD = bytes.fromhex("3B8F8001804F0CA000000306030001")
"""A storage card by PC/SC part 3: ISO 14443 A, part 3, card name 0001."""

SPOKEN: Mapping[str, Part3] = {
    "part3": AcsPart3(VOLATILE, LASTING),
    "acr1252": AcsPart3(LASTING),
}
READ_PLACE, CODE_PLACE = 0, 1


class NotOpened(LinkFailed):
    """A sector did not open with the key it was asked with."""


class Mifare1k:
    """One powered chip; implements `cardstation.ports.chip.Chip`."""

    size = rules.SIZE
    all_tries = 1
    writable: tuple[range, ...] = (range(rules.BLOCK, rules.SIZE),)
    smears: tuple[range, ...] = tuple(
        range(at, at + rules.BLOCK) for at in range(rules.BLOCK, rules.SIZE, rules.BLOCK)
    )

    def __init__(self, link: Link, speech: Part3) -> None:
        self._link = link
        self._speech = speech
        self._open: tuple[int, int] | None = None
        self._presented = False
        self._kind = 0
        speech.load_key(link, READ_PLACE, rules.TRANSPORT_KEY)

    def read(self) -> bytes:
        """All data blocks, with the public key.

        Raises:
            Refusal: `foreign_card`: a sector does not open with it, asked twice.
        """
        return b"".join(map(self._read_block, range(0, self.size, rules.BLOCK)))

    def tries_left(self) -> int | None:
        """Nothing is counted."""
        return self.all_tries

    def unlock(self, code: bytes, *, last_tries: bool = False) -> None:  # noqa: ARG002
        """Try key B once, on one sector; a card in transport state opens with key A.

        Raises:
            CodeRefused: wrong key. LinkFailed.
        """
        ensure(len(code) == rules.KEY_BYTES, "a key has six bytes")
        ensure(not self._presented, "a code is presented once per link")
        self._presented = True
        first = rules.block_of(self.writable[0].start)
        kind = KEY_A if self._in_transport(first) else KEY_B
        self._speech.load_key(self._link, CODE_PLACE, code)
        self._open = None
        if not self._speech.authenticate(self._link, first, kind, CODE_PLACE):
            raise CodeRefused(reader=self._link.reader, tries_left=self.all_tries)
        self._kind = kind

    def write(self, current: bytes, spans: Sequence[Span]) -> None:
        """Write the blocks that differ from `current`, span by span; read each back.

        Raises:
            WriteNotTaken: a block reads back differently; the rest was not written.
            LinkFailed: outcome unknown. Defect: a span touches the maker's block.
        """
        ensure(bool(self._kind), "blocks are written only after the key was accepted")
        ensure(len(current) == self.size, "the image is all data blocks")
        free = self.writable[0]
        inside = all(free.start <= one.address and one.end <= free.stop for one in spans)
        ensure(inside, "the maker's block is never written, and none past the end")
        image = bytearray(current)
        for span in spans:
            for at in range(span.address - span.address % rules.BLOCK, span.end, rules.BLOCK):
                held = bytes(image[at : at + rules.BLOCK])
                first, stop = max(at, span.address), min(at + rules.BLOCK, span.end)
                image[first:stop] = span.data[first - span.address : stop - span.address]
                if image[at : at + rules.BLOCK] != held:
                    self._write_block(at, bytes(image[at : at + rules.BLOCK]))

    def set_code(self, old: bytes, new: bytes) -> None:
        """Give every sector the card's own key B and the access bits of an issued card.

        The first sector is the last: `unlock` asks it, so a card that opens by its own key has it
        everywhere.

        A trailer torn while it is written can lock its sector for ever: only when issuing. One
        that a cut left before it, or after it, is no harm: what has its key is left as it is.

        Raises:
            LinkFailed: some sectors may have the old key, some the new one: keep both.
        """
        ensure(bool(self._kind), "the key is changed only after the old one was accepted")
        ensure(len(old) == rules.KEY_BYTES, "a key has six bytes")
        data = rules.trailer(rules.TRANSPORT_KEY, rules.ISSUED, new)
        for sector in reversed(range(rules.SECTORS)):
            block = rules.trailer_of(sector * (rules.PER_SECTOR + 1))
            if self._opens_as_before(block):
                self._speech.write(self._link, block, data, hidden=True)
            else:
                self._ensure_given(block, new)

    def _opens_as_before(self, block: int) -> bool:
        """The sector is as the one that was unlocked."""
        if self._kind == KEY_A:
            return self._in_transport(block)
        try:
            self._authenticate(block, KEY_B, CODE_PLACE)
        except NotOpened:
            return False
        return True

    def _ensure_given(self, block: int, new: bytes) -> None:
        """A sector that opens otherwise must have got its new key before."""
        self._speech.load_key(self._link, READ_PLACE, new)
        try:
            self._asked_twice(block, KEY_B)
        finally:
            self._speech.load_key(self._link, READ_PLACE, rules.TRANSPORT_KEY)
            self._open = None

    def _in_transport(self, block: int) -> bool:
        last = rules.trailer_of(block)
        self._authenticate(last, KEY_A, READ_PLACE)
        access = self._speech.read(self._link, last)[rules.KEY_BYTES : rules.KEY_BYTES + 3]
        return access == rules.TRANSPORT_ACCESS[:3]

    def _read_block(self, address: int) -> bytes:
        block = rules.block_of(address)
        try:
            self._asked_twice(block, KEY_A)
        except NotOpened as stranger:
            raise Refusal("foreign_card") from stranger
        return self._speech.read(self._link, block)

    def _asked_twice(self, block: int, kind: int) -> None:
        """Nobody counts keys here, and a card held badly deserves a second question."""
        try:
            self._authenticate(block, kind, READ_PLACE)
        except NotOpened:
            self._authenticate(block, kind, READ_PLACE)

    def _write_block(self, address: int, data: bytes) -> None:
        block = rules.block_of(address)
        self._authenticate(block, self._kind, CODE_PLACE)
        self._speech.write(self._link, block, data)
        seen = self._speech.read(self._link, block)
        for place, value in enumerate(seen):
            if value != data[place]:
                raise WriteNotTaken(reader=self._link.reader, address=f"{address + place:03X}")

    def _authenticate(self, block: int, kind: int, place: int) -> None:
        sector = (rules.trailer_of(block), kind)
        if self._open == sector:
            return
        self._open = None
        if not self._speech.authenticate(self._link, block, kind, place):
            raise NotOpened("link_failed", reader=self._link.reader, block=f"{block:02X}")
        self._open = sector


class Mifare1kDriver:
    """Recognises and attaches; implements `cardstation.ports.chip.ChipDriver`."""

    name = "mifare1k"
    title = "MIFARE Classic 1K"
    blank_code = rules.TRANSPORT_KEY
    spoken = SPOKEN

    def recognises(self, atr: bytes) -> bool:
        """True for what contactless readers show of a MIFARE Classic 1K."""
        return atr.startswith(ATR_HEAD)

    def attach(self, link: Link) -> Mifare1k:
        """Take a fresh link and load the public key.

        Raises:
            ReaderCannotMemory: the reader has no commands for this chip. LinkFailed.
        """
        return Mifare1k(link, spoken_by(SPOKEN, link, self.name))
