"""Says everything about one row of a list before a card is touched: price, tiers, what stands by.

Nothing is deducted and nothing decided here: arrears are shown beside what would be left of the
money, and need the household's consent.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from cardstation.domain.batch import Batch, ManifestLine
from cardstation.domain.household import Household
from cardstation.domain.ledger import Order
from cardstation.domain.matching import Candidate, candidates
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.preflight import warnings_of
from cardstation.domain.sale import PriceBook, SaleTerms, sell
from cardstation.domain.tariff import Quote, Standing, Tier
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.prices import price_book
from cardstation.services.lists.judging import directory_of
from cardstation.services.lists.taken import taken_warnings
from cardstation.services.station import Station
from cardstation.store import Reading


@dataclass(frozen=True, slots=True)
class LastLoad:
    """The load this station wrote last for a household; whether it was taken the card says."""

    day: date
    volume: Volume | None
    money: Money


@dataclass(frozen=True, slots=True)
class LineDetail:
    """One row in full.

    Attributes:
        household: None while it is not certain.
        quote: Price today of the row's money, or of what debts leave of it; None when that buys
            nothing certain.
        tiers: The price steps as they hold for the household.
        cap: Largest single load; plausible: largest that needs no supervisor.
        left: The row's money without the arrears; None when there are none or no money.
        last: The last load of this station.
        warnings: Codes worth a look that stop nothing.
        candidates: Whom the row may mean, the likeliest first; only for a row not certain.
        orders: Paid orders of the household that wait to be loaded.
    """

    place: int
    line: ManifestLine
    household: Household | None
    quote: Quote | None
    tiers: tuple[Tier, ...]
    cap: Volume | None
    plausible: Volume | None
    left: Money | None
    last: LastLoad | None
    warnings: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    orders: tuple[Order, ...] = ()


def look_at_line(station: Station, batch_id: str, place: int) -> LineDetail:
    """Look at one row of a batch.

    Raises:
        Refusal: `unknown_batch`, `unknown_line`.
    """
    with station.store.reading() as reading:
        batch = batch_of(reading, batch_id)
        if not 0 < place <= len(batch.lines):
            raise Refusal("unknown_line", batch_id=batch_id, place=place)
        line = batch.lines[place - 1]
        household = reading.households.get(line.account_no) if line.ground else None
        found: tuple[Candidate, ...] = ()
        if household is None:
            community = batch.community or _community(reading, batch)
            book = directory_of(reading.households, [line.row], (), community)
            found = candidates(line.row, book)
        if household is None:
            return LineDetail(place, line, None, None, (), None, None, None, None, (), found)
        return _of_household(station, reading, place, line, household)


def offer(station: Station, household: Household, money: Money) -> tuple[Quote, tuple[Tier, ...]]:
    """What money buys a household today once its debts are paid out of it, and the price steps.

    Raises:
        Refusal: as `sell`; `no_tariff`.
    """
    with station.store.reading() as reading:
        book = price_book(station, reading)
    terms = book.terms(household.tariff, station.clock.now().date())
    left = _after_debts(household, money)
    return sell(household, terms, money=money if left is None else left), _tiers(household, terms)


def warnings_of_batch(station: Station, batch_id: str) -> dict[int, tuple[str, ...]]:
    """Place → what is worth a look at the row's household; rows without are left out.

    Raises:
        Refusal: `unknown_batch`.
    """
    now = station.clock.now()
    with station.store.reading() as reading:
        lines = batch_of(reading, batch_id).lines
        accounts = {line.account_no for line in lines if line.ground}
        homes = {one.account_no: one for one in reading.households.numbered(accounts, ())}
        taken = taken_warnings(reading, homes.values())
    found = {
        place: warnings_of(homes[line.account_no], now.date())
        + ((taken[line.account_no],) if line.account_no in taken else ())
        for place, line in enumerate(lines, start=1)
        if line.ground and line.account_no in homes
    }
    return {place: warnings for place, warnings in found.items() if warnings}


def _community(reading: Reading, batch: Batch) -> str:
    """Where most of the households live that the batch is certain of."""
    accounts = {line.account_no for line in batch.lines if line.ground}
    homes = reading.households.numbered(accounts, ())
    counted = Counter(home.address.community for home in homes)
    return counted.most_common(1)[0][0] if counted else ""


def _of_household(
    station: Station, reading: Reading, place: int, line: ManifestLine, household: Household
) -> LineDetail:
    day = station.clock.now().date()
    book = price_book(station, reading)
    terms = _terms(book, household, day)
    taken = taken_warnings(reading, [household])
    warnings = (*warnings_of(household, day), *taken.values())
    left = _after_debts(household, line.money)
    return LineDetail(
        place=place,
        line=line,
        household=household,
        quote=_quote(household, terms, line.money if left is None else left),
        tiers=_tiers(household, terms),
        cap=terms.per_load_max if terms else None,
        plausible=terms.plausible if terms else None,
        left=left,
        last=_last(reading, household),
        warnings=warnings,
        candidates=(),
        orders=reading.orders.waiting(household.account_no),
    )


def _after_debts(household: Household, money: Money | None) -> Money | None:
    """What is left of a row's money without the debts; None when there are none or no money."""
    return money - household.arrears if money is not None and household.arrears else None


def _terms(book: PriceBook, household: Household, day: date) -> SaleTerms | None:
    try:
        return book.terms(household.tariff, day)
    except Refusal:
        return None


def _quote(household: Household, terms: SaleTerms | None, money: Money | None) -> Quote | None:
    if terms is None or money is None or money <= NO_MONEY:
        return None
    try:
        return sell(household, terms, money=money)
    except Refusal:
        return None


def _tiers(household: Household, terms: SaleTerms | None) -> tuple[Tier, ...]:
    if terms is None or household.meter.kind is MeterKind.MONEY:
        return ()
    standing = Standing(terms.year, household.bought_in(terms.year), household.persons)
    return terms.tariff.tiers_for(standing)


def _last(reading: Reading, household: Household) -> LastLoad | None:
    load = reading.topups.last_of_account(household.account_no)
    if load is None:
        return None
    return LastLoad(load.opened_at.date(), load.quote.volume, load.quote.money)
