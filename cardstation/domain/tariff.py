"""Stepped prices: a volume becomes a quote, and money the largest affordable volume."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cardstation.domain.money import Money
from cardstation.domain.receipt import TierLine
from cardstation.domain.volume import Volume


@dataclass(frozen=True, slots=True)
class Tier:
    """One step: up to and including `to` (None = no end), price in 0.0001 yuan per m³."""

    to: Volume | None
    price_e4: int


@dataclass(frozen=True, slots=True)
class HouseholdSize:
    """Shift of all limits for large households; from `choice_from` persons a flat factor instead."""

    from_persons: int
    extra_per_person: Volume
    cap: Volume
    choice_from: int
    flat_factor_e4: int


@dataclass(frozen=True, slots=True)
class Quote:
    """A price, explained. Tier lines sum to `total`; for money meters there are none.

    Attributes:
        money: What the customer gives. `total` = price of the gas, `remainder` = money − total.
        volume: None for money meters (the meter applies the tiers).
        year_before: Tier counter before, in the frozen tier year.
    """

    tariff: str
    tier_year: int
    money: Money
    total: Money
    remainder: Money
    volume: Volume | None
    lines: tuple[TierLine, ...]
    year_before: Volume


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

    @property
    def version(self) -> str:
        """Code and first day, as printed and posted."""
        return f"{self.code}@{self.effective.isoformat()}"
