"""AT24C01 … AT24C64: I2C memories, written page by page; no code, no counter, no serial number.

A page write wraps inside its page, and a torn one can leave any byte of the page undefined.
Facts: reference cards 1.3 and, for ACS readers, 2.1. Which of the seven lies in a reader cannot
be asked: the layout that recognises what it reads decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cardstation.domain.card import Span
from cardstation.errors import WriteNotTaken, ensure, fail
from cardstation.ports.reader import Link
from drivers.chips.runs import differing_runs
from drivers.readers.acs import AcsI2c
from drivers.readers.speech import spoken_by

ATR_HEAD = bytes.fromhex("3B04")
ATR_LENGTH = 6
ANSWERING = (bytes.fromhex("A213"), bytes.fromhex("9223"))
"""Chips with an answer to reset of their own; what a reader shows for all others is arbitrary."""

LARGE = 2048
"""Above so many bytes an I2C memory takes two bytes of word address."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the family: its name, bytes, and bytes of a page."""

    name: str
    size: int
    page: int

    @property
    def pages(self) -> tuple[range, ...]:
        """Every page's addresses."""
        return tuple(range(at, at + self.page) for at in range(0, self.size, self.page))


PARTS = (
    Part("at24c01", 128, 8),
    Part("at24c02", 256, 8),
    Part("at24c04", 512, 16),
    Part("at24c08", 1024, 16),
    Part("at24c16", 2048, 16),
    Part("at24c32", 4096, 32),
    Part("at24c64", 8192, 32),
)


def silent(atr: bytes) -> bool:
    """True for what a reader shows of a memory that answers nothing to reset."""
    head, rest = atr[:2], atr[2:]
    return len(atr) == ATR_LENGTH and head == ATR_HEAD and not rest.startswith(ANSWERING)


class At24c:
    """One powered chip; implements `cardstation.ports.chip.Chip`."""

    all_tries = 1

    def __init__(self, link: Link, part: Part, speech: AcsI2c) -> None:
        self.size = part.size
        self.writable: tuple[range, ...] = (range(part.size),)
        self.smears = part.pages
        self._link = link
        self._part = part
        self._speech = speech
        self._unlocked = False

    def read(self) -> bytes:
        """The whole memory."""
        return self._speech.read(self._link, 0, self.size)

    def tries_left(self) -> int | None:
        """Nothing is counted."""
        return self.all_tries

    def unlock(self, code: bytes, *, last_tries: bool = False) -> None:  # noqa: ARG002
        """There is nothing to open: anybody can write this chip."""
        ensure(code == b"", "this chip has no code")
        self._unlocked = True

    def write(self, current: bytes, spans: Sequence[Span]) -> None:
        """Write what differs from `current`, span by span and page by page; read each page back.

        Raises:
            WriteNotTaken: a byte reads back differently; the rest was not written.
            LinkFailed: outcome unknown. Defect: a span leaves the memory.
        """
        ensure(self._unlocked, "bytes are written after `unlock`")
        ensure(len(current) == self.size, "the image is the whole memory")
        ensure(all(one.address >= 0 and one.end <= self.size for one in spans), "inside the memory")
        image = bytearray(current)
        for span in spans:
            for part in _by_page(span, self._part.page):
                runs = tuple(differing_runs(bytes(image), part))
                if runs:
                    first, stop = runs[0].address, runs[-1].end
                    image[part.address : part.end] = part.data
                    self._write_page(bytes(image), first, stop)

    def set_code(self, old: bytes, new: bytes) -> None:  # noqa: ARG002
        """There is none."""
        fail("this chip has no code")

    def _write_page(self, image: bytes, first: int, stop: int) -> None:
        self._speech.write(self._link, Span(first, image[first:stop]))
        page = range(first - first % self._part.page, stop)
        seen = self._speech.read(self._link, page.start, len(page))
        for place, value in zip(page, seen, strict=True):
            if value != image[place]:
                raise WriteNotTaken(reader=self._link.reader, address=f"{place:02X}")


def _by_page(span: Span, page: int) -> list[Span]:
    parts, at = [], span.address
    while at < span.end:
        stop = min(span.end, at - at % page + page)
        parts.append(Span(at, span.data[at - span.address : stop - span.address]))
        at = stop
    return parts


class At24cDriver:
    """Recognises and attaches one part; implements `cardstation.ports.chip.ChipDriver`."""

    blank_code = b""

    def __init__(self, part: Part) -> None:
        self.name = part.name
        self.title = part.name.upper()
        self._part = part
        self.spoken: Mapping[str, AcsI2c] = {
            "acs": AcsI2c(0x01 if part.size <= LARGE else 0x02, part.page)
        }

    def recognises(self, atr: bytes) -> bool:
        """True for every memory without an answer to reset of its own."""
        return silent(atr)

    def attach(self, link: Link) -> At24c:
        """Take a fresh link, tell the reader which chip it holds and how long its pages are.

        Raises:
            ReaderCannotMemory: the reader has no commands for this chip. LinkFailed.
        """
        speech = spoken_by(self.spoken, link, self.name)
        speech.select(link)
        return At24c(link, self._part, speech)


AT24C = tuple(At24cDriver(part) for part in PARTS)
