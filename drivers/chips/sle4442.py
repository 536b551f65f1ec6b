"""The SLE4442 and SLE5542: 256 bytes free to read, a three-byte code with three tries to write.

Facts: reference cards 1.1; when a code may be presented: MONEY-SAFETY 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cardstation.domain.card import Span
from cardstation.errors import CodeLocked, Refusal, WriteNotTaken, ensure
from cardstation.ports.reader import Link

SIZE = 256
FIRST_WRITABLE = 0x20
ALL_TRIES = 3
LAST_ALLOWED = 2
ATR_HEAD = bytes.fromhex("3B04A213")
"""Protocol A2 (two wires, 8 bit) and layout 13 (256 x 8); the other two are the issuer's."""


class Sle4442:
    """One powered chip; implements `cardstation.ports.chip.Chip`.

    Legal order: `read()` and `tries_left()` at any time; `unlock()` once per link; `write()` and
    `set_code()` only after it.
    """

    size = SIZE

    def __init__(self, link: Link) -> None:
        self._link = link
        self._presented = False
        self._unlocked = False

    def read(self) -> bytes:
        """The whole main memory."""
        return self._link.dialect.read(self._link, 0, SIZE)

    def tries_left(self) -> int | None:
        """Tries the card still has: 3 untouched, 0 locked for ever, None = reader cannot say."""
        counter = self._link.dialect.error_counter(self._link)
        return None if counter is None else (counter & 0b111).bit_count()

    def unlock(self, code: bytes, *, last_tries: bool = False) -> None:
        """Read the counter, and present the code once if the rule allows it.

        Args:
            code: Three bytes.
            last_tries: A torn attempt of ours is on record, so two tries left are allowed, and an
                unreadable counter no longer is. Set it whenever such an attempt is on record.

        Raises:
            Refusal: code `code_tries_low`; nothing was presented.
            CodeRefused: wrong code. CodeLocked: no tries left. LinkFailed: a try may be gone.
        """
        ensure(len(code) == 3, "a code has three bytes")
        ensure(not self._presented, "a code is presented once per link")
        tries = self.tries_left()
        if tries == 0:
            raise CodeLocked(reader=self._link.reader)
        if not _may_present(tries, last_tries=last_tries):
            raise Refusal("code_tries_low", reader=self._link.reader, tries_left=tries)
        self._presented = True
        self._link.dialect.present_code(self._link, code)
        self._unlocked = True

    def write(self, current: bytes, spans: Sequence[Span]) -> None:
        """Write the bytes that differ from `current`, span by span, ascending; read each back.

        Raises:
            WriteNotTaken: a byte reads back differently; the rest was not written.
            LinkFailed: outcome unknown. Defect: a span touches 00-1F or leaves the memory.
        """
        ensure(self._unlocked, "bytes are written only after the code was accepted")
        ensure(len(current) == SIZE, "the image is the whole main memory")
        for span in spans:
            ensure(
                span.address >= FIRST_WRITABLE and span.end <= SIZE,
                "addresses 00-1F are never written, and none past FF",
            )
        image = bytearray(current)
        for span in spans:
            runs = tuple(_differing_runs(bytes(image), span))
            for run in runs:
                self._link.dialect.write(self._link, run)
            image[span.address : span.end] = span.data
            if runs:
                self._read_back(bytes(image), range(runs[0].address, runs[-1].end))

    def set_code(self, old: bytes, new: bytes) -> None:
        """Give the card another code; only when issuing, last, while nothing else is pending.

        Success is proven by presenting the new code after a fresh power-up.

        Raises:
            LinkFailed: the code may be old, new or mixed: keep both (reference cards 1.1).
        """
        ensure(self._unlocked, "the code is changed only after the old one was accepted")
        self._link.dialect.change_code(self._link, old, new)

    def _read_back(self, wanted: bytes, places: range) -> None:
        seen = self._link.dialect.read(self._link, places.start, len(places))
        for place, value in zip(places, seen, strict=True):
            if value != wanted[place]:
                raise WriteNotTaken(reader=self._link.reader, address=f"{place:02X}")


class Sle4442Driver:
    """Recognises and attaches; implements `cardstation.ports.chip.ChipDriver`."""

    name = "sle4442"
    blank_code = b"\xff\xff\xff"

    def recognises(self, atr: bytes) -> bool:
        """True for an answer to reset of two-wire protocol and 256 bytes."""
        return atr.startswith(ATR_HEAD)

    def attach(self, link: Link) -> Sle4442:
        """Take a fresh link and tell the reader which chip it holds.

        Raises:
            ReaderCannotMemory: the reader has no memory-card commands. LinkFailed.
        """
        link.dialect.select_sle4442(link)
        return Sle4442(link)


def _may_present(tries: int | None, *, last_tries: bool) -> bool:
    if tries is None:
        return not last_tries
    return tries == ALL_TRIES or (last_tries and tries == LAST_ALLOWED)


def _differing_runs(image: bytes, span: Span) -> Iterator[Span]:
    start: int | None = None
    for place in range(span.address, span.end + 1):
        differs = place < span.end and image[place] != span.data[place - span.address]
        if differs and start is None:
            start = place
        elif not differs and start is not None:
            yield Span(start, span.data[start - span.address : place - span.address])
            start = None
