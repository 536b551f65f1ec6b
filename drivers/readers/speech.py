"""What a chip's driver asks of a family of readers: the commands of one kind of chip, wrapped.

A chip's file says in which dialects it can be spoken to (`SPOKEN`); what a family of readers puts
around the commands stands in that family's file. Status words stay inside; what comes out are
facts of the chip.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from cardstation.domain.card import Span
from cardstation.errors import ReaderCannotMemory
from cardstation.ports.reader import Link

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class CodedMemory:
    """A synchronous memory that is written after a code was presented.

    Attributes:
        chip: Its driver's name.
        size: Bytes of main memory that carry data.
        code_bytes: Length of its code. tries: Wrong codes an untouched chip bears.
        first_writable: Bytes below are the chip's own.
    """

    chip: str
    size: int
    code_bytes: int
    tries: int
    first_writable: int = 0x20

    @property
    def full_counter(self) -> int:
        """The error counter of an untouched chip: one bit for each try."""
        return (1 << self.tries) - 1


class CodedSpeech(Protocol):
    """The commands of one coded memory in one dialect; each is an exchange or a few."""

    def select(self, link: Link) -> None:
        """Tell the reader which chip it holds (powers the card anew where the reader does)."""

    def read(self, link: Link, address: int, length: int) -> bytes:
        """Read main memory."""

    def write(self, link: Link, span: Span) -> None:
        """Update main memory; success is never proof: the chip gives no error, read back."""

    def error_counter(self, link: Link) -> int | None:
        """The chip's raw counter bits, one for each try left; None where not readable."""

    def present_code(self, link: Link, code: bytes) -> None:
        """Present the code once.

        Raises:
            CodeRefused: wrong code; `tries_left` in the values. CodeLocked: none left, for ever.
        """

    def change_code(self, link: Link, old: bytes, new: bytes) -> None:
        """Write a new code, only when issuing; `old` was accepted on this link.

        Raises:
            LinkFailed: the code may be old, new or mixed.
        """


def spoken_by(spoken: Mapping[str, S], link: Link, chip: str) -> S:
    """The commands a chip is spoken to with behind this link's reader.

    Raises:
        ReaderCannotMemory: code `reader_cannot_chip`: its dialect does not carry this chip.
    """
    if link.dialect not in spoken:
        raise ReaderCannotMemory("reader_cannot_chip", reader=link.reader, chip=chip.upper())
    return spoken[link.dialect]
