"""Households as the directory knows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from cardstation.domain.meter import Meter
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.volume import NO_GAS, Volume


class HouseholdStatus(StrEnum):
    """State of an account: 正常, 停用, 销户."""

    ACTIVE = "active"
    STOPPED = "stopped"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a household lives; return sheets sort by it, numbers as numbers."""

    community: str
    building: str
    unit: str
    room: str

    @property
    def door(self) -> str:
        """`3-2-1201`: building-unit-room."""
        return f"{self.building}-{self.unit}-{self.room}"

    @property
    def sort_key(self) -> tuple[tuple[str, int, str], ...]:
        """Orders 2-1-301 before 10-1-101; text parts after the numbers they start with."""
        return (
            (self.community, 0, ""),
            _natural(self.building),
            _natural(self.unit),
            _natural(self.room),
        )


def _natural(part: str) -> tuple[str, int, str]:
    digits = "".join(c for c in part if c.isdecimal())
    return ("", int(digits) if digits else 0, part)


@dataclass(frozen=True, slots=True)
class Household:
    """One account: one meter, one live card.

    Attributes:
        chip: Chip of its card as filed (`sle4442`, `at88sc102`, `epurse`).
        tariff: Tariff code.
        bought_this_year: Tier counter of `tier_year`, sales and reversals only.
        purchase_counter: Last counter known (file or own sales).
        cumulative: Everything ever loaded as known, litres or fen, 0 when not filed.
        arrears: What may still be collected: the directory's figure less what was collected on it.
        balance: Money kept for the household (结余).
        tier_year: The year `bought_this_year` belongs to; 0 = the running one.
        arrears_as_of: The day up to which the directory counted the arrears, None = not given.
        relief_until: The last day of the relief, None = not given.
    """

    account_no: str
    name: str
    phone: str
    address: Address
    zone: str
    team: str
    card_no: str
    generation: int
    meter: Meter
    chip: str
    tariff: str
    persons: int
    relief_per_month: Volume
    bought_this_year: Volume
    purchase_counter: int
    arrears: Money
    balance: Money
    status: HouseholdStatus
    tier_year: int = 0
    arrears_as_of: date | None = None
    relief_until: date | None = None

    def relief_on(self, day: date) -> Volume:
        """The relief a month as it holds on a day; one that has ended is none."""
        ended = self.relief_until is not None and self.relief_until < day
        return NO_GAS if ended else self.relief_per_month

    def bought_in(self, year: int) -> Volume:
        """The tier counter of a year: a new year starts at zero."""
        return self.bought_this_year if self.tier_year in (0, year) else NO_GAS

    def with_money(self, *, balance: Money = NO_MONEY, arrears: Money = NO_MONEY) -> Household:
        """The same, its balance and arrears moved by so much; it never owes less than nothing."""
        owes = max(NO_MONEY, self.arrears + arrears)
        return replace(self, balance=self.balance + balance, arrears=owes)
