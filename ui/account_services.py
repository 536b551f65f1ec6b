"""What the window asks for accounts that are stopped, restarted, put in another name, closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cardstation.domain.account_change import AccountChange
from cardstation.domain.closing import Closing, FinalReading, Settlement
from cardstation.domain.shift import Approval
from cardstation.services.close_account import Leaving
from cardstation.services.identify import Inserted
from cardstation.services.transfer_account import NewOwner


@dataclass(frozen=True, slots=True)
class AccountServices:
    """Changes of an account.

    Attributes:
        stop: Account, why. restart: Account, second person, why.
        transfer: Account, second person, new owner, why.
        ensure_free: Refuses with what is open of an account.
        quote: Account and last reading: what goes back. in_doubt: it may have gone before.
        close: Account, second person, what is said, and its card, None where it is lost.
        paper: Files and prints the settlement of an account.
    """

    stop: Callable[[str, str], AccountChange]
    restart: Callable[[str, Approval, str], AccountChange]
    transfer: Callable[[str, Approval, NewOwner, str], AccountChange]
    ensure_free: Callable[[str], None]
    quote: Callable[[str, FinalReading], Settlement]
    in_doubt: Callable[[str], bool]
    close: Callable[[str, Approval, Leaving, Inserted | None], Closing]
    paper: Callable[[str], Path]
