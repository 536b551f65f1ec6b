"""Asks once more for the money of a load that nobody is asked for, in the unit that begins it.

Between the check before a card and the commit of its load another hand at the same desk may have
released the line or given the order back; then nothing is begun.
"""

from __future__ import annotations

from cardstation.domain.money import NO_MONEY
from cardstation.domain.order_lease import held_by
from cardstation.domain.payment import Tender
from cardstation.domain.topup import TopUp
from cardstation.errors import Refusal
from cardstation.services.intent.balance import ensure_free
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.gas_dues import ensure_due
from cardstation.services.intent.steps import ensure_not_closed
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.funds import FundedLine


def ensure_money_here(station: Station, unit: Unit, intent: TopUp) -> None:
    """The line still holds this load's money, its order is still ours, or its gas still due.

    A batch is not closed while a line holds money; over a line of a paid order it may be.

    Raises:
        Refusal: those of `held_for`; `batch_closed_already`, `order_already_loaded`,
            `order_not_waiting`, `order_needs_ledger` (its lease was given back meanwhile),
            `balance_too_small`; those of `ensure_due`.
    """
    if intent.tender is Tender.BATCH:
        held_for(unit, intent.batch_id, intent.line)
    if intent.tender is Tender.BALANCE:
        ensure_free(unit, intent.account_no, intent.quote.money)
    if intent.tender is Tender.ORDER:
        if intent.batch_id:
            ensure_not_closed(unit, intent.batch_id)
        _ensure_held(station, unit, intent.order_id)
    if intent.is_given:
        ensure_due(unit, intent)


def held_for(reading: Reading, batch_id: str, place: int) -> FundedLine:
    """What is held for a line of a batch, from 1.

    Raises:
        Refusal: `batch_closed_already`, `line_released`, `batch_overspent`, `line_unfunded`.
    """
    funded = reading.funds.funded(batch_id, line=place).get(place)
    released, free = reading.lump_sums.standing(batch_id, place)
    if funded is not None and not released and free >= NO_MONEY:
        return funded
    ensure_not_closed(reading, batch_id)
    line = batch_of(reading, batch_id).lines[place - 1]
    if released or free < NO_MONEY:
        code = "line_released" if released else "batch_overspent"
        raise Refusal(code, row=line.row.row, door=line.door, fen=-free.fen)
    raise Refusal("line_unfunded", row=line.row.row, fen=(line.money or NO_MONEY).fen)


def _ensure_held(station: Station, unit: Unit, order_id: str) -> None:
    if unit.orders.is_claimed(order_id):
        raise Refusal("order_already_loaded", order_id=order_id)
    if unit.orders.is_gone(order_id):
        raise Refusal("order_not_waiting", order_id=order_id)
    order = unit.orders.get(order_id)
    if order is None or not held_by(order, station.name, station.clock.now()):
        raise Refusal("order_needs_ledger", order_id=order_id)
