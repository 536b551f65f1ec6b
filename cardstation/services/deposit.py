"""Takes money for a household's balance (无卡预存): no card is needed, nothing is loaded."""

from __future__ import annotations

from cardstation.domain.charge import Charge, ChargeKind, ChargeReceipt, ensure_not_closed
from cardstation.domain.household import Household
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.errors import Refusal
from cardstation.services.intent.at_work import on_money
from cardstation.services.intent.charging import take
from cardstation.services.intent.closings import ensure_not_closing
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.intent.ids import new_id
from cardstation.services.station import Station
from cardstation.store import Reading


@on_money
def deposit(
    station: Station,
    account_no: str,
    money: Money,
    *,
    tender: Tender,
    reference: str = "",
    again: bool = False,
) -> ChargeReceipt:
    """Take money that stays in a household's balance at this desk until it buys gas.

    Args:
        station: The desk.
        account_no: Of the household.
        money: What is handed over.
        tender: How it is paid, as the clerk states.
        reference: The payment's own number.
        again: A person has looked: as much was kept today already, and this is once more.

    Raises:
        Refusal: `zero_amount`, `account_closed`, `payout_in_doubt` (of its closing), those
            of `intent.charging.take` and of `ensure_may_sell`.
        OutcomeUnknown: `payment_unknown`.
    """
    ensure_may_sell(station)
    if money <= NO_MONEY:
        raise Refusal("zero_amount")

    def priced(reading: Reading, household: Household) -> Charge:
        ensure_not_closed(household)
        ensure_not_closing(reading, account_no)
        return Charge(
            charge_id=new_id(station.clock),
            what=ChargeKind.DEPOSIT,
            account_no=household.account_no,
            meter_no=household.meter.meter_no,
            money=money,
            tender=tender,
            reference=reference.strip(),
            at=station.clock.now(),
        )

    return take(station, account_no, priced, again=again)
