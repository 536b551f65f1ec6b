"""Makes a change of an account durable: its fact, its row and the household, in one commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cardstation.domain.account_change import (
    AccountChange,
    AccountEvent,
    difference,
    merged,
    with_change,
)
from cardstation.domain.household import Household
from cardstation.domain.ledger import PEOPLE, Entry, EntryKind
from cardstation.errors import Refusal
from cardstation.services.intent.facts import append
from cardstation.services.intent.ids import new_id
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.frozen import freeze, thaw


def record_account_change(
    station: Station,
    unit: Unit,
    what: AccountEvent,
    before: Household,
    after: Household,
    *,
    words: str = "",
    approver: str = "",
    corrects: str = "",
    **facts: Any,
) -> AccountChange:
    """Put a change of an account on file; the caller commits, then anchors the journal.

    Args:
        station: The desk.
        unit: Of the step; `before` was read in it.
        what: What happened.
        before: The household as it is on file.
        after: As it shall be. Facts that no account change knows are kept, too.
        words: Why, or what people saw.
        approver: The second person.
        corrects: Id of the change that is taken back.
        **facts: What else its entry says: of a meter, what it showed when it was taken down.
    """
    change = change_between(
        station, what, before, after, words=words, approver=approver, corrects=corrects
    )
    stored = append(
        station,
        unit,
        EntryKind.ACCOUNT,
        change.change_id,
        account_no=before.account_no,
        card_no=before.card_no,
        meter_no=before.meter.meter_no,
        generation=before.generation,
        approver=approver,
        corrects=_entry_of(unit, corrects),
        witness=f"{PEOPLE}{words}" if approver else words,
        detail=freeze(change),
        **facts,
    )
    unit.account_changes.add(change, seq=stored.seq)
    unit.households.update(after)
    return change


def change_between(
    station: Station,
    what: AccountEvent,
    before: Household,
    after: Household,
    *,
    words: str,
    approver: str,
    corrects: str = "",
) -> AccountChange:
    """A change as it will be put on file, with the facts in which two states differ."""
    old, new = difference(before, after)
    return AccountChange(
        change_id=new_id(station.clock),
        account_no=before.account_no,
        what=what,
        before=old,
        after=new,
        words=words,
        approver=approver,
        at=station.clock.now(),
        corrects=corrects,
    )


def account_changed_again(unit: Unit, entry: Entry) -> None:
    """Make the change that a restored store had lost; a directory may have come in since.

    Raises:
        Refusal: `unknown_household`.
    """
    change = thaw(AccountChange, entry.detail)
    household = unit.households.get(change.account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=change.account_no)
    unit.account_changes.add(change, seq=entry.seq)
    now, heard = merged(household, with_change(household, change), (change,))
    unit.account_changes.settle(heard, datetime.fromisoformat(entry.at))
    unit.households.update(now)


def _entry_of(reading: Reading, change_id: str) -> str:
    stored = reading.journal.last_about(change_id, EntryKind.ACCOUNT) if change_id else None
    return "" if stored is None else stored.entry.entry_id
