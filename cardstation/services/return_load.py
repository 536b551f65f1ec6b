"""Takes a load that the meter has not taken off its card again: card first, then money."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.admission import ensure_known, is_free_mark
from cardstation.domain.card import Credit, ReturnBlock
from cardstation.domain.ledger import PROVISIONAL, EntryKind
from cardstation.domain.meter import CounterSchool
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Step, TopUp
from cardstation.domain.transitions import Direction, TopUpEvent, TopUpState
from cardstation.errors import Refusal, ensure, fail
from cardstation.services.identify import Inserted
from cardstation.services.intent.at_work import on_its_card, on_its_intent
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
from cardstation.services.intent.records import record_begun, record_move
from cardstation.services.intent.seen import written_mark
from cardstation.services.resolve import ensure_settled, resolve_card
from cardstation.services.station import Station
from cardstation.store import Reading


@on_its_card
def return_load(
    station: Station, card: Inserted, approval: Approval, watch: Watch, *, reading: str = ""
) -> TopUp:
    """Take back the load that lies on this card; `pay_out` then returns the money.

    Args:
        station: The desk.
        card: In the lane.
        approval: Of the second person, needed before anything is begun.
        watch: Told every step as it begins.
        reading: A fitter's reading of the meter (its number or the photo's), where the card alone
            cannot prove that the meter did not take the load.

    Raises:
        Refusal: `nothing_to_return`, `load_not_ours` (another desk's, or none on record),
            `load_of_their_batch` (finished here, its money lies in a batch of another desk),
            `load_may_be_theirs` (sealed by what the card alone shows; the ledger decides),
            `meter_may_have_taken` (the card was out of this lane and the meter has not written
            back since), what the layout says of a card that no desk can clear, and those of the
            guards; nothing was done.
        OutcomeUnknown: the card decides at its next insertion.
    """
    watch(Step.READ)
    ensure_settled(resolve_card(station, card, watch))
    ensure_may_sell(station)
    ensure_other_person(station, approval)

    watch(Step.CHECK)
    ensure_known(card.content, household_of(station, card))
    credit, returned = _waiting(card)
    sale = _sale_of(station, card, credit)
    intent = _begin(station, card, sale, credit)
    planned_return(station, card, intent, credit)
    witness = _ensure_not_taken(card, sale, returned, reading)
    ensure_unlockable(station, card)

    intent = record_begun(station, intent, approver=approval.name, reason=witness)
    armed = arm_return(station, card, intent, credit)
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


def _waiting(card: Inserted) -> tuple[Credit, ReturnBlock]:
    content = card.content
    if content.pending is None:
        raise Refusal("nothing_to_return", card_no=content.identity.card_no)
    return (
        content.credit or fail("a pending load has its slot"),
        content.returned or fail("a pending load was compared with the meter's block"),
    )


def _sale_of(station: Station, card: Inserted, credit: Credit) -> TopUp:
    """The load as we sealed it, not taken back yet; what another desk sealed, that desk takes."""
    with station.store.reading() as reading:
        sale = reading.topups.last_sealed(card.content.identity)
        ours = sale is not None and _still_sealed_here(reading, sale)
    if sale is None or not ours or written_mark(card, sale) != credit.mark:
        raise Refusal("load_not_ours", card_no=card.content.identity.card_no)
    _ensure_ours_to_return(station, sale)
    return sale


def _still_sealed_here(reading: Reading, sale: TopUp) -> bool:
    """Sealed in our books, and no other desk had sealed it before."""
    sealed = reading.journal.last_about(sale.topup_id, EntryKind.SEALED)
    return sealed is not None and not reading.journal.last_about(sale.topup_id, EntryKind.ELSEWHERE)


def _ensure_ours_to_return(station: Station, sale: TopUp) -> None:
    """Gas and money are ours: a desk that pays back the gas of another pays it twice.

    Raises:
        Refusal: `load_of_their_batch`, `load_may_be_theirs`.
    """
    card_no = sale.identity.card_no
    if sale.origin and sale.tender is Tender.BATCH:
        raise Refusal("load_of_their_batch", card_no=card_no, station=sale.origin)
    with station.store.reading() as reading:
        stored = reading.journal.last_about(sale.topup_id, EntryKind.SEALED)
        sealed = stored or fail("a sealed load has its fact")
        heard = sealed.seq <= reading.outbox.acked()[0]
        doubted = any(one.seq == sealed.seq for one in reading.outbox.exceptions())
    if sealed.entry.witness == PROVISIONAL and (doubted or not heard):
        raise Refusal("load_may_be_theirs", card_no=card_no)


def _ensure_not_taken(card: Inserted, sale: TopUp, returned: ReturnBlock, reading: str) -> str:
    """What proves that the meter did not take it: the lane, the meter's own block, or a fitter.

    A meter can have credited a load and the card have been pulled before the block was written:
    a load that is still shown is no proof (MONEY-SAFETY 3). What the meter wrote since the load
    is one; clocks are not asked, for the desk's may have been wrong.
    """
    if card.sealed == sale.topup_id:
        return "lane"
    if returned != _last_word_before(card, sale):
        return "meter"
    if reading:
        return f"reading {reading}"
    raise Refusal("meter_may_have_taken", card_no=sale.identity.card_no)


def _last_word_before(card: Inserted, sale: TopUp) -> ReturnBlock | None:
    """The meter's block as it stood when the load was armed."""
    plan = sale.plan or fail("a sealed load was armed")
    return card.layout.decode(plan.before).returned


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
