"""What a volume purse's statement of facts means: the money card's, in litres."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.card import CardContent, Credit, Limits, Quantity, WritePlan
from cardstation.domain.money import Money
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal, fail
from drivers.purses.layout import HOARD, PurseLayout
from drivers.purses.opencpu import OPEN_CPU


class VolumePurseLayout(PurseLayout):
    """Implements `cardstation.ports.layout.Layout` for purses that count litres."""

    def __init__(self, name: str, maker: str) -> None:
        super().__init__(name, maker)
        self.chip = OPEN_CPU.name

    def decode(self, image: bytes) -> CardContent:
        """Put the facts into the trade's words.

        Raises:
            Refusal: `foreign_card`.
        """
        shown = super().decode(image)
        credit, returned = shown.credit, shown.returned
        if credit is not None:
            credit = replace(credit, quantity=_gas(credit.quantity), cumulative=NO_GAS)
        if returned is not None:
            returned = replace(returned, residual=_gas(returned.residual), cumulative=NO_GAS)
        limits = Limits(NO_GAS, _gas(HOARD), NO_GAS)
        return replace(shown, credit=credit, limits=limits, returned=returned)

    def plan_load(self, image: bytes, credit: Credit) -> WritePlan:
        """What the card shall say after the load.

        Raises:
            Refusal: `foreign_card`, `purse_counts_itself`.
        """
        quantity = credit.quantity
        if not isinstance(quantity, Volume):
            fail("a volume purse keeps gas")
        return super().plan_load(image, replace(credit, quantity=Money(quantity.litres)))

    def plan_clear(self, image: bytes, credit: Credit) -> WritePlan:  # noqa: ARG002
        """Gas is taken out of a purse by its meter only.

        Raises:
            Refusal: `purse_keeps_gas`.
        """
        raise Refusal("purse_keeps_gas")


def _gas(number: Quantity) -> Volume:
    """What the facts call fen are litres of such a card."""
    return Volume(number.fen) if isinstance(number, Money) else number
