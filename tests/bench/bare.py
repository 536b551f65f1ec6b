"""What a lane said to the card service, how long the service took, and the same said by bare scard.

The scripts hold the codes of training cards.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from drivers.readers.pcsc_calls import SCOPE_USER, SHARE_EXCLUSIVE, UNPOWER_CARD

_TOLD = ("SCardConnect", "SCardTransmit", "SCardDisconnect")


@dataclass
class Told:
    """What one reader was told since it was last asked, and how long that took.

    Attributes:
        script: Calls in order: the protocols of a connect, a command, or an end.
        bytes_read: Bytes of data that cards answered.
    """

    script: list[tuple[str, Any]] = field(default_factory=list)
    spent_s: float = 0.0
    bytes_read: int = 0


class HeardCalls:
    """The functions of the PC/SC library, heard: they make the same calls.

    Attributes:
        told: By reader.
    """

    def __init__(self, calls: Any) -> None:
        self._calls = calls
        self._readers: dict[int, str] = {}
        self.told: dict[str, Told] = {}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._calls, name)
        return self._heard(name, found) if name in _TOLD else found

    def take(self, reader: str) -> Told:
        """What a reader was told since the last time."""
        return self.told.pop(reader, Told())

    def _heard(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def heard(first: Any, *rest: Any) -> Any:
            began = time.perf_counter()
            answer = call(first, *rest)
            spent = time.perf_counter() - began
            if name == "SCardConnect":
                reader = rest[0]
                self._readers[answer[1]] = reader
                said = rest[2]
            else:
                reader = self._readers.get(first, "")
                said = rest[1] if name == "SCardTransmit" else None
            told = self.told.setdefault(reader, Told())
            told.spent_s += spent
            told.script.append((name, said))
            if name == "SCardTransmit":
                told.bytes_read += max(0, len(answer[1]) - 2)
            return answer

        return heard


class Bare:
    """A program that does nothing but these exchanges.

    Args:
        calls: The functions of the PC/SC library.
        reader: Name of the reader.
    """

    def __init__(self, calls: Any, reader: str) -> None:
        self._calls, self._reader = calls, reader
        _, self._context = calls.SCardEstablishContext(SCOPE_USER)

    def play(self, script: Sequence[tuple[str, Any]]) -> float:
        """Say all of it to the card that lies there; seconds it took."""
        calls, card, header = self._calls, 0, self._calls.SCARD_PCI_T0
        headers = {1: calls.SCARD_PCI_T0, 2: calls.SCARD_PCI_T1}
        began = time.perf_counter()
        for name, said in script:
            if name == "SCardConnect":
                result, card, protocol = calls.SCardConnect(
                    self._context, self._reader, SHARE_EXCLUSIVE, said
                )
                header = headers.get(protocol, calls.SCARD_PCI_RAW)
            elif name == "SCardTransmit":
                result, _ = calls.SCardTransmit(card, header, said)
            else:
                result = calls.SCardDisconnect(card, UNPOWER_CARD)
            if result:
                raise RuntimeError(f"{name} of the bare run: {result & 0xFFFFFFFF:08X}")
        return time.perf_counter() - began

    def close(self) -> None:
        self._calls.SCardReleaseContext(self._context)
