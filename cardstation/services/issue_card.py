"""Issues a card (开户发卡): a blank becomes a household's opening card; home again, it is bound.

No gas and no money move. An opening card names no meter where the meter can write its own number
back: the real one comes home with it, and is compared with the one on file (DESK-RULES 8).
"""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.admission import is_free_mark, load_on_card
from cardstation.domain.card import CardContent, CardIdentity, CardType
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.household import Household
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.meter import MakerRules
from cardstation.domain.new_card import bound_content, new_content
from cardstation.domain.topup import NO_MARK, Step, TopUp, Work, mark_of
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.errors import Refusal, fail
from cardstation.ports.reader import Presence, Reader
from cardstation.services.identify import Plastic, insert_plastic
from cardstation.services.intent.adopt import is_of_card, told_of
from cardstation.services.intent.being_cleared import is_of_clearing
from cardstation.services.intent.card_slips import card_slip_of
from cardstation.services.intent.guards import (
    ensure_may_sell,
)
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.known import ensure_active
from cardstation.services.intent.makers_of import ensure_issued_here, makers_of
from cardstation.services.intent.meter_changes import (
    OPENS_BY_NAME,
    is_of_this_meter,
    is_told_of_this_meter,
    last_change,
    opened_by,
)
from cardstation.services.intent.prices import tiers_for
from cardstation.services.intent.whole_card import (
    Watch,
    ensure_of_no_other_work,
    finish_whole,
    is_whole,
    planned_whole,
)
from cardstation.services.intent.work_records import begun_work, record_begun_work
from cardstation.services.station import Station
from cardstation.store import Reading

_OF_A_CARD = (
    *(EntryKind.CARD_ARMED, EntryKind.CARD_WRITTEN),
    *(EntryKind.ARMED, EntryKind.SEALED),
)
"""Facts that say that a household has a card somewhere, or that one is being made."""
_ITS_OWN = "?"


def issue_card(
    station: Station,
    reader: Reader,
    presence: Presence,
    account_no: str,
    watch: Watch,
    *,
    maker: str = "",
) -> CardSlip:
    """Write the card in the reader for a household: a blank is issued, an opening card bound.

    What was begun for this account and cut short is finished first, on the same card or another
    blank; whether it is still due is asked again.

    Args:
        station: The desk.
        reader: Where the card lies.
        presence: The insertion.
        account_no: Whose card it becomes.
        watch: Told every step as it begins.
        maker: Maker area of the meter; empty where only one fits.

    Raises:
        Refusal: `unknown_household`, `account_stopped`, `account_closed`, `card_blacklisted`,
            `card_work_open` (one in the place of another is being made), `maker_not_said`,
            `card_issued_already`, `account_load_open`, `not_blank`, `card_of_other_chip`,
            `card_not_home` (it has not met its meter), `meter_differs_from_file`,
            `meter_replaced_meanwhile`, `card_code_unknown`, and those of `ensure_issued_here` and
            `ensure_may_sell`. Nothing was written.
        OutcomeUnknown: the card decides at its next insertion.
    """
    watch(Step.READ)
    ensure_may_sell(station)
    with station.store.reading() as reading:
        household = _customer(reading, account_no)
    with station.work.on_card(household.card_no, presence):
        with station.store.reading() as reading:
            begun = reading.topups.work_on(account_no)
        if begun is not None and begun.reference == Work.REISSUE:
            raise Refusal("card_work_open", account_no=account_no)
        rules = rules_for(station, household, begun.identity.maker if begun else maker)
        ensure_issued_here(rules)
        layout = next(one for one in station.layouts if one.code == rules.layout)
        card = insert_plastic(station, reader, presence, layout)
        try:
            watch(Step.CHECK)
            if begun is None:
                begun = _begin(station, card, household, rules)
            elif not is_whole(layout, card.image, begun):
                _ensure_still_due(station, household, begun)
            done = finish_whole(station, card, begun, watch)
        finally:
            card.close()
    return card_slip_of(station, household, done)


