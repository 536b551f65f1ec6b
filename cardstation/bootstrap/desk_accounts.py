"""Gives the window its callables for changes of an account."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from cardstation.domain.closing import ClosingSlip
from cardstation.services.account_state import account_state
from cardstation.services.close_account import close_account
from cardstation.services.closing_paper import closing_paper
from cardstation.services.quote_closing import closing_in_doubt, quote_closing
from cardstation.services.restart_account import restart_account
from cardstation.services.station import Station
from cardstation.services.stop_account import stop_account
from cardstation.services.transfer_account import transfer_account
from ui.account_services import AccountServices


def account_services(station: Station, print_it: Callable[[ClosingSlip], Path]) -> AccountServices:
    """Accounts behind the window."""

    def ensure_free(account_no: str) -> None:
        for one in account_state(station, account_no).open:
            raise one

    return AccountServices(
        stop=partial(stop_account, station),
        restart=partial(restart_account, station),
        transfer=partial(transfer_account, station),
        ensure_free=ensure_free,
        quote=partial(quote_closing, station),
        in_doubt=partial(closing_in_doubt, station),
        close=partial(close_account, station),
        paper=lambda account_no: print_it(closing_paper(station, account_no)),
    )
