"""Takes what a household owes at the counter: all of it, and whoever pays agrees by paying."""

from __future__ import annotations

from cardstation.domain.charge import Charge, ChargeKind, ChargeReceipt
from cardstation.domain.household import Household
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.errors import Refusal
from cardstation.services.intent.at_work import on_money
from cardstation.services.intent.charging import take
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.owing import ensure_debt_certain, figure_of
from cardstation.services.station import Station
from cardstation.store import Reading


@on_money
def pay_arrears(
    station: Station,
    account_no: str,
    *,
    tender: Tender,
    reference: str = "",
    agreed: Money | None = None,
) -> ChargeReceipt:
    """Take all that a household owes.

    Args:
        station: The desk.
        account_no: Of the household.
        tender: How it is paid, as the clerk states.
        reference: The payment's own number.
        agreed: The sum the operator saw; another one now is refused.

    Raises:
        Refusal: `no_arrears`, `price_changed`, those of `intent.charging.take`, of
            `ensure_debt_certain` and of `ensure_may_sell`.
        OutcomeUnknown: `payment_unknown`.
    """
    ensure_may_sell(station)

    def priced(reading: Reading, household: Household) -> Charge:
        owed = household.arrears
        ensure_debt_certain(reading, account_no)
        if owed <= NO_MONEY:
            raise Refusal("no_arrears", account_no=account_no)
        if agreed is not None and owed != agreed:
            raise Refusal("price_changed", agreed_fen=agreed.fen, fen=owed.fen)
        return Charge(
            charge_id=new_id(station.clock),
            what=ChargeKind.ARREARS,
            account_no=household.account_no,
            meter_no=household.meter.meter_no,
            money=owed,
            tender=tender,
            reference=reference.strip(),
            at=station.clock.now(),
            filed=figure_of(reading, household),
            as_of=household.arrears_as_of,
        )

    return take(station, account_no, priced, again=True)
