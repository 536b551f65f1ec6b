"""Restarts a stopped account (启用): from now on it may buy again."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.account_change import AccountChange, AccountEvent
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.shift import Approval
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
from cardstation.services.intent.words import meant
from cardstation.services.station import Station
from cardstation.store import Reading


def restart_account(
    station: Station, account_no: str, approval: Approval, why: str
) -> AccountChange:
    """Restart an account that was stopped, here or by a directory; a closed one stays closed.

    Args:
        station: The desk.
        account_no: Whose.
        approval: Of the second person: whoever stopped it may have had a reason of safety.
        why: In words.

    Raises:
        Refusal: `unknown_household`, `account_active`, `account_closed`, `proof_missing`,
            `second_person_same`, `card_at_work`, and those of `ensure_may_write` and
            `ensure_on_duty`.
    """
    ensure_may_write(station)
    ensure_on_duty(station)
    ensure_other_person(station, approval)
    words = meant(why)
    with account_in_hand(station, account_no):
        what = AccountEvent.RESTARTED
        return changed_alone(station, what, account_no, _restarted, words, approval.name)


def _restarted(_reading: Reading, household: Household) -> Household:
    ensure_status(household, HouseholdStatus.STOPPED)
    return replace(household, status=HouseholdStatus.ACTIVE)
