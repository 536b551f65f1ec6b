"""Stepped prices: a volume becomes a quote, and money the largest affordable volume.

Everything is integer arithmetic. The cost of gas is kept in units of 0.00001 fen (litres times
0.0001 yuan per m³) and rounded half up to the fen once, over the total.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from cardstation.domain.money import NO_MONEY, Money, round_half_up
from cardstation.domain.receipt import TierLine
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal, ensure

_COST_PER_FEN = 100_000
_LITRE = Volume(1)


@dataclass(frozen=True, slots=True)
class Tier:
    """One step: up to and including `to` (None = no end), price in 0.0001 yuan per m³."""

    to: Volume | None
    price_e4: int


@dataclass(frozen=True, slots=True)
class HouseholdSize:
    """Shift of all limits for large households; from `choice_from` persons a flat factor instead.

    Attributes:
        from_persons: Smallest household whose limits shift; each person from this one on adds.
        extra_per_person: Added to every limit per such person.
        cap: Largest shift.
        choice_from: Smallest household that may choose the flat factor.
        flat_factor_e4: Factor on the first tier's price, 11000 = 1.1.
    """

    from_persons: int
    extra_per_person: Volume
    cap: Volume
    choice_from: int
    flat_factor_e4: int

    def shift(self, persons: int) -> Volume:
        """How far every limit moves up for a household of `persons`."""
        extra = max(0, persons - self.from_persons + 1)
        return min(self.cap, Volume(extra * self.extra_per_person.litres))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a household stands in a tier year: what its next purchase is priced from.

    Attributes:
        year: The tier year (calendar year) in which the money is certain.
        bought: Tier counter: what was bought in that year so far.
        flat: The household chose the flat factor; counts only where the tariff allows it.
    """

    year: int
    bought: Volume = NO_GAS
    persons: int = 1
    flat: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """A price, explained. Tier lines sum to `total`; for money meters there are none.

    Attributes:
        money: What the customer gives. `total` = price of the gas, `remainder` = money − total.
        volume: None for money meters (the meter applies the tiers).
        year_before: Tier counter before, in the frozen tier year.
        buys: Of a money meter: the gas its money buys by this price list, for caps and the year.
    """

    tariff: str
    tier_year: int
    money: Money
    total: Money
    remainder: Money
    volume: Volume | None
    lines: tuple[TierLine, ...]
    year_before: Volume
    buys: Volume = NO_GAS

    @property
    def bought(self) -> Volume:
        """What counts as bought: the volume, or what the money buys."""
        return self.buys if self.volume is None else self.volume


