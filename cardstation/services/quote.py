"""Says what a purchase costs today, or why it cannot be made."""

from __future__ import annotations

from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules
from cardstation.domain.money import Money
from cardstation.domain.sale import sell
from cardstation.domain.tariff import Quote
from cardstation.domain.volume import Volume
from cardstation.services.intent.prices import price_book
from cardstation.services.station import Station


def quote(
    station: Station,
    household: Household,
    *,
    money: Money | None = None,
    volume: Volume | None = None,
    rules: MakerRules | None = None,
    flat: bool = False,
) -> Quote:
    """Price one load of a household by money or by volume, as of today.

    Args:
        station: The desk.
        household: The buyer; its tier counter of the running year is used.
        money: What the customer gives.
        volume: What the customer wants.
        rules: Of the card in the reader; without a card the strictest of all makers hold.
        flat: The household chose the flat factor for large households.

    Raises:
        Refusal: `no_tariff`, `account_stopped`, `account_closed`, `money_or_volume`,
            `zero_amount`, `money_meter_by_volume`, `volume_not_in_steps`, `amount_too_small`,
            `per_load_max`, `cap_exceeded`, `implausible_volume`.
    """
    with station.store.reading() as reading:
        book = price_book(station, reading, rules, household.account_no)
    terms = book.terms(household.tariff, station.clock.now().date())
    return sell(household, terms, money=money, volume=volume, flat=flat)
