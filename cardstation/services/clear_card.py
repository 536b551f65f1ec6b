"""Clears a card (清卡): a dead card of ours that carries no gas becomes a blank again.

No gas and no money move. Whatever still needs the card as a witness is ended first: afterwards it
tells nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from cardstation.domain.card import CardContent, CardIdentity
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.household import Household
from cardstation.domain.shift import Approval
from cardstation.domain.topup import NO_MARK, Step, TopUp, Work, mark_of
from cardstation.errors import CardSwapped, ReaderCannotMemory, Refusal, fail
from cardstation.ports.layout import Layout
from cardstation.ports.reader import Presence, Reader
from cardstation.services.identify import Plastic, insert_card, insert_plastic
from cardstation.services.intent.being_cleared import clearing_on
from cardstation.services.intent.card_code import ensure_presentable
from cardstation.services.intent.card_slips import card_slip_of
from cardstation.services.intent.dead_card import ensure_clearable
from cardstation.services.intent.guards import (
    ensure_may_sell,
    ensure_other_person,
    two_give_up,
)
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.makers_of import ensure_clears
from cardstation.services.intent.readings import note_reading
from cardstation.services.intent.whole_card import Watch
from cardstation.services.intent.wipe import finish_wipe
from cardstation.services.intent.words import meant
from cardstation.services.intent.work_records import (
    begun_work,
    record_begun_work,
    record_laid_aside,
)
from cardstation.services.station import Station

Ensure = Callable[[Plastic, Household, CardContent, str], str]
_NO_MARKS = (NO_MARK, b"\xff" * len(NO_MARK))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What lies in the lane: a card that can be read, or what a clearing left of one (None)."""

    layout: Layout
    image: bytes
    identity: CardIdentity
    content: CardContent | None


def clear_card(
    station: Station,
    reader: Reader,
    presence: Presence,
    approval: Approval,
    why: str,
    watch: Watch,
) -> CardSlip:
    """Make the dead card in the reader a blank again; what was cut short on it is finished.

    As long as it can be read as a card, it is asked again whether it is dead and empty.

    Args:
        station: The desk.
        reader: Where the card lies.
        presence: The insertion.
        approval: Of the second person.
        why: In words: whose card came back, and why nobody needs it.
        watch: Told every step as it begins.

    Raises:
        Refusal: `unknown_household`, `card_not_clearable`, `proof_missing`, `second_person_same`,
            and those of `ensure_clearable`, `ensure_may_sell` and `insert_card`: nothing was
            written. Those of `finish_wipe`.
        OutcomeUnknown: the card decides at its next insertion.
    """

    def ensure(card: Plastic, household: Household, content: CardContent, but: str) -> str:
        ensure_clears(station.rules_of(content.identity.maker))
        ensure_clearable(station, card, household, content, but)
        return ""

    return wiped(station, reader, presence, approval, why, watch, ensure)


def wiped(
    station: Station,
    reader: Reader,
    presence: Presence,
    approval: Approval,
    why: str,
    watch: Watch,
    ensure: Ensure,
) -> CardSlip:
    """Make the card in the reader a blank if it may become one, as `clear_card`.

    One that is undone and whose chip keeps its number for ever becomes nobody's: it is spent.

    Args:
        station: The desk.
        reader: Where the card lies.
        presence: The insertion.
        approval: Of the second person.
        why: In words.
        watch: Told every step as it begins.
        ensure: Refuses a card that still says whose it is; the id of the work that is undone with
            it, empty when none is. It is given the id of the clearing that was begun on it.
    """
    watch(Step.READ)
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    words = meant(why)
    seen = _seen(station, reader, presence)
    with station.work.on_card(seen.identity.card_no, presence):
        card = insert_plastic(station, reader, presence, seen.layout)
        try:
            if card.image != seen.image:
                raise CardSwapped(reader=reader.name)
            watch(Step.CHECK)
            household, begun, undoes = _checked(station, card, seen, ensure)
            if begun is None:
                begun = _begin(station, card, seen, approval, words, undoes)
            done = finish_wipe(station, card, begun, watch)
        finally:
            card.close()
    slip = card_slip_of(station, household, done, approver=approval.name)
    plan = done.plan or fail("a work is armed as it begins")
    return replace(slip, spent=not card.layout.is_blank(plan.target))


