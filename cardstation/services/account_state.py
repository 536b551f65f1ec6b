"""Says how an account stands: what is on file, what was changed here, and what is open of it."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.account_change import AccountChange, Heard
from cardstation.domain.household import Household
from cardstation.errors import Refusal
from cardstation.services.intent.account_hand import account_of
from cardstation.services.intent.open_of_account import open_of_account
from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account as this desk knows it.

    Attributes:
        changes: Made here, oldest first. heard: What directories said of them since.
        open: What keeps it from going to somebody else and from being closed.
    """

    household: Household
    changes: tuple[AccountChange, ...]
    heard: tuple[Heard, ...]
    open: tuple[Refusal, ...]


def account_state(station: Station, account_no: str) -> AccountState:
    """Look; changes nothing.

    Raises:
        Refusal: `unknown_household`.
    """
    with station.store.reading() as reading:
        household = account_of(reading, account_no)
        return AccountState(
            household=household,
            changes=reading.account_changes.of_account(account_no),
            heard=reading.account_changes.heard(account_no),
            open=open_of_account(reading, household),
        )
