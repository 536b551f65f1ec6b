"""The power-cut harness: every effect of the station is a boundary, and one of them is cut.

A boundary is a store commit, an anchor write, an exchange with the card, a sub-step inside the
chip, a payment call, or a message to the ledger. At the chosen one the whole process dies before
or after the effect (for a chip's sub-step also inside it), or the process lives and only the
confirmation is lost: for a message to the ledger of that answer alone, or of it and with it the
line, for as long as the process lives. Everything in memory is then thrown away; the folder, the
cards, the money and the ledger stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import Any

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.errors import CardRemoved, LedgerRefused, LedgerUnreachable, Mishap
from cardstation.ports.payment import PaymentAnswer
from cardstation.ports.reader import Link
from cardstation.store import Store, Unit
from cardstation.store.anchor import Anchor, AnchorMark
from drivers.virtual import VirtualCard, VirtualChip, VirtualSle4442
from drivers.virtual.tear import Torn
from drivers.virtual.tearable import leave_half_way
from tests.kit.memory_ledger import Answer, Centre
from tests.kit.two_stations import Line


class PowerCut(BaseException):
    """The process is gone; nothing may catch this."""


class When(StrEnum):
    BEFORE = "before"
    INSIDE = "inside"
    AFTER = "after"
    LOST = "lost"
    DEAD = "dead"


@dataclass(frozen=True)
class Cut:
    """Which boundary of a run is cut, and how."""

    at: int
    when: When


@dataclass
class Power:
    """Counts the boundaries of a run and says which is cut."""

    cut: Cut | None = None
    names: list[str] = field(default_factory=list)
    line_is_dead: bool = False

    def due(self, name: str) -> When | None:
        self.names.append(name)
        if self.cut is not None and self.cut.at == len(self.names) - 1:
            return self.cut.when
        return None

    @contextmanager
    def effect(self, name: str, lost: BaseException | None = None) -> Iterator[None]:
        """An effect outside the chip: cut before, after, or with its confirmation lost."""
        when = self.due(name)
        self.line_is_dead = self.line_is_dead or when is When.DEAD
        if when is When.BEFORE:
            raise PowerCut
        try:
            yield
        except LedgerRefused:  # an answer, too
            if when is None:
                raise
        if when in (When.LOST, When.DEAD) and lost is not None:
            raise lost
        if when is not None:
            raise PowerCut


def moments(name: str) -> tuple[When, ...]:
    """How a boundary can be cut."""
    if name == "chip":
        return (When.BEFORE, When.INSIDE, When.AFTER, When.LOST)
    if name == "ledger.hurried":
        return (When.LOST,)
    if name.startswith("ledger."):
        return (When.BEFORE, When.AFTER, When.LOST, When.DEAD)
    return (When.BEFORE, When.AFTER, When.LOST)


class CutUnit(Unit):
    power = Power()

    def commit(self) -> None:
        with self.power.effect("commit", Mishap("commit_unheard")):
            super().commit()


class CutAnchor(Anchor):
    power = Power()

    def write(self, mark: AnchorMark) -> None:
        with self.power.effect("anchor", Mishap("anchor_unheard")):
            super().write(mark)


def store_under(power: Power) -> type[Store]:
    """A store whose commits and anchor writes are boundaries."""
    unit = type("UnitUnderPower", (CutUnit,), {"power": power})
    anchor = type("AnchorUnderPower", (CutAnchor,), {"power": power})

    class StoreUnderPower(Store):
        unit_kind = unit
        anchor_kind = anchor

    return StoreUnderPower


def cut_chip(kind: type[VirtualChip]) -> type[VirtualChip]:
    """A kind of chip whose every sub-step is a boundary."""

    class CutChip(kind):  # type: ignore[valid-type,misc]
        def __init__(self) -> None:
            super().__init__()
            self.power = Power()

        def __getstate__(self) -> dict[str, Any]:
            return {name: what for name, what in vars(self).items() if name != "contacts"}

        def __setstate__(self, state: dict[str, Any]) -> None:
            vars(self).update(state, contacts=Lock())

        def _step_all(self, cells: bytearray, full: Mapping[int, int]) -> None:
            when = self.power.due("chip")
            if when is When.INSIDE:
                leave_half_way(cells, full, len(self.power.names), next(iter(full)))
                raise PowerCut
            self._around(when, lambda: kind._step_all(self, cells, full))

        def _point(self) -> None:
            self._around(self.power.due("chip"), lambda: kind._point(self))

        def _around(self, when: When | None, do: Callable[[], None]) -> None:
            if when is When.BEFORE:
                raise PowerCut
            do()
            if when is When.LOST:
                self.power_off()
                raise Torn
            if when is not None:
                raise PowerCut

    return CutChip


CutSle4442 = cut_chip(VirtualSle4442)


def wired(card: VirtualCard, power: Power) -> VirtualCard:
    """The same card on a chip under this power."""
    kind = type(card.chip)
    chip = CutSle4442() if kind is VirtualSle4442 else cut_chip(kind)()
    chip.power = power
    for name, cells in card.chip.memories.items():
        chip.memories[name][:] = cells
    return VirtualCard(chip, card.name)


class CutLink:
    """A link whose every exchange is a boundary."""

    def __init__(self, link: Link, power: Power) -> None:
        self.reader, self.atr, self.dialect = link.reader, link.atr, link.dialect
        self._link, self._power = link, power
        self._dead = False

    def exchange(self, command: bytes) -> bytes:
        lost = CardRemoved(reader=self.reader)
        if self._dead:
            raise lost
        try:
            with self._power.effect("exchange", lost):
                return self._link.exchange(command)
        except CardRemoved:
            self._dead = True
            raise

    def close(self) -> None:
        self._link.close()


@dataclass
class Till:
    """The real money: what the customers gave, whatever the station knows of it."""

    tender: Tender
    answers: bool
    power: Power = field(default_factory=Power)
    taken: dict[str, Money] = field(default_factory=dict)

    def take(self, payment_id: str, money: Money, reference: str) -> PaymentAnswer:  # noqa: ARG002
        lost = _ReplyLost()
        try:
            with self.power.effect("payment", lost):
                self.taken.setdefault(payment_id, money)
        except _ReplyLost:
            return PaymentAnswer.UNKNOWN
        return PaymentAnswer.TAKEN

    def query(self, payment_id: str) -> PaymentAnswer:
        try:
            with self.power.effect("payment.query", _ReplyLost()):
                known = payment_id in self.taken
        except _ReplyLost:
            return PaymentAnswer.UNKNOWN
        if not self.answers:
            return PaymentAnswer.UNKNOWN
        return PaymentAnswer.TAKEN if known else PaymentAnswer.NOT_TAKEN


class _ReplyLost(Exception):
    """The money was taken; the answer never came."""


class CutLine(Line):
    """A line to the books whose every message is a boundary; a lost one is no answer."""

    def __init__(self, station: str, centre: Centre, power: Power) -> None:
        super().__init__(station, centre)
        self.power = power

    def carry(self, name: str, ask: Callable[[], Answer]) -> Answer:
        if self.power.line_is_dead:
            raise LedgerUnreachable
        with self.power.effect(name, LedgerUnreachable()):
            return super().carry(name, ask)

    def hurried(self) -> Line | None:
        """No message: either the line is there, or it rests after a failure just now."""
        if self.power.line_is_dead:
            return None
        try:
            with self.power.effect("ledger.hurried", LedgerUnreachable()):
                return super().hurried()
        except LedgerUnreachable:
            return None
