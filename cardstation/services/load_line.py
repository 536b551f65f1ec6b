"""Brings one card of a batch to its end: the line is found by the card, never by its turn."""

from __future__ import annotations

from cardstation.domain.admission import (
    Admitted,
    admit,
    compare_counter,
    ensure_fits,
    quantity_of,
)
from cardstation.domain.batch import (
    Batch,
    LineKind,
    LineOutcome,
    LineState,
    Verdict,
)
from cardstation.domain.card import Witness
from cardstation.domain.envelopes import envelope_key
from cardstation.domain.household import Household
from cardstation.domain.meter import CounterSchool
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import Receipt
from cardstation.domain.revision import LEFT_OUT
from cardstation.domain.tariff import Quote
from cardstation.domain.topup import Step, TopUp
from cardstation.domain.transitions import TAKEN_OFF, TopUpState
from cardstation.errors import Refusal
from cardstation.services.batch_state import outcome_of
from cardstation.services.identify import Inserted
from cardstation.services.intent.at_work import on_its_card
from cardstation.services.intent.begin import Purpose, begin_armed
from cardstation.services.intent.bound_counter import bound_counter
from cardstation.services.intent.found_card import note_found
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_sell_in
from cardstation.services.intent.known import customer_in
from cardstation.services.intent.load import Watch, ensure_unlockable, write_and_seal
from cardstation.services.intent.loaded_since import ensure_not_loaded_since
from cardstation.services.intent.made_good import ensure_not_made_good
from cardstation.services.intent.money_here import held_for
from cardstation.services.intent.orders import ensure_leased, order_for, quote_of
from cardstation.services.intent.prices import ensure_cap_left
from cardstation.services.intent.seen import judged
from cardstation.services.intent.steps import ensure_not_closed
from cardstation.services.intent.stops import remembered
from cardstation.services.intent.taken_back import ensure_not_behind
from cardstation.services.lists.changing import ROW_HELD, lost_places
from cardstation.services.resolve import Outcome, Resolution, ensure_settled, resolve_card
from cardstation.services.station import Station
from cardstation.store import Reading


@on_its_card
def load_line(
    station: Station, batch_id: str, card: Inserted, watch: Watch, envelope: str = ""
) -> LineOutcome:
    """Load the line this card stands on, once.

    Args:
        station: The desk.
        batch_id: Of the batch.
        card: In the lane.
        watch: Told each step.
        envelope: The one the card was taken out of, as scanned; empty when none was.

    Returns:
        The line as done; also when its load was begun earlier and is finished now.

    Raises:
        Refusal: a stop: `card_not_in_batch`, `card_of_other_batch`, `line_already_done`,
            `load_returned`, `load_made_good`, `loaded_on_other_card`, `line_needs_human`,
            `line_blocked`,
            `line_unfunded`, `batch_closed_already`, `load_still_on_card`, `counter_past_expected`,
            `loaded_since_list`, `cap_exceeded`, `card_in_other_envelope`, `row_held`, …; it is
            remembered with the line.
            `envelope_not_scanned`: scan it and ask again.
        OutcomeUnknown: the card decides at its next insertion.
    """
    watch(Step.READ)
    found = resolve_card(station, card, watch)
    with station.store.reading() as reading:
        batch = batch_of(reading, batch_id)
        place = place_of(batch, card)
        loads = reading.topups.of_batch(batch_id, line=place) if place else ()
        finished = _just_finished(reading, found, batch_id)
    if finished:
        return outcome_of(station, batch_id, finished)
    with remembered(station, batch_id, place, card):
        ensure_settled(found)
        _ensure_waits(station, batch, place, card, loads)
        ensure_own_envelope(batch, place, envelope)
        receipt = _load(station, batch, place, card, watch)
    line = batch.lines[place - 1]
    return LineOutcome(line, LineState.DONE, "", receipt.volume, receipt.receipt_no)


def place_of(batch: Batch, card: Inserted) -> int:
    """Place (from 1) of the line a card stands on, 0 when on none; a ready line goes first."""
    identity = card.content.identity
    places = [
        place
        for place, line in enumerate(batch.lines, start=1)
        if line.card_no == identity.card_no
        and line.account_no == identity.account_no
        and not line.withdrawn
    ]
    ready = [place for place in places if batch.lines[place - 1].verdict is Verdict.READY]
    return (ready or places or [0])[0]


def _just_finished(reading: Reading, found: Resolution, batch_id: str) -> int:
    """Place of the row whose load was brought to its end at this insertion, 0 when none was."""
    if found.outcome is not Outcome.SEALED or found.intent is None:
        return 0
    load = reading.topups.get(found.intent.intent_id)
    return load.line if load is not None and load.batch_id == batch_id else 0


def _ensure_waits(
    station: Station, batch: Batch, place: int, card: Inserted, loads: tuple[TopUp, ...]
) -> None:
    """The card stands on a line of this batch that is certain and not done."""
    identity = card.content.identity
    if not place:
        raise _on_no_line(station, batch, card)
    line = batch.lines[place - 1]
    for load in loads:
        if load.state is TopUpState.SEALED:
            stop = _loaded_before(station, load, card, line.row.row)
            if stop.code == "line_already_done":
                with station.store.reading() as reading:
                    note_found(station, reading, load)
            raise stop
        if load.state is TopUpState.PAY_UNKNOWN:
            raise Refusal("payment_question", topup_id=load.topup_id, fen=load.quote.money.fen)
        if load.state is TopUpState.REFUND_REQUESTED:
            raise Refusal("refund_requested", card_no=identity.card_no)
    if line.verdict is not Verdict.READY:
        code = "line_needs_human" if line.verdict is Verdict.HUMAN else "line_blocked"
        reason = line.reasons[0] if line.reasons else ""
        raise Refusal(code, card_no=identity.card_no, row=line.row.row, reason=reason)


