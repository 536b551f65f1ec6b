"""A maker's library as calls: is a card there, what does it say, load it, issue it, clear it.

Every call has a time limit. A library that hangs, dies or answers nonsense loses its process; the
next call starts another one. No failure is ever repeated here: whether the card was written is for
a later reading to say.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from cardstation.domain.meter import MeterKind
from cardstation.errors import (
    CardMute,
    CardRemoved,
    CardStationError,
    CardSwapped,
    LinkFailed,
    ReaderBusy,
    ReaderGone,
    Refusal,
)
from drivers.bridge.child import LibraryProcess
from drivers.bridge.description import Description, Function
from drivers.bridge.facts import Facts
from drivers.bridge.values import Told, facts_of, wire_of

_START_S = 30.0
"""Until an interpreter is up and has loaded a library with its dongle: longer than any call."""

Raise = Callable[[str], CardStationError]

_MEANS: Mapping[str, Raise] = {
    "no_card": lambda name: CardRemoved(reader=name),
    "card_mute": lambda name: CardMute(reader=name),
    "card_swapped": lambda name: CardSwapped(reader=name),
    "no_device": lambda name: ReaderGone(reader=name),
    "busy": lambda name: ReaderBusy(reader=name),
    "blank_card": lambda _name: Refusal("blank_card"),
    "foreign_card": lambda _name: Refusal("foreign_card"),
    "card_damaged": lambda _name: Refusal("card_damaged"),
    "not_registered": lambda name: LinkFailed("library_not_registered", library=name),
    "code_locked": lambda name: LinkFailed("library_says_locked", library=name),
}


class MakerLibrary:
    """One library in a process of its own; calls of several threads wait for each other."""

    def __init__(self, described: Description) -> None:
        self.described = described
        self._process: LibraryProcess | None = None
        self._alone = threading.Lock()

    def present(self) -> bool:
        """Whether a card lies in the library's reader; one that cannot be read does.

        Raises:
            LinkFailed: the library's reader is gone, or the library failed.
        """
        role = "present" if "present" in self.described.functions else "read"
        try:
            self._session(role, {})
        except CardRemoved:
            return False
        except (Refusal, CardMute):
            return True
        return True

    def read(self, insertion: str) -> Facts:
        """What the card says.

        Args:
            insertion: Names the insertion, for makers whose cards prove nothing afterwards.

        Raises:
            LinkFailed: also `library_garbage`. Refusal: `blank_card`, `foreign_card`,
                `card_damaged`.
        """
        function = self.described.functions["read"]
        return facts_of(self.described, function, self._session("read", {}), insertion)

    def load(self, target: Told) -> None:
        """Have a load written; called once, whatever happens.

        Args:
            target: What shall stand on the card, and `bought`: what is added to it.

        Raises:
            LinkFailed: what the card has now is unknown. Refusal: as the library says.
        """
        self._session("load", target)

    def clear(self, target: Told) -> None:
        """Have a load taken off the card; `target` as for a load.

        Raises:
            LinkFailed: what the card has now is unknown. Refusal: as the library says.
        """
        self._session("clear", target)

    def issue(self, target: Told) -> None:
        """Have a blank written as a new card.

        Args:
            target: What shall stand on it.

        Raises:
            LinkFailed: what the card has now is unknown. Refusal: as the library says.
        """
        self._session("issue", target)

    def format(self, current: Told) -> None:
        """Have a card made a blank.

        Args:
            current: What stands on it.

        Raises:
            LinkFailed: what the card has now is unknown. Refusal: as the library says.
        """
        self._session("format", current)

    def end(self) -> None:
        """End the process; a later call starts another one."""
        with self._alone:
            self._ended()

    def _session(self, role: str, given: Told) -> object:
        """One call between the opening and the closing of the port, where the library wants them.

        Source: reference cards 6.1: every call closes and opens the port again, so that another
        maker's library finds it free.
        """
        functions = self.described.functions
        with self._alone:
            if "open" in functions:
                self._call(functions["open"], {})
            try:
                return self._call(functions[role], given)
            finally:
                if "close" in functions and self._process is not None:
                    self._close_port(functions["close"])

    def _close_port(self, function: Function) -> None:
        """What the card got stands already; a port that does not close costs the process only."""
        try:
            self._call(function, {})
        except (LinkFailed, Refusal):
            self._ended()

    def _call(self, function: Function, given: Told) -> object:
        described = self.described
        per_unit = 1000 if described.kind is MeterKind.VOLUME else 100
        arguments = [
            wire_of(one, given, described.encoding, per_unit) for one in function.arguments
        ]
        called = {"symbol": function.symbol, "returns": function.returns, "arguments": arguments}
        answer = self._ask({"call": called})
        returned, out = answer.get("returned"), answer.get("out")
        if not isinstance(returned, int):
            self._ended()
            raise LinkFailed("library_garbage", library=described.name, place="returned")
        meaning = function.results.get(returned, "")
        if meaning == "ok":
            return out
        if meaning in _MEANS:
            raise _MEANS[meaning](described.name)
        raise LinkFailed("library_failed", library=described.name, number=returned)

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        process = self._running()
        try:
            return process.ask(question, self.described.timeout_s)
        except LinkFailed:
            self._process = None
            raise

    def _running(self) -> LibraryProcess:
        if self._process is not None and self._process.alive:
            return self._process
        self._ended()
        described = self.described
        process = LibraryProcess(described.name, described.python)
        loaded = {"file": str(described.file.resolve()), "convention": described.convention}
        process.ask({"load": loaded}, max(described.timeout_s, _START_S))
        self._process = process
        return process

    def _ended(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None
