"""Asks the virtual cards themselves what they carry: the third truth of the demo's summary."""

from __future__ import annotations

from cardstation.bootstrap.card_box import CardBox
from cardstation.domain.card import Quantity
from cardstation.domain.money import NO_MONEY, Money
from cardstation.services.station import Station
from drivers.virtual.card import VirtualCard
from drivers.virtual.purse_card import VirtualPurseCard
from drivers.virtual.purse_meter import last_load_in


def money_on_cards(station: Station, box: CardBox, batch_id: str) -> Money:
    """Worth of the batch's loads that stand on their cards, quantity and counter as on the receipt.

    What went to a household's balance with such a load counts with it.
    """
    with station.store.reading() as reading:
        receipts = reading.receipts.of_batch(batch_id)
    total = NO_MONEY
    for receipt in receipts:
        card = VirtualCard.load(box.path(receipt.card_no))
        loaded = receipt.gas if receipt.volume is None else receipt.volume
        if _stands_on(station, card) == (loaded, receipt.purchase_counter):
            total += receipt.paid
    return total


def _stands_on(station: Station, card: VirtualCard) -> tuple[Quantity, int] | None:
    """The last load of a card and its counter."""
    if isinstance(card.chip, VirtualPurseCard):
        return last_load_in(card.chip)
    layout = next(one for one in station.layouts if one.recognises(card.image))
    credit = layout.decode(card.image).credit
    return None if credit is None else (credit.quantity, credit.purchase_counter)
