"""Gives the page of one household what it needs where money moves without a load."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from cardstation.bootstrap.papers import write_charge, write_refund_slip
from cardstation.domain.charge import Begun, ChargeReceipt, Original, PaidOut, Way
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.services.charge_fee import charge_fee
from cardstation.services.charge_over_use import (
    charge_over_use,
    defer_over_use,
    quote_over_use,
)
from cardstation.services.deposit import deposit
from cardstation.services.pay_arrears import pay_arrears
from cardstation.services.pay_out_balance import pay_out_balance
from cardstation.services.refund_slip import balance_slip
from cardstation.services.reverse_charge import reverse_charge
from cardstation.services.station import Station
from cardstation.services.withdraw_closing import withdraw_closing
from cardstation.services.withdraw_payout import withdraw_payout
from ui.counter_services import CounterServices


def counter_services(
    station: Station, folder: Path, language: Callable[[], str], printed: Callable[[Path], Path]
) -> CounterServices:
    """Charges and balances behind the window.

    Args:
        station: The desk.
        folder: Where papers are filed.
        language: Of papers now.
        printed: Prints a filed paper where a printer is set.
    """

    def put_off(
        no: str, gas: Volume, document: str, by: Approval, due: date, shown: Money, again: bool
    ) -> ChargeReceipt:
        return defer_over_use(station, no, gas, document, by, due=due, agreed=shown, again=again)

    def fee(
        no: str, code: str, money: Money | None, by: Tender, number: str, again: bool
    ) -> ChargeReceipt:
        return charge_fee(station, no, code, tender=by, reference=number, money=money, again=again)

    def kept(no: str, money: Money, by: Tender, number: str, again: bool) -> ChargeReceipt:
        return deposit(station, no, money, tender=by, reference=number, again=again)

    def reverse(
        charge: str, second: Approval, why: str, original: Original, found: str
    ) -> ChargeReceipt:
        return reverse_charge(station, charge, second, why, original=original, found=found)

    def pay_out(
        no: str, money: Money, second: Approval, by: Tender, number: str, found: str
    ) -> PaidOut:
        return pay_out_balance(station, no, money, second, tender=by, reference=number, found=found)

    return CounterServices(
        quote_over_use=partial(quote_over_use, station),
        over_use=partial(_over_use, station),
        put_off=put_off,
        fee=fee,
        deposit=kept,
        arrears=lambda no, by, number, shown: pay_arrears(
            station, no, tender=by, reference=number, agreed=shown
        ),
        reverse=reverse,
        pay_out=pay_out,
        call_off=partial(_call_off, station),
        paid_slip=lambda payout: printed(
            write_refund_slip(balance_slip(station, payout), folder, language())
        ),
        paper=lambda charge: printed(write_charge(station, charge, folder, language())[0]),
    )


def _over_use(
    station: Station,
    no: str,
    gas: Volume,
    document: str,
    by: Tender,
    number: str,
    shown: Money,
    again: bool,
    second: Approval | None,
) -> ChargeReceipt:
    paid = partial(charge_over_use, station, no, gas, document, tender=by, reference=number)
    return paid(agreed=shown, approval=second, again=again)


def _call_off(station: Station, begun: Begun, second: Approval) -> None:
    end = withdraw_closing if begun.way is Way.CLOSING else withdraw_payout
    end(station, begun.named, second)
