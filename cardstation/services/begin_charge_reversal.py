"""Notes that the money of a charge is being handed back, before anybody hands it over."""

from __future__ import annotations

from cardstation.services.intent.at_work import on_money
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.intent.paying_out import charge_may_be_back, note_begun
from cardstation.services.intent.reversing import reversible
from cardstation.services.station import Station
from cardstation.store.payouts import OF_CHARGE


@on_money
def begin_charge_reversal(station: Station, charge: str) -> bool:
    """Make sure that a charge may be taken back, and put on record that its money is about to be.

    As `begin_pay_out`: before the clerk is told to hand it over; `reverse_charge` comes after.

    Args:
        station: The desk.
        charge: Number of its receipt, or its id.

    Returns:
        Whether its money may be back already: two persons look at slip and till first.

    Raises:
        Refusal: those of `reversible` and of `ensure_may_sell`.
    """
    ensure_may_sell(station)
    with station.store.reading() as reading:
        taken = reversible(reading, charge)
        doubtful = charge_may_be_back(station, reading, taken.charge_id)
    if taken.tender is not None:
        note_begun(station, OF_CHARGE + taken.charge_id, taken.money)
    return doubtful