def _loaded_before(station: Station, load: TopUp, card: Inserted, row: int) -> Refusal:
    """What a card is told whose row was loaded: only the card with that load on it is done."""
    card_no = card.content.identity.card_no
    with station.store.reading() as reading:
        back = reading.topups.returns_of(load.topup_id)
    if any(one.state in TAKEN_OFF for one in back):
        return Refusal("load_returned", card_no=card_no, row=row)
    stood = [one for one in (card.content.credit, card.content.returned) if one is not None]
    behind = max((one.purchase_counter for one in stood), default=0) < load.counter_after
    counts = card.rules.school is not CounterSchool.NONE
    if load.identity != card.content.identity or _as_before(card, load) or (counts and behind):
        return Refusal("loaded_on_other_card", card_no=card_no, row=row)
    with station.store.reading() as reading:
        ensure_not_made_good(reading, load)
    return Refusal("line_already_done", card_no=card_no, row=row)


def _as_before(card: Inserted, load: TopUp) -> bool:
    return load.plan is not None and judged(card, load) is Witness.BEFORE


def _on_no_line(station: Station, batch: Batch, card: Inserted) -> Refusal:
    """Why no line counts for a card: its row was lost or is held, it is another's, or nobody's."""
    identity = card.content.identity
    batch_id, card_no = batch.batch_id, identity.card_no
    with station.store.reading() as reading:
        others = [one for one in reading.batches.of_card(card_no) if one != batch_id]
        loads = reading.topups.of_batch(batch_id)
        lost = lost_places(reading, batch_id)
    for load in loads:
        if (load.identity, load.state) == (identity, TopUpState.SEALED):
            return _loaded_before(station, load, card, load.row)
    for line in batch.lines:
        known = line.withdrawn.startswith(LEFT_OUT) if lost else line.withdrawn != ROW_HELD
        if line.card_no == card_no and not known:
            return Refusal(ROW_HELD, row=line.row.row, batch_id=batch_id)
    if others:
        return Refusal("card_of_other_batch", card_no=card_no, batch_id=others[0])
    return Refusal("card_not_in_batch", card_no=card_no, batch_id=batch_id)


def ensure_own_envelope(batch: Batch, place: int, envelope: str) -> None:
    """A card goes back in the envelope it came in, and it is the one of its line.

    Raises:
        Refusal: `card_in_other_envelope`; also for one that is nobody's, in a batch with envelopes.
            `envelope_not_scanned`: it has a number, and this bag's envelopes must be scanned.
    """
    own = batch.lines[place - 1].envelope
    given = envelope_key(envelope)
    if not given and own and batch.scan_envelopes:
        raise Refusal("envelope_not_scanned")
    if not given or given == envelope_key(own):
        return
    if any(line.envelope for line in batch.lines):
        raise Refusal("card_in_other_envelope", envelope=envelope.strip(), own=own or "—")


def _load(station: Station, batch: Batch, place: int, card: Inserted, watch: Watch) -> Receipt:
    line = batch.lines[place - 1]
    with station.store.reading() as reading:
        ensure_may_sell_in(station, reading)
        watch(Step.CHECK)
        household = customer_in(reading, card)
        offer, expected, tender = _certain(station, reading, batch, place, household)
        admitted = _admitted(card, household, expected)
        ensure_not_behind(station, card, admitted)
        if tender is Tender.BATCH:
            ensure_not_loaded_since(station, batch, place, card)
            ensure_cap_left(station, reading, household, offer)
    ensure_fits(card.content, card.rules, quantity_of(offer))
    unlocking = ensure_unlockable(station, card)
    if tender is Tender.ORDER:
        ensure_leased(station, order_for(station, line.account_no, line.order_id))

    watch(Step.PAY)
    purpose = Purpose(
        tender=tender,
        batch_id=batch.batch_id,
        line=place,
        row=line.row.row,
        order_id=line.order_id if tender is Tender.ORDER else "",
    )
    armed = begin_armed(
        station, card, household, admitted, offer, purpose=purpose, unlocking=unlocking
    )
    return write_and_seal(station, card, armed, watch, unlocking)


def _admitted(card: Inserted, household: Household, expected: int) -> Admitted:
    """The card stands at the counter of its line, and no copy of it went on without it."""
    admitted = admit(card.content, card.rules)
    compare_counter(admitted, card.rules, household.purchase_counter, bound=False)
    compare_counter(admitted, card.rules, expected, bound=True)
    return admitted


def _certain(
    station: Station, reading: Reading, batch: Batch, place: int, household: Household
) -> tuple[Quote, int, Tender]:
    """What is loaded, the counter it is bound to, and how it was paid."""
    line = batch.lines[place - 1]
    if line.kind is LineKind.PREPAID:
        ensure_not_closed(reading, batch.batch_id)
        order = order_for(station, line.account_no, line.order_id)
        offer = quote_of(station, order, household)
        return offer, order.expected_counter, Tender.ORDER
    funded = held_for(reading, batch.batch_id, place)
    expected = bound_counter(reading, household, funded)
    return funded.quote, expected, Tender.BATCH
