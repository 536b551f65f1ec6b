"""Charges a fee of the utility's catalogue (其他收费); nothing is typed freely (DESK-RULES 18)."""

from __future__ import annotations

from datetime import date

from cardstation.domain.charge import (
    Charge,
    ChargeKind,
    ChargeReceipt,
    ensure_not_closed,
    fee_amount,
    fee_on,
)
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.tariff import Fee
from cardstation.errors import Refusal
from cardstation.services.intent.at_work import on_money
from cardstation.services.intent.charging import take
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.intent.ids import new_id
from cardstation.services.station import Station
from cardstation.store import Reading


def fees_today(station: Station) -> tuple[Fee, ...]:
    """The items of the catalogue that are charged today."""
    with station.store.reading() as reading:
        return fees_on(reading, station.clock.now().date())


def fees_on(reading: Reading, day: date) -> tuple[Fee, ...]:
    """As `fees_today`, of a day."""
    rules = reading.tariffs.rules()
    return () if rules is None else tuple(one for one in rules.fees if one.holds_on(day))


@on_money
def charge_fee(
    station: Station,
    account_no: str,
    code: str,
    *,
    tender: Tender,
    reference: str = "",
    money: Money | None = None,
    again: bool = False,
) -> ChargeReceipt:
    """Take the money for an item of the catalogue.

    Args:
        station: The desk.
        account_no: Of the household.
        code: Of the item.
        tender: How it is paid, as the clerk states.
        reference: The payment's own number.
        money: Where the catalogue leaves the amount open within bounds.
        again: A person has looked: the same was charged today, and this is once more.

    Raises:
        Refusal: `no_fees`, `account_closed`, those of `fee_on`, of `fee_amount`, of
            `intent.charging.take` and of `ensure_may_sell`.
        OutcomeUnknown: `payment_unknown`.
    """
    ensure_may_sell(station)

    def priced(reading: Reading, household: Household) -> Charge:
        ensure_not_closed(household)
        rules, now = reading.tariffs.rules(), station.clock.now()
        if rules is None or not rules.fees:
            raise Refusal("no_fees")
        fee = fee_on(rules.fees, code, now.date())
        return Charge(
            charge_id=new_id(station.clock),
            what=ChargeKind.FEE,
            account_no=household.account_no,
            meter_no=household.meter.meter_no,
            money=fee_amount(fee, money),
            tender=tender,
            reference=reference.strip(),
            at=now,
            fee=fee,
        )

    return take(station, account_no, priced, again=again)
