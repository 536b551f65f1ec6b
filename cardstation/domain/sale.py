"""What a household may buy in one load, and what it costs: the rules of a sale in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.tariff import (
    DeskRules,
    Period,
    PurchaseCap,
    Quote,
    Standing,
    Tariff,
    tariff_on,
)
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal


@dataclass(frozen=True, slots=True)
class SaleTerms:
    """What a sale is priced and bounded by on one day.

    Attributes:
        year: The tier year: the calendar year in which the money is certain.
        step: Smallest volume that can be sold to a volume meter.
        per_load_max: Largest single load, the smaller of the desk's and the makers' limit.
        plausible: Largest load of this user class that needs no supervisor, None = no such rule.
        cap: The most this user class may buy in a period, None = no such rule.
        sold: Account → what was loaded for it in the running month; asked for a monthly cap only.
    """

    tariff: Tariff
    year: int
    step: Volume
    per_load_max: Volume
    plausible: Volume | None
    cap: PurchaseCap | None = None
    sold: Mapping[str, Volume] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PriceBook:
    """All price lists and desk rules on file, and what the cards in use can carry.

    Attributes:
        sold: Account → what was loaded for it in the running month.
    """

    tariffs: tuple[Tariff, ...]
    rules: DeskRules | None
    makers: tuple[MakerRules, ...]
    sold: Mapping[str, Volume] = field(default_factory=dict)

    def terms(self, tariff_code: str, day: date) -> SaleTerms:
        """Combine price list, desk rules and cards for a day; the stricter limit holds.

        Raises:
            Refusal: `no_tariff`.
        """
        rules = self.rules
        if rules is None:
            raise Refusal("no_tariff", tariff=tariff_code, day=day.isoformat())
        return SaleTerms(
            tariff=tariff_on(self.tariffs, tariff_code, day),
            year=day.year,
            step=max([rules.volume_step, *(maker.volume_step for maker in self.makers)]),
            per_load_max=min([rules.per_load_cap, *(maker.per_load_max for maker in self.makers)]),
            plausible=rules.plausible_per_load.get(tariff_code),
            cap=rules.purchase_caps.get(tariff_code),
            sold=self.sold,
        )


def sell(
    household: Household,
    terms: SaleTerms,
    *,
    money: Money | None = None,
    volume: Volume | None = None,
    flat: bool = False,
) -> Quote:
    """Price one load by money or by volume.

    Args:
        household: The buyer.
        terms: Of the day and the card.
        money: What the customer gives; the largest affordable volume is sold.
        volume: What the customer wants; the exact price is asked.
        flat: The household chose the flat factor for large households.

    Raises:
        Refusal: `account_stopped`, `account_closed`, `money_or_volume`, `zero_amount`,
            `money_meter_by_volume`, `volume_not_in_steps`, `amount_too_small`, `per_load_max`,
            `cap_exceeded`, `implausible_volume`.
    """
    _ensure_open(household)
    standing = Standing(terms.year, household.bought_in(terms.year), household.persons, flat)
    if (money is None) == (volume is None):
        raise Refusal("money_or_volume")
    if (money is not None and money <= NO_MONEY) or (volume is not None and volume <= NO_GAS):
        raise Refusal("zero_amount")
    if household.meter.kind is MeterKind.MONEY:
        return _sell_to_money_meter(household, terms, standing, money)
    if volume is not None:
        if volume.litres % terms.step.litres:
            raise Refusal("volume_not_in_steps", step_litres=terms.step.litres)
        quote = terms.tariff.price(volume, standing)
    else:
        quote = terms.tariff.buy(money or NO_MONEY, terms.step, standing)
    sold = quote.volume or NO_GAS
    if not sold:
        raise Refusal("amount_too_small", step_litres=terms.step.litres)
    if sold > terms.per_load_max:
        raise Refusal("per_load_max", limit_litres=terms.per_load_max.litres)
    ensure_within_cap(household, terms, sold)
    _ensure_plausible(sold, terms)
    return quote


def ensure_within_cap(household: Household, terms: SaleTerms, sold: Volume) -> None:
    """With this sale the household stays within what it may buy in the period.

    Args:
        household: The buyer; its purchases of the year stand with it.
        terms: Of the day.
        sold: By this sale; for a money meter what its money buys.

    Raises:
        Refusal: `cap_exceeded`.
    """
    cap = terms.cap
    if cap is None:
        return
    yearly = cap.period is Period.YEAR
    sold_before = terms.sold.get(household.account_no, NO_GAS)
    bought = household.bought_in(terms.year) if yearly else sold_before
    if bought + sold > cap.volume:
        left = max(NO_GAS, cap.volume - bought)
        raise Refusal("cap_exceeded", left_litres=left.litres, limit_litres=cap.volume.litres)


def bought_with(household: Household, year: int, gas: Volume) -> Household:
    """The tier counter once gas counts as bought in a year; a later year is not touched."""
    if not gas or household.tier_year > year:
        return household
    return replace(household, bought_this_year=household.bought_in(year) + gas, tier_year=year)


def counts_already(household: Household, quote: Quote, gas: Volume) -> bool:
    """Whether a directory that came in since counts the gas of a quote as bought."""
    same = household.tier_year == quote.tier_year
    return same and household.bought_this_year >= quote.year_before + gas


def bought_without(household: Household, year: int, gas: Volume) -> Household:
    """Tier counters move with reversals of the cycle they belonged to (DESK-RULES 13)."""
    if household.tier_year != year:
        return household
    return replace(household, bought_this_year=max(NO_GAS, household.bought_this_year - gas))


def _sell_to_money_meter(
    household: Household, terms: SaleTerms, standing: Standing, money: Money | None
) -> Quote:
    if money is None:
        raise Refusal("money_meter_by_volume")
    quote = terms.tariff.load_money(money, standing)
    ensure_within_cap(household, terms, quote.bought)
    _ensure_plausible(quote.bought, terms)
    return quote


def _ensure_open(household: Household) -> None:
    if household.status is HouseholdStatus.STOPPED:
        raise Refusal("account_stopped", account_no=household.account_no)
    if household.status is HouseholdStatus.CLOSED:
        raise Refusal("account_closed", account_no=household.account_no)


def _ensure_plausible(sold: Volume, terms: SaleTerms) -> None:
    if terms.plausible is not None and sold > terms.plausible:
        raise Refusal("implausible_volume", litres=sold.litres, limit_litres=terms.plausible.litres)
