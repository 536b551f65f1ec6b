"""What must be ended before a household gets another meter, or its old one back."""

from __future__ import annotations

from cardstation.domain.batch import LineState
from cardstation.domain.batch_life import Stage
from cardstation.domain.household import Household
from cardstation.domain.transitions import WAITS_FOR_CARD
from cardstation.errors import Refusal
from cardstation.services.custody_state import custody_in
from cardstation.services.intent.adopt import told_of
from cardstation.services.intent.meter_changes import NOT_ENDED
from cardstation.services.station import Station
from cardstation.store import Reading


def ensure_nothing_waits(reading: Reading, account_no: str) -> None:
    """No load, return or work of this account waits for its card.

    Raises:
        Refusal: `change_intent_open`.
    """
    waits = [one for one in reading.topups.open_intents() if one.state in WAITS_FOR_CARD]
    if any(one.account_no == account_no for one in waits):
        raise Refusal("change_intent_open", account_no=account_no)


def ensure_no_paid_row(reading: Reading, account_no: str) -> None:
    """No row of an open batch holds money that was paid at the count of the meter on file.

    Raises:
        Refusal: `change_row_paid`.
    """
    for batch_id in sorted(reading.batches.with_accounts([account_no])):
        if reading.steps.stage(batch_id) is Stage.CLOSED:
            continue
        batch = custody_in(reading, batch_id).batch
        for place in sorted(reading.funds.funded(batch_id).keys() - batch.released):
            one = batch.outcomes[place - 1]
            if one.line.account_no == account_no and one.state is not LineState.DONE:
                row = one.line.row.row
                raise Refusal("change_row_paid", batch_id=batch_id, row=row)


def ensure_none_elsewhere(station: Station, household: Household) -> None:
    """No other desk has begun anything on the card and not ended it, as far as the ledger tells.

    Raises:
        Refusal: `change_open_elsewhere`.
    """
    account_no = household.account_no
    told = told_of(station, household.card_no) or ()
    last = {one.subject: one for one in told if one.account_no == account_no}
    with station.store.reading() as reading:
        theirs = [one for one in last.values() if reading.topups.get(one.subject) is None]
    for one in theirs:
        if one.kind in NOT_ENDED:
            raise Refusal("change_open_elsewhere", account_no=account_no, station=one.station)
