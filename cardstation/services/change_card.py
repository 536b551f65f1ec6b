"""Writes the card of a household whose meter was replaced for the new one (换表), or back (撤销).

No gas and no money move. What the old meter took stays in the books; the card is an opening card
of the new meter, which names it, and takes the first load before it goes there.
"""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.account_change import AccountEvent
from cardstation.domain.admission import differs_from_file, is_free_mark
from cardstation.domain.card import CardContent, CardType
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.household import Household
from cardstation.domain.meter import CounterSchool, MakerRules
from cardstation.domain.new_card import moved_content, new_content, restored_content
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Step, TopUp, Work, mark_of
from cardstation.errors import CardSwapped, Refusal, fail
from cardstation.ports.layout import Layout
from cardstation.ports.reader import Presence, Reader
from cardstation.services.identify import Plastic, insert_card, insert_plastic
from cardstation.services.intent.adopt import has_a_ledger
from cardstation.services.intent.card_code import ensure_presentable
from cardstation.services.intent.card_slips import card_slip_of
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.known import ensure_active
from cardstation.services.intent.meter_changes import (
    before_change,
    changes_of_card,
    counted_by,
    last_change,
    replaced_meters,
    stands_for_this_meter,
    was_moved,
)
from cardstation.services.intent.prices import tiers_for
from cardstation.services.intent.whole_card import (
    Watch,
    ensure_of_no_other_work,
    finish_whole,
    planned_whole,
)
from cardstation.services.intent.words import meant
from cardstation.services.intent.work_records import begun_work, record_begun_work
from cardstation.services.resolve import ensure_settled, resolve_card
from cardstation.services.station import Station
from cardstation.store import Reading


def change_card(
    station: Station,
    reader: Reader,
    presence: Presence,
    account_no: str,
    watch: Watch,
    *,
    approval: Approval | None = None,
    why: str = "",
) -> CardSlip:
    """Write the card in the reader for the meter that its household has now.

    What was begun for this account and cut short is finished first, on the same card only.

    Args:
        station: The desk.
        reader: Where the card lies.
        presence: The insertion.
        account_no: Whose card it is.
        watch: Told every step as it begins.
        approval: Of the second person, where a load stands on the card that the old meter took.
        why: In both their words: by what they know that it took it.

    Raises:
        Refusal: `unknown_household`, `account_stopped`, `account_closed`, `card_blacklisted`,
            `no_meter_change` (none is recorded here), `card_changed_already`,
            `card_differs_from_file`, `old_card`, `change_load_on_card`, `change_not_readable`,
            `change_needs_other_card`, `change_needs_ledger`, `proof_missing`,
            `second_person_same`, what the layout says of cards that no desk issues, and those of
            `ensure_may_sell` and `resolve_card`. Nothing was written.
        OutcomeUnknown: the card decides at its next insertion.
    """
    watch(Step.READ)
    ensure_may_sell(station)
    words = meant(why) if approval else ""
    if approval:
        ensure_other_person(station, approval)
    with station.store.reading() as reading:
        _customer(reading, account_no)
    seen = None if _begun(station, account_no) else _looked_at(station, reader, presence, watch)
    with station.store.reading() as reading:
        household = _customer(reading, account_no)
    with station.work.on_card(household.card_no, presence):
        begun = _begun(station, account_no)
        card = _inserted(station, reader, presence, begun, seen)
        try:
            watch(Step.CHECK)
            if begun is None:
                begun = _begin(station, card, household, approval, words)
            done = finish_whole(station, card, begun, watch)
        finally:
            card.close()
    return card_slip_of(station, household, done, approver=approval.name if approval else "")


def _customer(reading: Reading, account_no: str) -> Household:
    household = reading.households.get(account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=account_no)
    ensure_active(household)
    if reading.blocked.has(household.card_no, household.generation):
        raise Refusal("card_blacklisted", card_no=household.card_no)
    return household


def _begun(station: Station, account_no: str) -> TopUp | None:
    """The change of its card that was begun and cut short.

    Raises:
        Refusal: `card_work_open`: another work is.
    """
    with station.store.reading() as reading:
        begun = reading.topups.work_on(account_no)
    if begun is not None and begun.reference != Work.CHANGE:
        raise Refusal("card_work_open", account_no=account_no)
    return begun


def _looked_at(
    station: Station, reader: Reader, presence: Presence, watch: Watch
) -> tuple[Layout, bytes]:
    """The card as it says itself who it is, once what is open on it for its old meter is ended.

    Raises:
        Refusal, OutcomeUnknown: as `resolve_card`; `change_needs_ledger`: another desk may have
            made a card in its place.
    """
    seen = insert_card(station, reader, presence)
    try:
        ensure_settled(resolve_card(station, seen, watch))
        if seen.told is None and has_a_ledger(station):
            account_no = seen.content.identity.account_no
            raise Refusal("change_needs_ledger", account_no=account_no)
        return seen.layout, seen.image
    finally:
        seen.close()