def give_up_clearing(station: Station, account_no: str, approval: Approval, why: str) -> TopUp:
    """Give up a card of this account that was being cleared: it is spoiled or gone.

    Raises:
        Refusal: `no_clearing`, `unknown_household`, `proof_missing`, `second_person_same`,
            `card_at_work`, and those of `ensure_may_write` and `ensure_on_duty`.
    """
    household, words = two_give_up(station, account_no, approval, why)
    with station.work.on_card(household.card_no, approval):
        with station.store.reading() as reading:
            begun = [one for one in reading.topups.open_clearings() if one.account_no == account_no]
        if not begun:
            raise Refusal("no_clearing", account_no=account_no)
        return record_laid_aside(station, begun[-1], words, approval.name)


def _checked(
    station: Station, card: Plastic, seen: _Seen, ensure: Ensure
) -> tuple[Household, TopUp | None, str]:
    """Whose card it was, its clearing where one was begun, and what is undone with it.

    Raises:
        Refusal: `unknown_household`; `no_clearing`: it was given up a moment ago; and those of
            `ensure`.
    """
    account_no = seen.identity.account_no
    with station.store.reading() as reading:
        household = reading.households.get(account_no)
        works = reading.topups.open_clearings()
    if household is None:
        raise Refusal("unknown_household", account_no=account_no)
    begun = clearing_on(works, card.image, card.chip.smears)
    undoes = ""
    if seen.content is not None:
        but = "" if begun is None else begun.topup_id
        undoes = ensure(card, household, seen.content, but)
    elif begun is None:
        raise Refusal("no_clearing", account_no=account_no)
    return household, begun, undoes


def _seen(station: Station, reader: Reader, presence: Presence) -> _Seen:
    try:
        card = insert_card(station, reader, presence)
    except Refusal:
        left = _half_cleared(station, reader, presence)
        if left is None:
            raise
        return left
    try:
        with station.store.reading() as reading:
            note_reading(station, reading, card)
        return _Seen(card.layout, card.image, card.content.identity, card.content)
    finally:
        card.close()


def _half_cleared(station: Station, reader: Reader, presence: Presence) -> _Seen | None:
    """What a clearing that was cut short left in the lane: nobody knows it as a card."""
    with station.store.reading() as reading:
        begun = [one for one in reading.topups.open_clearings() if one.account_no]
    codes = {station.rules_of(one.identity.maker).layout for one in begun}
    for layout in (one for one in station.layouts if one.code in codes):
        try:
            card = insert_plastic(station, reader, presence, layout)
        except (Refusal, ReaderCannotMemory):
            continue
        try:
            ours = clearing_on(begun, card.image, card.chip.smears)
            if ours is not None:
                return _Seen(layout, card.image, ours.identity, None)
        finally:
            card.close()
    return None


def _begin(
    station: Station, card: Plastic, seen: _Seen, approval: Approval, words: str, undoes: str
) -> TopUp:
    content = seen.content or fail("what no clearing left is a card that can be read")
    work_id = new_id(station.clock)
    while mark_of(work_id) in _NO_MARKS:
        work_id = new_id(station.clock)
    plan = card.layout.plan_wipe(card.image, mark_of(work_id))
    intent = begun_work(station, work_id, Work.CLEAR, content, card.image)
    intent = replace(intent, counter_after=0, corrects=undoes)
    ensure_presentable(station, card, intent)
    return record_begun_work(station, intent, plan, approver=approval.name, words=words)
