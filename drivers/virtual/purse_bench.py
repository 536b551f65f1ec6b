"""The bench of meters with meters of purse cards on it, too."""

from __future__ import annotations

from drivers.virtual.card import VirtualCard
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_bench import MeterBench
from drivers.virtual.purse_card import VirtualPurseCard
from drivers.virtual.purse_meter import PurseMeter, files_of, purse_in


class PurseBench(MeterBench):
    """Meters by number, whatever cards they take."""

    def hang(self, card: VirtualCard) -> VirtualMeter:
        """The meter of a card; one that is not here yet remembers what the card says of it.

        Raises:
            Refusal: `foreign_card`, `card_damaged`, `no_maker_rules`.
        """
        if not isinstance(card.chip, VirtualPurseCard):
            return super().hang(card)
        number = files_of(purse_in(card), answered=False)[0].meter_no
        if number not in self._hung:
            self._put(PurseMeter.of_purse(card))
        return self._hung[number].meter
