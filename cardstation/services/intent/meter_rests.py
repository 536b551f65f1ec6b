"""What of an old meter's gas is no whole step of the new one: money, in the household's balance."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.account_change import AccountChange
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.errors import Refusal
from cardstation.services.intent.facts import append
from cardstation.services.station import Station
from cardstation.store import Reading, Unit


def record_rest(station: Station, unit: Unit, change: AccountChange, money: Money) -> None:
    """Put on record that the balance of a household moved with its meter; nothing for nothing.

    Args:
        station: The desk.
        unit: Of the change, which has put the balance on file.
        change: Of the meter, or its cancelling.
        money: What came; less than nothing where a change was taken back.
    """
    if money:
        append(
            station,
            unit,
            EntryKind.CARRIED,
            change.change_id,
            account_no=change.account_no,
            balance_fen=money.fen,
            approver=change.approver,
        )


def rest_of(reading: Reading, change: AccountChange) -> Money:
    """What came to the balance with a change."""
    stored = reading.journal.last_about(change.change_id, EntryKind.CARRIED)
    return NO_MONEY if stored is None else Money(stored.entry.balance_fen)


def rest_again(unit: Unit, entry: Entry) -> None:
    """Move the balance that a restored store had lost.

    Raises:
        Refusal: `unknown_household`.
    """
    household = unit.households.get(entry.account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=entry.account_no)
    balance = household.balance + Money(entry.balance_fen)
    unit.households.update(replace(household, balance=balance))
