"""A maker's library as a chip of the card room: reads facts, writes by having the library write."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType

from cardstation.domain.card import Span, WritePlan
from cardstation.errors import CardSwapped, Refusal, WriteNotTaken, ensure, fail
from cardstation.ports.chip import Chip
from cardstation.ports.reader import Link
from drivers.bridge.description import Description
from drivers.bridge.facts import DIGESTS, SIZE, Facts, facts_in
from drivers.bridge.reader import FORMAT, ISSUE, LOAD, READ, answer_to_reset


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
        """Have written, once, what leads from `current` to what the spans say.

        The card is read before: unless it shows `current` to the fact, nothing is called. What it
        shows afterwards is read back.

        Raises:
            CardSwapped: another card, or not as it was read. WriteNotTaken: it reads back
            differently, or the library says no while it makes or clears a card: that is no
            word on what was written. LinkFailed: outcome unknown. Refusal: as the library says
            of a load.
        """
        ensure(self._unlocked, "the library may load after `unlock`")
        target = WritePlan(current, tuple(spans), ()).target
        if _shows(current, target):
            return
        if not _shows(self.read(), current):
            raise CardSwapped(reader=self._link.reader)
        command = self._command(current, target)
        try:
            self._link.exchange(command)
        except Refusal as stop:
            if command.startswith(LOAD):
                raise
            raise WriteNotTaken(reader=self._link.reader) from stop
        if not _shows(self.read(), target):
            raise WriteNotTaken(reader=self._link.reader)

    def set_code(self, old: bytes, new: bytes) -> None:  # noqa: ARG002
        """A library keeps its codes to itself."""
        fail("the code of a maker's card is changed by the maker's own program only")

    def _command(self, current: bytes, target: bytes) -> bytes:
        """A blank is issued, a card that shall be one is formatted, any other is loaded."""
        before, after = (facts_in(one, self._described.name) for one in (current, target))
        if after is None:
            return FORMAT + _told(before or fail("an image of this library was read"))
        if before is None:
            return ISSUE + _told(after, after.quantity)
        return LOAD + _told(after, max(0, after.quantity - before.waiting))


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


def _told(facts: Facts, bought: int = 0) -> bytes:
    """What the library is called with: facts, and what is added to those before."""
    told = {**asdict(facts), "bought": bought}
    return json.dumps(told, ensure_ascii=False, default=datetime.isoformat).encode()
