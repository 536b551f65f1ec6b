"""A card of paper: it shows an image through the station's own ports, and can do nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from cardstation.domain.card import Span
from cardstation.errors import LinkFailed
from cardstation.ports.reader import Link, Presence

_NOTHING: Mapping[str, object] = MappingProxyType({})


class StrangerTouched(AssertionError):
    """A code was presented, or something written, to a card that was only to be read."""


@dataclass
class PaperChip:
    """A chip that shows an image and can do nothing else; it is driver and session in one."""

    name: str
    image: bytes = b""
    title = "paper"
    blank_code = b""
    spoken = _NOTHING
    all_tries = 3
    writable: tuple[range, ...] = ()
    smears: tuple[range, ...] = ()

    @property
    def size(self) -> int:
        return len(self.image)

    def recognises(self, atr: bytes) -> bool:
        return atr == b""

    def attach(self, link: Link) -> Self:  # noqa: ARG002
        return self

    def read(self) -> bytes:
        return self.image

    def tries_left(self) -> int | None:
        return self.all_tries

    def unlock(self, code: bytes, *, last_tries: bool = False) -> None:  # noqa: ARG002
        raise StrangerTouched("a code was presented")

    def write(self, current: bytes, spans: Sequence[Span]) -> None:  # noqa: ARG002
        raise StrangerTouched("something was written")

    def set_code(self, old: bytes, new: bytes) -> None:  # noqa: ARG002
        raise StrangerTouched("the code was changed")


class PaperReader:
    """A slot in which paper lies; reader and link in one."""

    name = reader = "paper"
    dialect = ""
    atr = b""

    def wait_card(self, timeout_s: float | None) -> Presence | None:  # noqa: ARG002
        return Presence(self.name, 1, self.atr)

    def wait_removed(self, presence: Presence, timeout_s: float | None) -> bool:  # noqa: ARG002
        return False

    def open(self, presence: Presence) -> Link:  # noqa: ARG002
        return self

    def cancel(self) -> None: ...

    def exchange(self, command: bytes) -> bytes:
        raise LinkFailed(reader=self.name, command=command[:2].hex())

    def close(self) -> None: ...
