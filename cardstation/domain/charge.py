"""Money at the counter without a load: over-used gas, fees of the catalogue, deposits, arrears."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.ledger import FEE
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.sale import SaleTerms, bought_with, bought_without
from cardstation.domain.tariff import Fee, Quote, Standing
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal


class ChargeKind(StrEnum):
    """What a charge is for: 超用收费, 其他收费, 无卡预存, 欠费."""

    OVER_USE = "over_use"
    FEE = "fee"
    DEPOSIT = "deposit"
    ARREARS = "arrears"


class Original(StrEnum):
    """Where a receipt is (DESK-RULES 16): back at the desk, or lost, as two people say."""

    BACK = "back"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as it was taken, or as one was taken back.

    Attributes:
        tender: How it was paid; None = put off as arrears.
        receipt_no: Of the receipt, empty where no money came and of what takes a charge back.
        document: What it rests on, in words: the meter's reading, the fitter's paper; of what
            takes a charge back, why.
        quote: The price of over-used gas.
        fee: The item of the catalogue as it stood then.
        filed, as_of: Of arrears: the figure they were paid on, and its day.
        due: Until when what was put off is to be paid.
        approver: The second person, where one was asked.
        corrects: The charge that this one takes back, empty on a charge.
        original: Of what takes a charge back, where its receipt is, an `Original`.
    """

    charge_id: str
    what: ChargeKind
    account_no: str
    meter_no: str
    money: Money
    tender: Tender | None
    reference: str
    at: datetime
    receipt_no: str = ""
    document: str = ""
    quote: Quote | None = None
    fee: Fee | None = None
    filed: Money = NO_MONEY
    as_of: date | None = None
    due: date | None = None
    approver: str = ""
    corrects: str = ""
    original: str = ""

    @property
    def price(self) -> str:
        """By which price list, as the entry names it."""
        if self.fee is not None:
            return f"{FEE}{self.fee.code}"
        return "" if self.quote is None else self.quote.tariff

    @property
    def used(self) -> Volume:
        """Gas that was used beyond what was bought; none where it is no such charge."""
        return NO_GAS if self.quote is None else self.quote.bought

    @property
    def owed(self) -> Money:
        """How the household's arrears move: up where it was put off, down where they were paid."""
        way = -1 if self.corrects else 1
        if self.what is ChargeKind.ARREARS:
            return Money(-way * self.money.fen)
        return Money(way * self.money.fen) if self.tender is None else NO_MONEY

    @property
    def kept(self) -> Money:
        """How the household's balance moves."""
        way = -1 if self.corrects else 1
        deposit = self.what is ChargeKind.DEPOSIT
        return Money(way * self.money.fen) if deposit else NO_MONEY

    def same_as(self, other: Charge) -> bool:
        """The same charge once more: of one household, for the same, for as much."""
        return _telling(self) == _telling(other)


def _telling(charge: Charge) -> tuple[object, ...]:
    return charge.what, charge.account_no, charge.money, charge.price, charge.used


@dataclass(frozen=True, slots=True)
class ChargeReceipt:
    """What a household gets for a charge: a frozen copy of everything printed.

    Attributes:
        receipt_no: Of the one series of receipts; empty on a slip that says what was put off.
        check_code: Eight characters over the entry's hash, also in the QR code.
        takes_back: Of what takes a charge back, that one's receipt; empty where it had none.
    """

    receipt_no: str
    company: str
    station: str
    clerk: str
    name: str
    address: str
    charge: Charge
    entry_id: str
    check_code: str
    training: bool
    takes_back: str = ""


@dataclass(frozen=True, slots=True)
class PaidOut:
    """Money of a household's balance that is in its hands again."""

    payout_id: str
    account_no: str
    tender: Tender
    money: Money
    reference: str
    approver: str
    at: datetime


class Way(StrEnum):
    """What money is of that was begun to be paid out without a load: its name among them."""

    CLOSING = "closing"
    BALANCE = "balance"
    CHARGE = "charge"


@dataclass(frozen=True, slots=True)
class Begun:
    """Money that was begun to be paid out, and is not on record.

    Attributes:
        named: The account, or the charge that is taken back.
    """

    way: Way
    named: str
    money: Money


def after_charge(household: Household, charge: Charge) -> Household:
    """What is on file of a household once a charge was taken, or taken back."""
    if charge.quote is not None:
        moved = bought_without if charge.corrects else bought_with
        household = moved(household, charge.quote.tier_year, charge.used)
    return household.with_money(balance=charge.kept, arrears=charge.owed)


def price_over_use(household: Household, terms: SaleTerms, volume: Volume) -> Quote:
    """What gas costs that was used beyond what was bought: at today's price and tier counter.

    Raises:
        Refusal: `account_closed`, `zero_amount`.
    """
    ensure_not_closed(household)
    if volume <= NO_GAS:
        raise Refusal("zero_amount")
    standing = Standing(terms.year, household.bought_in(terms.year), household.persons)
    return terms.tariff.price(volume, standing)


def fee_on(fees: Iterable[Fee], code: str, day: date) -> Fee:
    """An item of the catalogue that is in force.

    Raises:
        Refusal: `fee_unknown`, `fee_not_in_force`.
    """
    named = [one for one in fees if one.code == code]
    if not named:
        raise Refusal("fee_unknown", fee=code)
    for one in named:
        if one.holds_on(day):
            return one
    raise Refusal("fee_not_in_force", fee=code, day=day.isoformat())


def fee_amount(fee: Fee, money: Money | None) -> Money:
    """What is to be paid for an item: what the catalogue says, or a sum within its bounds.

    Raises:
        Refusal: `fee_amount_outside`.
    """
    if money is None and fee.least == fee.most:
        return fee.least
    if money is None or not fee.least <= money <= fee.most:
        least, most = fee.least.fen, fee.most.fen
        raise Refusal("fee_amount_outside", fee=fee.code, least_fen=least, most_fen=most)
    return money


def ensure_not_closed(household: Household) -> None:
    """A closed account pays for nothing new.

    Raises:
        Refusal: `account_closed`.
    """
    if household.status is HouseholdStatus.CLOSED:
        raise Refusal("account_closed", account_no=household.account_no)