def _inserted(
    station: Station,
    reader: Reader,
    presence: Presence,
    begun: TopUp | None,
    seen: tuple[Layout, bytes] | None,
) -> Plastic:
    """The card in the lane: by the work that was begun on it, else the one that was looked at."""
    if begun is not None:
        code = station.rules_of(begun.identity.maker).layout
        layout = next(one for one in station.layouts if one.code == code)
        return insert_plastic(station, reader, presence, layout)
    layout, image = seen or fail("a card is looked at before its change is begun")
    card = insert_plastic(station, reader, presence, layout)
    if card.image != image:
        card.close()
        raise CardSwapped(reader=reader.name)
    return card


def _begin(
    station: Station,
    card: Plastic,
    household: Household,
    approval: Approval | None,
    words: str,
) -> TopUp:
    """Begin it: the whole card is on disk before a byte changes it."""
    content = card.layout.decode(card.image)
    with station.store.reading() as reading:
        _ensure_its_turn(reading, household, content)
        before = _before(reading, card, household, content)
        counted = counted_by(reading, household, content.identity.meter_no)
        moved = was_moved(reading, household, content.identity.meter_no)
    rules = station.rules_of(content.identity.maker)
    _ensure_empty(content, rules, counted, said=approval is not None)
    _ensure_fits(station, card, household, content)
    ensure_of_no_other_work(station, card)
    work_id = new_id(station.clock)
    while not is_free_mark(work_id, content):
        work_id = new_id(station.clock)
    now, number, mark = station.clock.now(), station.number, mark_of(work_id)
    if before is not None:
        meant_for = restored_content(before, at=now, station_no=number, mark=mark)
    elif moved:
        meter_no = household.meter.meter_no
        meant_for = moved_content(content, meter_no, at=now, station_no=number, mark=mark)
    else:
        meant_for = _for_new_meter(station, household, content, work_id)
    intent = begun_work(station, work_id, Work.CHANGE, meant_for, card.image)
    ensure_presentable(station, card, intent)
    return record_begun_work(
        station,
        intent,
        planned_whole(card.layout, card.image, meant_for),
        approver=approval.name if approval else "",
        words=words,
    )


def _ensure_its_turn(reading: Reading, household: Household, content: CardContent) -> None:
    """The household's own card, of a meter that was replaced, and none is of the new one yet."""
    identity = content.identity
    replaced = replaced_meters(reading, household)
    if not replaced:
        raise Refusal("no_meter_change", account_no=household.account_no)
    if identity.generation < household.generation:
        raise Refusal("old_card", card_no=identity.card_no, account_no=identity.account_no)
    own = (identity.account_no, identity.card_no, identity.generation)
    if own != (household.account_no, household.card_no, household.generation):
        raise differs_from_file(identity, household)
    if identity.meter_no == household.meter.meter_no:
        raise Refusal("card_changed_already", card_no=identity.card_no)
    if identity.meter_no not in replaced:
        raise differs_from_file(identity, household)
    if stands_for_this_meter(reading, household):
        raise Refusal(
            "card_issued_already", account_no=household.account_no, card_no=household.card_no
        )


def _ensure_empty(content: CardContent, rules: MakerRules, counted: int, *, said: bool) -> None:
    """Nothing lies on it for the old meter, or that took it: it counted so, or two persons say so.

    Args:
        content: Of the card.
        rules: Of its maker.
        counted: Purchases that the fitter read off the old meter, -1 = unknown.
        said: Two persons say that the old meter took what lies on it.
    """
    credit, card_no = content.credit, content.identity.card_no
    if credit is None or content.returned is None:
        raise Refusal("change_not_readable", card_no=card_no)
    counts = rules.school is not CounterSchool.NONE
    taken = counts and counted >= credit.purchase_counter
    if content.pending is not None and not (taken or said):
        raise Refusal("change_load_on_card", card_no=card_no)


def _ensure_fits(
    station: Station, card: Plastic, household: Household, content: CardContent
) -> None:
    """The new meter takes cards of this chip and maker; another meter gets another card."""
    kinds = station.rules_of(content.identity.maker).kinds
    if (
        not card.layout.rewrites
        or card.layout.chip != household.chip
        or household.meter.kind not in kinds
    ):
        raise Refusal("change_needs_other_card", chip=household.chip)


def _before(
    reading: Reading, card: Plastic, household: Household, content: CardContent
) -> CardContent | None:
    """What the card showed before its change was cancelled; None where it goes to a new meter."""
    change = last_change(reading, household.account_no)
    if change is None or change.what is not AccountEvent.METER_CHANGE_CANCELLED:
        return None
    for work in reversed(changes_of_card(reading, household.account_no)):
        shown = replace(content.identity, card_type=work.identity.card_type)
        if shown == work.identity:
            return card.layout.decode(before_change(reading, work))
    raise differs_from_file(content.identity, household)


def _for_new_meter(
    station: Station, household: Household, content: CardContent, work_id: str
) -> CardContent:
    identity = replace(
        content.identity, card_type=CardType.OPENING, meter_no=household.meter.meter_no
    )
    rules = station.rules_of(identity.maker)
    kind = household.meter.kind
    return new_content(
        identity,
        rules,
        kind,
        tiers=tiers_for(station, household),
        at=station.clock.now(),
        station_no=station.number,
        mark=mark_of(work_id),
    )
