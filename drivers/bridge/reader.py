"""A maker's library as a reader of the card room: it owns its slot and tells when a card is there.

Most libraries have no events, so the slot is looked at every while. A card that was changed
between two looks is found by its facts: every load reads before, and the library is told the
card's number.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from datetime import datetime
from typing import Any

from cardstation.domain.meter import CounterSchool
from cardstation.errors import CardRemoved, CardSwapped, LinkFailed, Refusal, ensure
from cardstation.ports.reader import Link, Presence
from drivers.bridge.facts import blank_of, image_of
from drivers.bridge.library import MakerLibrary

READ = b"read"
LOAD = b"load "
ISSUE = b"issue "
FORMAT = b"format "


def answer_to_reset(name: str) -> bytes:
    """What stands for an answer to reset: the card is whatever the library takes."""
    return b"library " + name.encode()


class LibraryLink:
    """Implements `cardstation.ports.reader.Link`: `READ`, or what to write, with its facts.

    `LOAD` and `ISSUE` come with the facts to be, `FORMAT` with those that are.
    """

    dialect = "library"

    def __init__(self, library: MakerLibrary, presence: Presence, insertion: str) -> None:
        self.reader, self.atr = presence.reader, presence.atr
        self._library, self._insertion = library, insertion
        self._broken: LinkFailed | None = None
        self._sure = False

    def exchange(self, command: bytes) -> bytes:
        """Have the library do one thing.

        Returns:
            The image of what the card says, for `READ`; nothing for all others.

        Raises:
            LinkFailed: whether the card was written is unknown; the link is dead.
            Refusal: what the library says of the card.
        """
        if self._broken is not None:
            raise self._broken
        try:
            return self._done(command)
        except LinkFailed as failure:
            self._broken = failure
            raise

    def close(self) -> None:
        """Nothing is powered: the library opens and closes its port itself."""
        self._broken = self._broken or CardRemoved(reader=self.reader)

    def _done(self, command: bytes) -> bytes:
        if command == READ:
            return self._read()
        role, _, told = command.partition(b" ")
        facts: dict[str, Any] = json.loads(told)
        facts["at"] = facts["at"] and datetime.fromisoformat(facts["at"])
        library = self._library
        load = library.load if facts["quantity"] else library.clear
        doing = {LOAD: load, ISSUE: library.issue, FORMAT: library.format}
        ensure(role + b" " in doing, "a library's link reads, loads, issues or formats")
        doing[role + b" "](facts)
        return b""

    def _read(self) -> bytes:
        """What the card says; the first time twice, as a dirty contact reads differently each."""
        image = self._image()
        if not self._sure and self._image() != image:
            raise LinkFailed("library_garbage", library=self._library.described.name, place="read")
        self._sure = True
        return image

    def _image(self) -> bytes:
        described = self._library.described
        try:
            facts = self._library.read(self._insertion)
        except Refusal as stop:
            if stop.code != "blank_card":
                raise
            return blank_of(described.name)
        return image_of(facts, described.name, adds=described.adds)


class LibraryReader:
    """Implements `cardstation.ports.reader.Reader` over the slot of a library."""

    def __init__(self, library: MakerLibrary) -> None:
        self.name = library.described.name
        self._library = library
        self._news = threading.Condition()
        self._present, self._event = False, 0
        self._insertion = ""
        self._cancelled = False

    def wait_card(self, timeout_s: float | None) -> Presence | None:
        """Look at the slot until a card is there; None on timeout or `cancel`.

        Raises:
            LinkFailed: the library or its reader failed; the next call tries again.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while not self._look():
            if self._rested(deadline):
                return None
        return Presence(self.name, self._event, answer_to_reset(self.name))

    def wait_removed(self, presence: Presence, timeout_s: float | None) -> bool:
        """Look at the slot until that insertion is over."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while self._event == presence.event and self._look():
            if self._rested(deadline):
                return False
        return True

    def open(self, presence: Presence) -> Link:
        """Begin to speak of the card of that insertion.

        Raises:
            CardSwapped: another insertion happened since. CardRemoved. LinkFailed.
        """
        if not self._look():
            raise CardRemoved(reader=self.name)
        if self._event != presence.event:
            raise CardSwapped(reader=self.name)
        return LibraryLink(self._library, presence, self._insertion)

    def cancel(self) -> None:
        """Wake a waiting thread, or the next that comes to wait; it returns None or False."""
        with self._news:
            self._cancelled = True
            self._news.notify_all()

    def _look(self) -> bool:
        present = self._library.present()
        with self._news:
            if present and not self._present:
                self._event += 1
                counts = self._library.described.rules.school is not CounterSchool.NONE
                self._insertion = "" if counts else secrets.token_hex(8)
            self._present = present
        return present

    def _rested(self, deadline: float | None) -> bool:
        """Wait until the next look; True when it is over: no time left, or woken."""
        poll_s = self._library.described.poll_s
        left = poll_s if deadline is None else min(poll_s, deadline - time.monotonic())
        with self._news:
            if left > 0:
                self._news.wait_for(lambda: self._cancelled, left)
            woken, self._cancelled = self._cancelled, False
        return woken or left <= 0
