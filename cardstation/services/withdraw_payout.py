"""Ends a payout of a balance or of a charge that came to nothing: its money is in the till."""

from __future__ import annotations

from cardstation.domain.money import NO_MONEY
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.intent.at_work import on_money
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.paying_out import note_begun
from cardstation.services.station import Station
from cardstation.store.payouts import OF_BALANCE, OF_CHARGE


@on_money
def withdraw_payout(station: Station, named: str, approval: Approval) -> None:
    """Two people looked at slip and till: nothing was handed over.

    Args:
        station: The desk.
        named: The account whose balance it is; or the charge, by its receipt or its id.
        approval: Of the second person.

    Raises:
        Refusal: `payout_not_begun`, `second_person_same`, and those of `ensure_may_sell`.
    """
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    with station.store.reading() as reading:
        receipt = reading.charges.numbered(named)
        charge_id = receipt.charge.charge_id if receipt is not None else named
        notes = (OF_BALANCE + named, OF_CHARGE + charge_id)
        begun = [note for note in notes if reading.payouts.unfinished(note)]
    if not begun:
        raise Refusal("payout_not_begun", named=named)
    note_begun(station, begun[0], NO_MONEY, approver=approval.name)
