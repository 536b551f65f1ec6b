"""Loads gas that was paid online onto the card in the reader: a counter visit without money."""

from __future__ import annotations

from cardstation.domain.admission import (
    Admitted,
    admit,
    compare_counter,
    ensure_fits,
    quantity_of,
)
from cardstation.domain.ledger import Order
from cardstation.domain.meter import CounterSchool
from cardstation.domain.order_lease import oldest_first
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import LOADING_SLIP, Receipt
from cardstation.domain.topup import Step
from cardstation.errors import Refusal
from cardstation.services.identify import Inserted
from cardstation.services.intent.at_work import on_its_card
from cardstation.services.intent.begin import Purpose, begin, collect
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.intent.known import customer_of
from cardstation.services.intent.load import Watch, arm, ensure_unlockable, write_and_seal
from cardstation.services.intent.meter_changes import is_for_old_meter
from cardstation.services.intent.orders import ensure_leased, order_for, quote_of
from cardstation.services.intent.taken_back import ensure_not_behind, take_over
from cardstation.services.resolve import ensure_settled, resolve_card
from cardstation.services.station import Station


@on_its_card
def load_prepaid(station: Station, card: Inserted, order_id: str | None, watch: Watch) -> Receipt:
    """Load a paid order: resolve, check, claim once, arm, write, read back, seal. No money.

    Args:
        station: The desk.
        card: Identified, in the lane.
        order_id: Which order; None = the one that fits the card, the oldest first.
        watch: Told every step as it begins.

    Returns:
        The loading slip; also when this order's load was begun earlier and is finished now.

    Raises:
        Refusal: nothing was done: `no_order_waiting`, `order_already_loaded`, `order_not_waiting`,
            `order_loaded_elsewhere` (the card has gone past the order's counter),
            `order_not_yet_due` (an earlier one comes first), `order_of_old_meter`,
            `order_needs_ledger`, `order_leased_elsewhere`, …; after one of the card's
            (`code_tries_low` …) the order stays claimed for this card.
        OutcomeUnknown: the card decides at its next insertion.
    """
    watch(Step.READ)
    found = resolve_card(station, card, watch)
    earlier = found.receipt
    if (
        earlier is not None
        and earlier.kind == LOADING_SLIP
        and order_id in (None, earlier.order_id)
    ):
        return earlier
    ensure_settled(found)
    ensure_may_sell(station)

    watch(Step.CHECK)
    household = customer_of(station, card)
    admitted = admit(card.content, card.rules)
    household = take_over(station, card, household, admitted)
    compare_counter(admitted, card.rules, household.purchase_counter, bound=False)
    ensure_not_behind(station, card, admitted)
    order = _chosen(station, household.account_no, order_id, admitted)
    with station.store.reading() as reading:
        of_old_meter = is_for_old_meter(reading, household, order)
    _ensure_bound(card, admitted, order, of_old_meter=of_old_meter)
    offer = quote_of(station, order, household)
    ensure_fits(card.content, card.rules, quantity_of(offer))
    unlocking = ensure_unlockable(station, card)
    order = ensure_leased(station, order)

    watch(Step.PAY)
    purpose = Purpose(Tender.ORDER, order_id=order.order_id)
    intent = begin(station, card, household, admitted, offer, purpose=purpose)
    paid = collect(station, intent)
    armed = arm(station, card, paid, admitted, unlocking)
    return write_and_seal(station, card, armed, watch, unlocking)


def _chosen(station: Station, account_no: str, order_id: str | None, admitted: Admitted) -> Order:
    """The named order, or the oldest that expects the counter of the card."""
    if order_id is not None:
        return order_for(station, account_no, order_id)
    with station.store.reading() as reading:
        waiting = reading.orders.waiting(account_no)
    if not waiting:
        raise Refusal("no_order_waiting", account_no=account_no)
    at = admitted.counter
    return min(waiting, key=lambda order: (order.expected_counter != at, oldest_first(order)))


def _ensure_bound(card: Inserted, admitted: Admitted, order: Order, *, of_old_meter: bool) -> None:
    """An order is loaded at its own counter only; a card past it has its gas from elsewhere.

    Raises:
        Refusal: `order_loaded_elsewhere`, `order_not_yet_due`, `order_of_old_meter`.
    """
    seen, expected = admitted.counter, order.expected_counter
    if card.rules.school is CounterSchool.NONE or seen == expected:
        return
    code = "order_loaded_elsewhere" if seen > expected else "order_not_yet_due"
    code = "order_of_old_meter" if of_old_meter else code
    raise Refusal(code, order_id=order.order_id, seen=seen, expected=expected)
