"""What a household paid at the counter without a load, and what stands of it."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.charge import Begun, Charge
from cardstation.domain.money import Money
from cardstation.services.intent.balance import free_balance
from cardstation.services.intent.charging import household_on_file
from cardstation.services.intent.paying_out import begun_of
from cardstation.services.station import Station
from cardstation.store import Reading


@dataclass(frozen=True, slots=True)
class Standing:
    """A charge as it stands.

    Attributes:
        back: What took it back, None while it holds.
    """

    charge: Charge
    back: Charge | None


@dataclass(frozen=True, slots=True)
class Account:
    """The money of a household at this desk.

    Attributes:
        free: What of its balance may be spent or paid out now.
        charges: Oldest first.
        begun: What was begun to be paid out to it, and is not on record.
    """

    account_no: str
    balance: Money
    free: Money
    arrears: Money
    charges: tuple[Standing, ...]
    begun: tuple[Begun, ...] = ()


def charges_of(station: Station, account_no: str) -> Account:
    """Look; changes nothing.

    Raises:
        Refusal: `unknown_household`.
    """
    with station.store.reading() as reading:
        return account_in(reading, account_no)


def account_in(reading: Reading, account_no: str) -> Account:
    """As `charges_of`, in a look that asks for more."""
    household = household_on_file(reading, account_no)
    every = reading.charges.of_account(account_no)
    back = {one.corrects: one for one in every if one.corrects}
    return Account(
        account_no=account_no,
        balance=household.balance,
        free=free_balance(reading, account_no),
        arrears=household.arrears,
        charges=tuple(Standing(one, back.get(one.charge_id)) for one in every if not one.corrects),
        begun=tuple(begun_of(reading, account_no)),
    )
