"""Between the named values of a block and the trade's own values."""

from __future__ import annotations

from collections.abc import Mapping

from cardstation.domain.card import (
    CardIdentity,
    CardType,
    Credit,
    Limits,
    PriceBlock,
    PriceStep,
    Quantity,
    ReturnBlock,
)
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal, ensure
from drivers.layouts.codec import Record
from drivers.layouts.fields import FieldValue

Values = Mapping[str, FieldValue]

PRICE_STEPS = 5
NO_END = 0xFFFFFF
"""A price step's `to` when it has no end."""


def kind_of(quantity: Quantity) -> MeterKind:
    """What a quantity is for: a volume meter or a money meter."""
    return MeterKind.MONEY if isinstance(quantity, Money) else MeterKind.VOLUME


def amount(quantity: Quantity) -> int:
    """Litres or fen."""
    return quantity.fen if isinstance(quantity, Money) else quantity.litres


def quantity(kind: str, number: int) -> Quantity:
    """Litres or fen as a value of the meter's kind."""
    return Money(number) if MeterKind(kind) is MeterKind.MONEY else Volume(number)


def identity_of(record: Record) -> CardIdentity:
    """Read an identity block."""
    return CardIdentity(
        maker=record.text("maker"),
        card_type=CardType(record.text("card_type")),
        card_no=record.text("card_no"),
        account_no=record.text("account_no"),
        meter_no=record.text("meter_no"),
        generation=record.number("generation"),
    )


def identity_values(identity: CardIdentity) -> Values:
    """Values of an identity block; the version is the declaration's only one."""
    return {
        "version": "1",
        "maker": identity.maker,
        "card_type": identity.card_type.value,
        "card_no": identity.card_no,
        "account_no": identity.account_no,
        "meter_no": identity.meter_no,
        "generation": identity.generation,
    }


def limits_of(record: Record) -> Limits:
    """Read a limits block."""
    kind = record.text("unit")
    return Limits(
        alarm=quantity(kind, record.number("alarm")),
        hoard=quantity(kind, record.number("hoard")),
        overdraft=quantity(kind, record.number("overdraft")),
    )


def limits_values(limits: Limits, kind: MeterKind) -> Values:
    """Values of a limits block of a meter's kind."""
    for limit in (limits.alarm, limits.hoard, limits.overdraft):
        ensure(kind_of(limit) is kind, "limits are in the unit of the load")
    return {
        "unit": kind.value,
        "alarm": amount(limits.alarm),
        "hoard": amount(limits.hoard),
        "overdraft": amount(limits.overdraft),
    }


def credit_of(record: Record) -> Credit:
    """Read a credit slot."""
    kind = record.text("kind")
    return Credit(
        quantity=quantity(kind, record.number("quantity")),
        purchase_counter=record.number("purchase_counter"),
        cumulative=quantity(kind, record.number("cumulative")),
        loaded_at=record.time("loaded_at"),
        station_no=record.number("station_no"),
        mark=record.raw("mark"),
        sequence=record.number("sequence"),
    )


def credit_values(credit: Credit, sequence: int) -> Values:
    """Values of a credit slot under the sequence the layout chose."""
    kind = kind_of(credit.quantity)
    ensure(kind_of(credit.cumulative) is kind, "load and total have one unit")
    return {
        "kind": kind.value,
        "quantity": amount(credit.quantity),
        "purchase_counter": credit.purchase_counter,
        "loaded_at": credit.loaded_at,
        "cumulative": amount(credit.cumulative),
        "station_no": credit.station_no,
        "mark": credit.mark,
        "sequence": sequence,
    }


def returned_of(record: Record) -> ReturnBlock:
    """Read a return slot."""
    kind = record.text("kind")
    return ReturnBlock(
        meter_no=record.text("meter_no"),
        purchase_counter=record.number("purchase_counter"),
        taken_mark=record.raw("taken_mark"),
        residual=quantity(kind, record.number("residual")),
        cumulative=quantity(kind, record.number("cumulative")),
        used=Volume(record.number("used")),
        flags=record.words("flags"),
        error=record.number("error"),
        written_at=record.time("written_at"),
        sequence=record.number("sequence"),
    )


def return_values(returned: ReturnBlock, sequence: int) -> Values:
    """Values of a return slot under the sequence the layout chose."""
    kind = kind_of(returned.residual)
    ensure(kind_of(returned.cumulative) is kind, "residual and total have one unit")
    return {
        "kind": kind.value,
        "meter_no": returned.meter_no,
        "purchase_counter": returned.purchase_counter,
        "taken_mark": returned.taken_mark,
        "residual": amount(returned.residual),
        "cumulative": amount(returned.cumulative),
        "used": returned.used.litres,
        "flags": returned.flags,
        "error": returned.error,
        "written_at": returned.written_at,
        "sequence": sequence,
    }


def price_of(record: Record) -> PriceBlock:
    """Read a price block."""
    steps = []
    for step in range(1, min(record.number("count"), PRICE_STEPS) + 1):
        to_m3 = record.number(f"to_{step}")
        steps.append(PriceStep(None if to_m3 == NO_END else to_m3, record.number(f"price_{step}")))
    return PriceBlock(record.number("scheme"), tuple(steps))


def price_values(price: PriceBlock) -> Values:
    """Values of a price block.

    Raises:
        Refusal: `field_does_not_fit`, more steps than the card carries.
    """
    if len(price.steps) > PRICE_STEPS:
        raise Refusal("field_does_not_fit", field="steps")
    values: dict[str, FieldValue] = {"scheme": price.scheme, "count": len(price.steps)}
    for number, step in enumerate(price.steps, start=1):
        values[f"to_{number}"] = NO_END if step.to_m3 is None else step.to_m3
        values[f"price_{number}"] = step.price_e4
    return values
