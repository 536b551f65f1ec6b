"""Cards of a worked sheet at a desk that has it among its layouts, with the keys it names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cardstation.domain.household import Household
from cardstation.ports.keys import LayoutKeys
from cardstation.services.station import Station
from drivers.keys import DemoCardKeys
from drivers.layouts.sheet import read_sheet
from drivers.virtual import VirtualCard
from drivers.virtual.maker import make_card
from drivers.virtual.meter import VirtualMeter
from tests.kit.layout_keys import published_keys

FOLDER = Path(__file__).parents[2] / "docs" / "layouts"


class SheetCards:
    """Cards of one sheet, as training cards.

    Args:
        name: Of the sheet.
        holder: Who holds its keys.
    """

    def __init__(self, name: str, holder: LayoutKeys | None = None) -> None:
        sheet = read_sheet(FOLDER / f"{name}.toml", holder or published_keys())
        assert sheet.rules is not None
        self.layout = sheet.layout
        self.rules = replace(sheet.rules, training=True)
        self._digits = 2 * sheet.layout.declaration.place("who").block.field("card_no").width

    def at(self, station: Station) -> Station:
        """The desk, with these cards among its own."""
        makers = (*station.makers, self.rules)
        layouts = (*station.layouts, self.layout)
        return replace(station, layouts=layouts, makers=makers, keys=DemoCardKeys(makers))

    def fits(self, household: Household) -> Household:
        """The household, with a card number that these cards have room for."""
        return replace(household, card_no=household.card_no[-self._digits :])

    def issued(self, household: Household) -> VirtualCard:
        return make_card(household, self.rules, self.layout, DemoCardKeys([self.rules]))

    def meter(self, card: VirtualCard) -> VirtualMeter:
        return VirtualMeter.of_card(self.layout.decode(card.image), self.layout)
