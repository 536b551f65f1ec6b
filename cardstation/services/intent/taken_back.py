"""What other desks loaded on a card and took off again, as the ledger tells it: its counter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cardstation.domain.admission import Admitted
from cardstation.domain.household import Household
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.meter import CounterSchool
from cardstation.errors import Refusal, fail
from cardstation.services.identify import Inserted
from cardstation.services.intent.adopt import is_of_card, told_of
from cardstation.services.intent.giving_back import before_purchase
from cardstation.services.station import Station
from cardstation.store import Reading


def as_told(station: Station, card: Inserted, household: Household, counter: int) -> Household:
    """The household as the ledger has it, where its card stands at a counter behind our records.

    A card behind the records is an old one or a copy, unless another desk has taken the last load
    off it. Without the ledger's word nothing changes, and the card is refused.
    """
    if counter >= household.purchase_counter:
        return household
    told = told_of(station, card.content.identity.card_no) or ()
    last = last_moved(told, card)
    freed = (household.purchase_counter, counter)
    if last is None or last.station == station.name or last.kind is not EntryKind.RETURNED:
        return household
    if (last.counter_before, last.counter_after) != freed:
        return household
    subject = next((one.subject for one in told if one.entry_id == last.corrects), "")
    with station.store.reading() as reading:
        return _without(reading, household, subject, counter)


def take_over(
    station: Station, card: Inserted, household: Household, admitted: Admitted
) -> Household:
    """As `as_told`, and on file from here on."""
    told = as_told(station, card, household, admitted.counter)
    if told == household:
        return household
    with station.store.unit() as unit:
        filed = unit.households.get(household.account_no) or fail("a card in the lane is on file")
        # The answer took its time: whatever else was recorded meanwhile stays.
        on_file = replace(
            filed,
            purchase_counter=told.purchase_counter,
            bought_this_year=told.bought_this_year,
            tier_year=told.tier_year,
        )
        unit.households.update(on_file)
        unit.commit()
    return on_file


def ensure_not_behind(station: Station, card: Inserted, admitted: Admitted) -> None:
    """A card behind what another desk sealed for it is an old one, a copy, or spoiled since.

    What the ledger told at this insertion counts; a meter takes no counter twice.

    Raises:
        Refusal: `counter_below_expected`.
    """
    last = last_moved(card.told or (), card)
    if card.rules.school is CounterSchool.NONE or last is None or last.station == station.name:
        return
    if last.counter_after > admitted.counter:
        raise Refusal("counter_below_expected", seen=admitted.counter, expected=last.counter_after)


def last_moved(told: Sequence[Entry], card: Inserted) -> Entry | None:
    """The last entry by which a load came onto this very card, or was taken off it.

    A load that a desk only took for its own, and that the ledger knew to be another's, never was.
    """
    never = {one.corrects for one in told if one.kind is EntryKind.NOT_LOADED and one.corrects}
    for entry in reversed(told):
        moved = entry.kind in (EntryKind.SEALED, EntryKind.RETURNED)
        if moved and entry.entry_id not in never and is_of_card(entry, card.content.identity):
            return entry
    return None


def _without(reading: Reading, household: Household, subject: str, counter: int) -> Household:
    """What a load that was ours too had added goes; what our own books hold as sold stays."""
    intent = reading.topups.get(subject)
    if intent is None:
        return replace(household, purchase_counter=counter)
    ours = reading.journal.last_about(subject, EntryKind.SEALED)
    if ours is not None and not reading.journal.last_about(subject, EntryKind.ELSEWHERE):
        return household
    return before_purchase(household, replace(intent, counter_after=counter))
