"""What a household owes, and the figure that it is collected on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cardstation.domain.arrears import collected_on, is_unknown
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.errors import Refusal
from cardstation.store import Reading
from cardstation.store.funds import AskedPayment


def figure_of(reading: Reading, household: Household) -> Money:
    """The figure that arrears are collected on: what is owed, and was collected on it before."""
    collected = reading.arrears.collected(household.account_no)
    return household.arrears + collected_on(household.arrears_as_of, collected)


def owing_after(household: Household, day: date, money: Money) -> Household:
    """What a household owes once a move of its arrears is on record again.

    A directory that was counted after that day knows of it already.
    """
    if not is_unknown(household.arrears_as_of, day):
        return household
    return household.with_money(arrears=money)


def unanswered(reading: Reading, account_no: str) -> Iterator[AskedPayment]:
    """Payments of a household's charges of which nobody knows whether they came."""
    for waits in reading.funds.unanswered():
        asked = reading.charges.asked(waits.payment_id)
        if asked is not None and asked.account_no == account_no:
            yield waits


def ensure_answered(reading: Reading, account_no: str) -> None:
    """No payment of a household waits for its answer.

    Raises:
        Refusal: `payment_question`.
    """
    for waits in unanswered(reading, account_no):
        raise Refusal("payment_question", topup_id=waits.payment_id, fen=waits.money.fen)


def ensure_debt_certain(reading: Reading, account_no: str) -> None:
    """Nothing under way changes what a household owes: no payment, no load of emergency gas.

    Raises:
        Refusal: `payment_question`; `account_load_open`, of a load or a return of emergency gas.
    """
    ensure_answered(reading, account_no)
    for one in reading.topups.open_intents():
        if one.account_no == account_no and one.tender is Tender.EMERGENCY:
            raise Refusal("account_load_open", account_no=account_no, intent_id=one.topup_id)
