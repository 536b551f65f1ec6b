"""A change of meter (换表): what was read off the old one, and what of it the new one is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cardstation.domain.card import Quantity
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.tariff import Quote, Standing, Tariff
from cardstation.domain.volume import NO_GAS, Volume


@dataclass(frozen=True, slots=True)
class FinalReading:
    """What the fitter read off the meter that was taken down.

    Attributes:
        residual: What was left in it: a volume, or of a money meter an amount.
        counter: How many purchases it had taken.
        order_no: Of the fitter's work order.
    """

    residual: Quantity
    counter: int
    order_no: str


@dataclass(frozen=True, slots=True)
class NewMeter:
    """The meter that hangs there now.

    Attributes:
        chip: Of the cards it takes, empty = as before.
        moved: The fitter's change card moved everything out of the old meter into it: what was
            left, its count and its household. Nothing is carried over then.
    """

    meter_no: str
    kind: MeterKind
    chip: str = ""
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Carried:
    """What a household is due for what was left in its old meter.

    Attributes:
        quantity: For the new meter, in its unit; may be nothing.
        to_balance: What is no whole step of the new meter, as money.
        quote: How it was reckoned, where gas became money or money gas; None where nothing did.
    """

    quantity: Quantity
    to_balance: Money
    quote: Quote | None


def carried_over(
    residual: Quantity, kind: MeterKind, tariff: Tariff, standing: Standing, step: Volume
) -> Carried:
    """Reckon what a new meter is due.

    Args:
        residual: What was left in the old meter, nothing or more.
        kind: Of the new meter.
        tariff: Of the household, today's.
        standing: Of the household: its next m³ is priced from there.
        step: The smallest volume that goes onto a card.
    """
    if isinstance(residual, Money):
        if kind is MeterKind.MONEY:
            return Carried(residual, NO_MONEY, None)
        quote = tariff.buy(residual, step, standing)
        return Carried(quote.volume or NO_GAS, quote.remainder, quote)
    if kind is MeterKind.MONEY:
        quote = tariff.price(residual, standing)
        return Carried(quote.total, NO_MONEY, quote)
    whole = Volume(residual.litres // step.litres * step.litres)
    if whole == residual:
        return Carried(whole, NO_MONEY, None)
    rest = tariff.price(Volume(residual.litres - whole.litres), standing)
    return Carried(whole, rest.total, rest)


@dataclass(frozen=True, slots=True)
class MeterChangeSlip:
    """What is filed of a change of meter, or of its cancelling (换表单); no money is taken.

    Attributes:
        change_id: Of the account's change; its fact is in the chain.
        cancelled: The change was taken back: `old` hangs there (again), and nothing is carried.
        due_id: Of the gas that is due; empty where nothing is.
        training: Prints 培训 on the paper.
    """

    change_id: str
    company: str
    station: str
    clerk: str
    approver: str
    made_at: datetime
    training: bool
    account_no: str
    name: str
    address: str
    card_no: str
    old_no: str
    old_kind: MeterKind
    new_no: str
    new_kind: MeterKind
    reading: FinalReading
    carried: Carried
    due_id: str
    words: str
    cancelled: bool = False
