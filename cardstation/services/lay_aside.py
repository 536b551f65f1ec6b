"""Gives up a new card that is gone or spoiled, by two persons in words."""

from __future__ import annotations

from cardstation.domain.household import Household
from cardstation.domain.ledger import EntryKind
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUp, Work
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.errors import Refusal
from cardstation.services.intent.adopt import told_of
from cardstation.services.intent.guards import two_give_up
from cardstation.services.intent.meter_changes import is_of_this_meter, is_told_of_this_meter
from cardstation.services.intent.whole_card import NEW_CARDS
from cardstation.services.intent.work_records import record_laid_aside
from cardstation.services.station import Station


def lay_aside(station: Station, account_no: str, approval: Approval, why: str) -> TopUp:
    """Give up a new card that is gone or spoiled; facts of the chain, by two persons.

    A card that is done goes with the work on it, as long as nothing was ever loaded on it, and the
    ledger says so: a card that was loaded leaves its counter behind, and no new one may begin at 0.
    Of a household that has bought meanwhile only a bind that is open is let go.

    Args:
        station: The desk.
        account_no: Whose card was to be written.
        approval: Of the second person.
        why: In words: what became of the card.

    Raises:
        Refusal: `no_card_work`, `lay_aside_needs_ledger`, `proof_missing`, `second_person_same`,
            `card_at_work`, `no_shift`, and those of `ensure_may_write`.
    """
    household, words = two_give_up(station, account_no, approval, why)
    with station.work.on_card(household.card_no, approval):
        gone = _never_loaded(station, household)
        if not gone:
            raise Refusal("no_card_work", account_no=account_no)
        return [record_laid_aside(station, one, words, approval.name) for one in gone][-1]


def _never_loaded(station: Station, household: Household) -> list[TopUp]:
    """The works of a card on which nothing was loaded, the last first; one that is open, always.

    Where something was loaded, on that card at another desk or on another card of the household,
    an open bind goes alone: nothing could be sold past it.
    """
    with station.store.reading() as reading:
        every = reading.topups.of_account(household.account_no)
        ours = [one for one in every if is_of_this_meter(reading, household, one)]
        begun = reading.topups.work_on(household.account_no)
    if begun is not None and begun.reference in NEW_CARDS:
        return [begun]
    alone = [begun] if begun is not None else []
    standing = [one for one in ours if one.state is not TopUpState.VOIDED]
    if household.generation and not any(one.reference == Work.CHANGE for one in standing):
        return alone
    loaded = any(one.direction is not Direction.WORK for one in standing)
    if loaded or household.purchase_counter or not standing:
        return alone
    told = told_of(station, household.card_no)
    if told is None and station.ledger is not None:
        raise Refusal("lay_aside_needs_ledger", account_no=household.account_no)
    with station.store.reading() as reading:
        theirs = [
            one
            for one in told or ()
            if one.account_no == household.account_no
            and is_told_of_this_meter(reading, household, one)
        ]
    if any(one.kind in (EntryKind.ARMED, EntryKind.SEALED) for one in theirs):
        return alone
    return standing[::-1]
