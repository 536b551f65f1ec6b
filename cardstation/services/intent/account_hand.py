"""One account in hand: its household as it is on file, while no reader has its card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cardstation.domain.account_change import AccountChange, AccountEvent
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.errors import Refusal
from cardstation.services.intent.account_changes import record_account_change
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.station import Station
from cardstation.store import Reading

Changed = Callable[[Reading, Household], Household]
"""A household as it shall be, out of what is on file in the commit; refuses what must not be."""


@contextmanager
def account_in_hand(
    station: Station, account_no: str, holder: object = None
) -> Iterator[Household]:
    """What somebody read of a household before is still true when they write.

    Args:
        station: The desk.
        account_no: Whose.
        holder: Whoever has its card in hand already, None = nobody.

    Raises:
        Refusal: `unknown_household`, `card_at_work`, `no_shift`.
    """
    with station.store.reading() as reading:
        card_no = account_of(reading, account_no).card_no
    with station.work.on_card(card_no, holder or object()), station.store.reading() as reading:
        yield account_of(reading, account_no)


def account_of(reading: Reading, account_no: str) -> Household:
    """The household of an account.

    Raises:
        Refusal: `unknown_household`.
    """
    household = reading.households.get(account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=account_no)
    return household


def ensure_status(household: Household, *wanted: HouseholdStatus) -> None:
    """The account is in one of these states.

    Raises:
        Refusal: `account_stopped`, `account_closed`, `account_active`.
    """
    if household.status not in wanted:
        raise Refusal(f"account_{household.status.value}", account_no=household.account_no)


def changed_alone(
    station: Station,
    what: AccountEvent,
    account_no: str,
    changed: Changed,
    words: str,
    approver: str = "",
) -> AccountChange:
    """Put a change that moves nothing else on file, in a commit of its own; then the anchor.

    Money and arrears move without the account in hand: everything is read and asked in the commit.
    """
    with station.store.unit() as unit:
        before = account_of(unit, account_no)
        after = changed(unit, before)
        made = record_account_change(
            station, unit, what, before, after, words=words, approver=approver
        )
        unit.commit()
    anchor_journal(station)
    return made
