"""What a meter decides about a card: pure rules on a meter's memory and a card's content.

The order of checks and the error numbers follow the published meter algorithm in reference cards
6.3, the counter schools 6.5 and DESK-RULES 1. A zero quantity is never taken, whatever its counter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from cardstation.domain.card import (
    CardContent,
    CardIdentity,
    CardType,
    Credit,
    PriceBlock,
    Quantity,
    ReturnBlock,
)
from cardstation.domain.meter import CounterSchool, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from drivers.virtual.meter_errors import MeterError

__all__ = ["Decision", "MeterError", "MeterState", "Taking", "decide", "number_of"]

MOST_FEN = 99_999_999
"""What a money meter can show: 999 999.99 yuan (reference cards 6.3)."""
FULL = 1000
LOW, FLAT = 150, 50
"""Thousandths of a battery: below LOW a meter says so, below FLAT it closes and reads no card."""


class Taking(StrEnum):
    """What became of the load on a card."""

    CREDITED = "credited"
    ALREADY_TAKEN = "already_taken"
    NOTHING = "nothing"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class MeterState:
    """Everything a meter remembers. Amounts are litres for a volume meter, fen for a money meter.

    Attributes:
        account_no: Bound by the opening card; empty = not opened yet.
        cumulative: Everything it ever credited. used_litres: since installation.
        hoard: The meter's own ceiling, None = the one on the card.
        overdraft: How far below zero it lets the residual go before it closes the valve.
        faults: What it reports besides a valve closed by an empty residual.
        error: Last error number; a credited load clears it.
        tier_litres: Used in the current tier year. part_e5: Gas used but not yet charged, in
            0.00001 fen. tier_year: The year those litres are of, 0 = none yet.
        alarm: At or below it the meter asks for gas.
        battery: Thousandths. locked: The valve was closed by a magnet or a metal plate, until a
            card of this meter or a tool opens it.
        tool_mark, tool_place: Of the last use of a tool card that it did.
    """

    meter_no: str
    kind: MeterKind = MeterKind.VOLUME
    school: CounterSchool = CounterSchool.EXACT
    account_no: str = ""
    generation: int = 0
    purchase_counter: int = 0
    taken_mark: bytes = bytes(4)
    residual: int = 0
    cumulative: int = 0
    used_litres: int = 0
    hoard: int | None = None
    overdraft: int = 0
    faults: frozenset[str] = frozenset()
    error: int = MeterError.NONE
    price: PriceBlock | None = None
    tier_litres: int = 0
    part_e5: int = 0
    tier_year: int = 0
    alarm: int = 0
    battery: int = FULL
    locked: bool = False
    tool_mark: bytes = b""
    tool_place: int = 0

    @property
    def closed(self) -> bool:
        """No gas comes through: nothing is left, somebody tampered, or the battery is flat."""
        return self.locked or self.battery < FLAT or self.residual <= -self.overdraft

    @property
    def flags(self) -> frozenset[str]:
        """What the meter reports about itself."""
        closed = {"valve_closed"} if self.closed else set()
        low = {"low_battery"} if self.battery < LOW else set()
        return self.faults | closed | low

    def quantity(self, number: int) -> Quantity:
        """Litres or fen as this meter's kind of value."""
        return Money(number) if self.kind is MeterKind.MONEY else Volume(number)

    def return_block(self, at: datetime) -> ReturnBlock:
        """What the meter writes back now; the layout chooses the sequence."""
        return ReturnBlock(
            meter_no=self.meter_no,
            purchase_counter=self.purchase_counter,
            taken_mark=self.taken_mark,
            residual=self.quantity(self.residual),
            cumulative=self.quantity(self.cumulative),
            used=Volume(self.used_litres),
            flags=self.flags,
            error=int(self.error),
            written_at=at,
            sequence=0,
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """What a meter made of a card.

    Attributes:
        after: Its memory from now on. credited: Litres or fen it added.
        writes: False for a card that is not this meter's: nothing is written on it.
    """

    after: MeterState
    taking: Taking
    credited: int = 0
    error: MeterError = MeterError.NONE
    writes: bool = True


def decide(state: MeterState, content: CardContent) -> Decision:
    """Judge a card, credit its load if the rules allow, and say what the meter remembers.

    What a refused card would have changed (its household, its limits, its price) is not kept.
    """
    error = _stranger(state, content.identity)
    if error is not MeterError.NONE:
        return Decision(replace(state, error=error), Taking.REFUSED, 0, error, writes=False)
    decision = _judge_load(_bound(state, content), content)
    if decision.taking is not Taking.REFUSED:
        return decision
    kept = replace(state, error=decision.error, locked=False)
    return replace(decision, after=kept)


def _judge_load(bound: MeterState, content: CardContent) -> Decision:
    credit = content.credit
    if credit is None or not isinstance(credit.quantity, type(bound.quantity(0))):
        return _refused(bound, MeterError.FORMAT)
    if not credit.quantity:
        return Decision(bound, Taking.NOTHING)
    marked = content.returned is not None and content.returned.taken_mark == credit.mark
    if content.identity.card_type is CardType.OPENING and credit.purchase_counter > 1:
        return _refused(bound, MeterError.COUNT)
    load, error = _due(bound, credit, marked=marked)
    if error is not MeterError.NONE:
        return _refused(bound, error)
    if load == 0:
        taken = marked or credit.mark == bound.taken_mark
        return Decision(bound, Taking.ALREADY_TAKEN if taken else Taking.NOTHING)
    hoard = number_of(content.limits.hoard) if bound.hoard is None else bound.hoard
    most = min(hoard, MOST_FEN) if bound.kind is MeterKind.MONEY else hoard
    if bound.residual + load > most:
        return _refused(bound, MeterError.OVER_HOARD)
    return Decision(_credited(bound, credit, load), Taking.CREDITED, load)


def _refused(state: MeterState, error: MeterError) -> Decision:
    return Decision(replace(state, error=error), Taking.REFUSED, 0, error)


def _stranger(state: MeterState, card: CardIdentity) -> MeterError:
    """Why a card is not this meter's, NONE when it is."""
    opening = card.card_type is CardType.OPENING
    if card.meter_no != state.meter_no and not (opening and not card.meter_no):
        return MeterError.METER_NO
    if not state.account_no:
        if opening:
            return MeterError.NONE
        reissue = card.card_type is CardType.REISSUE
        return MeterError.NOT_OPENED_REISSUE if reissue else MeterError.NOT_OPENED_BUY
    if card.account_no != state.account_no:
        return MeterError.CUSTOMER_NO
    newer = card.generation > state.generation and card.card_type is CardType.REISSUE
    known = card.generation == state.generation or newer
    return MeterError.NONE if known else MeterError.OLD_GENERATION


def _bound(state: MeterState, content: CardContent) -> MeterState:
    return replace(
        state,
        account_no=content.identity.account_no,
        generation=content.identity.generation,
        overdraft=number_of(content.limits.overdraft),
        alarm=number_of(content.limits.alarm),
        price=content.price or state.price,
        locked=False,
    )


def _due(state: MeterState, credit: Credit, *, marked: bool) -> tuple[int, MeterError]:
    """How much the counter rule lets the meter take, and the error that forbids it."""
    ahead = credit.purchase_counter - state.purchase_counter
    load = number_of(credit.quantity)
    match state.school:
        case CounterSchool.NONE:
            return (0 if marked else load), MeterError.NONE
        case CounterSchool.CUMULATIVE:
            load = ahead = number_of(credit.cumulative) - state.cumulative
            if ahead < 0:
                return 0, MeterError.COUNT
        case CounterSchool.EXACT if ahead > 1:
            return 0, MeterError.COUNT
        case _:
            pass
    if ahead <= 0:
        return 0, MeterError.NONE
    return (0, MeterError.TAKEN_BEFORE) if marked else (load, MeterError.NONE)


def _credited(state: MeterState, credit: Credit, load: int) -> MeterState:
    return replace(
        state,
        residual=state.residual + load,
        cumulative=state.cumulative + load,
        purchase_counter=credit.purchase_counter,
        taken_mark=credit.mark,
        error=MeterError.NONE,
    )


def number_of(quantity: Quantity) -> int:
    """Litres or fen."""
    return quantity.fen if isinstance(quantity, Money) else quantity.litres
