"""Makes a card in the place of one that is lost or broken (补卡), with its last load or without.

No gas and no money move. The new card is a copy of what the last load left: a meter that counts
takes that load once, from whichever card comes first, and refuses the older card once it met the
newer one. The card before is dead from the moment this one is armed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cardstation.domain.card import CardType
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.household import Household
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.meter import CounterSchool
from cardstation.domain.reissue import generation_told, is_of_household
from cardstation.domain.shift import Approval
from cardstation.domain.topup import NO_MARK, Step, TopUp, Work, mark_of
from cardstation.errors import Refusal, fail
from cardstation.ports.reader import Presence, Reader
from cardstation.services.identify import Plastic, insert_plastic
from cardstation.services.intent.adopt import is_of_card
from cardstation.services.intent.card_code import was_tried
from cardstation.services.intent.card_slips import card_slip_of
from cardstation.services.intent.generations import made_here
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.known import ensure_active
from cardstation.services.intent.last_load import cards_made, carried, last_load
from cardstation.services.intent.lost_card import (
    LostCard,
    MeterRead,
    content_in_place,
    identity_of,
    repeats,
)
from cardstation.services.intent.made_good import ensure_not_made_good
from cardstation.services.intent.makers_of import ensure_reissued_here
from cardstation.services.intent.meter_changes import meters_called_off
from cardstation.services.intent.reissuing import (
    ensure_first,
    ensure_nothing_open,
    facts_of_card,
)
from cardstation.services.intent.whole_card import (
    Watch,
    ensure_of_no_other_work,
    finish_whole,
    is_whole,
    planned_whole,
)
from cardstation.services.intent.words import meant
from cardstation.services.intent.work_records import begun_work, record_begun_work
from cardstation.services.issue_card import rules_for
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.station import Station
from cardstation.store.journal import FIRST_EPOCH


def reissue_card(
    station: Station,
    reader: Reader,
    presence: Presence,
    account_no: str,
    approval: Approval,
    why: str,
    watch: Watch,
    *,
    maker: str = "",
    meter: MeterRead | None = None,
) -> CardSlip:
    """Write the blank in the reader for a household whose card is lost or broken.

    What was begun and cut short is finished first, on the same card or another blank; with a load
    for a meter that counts nothing only on the same card.

    Args:
        station: The desk.
        reader: Where the blank lies.
        presence: The insertion.
        account_no: Whose card it becomes.
        approval: Of the second person.
        why: In words: who the customer is, and what became of the card.
        watch: Told every step as it begins.
        maker: Maker area of the meter, where no desk knows it and several fit.
        meter: What a fitter read off the meter, where somebody did.

    Raises:
        Refusal: `unknown_household`, `account_stopped`, `account_closed`, `proof_missing`,
            `second_person_same`, `card_work_open` (another work), `never_had_card`,
            `reissue_other_meter`, `reissues_used_up`, `reissue_load_in_doubt`,
            `reissue_of_their_batch`, `load_made_good`, `reissue_same_card`, `not_blank`,
            `card_of_other_chip`, and those of `ensure_reissued_here`, `ensure_may_sell`,
            `ensure_nothing_open`, `facts_of_card` and `ensure_first`.
        OutcomeUnknown: the card decides at its next insertion.
    """
    watch(Step.READ)
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    words = meant(why if meter is None else f"{why}; meter read: {_said(meter)}")
    household = _customer(station, account_no)
    with station.work.on_card(household.card_no, presence):
        known = _begun(station, account_no) or _look(station, household, maker, meter)
        rules = (
            known.rules if isinstance(known, LostCard) else station.rules_of(known.identity.maker)
        )
        layout = next(one for one in station.layouts if one.code == rules.layout)
        card = insert_plastic(station, reader, presence, layout)
        try:
            watch(Step.CHECK)
            work = _armed(station, card, known, approval, words)
            done = finish_whole(station, card, work, watch)
        finally:
            card.close()
    send_eagerly(station)
    return card_slip_of(station, household, done, approver=approval.name)


def _armed(
    station: Station, card: Plastic, known: TopUp | LostCard, approval: Approval, words: str
) -> TopUp:
    """The work, on disk, and heard by the ledger before all that stands against it."""
    if isinstance(known, TopUp):
        _ensure_may_go_on(station, card, known, approval)
        return known
    work = _begin(station, card, known, approval, words)
    ensure_first(station, work, approval.name)
    return work


def _said(meter: MeterRead) -> str:
    count = "" if meter.purchases is None else f" counts {meter.purchases}"
    return f"{meter.document}{count}"


def _customer(station: Station, account_no: str) -> Household:
    """The household; that its card is reported lost is why it is here."""
    with station.store.reading() as reading:
        household = reading.households.get(account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=account_no)
    ensure_active(household)
    return household


def _begun(station: Station, account_no: str) -> TopUp | None:
    with station.store.reading() as reading:
        begun = reading.topups.work_on(account_no)
    if begun is not None and begun.reference != Work.REISSUE:
        raise Refusal("card_work_open", account_no=account_no)
    return begun


def _look(station: Station, household: Household, maker: str, meter: MeterRead | None) -> LostCard:
    """Everything that is known, and nothing that stands against a new card."""
    every = facts_of_card(station, household.card_no)
    with station.store.reading() as reading:
        void = meters_called_off(reading, household)
    held = [one for one in every if one.meter_no not in void]
    theirs = [one for one in held if one.account_no == household.account_no and one.maker]
    rules = rules_for(station, household, theirs[-1].maker if theirs else maker)
    ensure_reissued_here(rules)
    identity = identity_of(household, rules)
    told = tuple(one for one in every if is_of_household(one, identity))
    with station.store.reading() as reading:
        ours = (one.identity.generation for one in made_here(reading, household.account_no))
    live = generation_told(household.generation, identity, told, max(ours, default=0))
    household = replace(household, generation=live)
    ensure_nothing_open(station, told, household)
    last = last_load(told, household.meter.meter_no, rules)
    kept = [one for one in told if one.meter_no not in void]
    _ensure_had_card(household, kept)
    opens = _opens(household, kept, meter)
    if live >= rules.generation_max:
        raise Refusal("reissues_used_up", account_no=household.account_no, most=live)
    found = LostCard(household, rules, told, last, meter, opens)
    if repeats(found):
        _ensure_certain(station, found)
    return found


def _ensure_had_card(household: Household, told: Sequence[Entry]) -> None:
    """Its card was one of the meter on file: no other meter takes a card in its place.

    Raises:
        Refusal: `never_had_card`: it never had one, or one that has not met its meter yet;
            `reissue_other_meter`.
    """
    made = cards_made(told)
    opening = bool(made) and _is_opening(made[-1]) and not _was_loaded(made[-1], told)
    seen = _meters_seen(told, made)
    if opening or not (made or seen or household.purchase_counter or household.generation):
        raise Refusal("never_had_card", account_no=household.account_no)
    filed = household.meter.meter_no
    if seen and seen[-1] != filed:
        raise Refusal(
            "reissue_other_meter", account_no=household.account_no, seen=seen[-1], filed=filed
        )


def _meters_seen(told: Sequence[Entry], made: Sequence[TopUp]) -> list[str]:
    """The meters that its cards named, as they were written and loaded."""
    whole = {one.topup_id for one in made}
    return [
        one.meter_no
        for one in told
        if one.meter_no
        and (
            one.kind in (EntryKind.ARMED, EntryKind.SEALED)
            or (one.kind is EntryKind.CARD_WRITTEN and one.subject in whole)
        )
    ]


def _is_opening(work: TopUp) -> bool:
    return work.identity.card_type is CardType.OPENING


def _was_loaded(work: TopUp, told: Sequence[Entry]) -> bool:
    """Whether a card that was written for a new meter took its first load before it went there."""
    changed = work.reference == Work.CHANGE
    sealed = [one for one in told if one.kind is EntryKind.SEALED]
    return changed and any(is_of_card(one, work.identity) for one in sealed)


def _opens(household: Household, told: Sequence[Entry], meter: MeterRead | None) -> bool:
    """Whether the card that is lost was to open a new meter, and did not: a fitter looks.

    Raises:
        Refusal: `reissue_meter_unread`.
    """
    last = cards_made(told)[-1:]
    if not (last and _is_opening(last[0])):
        return False
    if meter is None:
        raise Refusal("reissue_meter_unread", account_no=household.account_no)
    return not meter.purchases


def _ensure_certain(station: Station, found: LostCard) -> None:
    """The load is one, and it is its household's alone.

    Raises:
        Refusal: `reissue_load_in_doubt`, `reissue_of_their_batch`, `load_made_good`.
    """
    last = found.last or fail("what is repeated was loaded")
    seal = last.seal
    if last.doubted or carried(station, found.told, seal) is None:
        raise Refusal("reissue_load_in_doubt", account_no=seal.account_no)
    if seal.batch and station.name not in (seal.origin or seal.station,):
        owner = seal.origin or seal.station
        raise Refusal("reissue_of_their_batch", account_no=seal.account_no, station=owner)
    with station.store.reading() as reading:
        load = reading.topups.get(seal.subject)
        if load is not None:
            ensure_not_made_good(reading, load)


def _begin(
    station: Station,
    card: Plastic,
    found: LostCard,
    approval: Approval,
    words: str,
) -> TopUp:
    """Begin it: the whole card is on disk before a byte changes it."""
    if not card.layout.is_blank(card.image):
        raise Refusal("not_blank")
    ensure_of_no_other_work(station, card)
    work_id = new_id(station.clock)
    while mark_of(work_id) == NO_MARK:
        work_id = new_id(station.clock)
    content = content_in_place(station, found, work_id)
    intent = begun_work(station, work_id, Work.REISSUE, content, card.image)
    if repeats(found):
        load = (found.last or fail("what is repeated was loaded")).seal.subject
        intent = replace(intent, corrects=load)
    plan = planned_whole(card.layout, card.image, content)
    return record_begun_work(station, intent, plan, approver=approval.name, words=words)


def _ensure_may_go_on(station: Station, card: Plastic, work: TopUp, approval: Approval) -> None:
    """What was cut short is finished on its own card, on another blank where that is harmless.

    Who has written was first: the ledger was asked before the first byte.

    Raises:
        Refusal: `reissue_same_card`: a meter that counts nothing would take the load from each of
            two cards, and this may be another blank; those of `ensure_first`.
    """
    if is_whole(card.layout, card.image, work):
        return
    with station.store.reading() as reading:
        whole = reading.journal.head().epoch == FIRST_EPOCH
    tried = was_tried(station, work)
    plan = work.plan or fail("a work is armed as it begins")
    uncounted = station.rules_of(work.identity.maker).school is CounterSchool.NONE
    if uncounted and (tried or not whole) and work.quantity and card.image == plan.before:
        raise Refusal("reissue_same_card", account_no=work.account_no)
    if not tried:
        ensure_first(station, work, approval.name)
