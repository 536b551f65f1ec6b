"""A coded memory chip behind a link: free to read, written byte by byte after its code.

When a code may be presented: MONEY-SAFETY 3.
"""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.card import Span
from cardstation.errors import CodeLocked, Refusal, WriteNotTaken, ensure
from cardstation.ports.reader import Link
from drivers.chips.runs import differing_runs
from drivers.readers.speech import CodedMemory, CodedSpeech


class CodedChip:
    """One powered chip; implements `cardstation.ports.chip.Chip`.

    Legal order: `read()` and `tries_left()` at any time; `unlock()` once per link; `write()` and
    `set_code()` only after it.
    """

    smears: tuple[range, ...] = ()

    def __init__(self, link: Link, memory: CodedMemory, speech: CodedSpeech) -> None:
        self.size = memory.size
        self.all_tries = memory.tries
        self.writable: tuple[range, ...] = (range(memory.first_writable, memory.size),)
        self._link = link
        self._memory = memory
        self._speech = speech
        self._presented = False
        self._unlocked = False

    def read(self) -> bytes:
        """The whole main memory."""
        return self._speech.read(self._link, 0, self.size)

    def tries_left(self) -> int | None:
        """Tries the card still has: `all_tries` untouched, 0 locked for ever, None = unknown."""
        counter = self._speech.error_counter(self._link)
        return None if counter is None else counter.bit_count()

    def unlock(self, code: bytes, *, last_tries: bool = False) -> None:
        """Read the counter, and present the code once if the rule allows it.

        Args:
            code: As long as the chip's.
            last_tries: A torn attempt of ours is on record, so one try may be missing, and an
                unreadable counter is allowed no longer. Set it whenever one is on record.

        Raises:
            Refusal: code `code_tries_low`; nothing was presented.
            CodeRefused: wrong code. CodeLocked: no tries left. LinkFailed: a try may be gone.
        """
        ensure(len(code) == self._memory.code_bytes, f"a code has {self._memory.code_bytes} bytes")
        ensure(not self._presented, "a code is presented once per link")
        tries = self.tries_left()
        if tries == 0:
            raise CodeLocked(reader=self._link.reader)
        if not self._may_present(tries, last_tries=last_tries):
            raise Refusal("code_tries_low", reader=self._link.reader, tries_left=tries)
        self._presented = True
        self._speech.present_code(self._link, code)
        self._unlocked = True

    def write(self, current: bytes, spans: Sequence[Span]) -> None:
        """Write the bytes that differ from `current`, span by span, ascending; read each back.

        Raises:
            WriteNotTaken: a byte reads back differently; the rest was not written.
            LinkFailed: outcome unknown. Defect: a span touches the chip's own bytes or leaves
                the memory.
        """
        ensure(self._unlocked, "bytes are written only after the code was accepted")
        ensure(len(current) == self.size, "the image is the whole main memory")
        free = self.writable[0]
        for span in spans:
            ensure(
                span.address >= free.start and span.end <= free.stop,
                "the chip's own first bytes are never written, and none past the end",
            )
        image = bytearray(current)
        for span in spans:
            runs = tuple(differing_runs(bytes(image), span))
            for run in runs:
                self._speech.write(self._link, run)
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
        self._speech.change_code(self._link, old, new)

    def _may_present(self, tries: int | None, *, last_tries: bool) -> bool:
        if tries is None:
            return not last_tries
        return tries == self.all_tries or (last_tries and tries == self.all_tries - 1)

    def _read_back(self, wanted: bytes, places: range) -> None:
        seen = self._speech.read(self._link, places.start, len(places))
        for place, value in zip(places, seen, strict=True):
            if value != wanted[place]:
                raise WriteNotTaken(reader=self._link.reader, address=f"{place:02X}")
