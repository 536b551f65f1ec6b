"""The network between a station and the ledger: it loses, doubles, delays and parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from cardstation.domain.ledger import Entry, Order
from cardstation.errors import LedgerRefused, LedgerUnreachable
from cardstation.ports.ledger import Ack, LedgerHead
from tests.sim.ledger import Centre
from tests.sim.power import Fuse

Answer = TypeVar("Answer")


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


@dataclass
class HostileLedger:
    """Implements `ports.ledger.Ledger` for one station over the weather."""

    station: str
    centre: Centre
    weather: Weather
    fuse: Fuse
    parted: bool = False

    def head(self) -> LedgerHead:
        return self._ask(lambda: self.centre.head(self.station))

    def hurried(self) -> HostileLedger:
        return self

    def push(self, entries: Sequence[bytes], nonce: str) -> Ack:
        message = (self.station, tuple(entries), nonce)
        weather = self.weather
        if weather.chance.random() < weather.delay:
            weather.count("message delayed")
            weather.late.append(message)
            if weather.chance.random() < 0.5:
                raise LedgerUnreachable
        return self._ask(lambda: self.centre.push(*message))

    def loads_of(self, card_no: str) -> tuple[Entry, ...]:
        return self._ask(lambda: self.centre.loads_of(self.station, card_no))

    def orders(self) -> tuple[Order, ...]:
        return self._ask(lambda: self.centre.orders_for(self.station))

    def entries_after(self, seq: int) -> tuple[bytes, ...]:
        return self._ask(lambda: self.centre.entries_after(self.station, seq))

    def new_epoch(self, *, last_seq: int, last_hash: str, clerk: str, approver: str) -> LedgerHead:
        return self._ask(
            lambda: self.centre.new_epoch(
                self.station,
                last_seq=last_seq,
                last_hash=last_hash,
                clerk=clerk,
                approver=approver,
            )
        )

    def _ask(self, asked: Callable[[], Answer]) -> Answer:
        weather = self.weather
        if self.parted:
            weather.count("message into a partition")
            raise LedgerUnreachable
        if weather.chance.random() < weather.lose:
            weather.count("request lost")
            raise LedgerUnreachable
        with self.fuse.effect(LedgerUnreachable()):
            answer = asked()
        if weather.chance.random() < weather.double:
            weather.count("request doubled")
            answer = self._again(asked, answer)
        if weather.chance.random() < weather.lose:
            weather.count("answer lost")
            raise LedgerUnreachable
        return answer

    def _again(self, asked: Callable[[], Answer], answer: Answer) -> Answer:
        """The same request arrives twice; either answer may be the one that comes back."""
        try:
            second = asked()
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
