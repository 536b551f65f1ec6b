"""Notes that the money of a refund or return is being paid out, before anybody hands it over."""

from __future__ import annotations

from cardstation.services.intent.at_work import on_its_intent, on_money
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.intent.owed import ensure_left_to_us, owed_intent
from cardstation.services.intent.paying_out import may_be_paid, note_paying
from cardstation.services.station import Station


@on_money
@on_its_intent
def begin_pay_out(station: Station, intent_id: str) -> bool:
    """Make sure that the money may be paid out, and put on record that it is about to be.

    The window calls this before it tells the clerk to hand the money over, and `pay_out` after. A
    power cut in between leaves the note: the next start asks before it is paid again.

    Returns:
        Whether it may be paid out already: two persons look at slip and till first.

    Raises:
        Refusal: `nothing_owed`, `card_at_work`, those of `ensure_may_sell`, and
            `refund_needs_ledger` and `load_is_on_card` as `pay_out`.
    """
    ensure_may_sell(station)
    intent = owed_intent(station, intent_id)
    ensure_left_to_us(station, intent)
    with station.store.reading() as reading:
        doubtful = may_be_paid(station, reading, intent)
    note_paying(station, intent)
    return doubtful
