"""Notes that what remains of a payment is being given back, before anybody hands it over."""

from __future__ import annotations

from cardstation.domain.money import Money
from cardstation.services.intent.at_work import on_money
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.intent.paying_out import note_begun, payment_may_be_back
from cardstation.services.intent.remainders import ensure_remains
from cardstation.services.station import Station


@on_money
def begin_remainder(station: Station, batch_id: str, payment_id: str, money: Money) -> bool:
    """Make sure that the money may go back, and put on record that it is about to.

    As `begin_pay_out`: before the clerk is told to hand it over; `return_remainder` comes after.

    Returns:
        Whether it may be back already: two persons look at slip and till first.

    Raises:
        Refusal: `unknown_payment`, `zero_amount`, `more_than_remains`, and those of
            `ensure_may_sell`.
    """
    ensure_may_sell(station)
    with station.store.reading() as reading:
        payment = ensure_remains(reading, batch_id, payment_id, money)
        doubtful = payment_may_be_back(station, reading, payment)
    note_begun(station, payment_id, money, batch_id=batch_id)
    return doubtful
