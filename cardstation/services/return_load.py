"""Takes a load that the meter has not taken off its card again: card first, then money."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.admission import ensure_not_old, is_free_mark
from cardstation.domain.card import Credit
from cardstation.domain.household import Household
from cardstation.domain.ledger import PROVISIONAL, EntryKind
from cardstation.domain.meter import CounterSchool
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Step, TopUp
from cardstation.domain.transitions import Direction, TopUpEvent, TopUpState
from cardstation.errors import Refusal, ensure, fail
from cardstation.services.identify import Inserted
from cardstation.services.intent.adopt import has_a_ledger
from cardstation.services.intent.at_work import on_its_card, on_its_intent
from cardstation.services.intent.gas_dues import ensure_debt_stands, ensure_repeats_nothing
from cardstation.services.intent.giving_back import record_returned
from cardstation.services.intent.guards import (
    ensure_may_sell,
    ensure_may_write,
    ensure_other_person,
)
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.known import household_of
from cardstation.services.intent.load import (
    Watch,
    arm_return,
    ensure_unlockable,
    planned_return,
    write_and_prove,
)
from cardstation.services.intent.made_good import ensure_not_made_good
from cardstation.services.intent.meter_changes import order_no_of, taken_down_by
from cardstation.services.intent.records import record_begun, record_move
from cardstation.services.intent.repeated import ensure_before_reissue, ensure_ledger_hears
from cardstation.services.intent.seen import written_mark
from cardstation.services.resolve import ensure_settled, resolve_card
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.journal import StoredEntry


@on_its_card
def return_load(
    station: Station, card: Inserted, approval: Approval, watch: Watch, *, reading: str = ""
) -> TopUp:
    """Take back the load that lies on this card; `pay_out` then returns the money.

    Gas that was given is due again, and nobody is paid.

    Args:
        station: The desk.
        card: In the lane.
        approval: Of the second person, needed before anything is begun.
        watch: Told every step as it begins.
        reading: A fitter's reading of the meter (its number or the photo's), where the card has
            been out of this lane since it was loaded.

    Raises:
        Refusal: `nothing_to_return`, `load_not_ours` (another desk's, or none on record),
            `load_of_their_batch` (finished here, its money lies in a batch of another desk),
            `gas_given_elsewhere` (only the desk that granted it takes it back),
            `emergency_gas_paid`, `payment_question` (it may be paid),
            `gas_due_repeats` (its counter is that of another load),
            `load_made_good` (two people said that its household has its gas again),
            `load_may_be_theirs` (the card cannot say whose it is, or another desk began it; the
            ledger decides),
            `meter_may_have_taken` (the card was out of this lane, and no fitter read the meter),
            `meter_counts_it` (it was taken down, and its last reading counts the load),
            `old_card`, `card_newer_than_file`, `lost_card_has_it_too`, those of
            `ensure_ledger_hears` and `ensure_before_reissue` (a new card of its household carries
            the load by now),
            what the layout says of a card that no desk can clear, and those of the guards; nothing
            was done.
        OutcomeUnknown: the card decides at its next insertion.
    """
    watch(Step.READ)
    ensure_settled(resolve_card(station, card, watch))
    ensure_may_sell(station)
    ensure_other_person(station, approval)

    watch(Step.CHECK)
    _ensure_live(card, household_of(station, card))
    credit = _waiting(card)
    sale = _sale_of(station, card, credit)
    _ensure_on_no_other_card(card, sale)
    with station.store.reading() as found:
        ensure_debt_stands(found, sale)
    ensure_repeats_nothing(station, sale)
    intent = _begin(station, card, sale, credit)
    planned_return(station, card, intent, credit)
    witness = _ensure_not_taken(card, sale, reading)
    _ensure_not_counted(station, card, sale, reading)
    _ensure_told_ours(station, card, sale)
    ensure_ledger_hears(station, card, sale)
    ensure_unlockable(station, card)

    intent = record_begun(station, intent, approver=approval.name, reason=witness)
    armed = arm_return(station, card, intent, credit)
    ensure_before_reissue(station, card, armed)
    return record_returned(station, armed, write_and_prove(station, card, armed, watch))


@on_its_intent
def withdraw_return(station: Station, intent_id: str) -> TopUp:
    """Give up a return that has not touched its card.

    Raises:
        Refusal: `not_withdrawable`, `card_at_work`, and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    with station.store.reading() as found:
        intent = found.topups.get(intent_id)
    untouched = (TopUpState.REQUESTED, TopUpState.NOT_RETURNED)
    if intent is None or intent.state not in untouched:
        raise Refusal("not_withdrawable", intent_id=intent_id)
    return record_move(station, intent, TopUpEvent.WITHDRAWN, reason="withdrawn")


def _ensure_live(card: Inserted, household: Household) -> None:
    """What was sold for a meter that was replaced since can be taken back: the sale names both."""
    identity = card.content.identity
    ensure_not_old(identity, household)
    if identity.generation > household.generation:
        raise Refusal("card_newer_than_file", card_no=identity.card_no)


def _waiting(card: Inserted) -> Credit:
    content = card.content
    if content.pending is None:
        raise Refusal("nothing_to_return", card_no=content.identity.card_no)
    return content.credit or fail("a pending load has its slot")


def _sale_of(station: Station, card: Inserted, credit: Credit) -> TopUp:
    """The load as we sealed it, not taken back yet; what another desk sealed, that desk takes."""
    with station.store.reading() as reading:
        sale = reading.topups.last_sealed(card.content.identity)
        ours = sale is not None and _still_sealed_here(reading, sale)
        if ours and sale is not None:
            ensure_not_made_good(reading, sale)
    # What people settled as loaded may have lost its target: nothing on a card proves it ours.
    if sale is None or sale.plan is None or not ours or written_mark(card, sale) != credit.mark:
        raise Refusal("load_not_ours", card_no=card.content.identity.card_no)
    _ensure_ours_to_return(sale)
    return sale


def _still_sealed_here(reading: Reading, sale: TopUp) -> bool:
    """Sealed in our books, and no other desk had sealed it before."""
    sealed = reading.journal.last_about(sale.topup_id, EntryKind.SEALED)
    return sealed is not None and not reading.journal.last_about(sale.topup_id, EntryKind.ELSEWHERE)


def _ensure_ours_to_return(sale: TopUp) -> None:
    """The money of the gas is ours, too.

    Raises:
        Refusal: `load_of_their_batch`, `gas_given_elsewhere`.
    """
    if sale.origin and sale.is_given:
        raise Refusal("gas_given_elsewhere", station=sale.origin)
    if sale.origin and sale.tender is Tender.BATCH:
        raise Refusal("load_of_their_batch", card_no=sale.identity.card_no, station=sale.origin)


def _ensure_on_no_other_card(card: Inserted, sale: TopUp) -> None:
    """A load that was on a lost card before is on both: its meter takes it from either.

    That it has not taken it yet, a fitter may well see; the card that is lost gives it afterwards.

    Raises:
        Refusal: `lost_card_has_it_too`.
    """
    identity = card.content.identity
    if sale.identity.generation != identity.generation:
        raise Refusal("lost_card_has_it_too", card_no=identity.card_no)


def _ensure_told_ours(station: Station, card: Inserted, sale: TopUp) -> None:
    """The gas is ours: a desk that pays back the gas of another pays it twice.

    A card without room for our mark shows the same load to every desk that was paid for it: until
    the ledger has said whose it is, two of them may pay. It did not leave the lane in which we
    wrote it, and nobody else can have taken it for theirs.

    Raises:
        Refusal: `load_may_be_theirs`.
    """
    if sale.origin:
        send_eagerly(station)
    with station.store.reading() as reading:
        stored = reading.journal.last_about(sale.topup_id, EntryKind.SEALED)
        sealed = stored or fail("a sealed load has its fact")
        heard = sealed.seq <= reading.outbox.acked()[0]
        doubted = any(one.seq == sealed.seq for one in reading.outbox.exceptions())
    if _may_be_theirs(station, card, sale, sealed) and (doubted or not heard):
        raise Refusal("load_may_be_theirs", card_no=sale.identity.card_no)


def _may_be_theirs(station: Station, card: Inserted, sale: TopUp, sealed: StoredEntry) -> bool:
    """Whether only the ledger can tell; a desk that belongs to none has no other beside it.

    Of a load that another desk began, that desk finds a cleared card and may pay, too, as long as
    the ledger has not heard who finished it.
    """
    if sale.origin or sealed.entry.witness == PROVISIONAL:
        return True
    in_lane = card.sealed == sealed.entry.subject
    return has_a_ledger(station) and not card.layout.marks_loads and not in_lane


def _ensure_not_taken(card: Inserted, sale: TopUp, reading: str) -> str:
    """What proves that the meter did not take it: the lane, or a fitter who read the meter.

    A meter credits first and writes afterwards, and the card can have been pulled in between: no
    card out of its lane proves anything by what it shows, neither an intact load nor its mark "not
    taken yet". The meter's own block proves it up to the moment at which it was written only: one
    from before the load was finished, or of a visit at which the meter was full, says nothing of
    the next visit. So no block counts here, however new, and no clock is asked.
    """
    if card.sealed == sale.topup_id:
        return "lane"
    if reading:
        return f"reading {reading}"
    raise Refusal("meter_may_have_taken", card_no=sale.identity.card_no)


def _ensure_not_counted(station: Station, card: Inserted, sale: TopUp, said: str) -> None:
    """Its meter was taken down, and what was read off it then does not say that it took the load.

    Raises:
        Refusal: `meter_counts_it`; `meter_may_have_taken`: of a meter that counts nothing, the
            paper of the change is no proof, for what it showed was carried over.
    """
    if card.sealed == sale.topup_id:
        return
    household, meter_no = household_of(station, card), sale.identity.meter_no
    with station.store.reading() as reading:
        taken_down = taken_down_by(reading, sale.account_no, meter_no)
    if taken_down is None or household.meter.meter_no == meter_no:
        return
    counts = card.rules.school is not CounterSchool.NONE
    shown, load = taken_down.counter_before, sale.counter_after
    if counts and shown >= load:
        raise Refusal("meter_counts_it", shown=shown, load=load, fen=sale.money.fen)
    if not counts and said == order_no_of(taken_down):
        raise Refusal("meter_may_have_taken", card_no=sale.identity.card_no)


def _begin(station: Station, card: Inserted, sale: TopUp, credit: Credit) -> TopUp:
    """The return as first stored: no gas, the counter as its school says (DESK-RULES 2)."""
    return_id = new_id(station.clock)
    while not is_free_mark(return_id, card.content):
        return_id = new_id(station.clock)
    counted = card.rules.school is not CounterSchool.NONE
    counter = credit.purchase_counter
    ensure(not counted or counter > 0, "a load moved the counter")
    return replace(
        sale,
        topup_id=return_id,
        state=TopUpState.REQUESTED,
        direction=Direction.RETURN,
        corrects=sale.topup_id,
        origin="",
        quantity=type(sale.quantity)(0),
        known_counter=counter,
        counter_before=counter,
        counter_after=counter - 1 if counted else counter,
        before=card.image,
        plan=None,
        opened_at=station.clock.now(),
    )
