"""Ends a closing that was begun and came to nothing: its money stayed in the till."""

from __future__ import annotations

from cardstation.domain.money import NO_MONEY
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.intent.at_work import on_money
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.paying_out import note_begun
from cardstation.services.station import Station
from cardstation.store.closings import note_name


@on_money
def withdraw_closing(station: Station, account_no: str, approval: Approval) -> None:
    """Two people looked at slip and till: nothing was handed over, and the account stays.

    Raises:
        Refusal: `closing_not_begun`, `second_person_same`, and those of `ensure_may_sell`.
    """
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    note = note_name(account_no)
    with station.store.reading() as reading:
        begun = reading.payouts.unfinished(note)
    if not begun:
        raise Refusal("closing_not_begun", account_no=account_no)
    note_begun(station, note, NO_MONEY, approver=approval.name)
