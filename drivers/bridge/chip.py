"""A maker's library as a chip of the card room: reads facts, writes by having a load written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType

from cardstation.domain.card import Span, WritePlan
from cardstation.errors import CardSwapped, WriteNotTaken, ensure, fail
from cardstation.ports.chip import Chip
from cardstation.ports.reader import Link
from drivers.bridge.description import Description
from drivers.bridge.facts import DIGESTS, SIZE, Facts, facts_in
from drivers.bridge.reader import LOAD, READ, answer_to_reset


class LibraryChip:
    """Implements `cardstation.ports.chip.Chip`: the code is the library's own business."""

    size = SIZE
    all_tries = 1
    smears: tuple[range, ...] = ()
    writable: tuple[range, ...] = (range(DIGESTS.start, SIZE),)

    def __init__(self, link: Link, described: Description) -> None:
        self._link, self._described = link, described
        self._unlocked = False

    def read(self) -> bytes:
        """The facts as an image."""
        return self._link.exchange(READ)

    def tries_left(self) -> int | None:
        """No code of ours is ever presented, so none can be spent."""
        return self.all_tries

    def unlock(self, code: bytes, *, last_tries: bool = False) -> None:  # noqa: ARG002
        """The library presents the code itself, within a load."""
        self._unlocked = True

    def write(self, current: bytes, spans: Sequence[Span]) -> None:
        """Have the load written that leads from `current` to what the spans say, once.

        The card is read before: unless it shows `current` to the fact, nothing is called. What it
        shows afterwards is read back.

        Raises:
            CardSwapped: another card, or not as it was read. WriteNotTaken: it reads back
            differently. LinkFailed: outcome unknown.
        """
        ensure(self._unlocked, "the library may load after `unlock`")
        target = WritePlan(current, tuple(spans), ()).target
        if _shows(current, target):
            return
        if not _shows(self.read(), current):
            raise CardSwapped(reader=self._link.reader)
        self._link.exchange(LOAD + _told(self._facts(current), self._facts(target)))
        if not _shows(self.read(), target):
            raise WriteNotTaken(reader=self._link.reader)

    def set_code(self, old: bytes, new: bytes) -> None:  # noqa: ARG002
        """A library keeps its codes to itself."""
        fail("the code of a maker's card is changed by the maker's own program only")

    def _facts(self, image: bytes) -> Facts:
        return facts_in(image, self._described.name) or fail("an image of this library was read")


class LibraryChipDriver:
    """Implements `cardstation.ports.chip.ChipDriver` for one library."""

    blank_code = b""
    spoken: Mapping[str, object] = MappingProxyType({})

    def __init__(self, described: Description) -> None:
        self.name = described.name
        self.title = f"{described.name} ({described.rules.code})"
        self._described = described

    def recognises(self, atr: bytes) -> bool:
        """True when the card lies in this library's reader."""
        return atr == answer_to_reset(self.name)

    def attach(self, link: Link) -> Chip:
        """Nothing is selected: the library does that with every call."""
        return LibraryChip(link, self._described)


def _shows(seen: bytes, image: bytes) -> bool:
    return _digests(seen) == _digests(image)


def _digests(image: bytes) -> bytes:
    return image[DIGESTS.start : DIGESTS.stop]


def _told(current: Facts, target: Facts) -> bytes:
    """What the library is called with: the facts after it, and what is added to those before."""
    told = {**asdict(target), "bought": max(0, target.quantity - current.waiting)}
    return json.dumps(told, ensure_ascii=False, default=datetime.isoformat).encode()
