"""The prices on cards of a sheet for money meters: a count, and steps of an end and a price."""

from __future__ import annotations

from collections.abc import Mapping

from cardstation.domain.card import PriceBlock
from cardstation.domain.meter import MeterKind
from cardstation.errors import Refusal, ensure
from drivers.layouts.codec import Declaration, Record
from drivers.layouts.fields import FieldValue
from drivers.layouts.records import PRICE_STEPS, price_of, price_values

Values = Mapping[str, FieldValue]
_SCHEME = 1
"""Of prices on cards that do not name theirs."""
_STEPS = tuple(f"{name}_{step}" for step in range(1, PRICE_STEPS + 1) for name in ("to", "price"))
NAMES = ("count", *_STEPS)


class SheetPrices:
    """What the cards of a declaration can say of prices.

    Attributes:
        steps: How many steps they carry; 0 = they carry no prices.
    """

    def __init__(self, declaration: Declaration, kind: MeterKind) -> None:
        """Look for the names.

        Raises:
            Defect: a step without its `to`, or without the step before it; no count; no numbers.
        """
        fields = [field for place in declaration.places for field in place.block.fields]
        numbers = {field.name for field in fields if field.kind is int}
        money = kind is MeterKind.MONEY
        self.steps = sum(name in numbers for name in _STEPS) // 2 if money else 0
        wanted = set(NAMES[: 1 + 2 * self.steps]) if self.steps else set()
        told = {field.name for field in fields} & set(NAMES if self.steps else _STEPS)
        ensure(not money or told == wanted, "prices are numbers: count, to_1, price_1, and so on")

    def values(self, price: PriceBlock | None) -> Values:
        """Those of a new card, which carries prices where its kind does.

        Raises:
            Refusal: `field_does_not_fit`.
        """
        if price is None and not self.steps:
            return {}
        if price is None or len(price.steps) > self.steps:
            raise Refusal("field_does_not_fit", field="price")
        return price_values(price)

    def shown(self, values: Values | None) -> PriceBlock:
        """What the fields of a card say.

        Raises:
            Refusal: `card_damaged`: they cannot be read, or count more steps than there are.
        """
        record = Record({"scheme": _SCHEME, **(values or {})})
        if values is None or record.number("count") > self.steps:
            raise Refusal("card_damaged")
        return price_of(record)
