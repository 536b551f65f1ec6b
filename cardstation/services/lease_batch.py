"""Holds every paid order that waits for a row of a batch, before a round without a network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cardstation.domain.batch import ManifestLine
from cardstation.domain.ledger import Order
from cardstation.errors import CardStationError, LedgerRefused, LedgerUnreachable, Refusal
from cardstation.services.batch_state import batch_state
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.known import ensure_active
from cardstation.services.intent.orders import is_held, not_held, order_for, take_lease
from cardstation.services.intent.steps import ensure_not_closed
from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class RowLease:
    """A row whose order waits.

    Attributes:
        place: In the batch, from 1.
        until: How long this station alone may load it; None = without end, or it is not held.
        refused: Why it is not held, None = it is.
    """

    place: int
    line: ManifestLine
    until: datetime | None = None
    refused: CardStationError | None = None

    @property
    def held(self) -> bool:
        """This station may load it without a network."""
        return self.refused is None

    @property
    def holder(self) -> str:
        """The other station that holds it, empty where that is not why."""
        return "" if self.refused is None else str(self.refused.values.get("station", ""))


def lease_batch(station: Station, batch_id: str) -> tuple[RowLease, ...]:
    """Ask the centre for the order of each row that waits for one, in list order.

    A ledger that does not answer is not asked again: of the rows after it, those are held whose
    lease is on file.

    Raises:
        Refusal: `unknown_batch`, `batch_closed_already`, and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    with station.store.reading() as reading:
        ensure_not_closed(reading, batch_id)
    asks, rows = station.ledger is not None, list[RowLease]()
    for place, one in enumerate(batch_state(station, batch_id).outcomes, start=1):
        if not one.waits_for_order:
            continue
        try:
            row = _row(station, place, one.line, asks=asks)
        except LedgerUnreachable:
            asks = False
            row = _row(station, place, one.line, asks=asks)
        rows.append(row)
    return tuple(rows)


def _row(station: Station, place: int, line: ManifestLine, *, asks: bool) -> RowLease:
    try:
        order = order_for(station, line.account_no, line.order_id)
        _ensure_loadable(station, order)
        if asks:
            order = take_lease(station, order.order_id)
        elif not is_held(station, order):
            raise not_held(station, order)
    except (Refusal, LedgerRefused) as refused:
        return RowLease(place, line, refused=refused)
    return RowLease(place, line, order.leased_until)


def _ensure_loadable(station: Station, order: Order) -> None:
    """No lease helps an order whose account was stopped, or whose counter its card has left."""
    with station.store.reading() as reading:
        home = reading.households.get(order.account_no)
    if home is None:
        return
    ensure_active(home)
    if home.purchase_counter > order.expected_counter:
        raise Refusal("order_passed", order_id=order.order_id, fen=order.fen)