@dataclass(frozen=True, slots=True)
class Tariff:
    """One price list of one user class.

    Attributes:
        version: `residential@2026-01-01`.
    """

    code: str
    effective: date
    tiers: tuple[Tier, ...]
    household_size: HouseholdSize | None

    def __post_init__(self) -> None:
        limits = [tier.to.litres for tier in self.tiers if tier.to is not None]
        ensure(len(limits) == len(self.tiers) - 1, "exactly the last tier has no end")
        ensure(self.tiers[-1].to is None, "the last tier has no end")
        ensure(limits == sorted({0, *limits} - {0}), "limits are positive and rise")
        ensure(all(tier.price_e4 > 0 for tier in self.tiers), "gas has a price")

    @property
    def version(self) -> str:
        """Code and first day, as printed and posted."""
        return f"{self.code}@{self.effective.isoformat()}"

    def tiers_for(self, standing: Standing) -> tuple[Tier, ...]:
        """The steps as they hold for one household: limits shifted, or one flat price."""
        size = self.household_size
        if size is None:
            return self.tiers
        if standing.flat and standing.persons >= size.choice_from:
            flat = round_half_up(self.tiers[0].price_e4 * size.flat_factor_e4, 10_000)
            return (Tier(None, flat),)
        shift = size.shift(standing.persons)
        return tuple(
            Tier(tier.to + shift if tier.to is not None else None, tier.price_e4)
            for tier in self.tiers
        )

    def price(self, volume: Volume, standing: Standing, *, money: Money | None = None) -> Quote:
        """What a volume costs.

        Args:
            volume: What is bought, zero or more.
            standing: Of the household, in the year the money is certain.
            money: What the customer gives, at least the price; None = exactly the price.
        """
        ensure(volume >= NO_GAS and standing.bought >= NO_GAS, "volumes are not negative")
        parts = self._split(volume.litres, standing)
        total = Money(_fen(sum(litres * price_e4 for _, litres, price_e4 in parts)))
        given = total if money is None else money
        ensure(given >= total, "the money covers the price")
        return Quote(
            tariff=self.version,
            tier_year=standing.year,
            money=given,
            total=total,
            remainder=given - total,
            volume=volume,
            lines=_shown(parts, total),
            year_before=standing.bought,
        )

    def buy(self, money: Money, step: Volume, standing: Standing) -> Quote:
        """The largest multiple of `step` that `money` pays for: the inverse of `price`.

        For the volume v returned: price(v) ≤ money < price(v + step). The volume is zero when the
        money does not reach one step.
        """
        ensure(money >= NO_MONEY and step > NO_GAS, "money and a step are needed")
        # Rounded half up to `fen` or less means: cost below fen + ½.
        left = money.fen * _COST_PER_FEN + _COST_PER_FEN // 2 - 1
        litres, at = 0, standing.bought.litres
        for tier in self.tiers_for(standing):
            affordable = left // tier.price_e4
            room = affordable if tier.to is None else max(0, tier.to.litres - at)
            taken = min(room, affordable)
            litres, at, left = litres + taken, at + taken, left - taken * tier.price_e4
            if taken < room:
                break
        volume = Volume(litres // step.litres * step.litres)
        return self.price(volume, standing, money=money)

    def load_money(self, money: Money, standing: Standing) -> Quote:
        """The quote for a money meter: the amount goes onto the card, the meter does the tiers."""
        return Quote(
            tariff=self.version,
            tier_year=standing.year,
            money=money,
            total=money,
            remainder=NO_MONEY,
            volume=None,
            lines=(),
            year_before=standing.bought,
            buys=self.buy(money, _LITRE, standing).volume or NO_GAS,
        )

    def _split(self, litres: int, standing: Standing) -> list[tuple[int, int, int]]:
        """Tier number, litres and price of every tier a purchase touches, lowest first."""
        parts, at = [], standing.bought.litres
        for number, tier in enumerate(self.tiers_for(standing), start=1):
            room = litres if tier.to is None else max(0, tier.to.litres - at)
            taken = min(room, litres)
            if taken:
                parts.append((number, taken, tier.price_e4))
            litres, at = litres - taken, at + taken
        return parts


class Period(StrEnum):
    """What a purchase cap counts over, by the calendar."""

    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class PurchaseCap:
    """The most a household may buy in a period; a load that was taken back does not count."""

    volume: Volume
    period: Period


@dataclass(frozen=True, slots=True)
class Fee:
    """An item of the utility's catalogue of other fees: nothing else is charged (DESK-RULES 18).

    Attributes:
        name, name_en: As printed.
        basis: The legal basis, as printed.
        tax_class: Code under which it is invoiced.
        first, last: Days on which it is charged; None = no end is set.
        least, most: Bounds of the amount; the same where it is fixed.
    """

    code: str
    name: str
    name_en: str
    basis: str
    tax_class: str
    first: date
    last: date | None
    least: Money
    most: Money

    def __post_init__(self) -> None:
        told = (self.code, self.name, self.name_en, self.basis, self.tax_class)
        ensure(all(one.strip() for one in told), "a fee has a name and a legal basis")
        ensure(NO_MONEY < self.least <= self.most, "a fee has bounds above nothing")
        ensure(self.last is None or self.first <= self.last, "a fee ends after its first day")

    def holds_on(self, day: date) -> bool:
        """Whether it is charged on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What the utility lets a desk sell.

    Attributes:
        per_load_cap: Largest volume of one load, whatever the card could carry.
        plausible_per_load: By tariff code; a sale above it needs a supervisor.
        purchase_caps: By tariff code; no sale goes beyond it, whoever agrees. Without one, no cap.
        fees: The catalogue of other fees; without one none is charged.
    """

    volume_step: Volume
    per_load_cap: Volume
    card_fee: Money
    plausible_per_load: Mapping[str, Volume]
    purchase_caps: Mapping[str, PurchaseCap] = field(default_factory=dict)
    fees: tuple[Fee, ...] = ()


def tariff_on(tariffs: Iterable[Tariff], code: str, day: date) -> Tariff:
    """The version of a tariff in force on the day the money is certain.

    Raises:
        Refusal: `no_tariff`.
    """
    versions = [tariff for tariff in tariffs if tariff.code == code and tariff.effective <= day]
    if not versions:
        raise Refusal("no_tariff", tariff=code, day=day.isoformat())
    return max(versions, key=lambda tariff: tariff.effective)


def _fen(cost: int) -> int:
    return round_half_up(cost, _COST_PER_FEN)


def _shown(parts: list[tuple[int, int, int]], total: Money) -> tuple[TierLine, ...]:
    """Round each line; the last takes the difference, and none is shown below zero."""
    amounts = [_fen(litres * price_e4) for _, litres, price_e4 in parts]
    for index in range(len(amounts) - 1, -1, -1):
        others = sum(amounts) - amounts[index]
        amounts[index] = max(0, total.fen - others)
        if sum(amounts) == total.fen:
            break
    return tuple(
        TierLine(number, Volume(litres), price_e4, Money(fen))
        for (number, litres, price_e4), fen in zip(parts, amounts, strict=True)
    )
