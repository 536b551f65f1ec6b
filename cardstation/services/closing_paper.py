"""Makes the paper of a closed account out of its record; again as often as it is asked for."""

from __future__ import annotations

from cardstation.domain.closing import ClosingSlip
from cardstation.errors import Refusal, fail
from cardstation.services.station import Station

_CHECK_CODE_CHARACTERS = 8


def closing_paper(station: Station, account_no: str) -> ClosingSlip:
    """The settlement of the account as it was closed last.

    Raises:
        Refusal: `account_not_closed`: not at this desk.
    """
    with station.store.reading() as reading:
        found = reading.closings.last_of(account_no)
        if found is None:
            raise Refusal("account_not_closed", account_no=account_no)
        seq, closing = found
        stored = reading.journal.at(seq) or fail("a closing has its fact")
    return ClosingSlip(
        company=station.company,
        station=station.name,
        clerk=stored.entry.clerk,
        closing=closing,
        entry_id=stored.entry.entry_id,
        check_code=stored.hash[:_CHECK_CODE_CHARACTERS].upper(),
        training=station.training,
    )
