"""Notes that money of a household's balance is being paid out, before anybody hands it over."""

from __future__ import annotations

from cardstation.domain.money import NO_MONEY, Money
from cardstation.errors import Refusal
from cardstation.services.intent.at_work import on_money
from cardstation.services.intent.balance import ensure_free
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.intent.paying_out import balance_may_be_paid, note_begun
from cardstation.services.station import Station
from cardstation.store.payouts import OF_BALANCE


@on_money
def begin_balance_payout(station: Station, account_no: str, money: Money) -> bool:
    """Make sure that the balance reaches, and put on record that money of it is about to go out.

    As `begin_pay_out`: before the clerk is told to hand it over; `pay_out_balance` comes after.

    Returns:
        Whether it may be paid out already: two persons look at slip and till first.

    Raises:
        Refusal: `zero_amount`, `payout_in_doubt` (money of it is on its way otherwise), those of
            `ensure_free` and of `ensure_may_sell`.
    """
    ensure_may_sell(station)
    if money <= NO_MONEY:
        raise Refusal("zero_amount")
    note = OF_BALANCE + account_no
    with station.store.reading() as reading:
        ensure_free(reading, account_no, money, note)
        doubtful = balance_may_be_paid(station, reading, account_no)
    note_begun(station, note, money)
    return doubtful
