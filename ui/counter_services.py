"""What the page of one household asks for where money moves at the counter without a load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cardstation.domain.charge import Begun, ChargeReceipt, Original, PaidOut
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.tariff import Quote
from cardstation.domain.volume import Volume


@dataclass(frozen=True, slots=True)
class CounterServices:
    """Charges, and balances that are paid out.

    Attributes:
        quote_over_use: What over-used gas costs an account today.
        over_use: Account, volume, document, tender, reference, price that was shown, once more,
            and the second person where it is more than a load is plausible.
        put_off: Account, volume, document, second person, day, price that was shown, once more.
        fee: Account, item of the catalogue, amount where it is open, tender, reference, once more.
        deposit: Account, money.
        arrears: Account, tender, reference, sum that was shown.
        reverse: Charge, second person, why, where its receipt is, what slip and till say.
        pay_out: Account, money, second person, tender, reference, what slip and till say.
        call_off: Money that was begun to be paid out and was not, and the second person.
        paid_slip: Files and prints the slip of a payout, by its id.
        paper: Files and prints the paper of a charge.
    """

    quote_over_use: Callable[[str, Volume], Quote]
    over_use: Callable[[str, Volume, str, Tender, str, Money, bool, Approval | None], ChargeReceipt]
    put_off: Callable[[str, Volume, str, Approval, date, Money, bool], ChargeReceipt]
    fee: Callable[[str, str, Money | None, Tender, str, bool], ChargeReceipt]
    deposit: Callable[[str, Money, Tender, str, bool], ChargeReceipt]
    arrears: Callable[[str, Tender, str, Money], ChargeReceipt]
    reverse: Callable[[str, Approval, str, Original, str], ChargeReceipt]
    pay_out: Callable[[str, Money, Approval, Tender, str, str], PaidOut]
    call_off: Callable[[Begun, Approval], None]
    paid_slip: Callable[[str], Path]
    paper: Callable[[str], Path]
