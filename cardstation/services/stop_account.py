"""Stops an account (停用): nothing is sold to it or issued for it until it is restarted."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.account_change import AccountChange, AccountEvent
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.services.intent.account_hand import (
    account_in_hand,
    changed_alone,
    ensure_status,
)
from cardstation.services.intent.guards import ensure_may_write, ensure_on_duty
from cardstation.services.intent.words import meant
from cardstation.services.station import Station
from cardstation.store import Reading


def stop_account(station: Station, account_no: str, why: str) -> AccountChange:
    """Stop an account. What is paid stays paid: it waits, or two people give it back.

    One person does it: it gives nobody anything.

    Args:
        station: The desk.
        account_no: Whose.
        why: In words: who asked for it, on what paper.

    Raises:
        Refusal: `unknown_household`, `account_stopped`, `account_closed`, `proof_missing`,
            `card_at_work`, and those of `ensure_may_write` and `ensure_on_duty`.
    """
    ensure_may_write(station)
    ensure_on_duty(station)
    words = meant(why)
    with account_in_hand(station, account_no):
        return changed_alone(station, AccountEvent.STOPPED, account_no, _stopped, words)


def _stopped(_reading: Reading, household: Household) -> Household:
    ensure_status(household, HouseholdStatus.ACTIVE)
    return replace(household, status=HouseholdStatus.STOPPED)
