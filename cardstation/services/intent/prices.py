"""The price lists and limits a desk sells by, with what households bought in the running period."""

from __future__ import annotations

from datetime import datetime

from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.domain.sale import PriceBook, ensure_within_cap
from cardstation.domain.tariff import DeskRules, Period, Quote, Standing, Tier, tariff_on
from cardstation.services.station import Station
from cardstation.store import Reading


def price_book(
    station: Station, reading: Reading, rules: MakerRules | None = None, account_no: str = ""
) -> PriceBook:
    """What is sold now, and by which limits.

    Args:
        station: The desk.
        reading: Where the price lists are.
        rules: Of the card in the reader; without one the strictest of all makers hold.
        account_no: Of the only buyer; empty = any household may buy.
    """
    desk = reading.tariffs.rules()
    since = _month(station.clock.now()) if _by_month(desk) else None
    return PriceBook(
        reading.tariffs.every(),
        desk,
        station.makers if rules is None else (rules,),
        {} if since is None else reading.topups.sold_since(since, account_no),
    )


def tiers_for(station: Station, household: Household) -> tuple[Tier, ...]:
    """The price steps that its money meter is told; a volume meter is told none."""
    if household.meter.kind is not MeterKind.MONEY:
        return ()
    today = station.clock.now().date()
    standing = Standing(today.year, household.bought_in(today.year), household.persons)
    with station.store.reading() as reading:
        return tariff_on(reading.tariffs.every(), household.tariff, today).tiers_for(standing)


def ensure_cap_left(station: Station, reading: Reading, household: Household, offer: Quote) -> None:
    """What was bought since the money came has not used up what the household may buy.

    Raises:
        Refusal: `cap_exceeded`.
    """
    desk = reading.tariffs.rules()
    if desk is None or household.tariff not in desk.purchase_caps:
        return
    book = price_book(station, reading, account_no=household.account_no)
    ensure_within_cap(
        household, book.terms(household.tariff, station.clock.now().date()), offer.bought
    )


def _by_month(rules: DeskRules | None) -> bool:
    caps = () if rules is None else rules.purchase_caps.values()
    return any(cap.period is Period.MONTH for cap in caps)


def _month(now: datetime) -> datetime:
    """The first moment of the running month, by the desk's own clock."""
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
