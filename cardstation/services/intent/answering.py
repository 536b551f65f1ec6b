"""What became of a payment that was asked for beside the cards: of a batch, or of a charge."""

from __future__ import annotations

from cardstation.services.intent.charging import charge_answered
from cardstation.services.intent.funding import answered
from cardstation.services.station import Station
from cardstation.store.funds import AskedPayment


def payment_answered(station: Station, asked: AskedPayment, *, taken: bool) -> None:
    """Record it, with all that follows from the money."""
    record = answered if asked.batch_id else charge_answered
    record(station, asked, taken=taken)