def _customer(reading: Reading, account_no: str) -> Household:
    household = reading.households.get(account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=account_no)
    ensure_active(household)
    if reading.blocked.has(household.card_no, household.generation):
        raise Refusal("card_blacklisted", card_no=household.card_no)
    return household


def rules_for(station: Station, household: Household, wanted: str) -> MakerRules:
    """Whose card it becomes: a maker area with cards of this chip for this kind of meter.

    Raises:
        Refusal: `maker_not_said`.
    """
    fit = makers_of(station, household)
    chosen = [one for one in fit if wanted in ("", one.code)]
    if len(chosen) != 1:
        codes = " ".join(one.code for one in fit)
        raise Refusal("maker_not_said", chip=household.chip, makers=codes)
    return chosen[0]


def _begin(station: Station, card: Plastic, household: Household, rules: MakerRules) -> TopUp:
    """Begin what the card in the lane asks for; any other card stays as it is."""
    if card.layout.is_blank(card.image):
        ensure_of_no_other_work(station, card)
        _ensure_never_issued(station, household)
        return _issue(station, card, household, rules)
    if not card.layout.recognises(card.image):
        raise Refusal("not_blank")
    content = card.layout.decode(card.image)
    identity = content.identity
    _ensure_certain(station, content)
    shown = (identity.maker, identity.account_no, identity.card_no, identity.generation)
    filed = (rules.code, household.account_no, household.card_no, household.generation)
    if identity.card_type is not CardType.OPENING or shown != filed:
        raise Refusal("not_blank")
    if _was_changed(station, household, identity):
        if content.pending is not None:
            raise load_on_card(content.pending)
        return _bind(station, card, household, content)
    # Gas on it is not ours: a meter that counts nothing would take it once more under our mark.
    if content.credit is not None and content.credit.quantity:
        raise Refusal("not_blank")
    _ensure_only_card(station, household, content)
    return _bind(station, card, household, content)


def _ensure_certain(station: Station, content: CardContent) -> None:
    """No load and no return waits for this card.

    Raises:
        Refusal: `account_load_open`.
    """
    with station.store.reading() as reading:
        begun = reading.topups.open_on(content.identity)
    if begun is not None and begun.direction is not Direction.WORK:
        told = {"account_no": begun.account_no, "intent_id": begun.topup_id}
        raise Refusal("account_load_open", **told)


def _was_changed(station: Station, household: Household, identity: CardIdentity) -> bool:
    """It was written for the meter on file in place of another one, here or at another desk."""
    if identity.meter_no != household.meter.meter_no:
        return False
    with station.store.reading() as reading:
        ours = opened_by(reading, household.account_no)
    theirs = [one for one in _standing(station, household) if one.detail in OPENS_BY_NAME]
    return any(one.identity == identity for one in ours) or any(
        one.kind is EntryKind.CARD_WRITTEN and is_of_card(one, identity) for one in theirs
    )


def _ensure_only_card(station: Station, household: Household, content: CardContent) -> None:
    """Nobody has a bound card of this household, and the one in hand was not given up.

    Raises:
        Refusal: `card_issued_already`.
    """
    ours = _ours(station, household)
    live = any(one.state is not TopUpState.VOIDED and one.reference != Work.ISSUE for one in ours)
    mark = content.credit.mark if content.credit else None
    gone = any(
        one.state is TopUpState.VOIDED and mark_of(one.topup_id) == mark
        for one in ours
        if one.reference == Work.ISSUE
    )
    theirs = any(
        one.kind in (EntryKind.ARMED, EntryKind.SEALED)
        or (one.kind is EntryKind.CARD_WRITTEN and one.detail == Work.BIND)
        for one in _standing(station, household)
    )
    if live or gone or theirs or household.purchase_counter:
        raise _issued(household)


def _ensure_never_issued(station: Station, household: Household) -> None:
    """Nobody has a card of this household: its file counts no purchase, no desk wrote anything.

    Where the ledger cannot be asked, or two desks ask it in the same moment, they may issue one
    card each. Both are empty, and the one that is loaded leaves the other behind its counter.
    """
    account_no = household.account_no
    known = any(one.state is not TopUpState.VOIDED for one in _ours(station, household))
    with station.store.reading() as reading:
        changed = last_change(reading, account_no) is not None
    counted = household.purchase_counter or (household.generation and not changed)
    if known or counted or _heard_of_a_card(station, household):
        raise _issued(household)


