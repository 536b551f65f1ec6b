"""Asks the virtual cards themselves what they carry: the third truth of the demo's summary."""

from __future__ import annotations

from cardstation.bootstrap.card_box import CardBox
from cardstation.domain.money import NO_MONEY, Money
from cardstation.services.station import Station
from drivers.virtual.card import VirtualCard


def money_on_cards(station: Station, box: CardBox, batch_id: str) -> Money:
    """Worth of the batch's loads that stand on their cards, quantity and counter as on the receipt.

    What went to a household's balance with such a load counts with it.
    """
    with station.store.reading() as reading:
        receipts = reading.receipts.of_batch(batch_id)
    total = NO_MONEY
    for receipt in receipts:
        image = VirtualCard.load(box.path(receipt.card_no)).image
        layout = next(one for one in station.layouts if one.recognises(image))
        credit = layout.decode(image).credit
        loaded = receipt.gas if receipt.volume is None else receipt.volume
        if credit is not None and (credit.quantity, credit.purchase_counter) == (
            loaded,
            receipt.purchase_counter,
        ):
            total += receipt.paid
    return total
