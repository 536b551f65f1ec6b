"""Transfers an account (过户): the meter stays, another household has it from now on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cardstation.domain.account_change import AccountChange, AccountEvent
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.shift import Approval
from cardstation.domain.volume import NO_GAS
from cardstation.errors import Refusal
from cardstation.services.intent.account_hand import (
    account_in_hand,
    changed_alone,
    ensure_status,
)
from cardstation.services.intent.guards import (
    ensure_may_write,
    ensure_on_duty,
    ensure_other_person,
)
from cardstation.services.intent.open_of_account import ensure_nothing_open
from cardstation.services.intent.words import meant
from cardstation.services.station import Station
from cardstation.store import Reading

_LONGEST = 64


@dataclass(frozen=True, slots=True)
class NewOwner:
    """Who has the account from now on.

    Attributes:
        persons: In the household; they count for its tiers.
        takes_balance: The old owner said, on paper, that the balance goes with the account.
    """

    name: str
    phone: str
    persons: int
    takes_balance: bool = False


def transfer_account(
    station: Station, account_no: str, approval: Approval, owner: NewOwner, why: str
) -> AccountChange:
    """Put an account in another name; a relief was the old owner's, and ends with it.

    What the old owner has open is ended first. The balance is paid out first, too, unless both
    said in writing that it goes with the account. Gas in the meter and the year's tiers stay with
    the meter.

    Args:
        station: The desk.
        account_no: Whose.
        approval: Of the second person.
        owner: The new one.
        why: In words: the contract, and what the two said of the balance.

    Raises:
        Refusal: `unknown_household`, `account_stopped`, `account_closed`, `owner_not_said`,
            `owner_same`, `balance_not_settled`, those of `ensure_nothing_open`,
            `proof_missing`, `second_person_same`, `card_at_work`, and those of `ensure_may_write`
            and `ensure_on_duty`.
    """
    ensure_may_write(station)
    ensure_on_duty(station)
    ensure_other_person(station, approval)
    words = meant(why)

    def transferred(reading: Reading, household: Household) -> Household:
        ensure_status(household, HouseholdStatus.ACTIVE)
        after = _with_owner(household, owner)
        ensure_nothing_open(reading, household)
        if household.balance and not owner.takes_balance:
            raise Refusal("balance_not_settled", account_no=account_no, fen=household.balance.fen)
        return after

    with account_in_hand(station, account_no):
        what = AccountEvent.TRANSFERRED
        return changed_alone(station, what, account_no, transferred, words, approval.name)


def _with_owner(household: Household, owner: NewOwner) -> Household:
    name, phone = (" ".join(one.split()) for one in (owner.name, owner.phone))
    fits = 0 < len(name) <= _LONGEST and len(phone) <= _LONGEST and (name + phone).isprintable()
    if not fits or owner.persons < 1:
        raise Refusal("owner_not_said")
    if (name, phone) == (household.name, household.phone):
        raise Refusal("owner_same", account_no=household.account_no)
    return replace(
        household, name=name, phone=phone, persons=owner.persons, relief_per_month=NO_GAS
    )