def _ensure_still_due(station: Station, household: Household, begun: TopUp) -> None:
    """Another card of this household may have come since the work was begun."""
    counted = household.purchase_counter or _heard_of_a_card(station, household, begun)
    if begun.reference == Work.ISSUE and counted:
        raise _issued(household)


def _heard_of_a_card(station: Station, household: Household, begun: TopUp | None = None) -> bool:
    """The ledger, where it answers at once, knows of another card of this household."""
    own = begun.topup_id if begun else ""
    told = _standing(station, household)
    return any(one.kind in _OF_A_CARD and one.subject != own for one in told)


def _ours(station: Station, household: Household) -> list[TopUp]:
    """What this desk did on cards of the meter that the household has now."""
    with station.store.reading() as reading:
        every = reading.topups.of_account(household.account_no)
        return [one for one in every if is_of_this_meter(reading, household, one)]


def _standing(station: Station, household: Household) -> list[Entry]:
    """What the ledger tells of the cards of a household's meter; of none that is no more.

    Nothing where it does not answer. No more is what was given up, also here where it may not
    have heard yet, and what was cleared.
    """
    told = told_of(station, household.card_no) or ()
    given_up = {one.subject for one in told if one.kind is EntryKind.CARD_GIVEN_UP}
    given_up |= {
        one.topup_id
        for one in _ours(station, household)
        if one.direction is Direction.WORK and one.state is TopUpState.VOIDED
    }
    with station.store.reading() as reading:
        return [
            one
            for one in told
            if one.account_no == household.account_no
            and one.subject not in given_up
            and not is_of_clearing(one)
            and is_told_of_this_meter(reading, household, one)
        ]


def _issued(household: Household) -> Refusal:
    return Refusal(
        "card_issued_already", account_no=household.account_no, card_no=household.card_no
    )


def _issue(station: Station, card: Plastic, household: Household, rules: MakerRules) -> TopUp:
    work_id = new_id(station.clock)
    while mark_of(work_id) == NO_MARK:
        work_id = new_id(station.clock)
    kind = household.meter.kind
    account_no, card_no = household.account_no, household.card_no
    content = new_content(
        CardIdentity(rules.code, CardType.OPENING, card_no, account_no, "", household.generation),
        rules,
        kind,
        tiers=tiers_for(station, household),
        at=station.clock.now(),
        station_no=station.number,
        mark=mark_of(work_id),
    )
    if not _meter_names_itself(card, content):
        named = replace(content.identity, meter_no=household.meter.meter_no)
        content = replace(content, identity=named)
    return _begun(station, card, work_id, Work.ISSUE, content)


def _meter_names_itself(card: Plastic, content: CardContent) -> bool:
    """Whether the answer of a meter has room for its own number."""
    returned = content.returned or fail("a new card has an answer to be written over")
    asked = replace(content, returned=replace(returned, meter_no=_ITS_OWN))
    shown = card.layout.decode(planned_whole(card.layout, card.image, asked).target).returned
    return shown is not None and shown.meter_no == _ITS_OWN


def _bind(station: Station, card: Plastic, household: Household, content: CardContent) -> TopUp:
    work_id = new_id(station.clock)
    while not is_free_mark(work_id, content):
        work_id = new_id(station.clock)
    bound = bound_content(
        content,
        household.meter.meter_no,
        at=station.clock.now(),
        station_no=station.number,
        mark=mark_of(work_id),
    )
    return _begun(station, card, work_id, Work.BIND, bound)


def _begun(
    station: Station, card: Plastic, work_id: str, work: Work, content: CardContent
) -> TopUp:
    """Begin it: the whole card is on disk before a byte changes it."""
    intent = begun_work(station, work_id, work, content, card.image)
    return record_begun_work(station, intent, planned_whole(card.layout, card.image, content))
