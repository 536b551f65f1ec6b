"""The network between a station and the ledger: it loses, doubles, delays and parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from cardstation.errors import LedgerRefused, LedgerUnreachable
from cardstation.ports.ledger import Ack
from tests.kit.memory_ledger import Answer, Centre, MemoryLedger
from tests.sim.power import Fuse


@dataclass
class Weather:
    """How bad the network is: chances per message, and what is still on its way."""

    chance: Random
    lose: float = 0.0
    double: float = 0.0
    delay: float = 0.0
    late: list[tuple[str, tuple[bytes, ...], str]] = field(default_factory=list)
    count: Callable[[str], None] = lambda _what: None

    def calm(self) -> None:
        self.lose = self.double = self.delay = 0.0


class HostileLedger(MemoryLedger):
    """One station's line to the books through the weather."""

    def __init__(self, station: str, centre: Centre, weather: Weather, fuse: Fuse) -> None:
        super().__init__(station, centre)
        self.weather, self.fuse, self.parted = weather, fuse, False

    def push(self, entries: Sequence[bytes], nonce: str) -> Ack:
        weather = self.weather
        if weather.chance.random() < weather.delay:
            weather.count("message delayed")
            weather.late.append((self.station, tuple(entries), nonce))
            if weather.chance.random() < 0.5:
                raise LedgerUnreachable
        return super().push(entries, nonce)

    def carry(self, name: str, ask: Callable[[], Answer]) -> Answer:  # noqa: ARG002
        weather = self.weather
        if self.parted:
            weather.count("message into a partition")
            raise LedgerUnreachable
        if weather.chance.random() < weather.lose:
            weather.count("request lost")
            raise LedgerUnreachable
        with self.fuse.effect(LedgerUnreachable()):
            answer = ask()
        if weather.chance.random() < weather.double:
            weather.count("request doubled")
            answer = self._again(ask, answer)
        if weather.chance.random() < weather.lose:
            weather.count("answer lost")
            raise LedgerUnreachable
        return answer

    def _again(self, ask: Callable[[], Answer], answer: Answer) -> Answer:
        """The same request arrives twice; either answer may be the one that comes back."""
        try:
            second = ask()
        except LedgerRefused:
            return answer
        return second if self.weather.chance.random() < 0.5 else answer


def deliver_late(centre: Centre, weather: Weather) -> str:
    """One delayed message arrives, in any order, whatever happened since; nobody hears it."""
    station, entries, nonce = weather.late.pop(weather.chance.randrange(len(weather.late)))
    try:
        centre.push(station, entries, nonce)
    except LedgerRefused as error:
        return error.code
    return "taken"
