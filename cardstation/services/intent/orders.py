"""Finds the paid order a card may load: once, and only under a lease of this station."""

from __future__ import annotations

from cardstation.domain.household import Household
from cardstation.domain.ledger import Order
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.order_lease import begun_at, freed, held_by
from cardstation.domain.tariff import Quote, Standing
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import LedgerRefused, LedgerUnreachable, Refusal
from cardstation.ports.ledger import Ledger
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.lost_part import NEVER, loss_untold, lost_since
from cardstation.services.station import Station

AT_THE_CENTRE = frozenset(
    {"order_not_waiting", "order_leased_elsewhere", "order_holder_silent", "order_in_doubt"}
)
"""What the centre says of an order, not of this station."""


def order_for(station: Station, account_no: str, order_id: str) -> Order:
    """An order of an account that is on file here and waits.

    Raises:
        Refusal: `prepaid_order_missing`, `order_already_loaded`, `order_not_waiting`.
    """
    with station.store.reading() as reading:
        order = reading.orders.get(order_id)
        claimed = reading.orders.is_claimed(order_id)
        gone = reading.orders.is_gone(order_id)
    if order is None or order.account_no != account_no:
        raise Refusal("prepaid_order_missing", account_no=account_no)
    if claimed:
        raise Refusal("order_already_loaded", order_id=order_id)
    if gone:
        raise Refusal("order_not_waiting", order_id=order_id)
    return order


def ensure_leased(station: Station, order: Order) -> Order:
    """Have the order for this station alone: by a lease on file, or one asked for now.

    Asked last, when nothing else forbids the load: a card that is turned away leaves its order
    to whichever desk it comes to next.

    Raises:
        Refusal: `order_needs_ledger` (no lease here and no ledger in reach), `order_not_waiting`,
            `order_leased_elsewhere`, `order_in_doubt`.
    """
    if is_held(station, order):
        return order
    try:
        return take_lease(station, order.order_id)
    except LedgerUnreachable as error:
        raise not_held(station, order) from error


def is_held(station: Station, order: Order) -> bool:
    """An order on file may be loaded without asking anybody.

    A lease from before this desk lost records proves nothing: the lost part may have loaded it.
    """
    with station.store.reading() as reading:
        doubted = lost_since(reading, begun_at(order) or NEVER)
    return held_by(order, station.name, station.clock.now()) and not doubted


def not_held(station: Station, order: Order) -> Refusal:
    """Why an order cannot be loaded while the ledger does not answer."""
    if order.leased_to in ("", station.name):
        return Refusal("order_needs_ledger", order_id=order.order_id)
    return Refusal("order_leased_elsewhere", order_id=order.order_id, station=order.leased_to)


def take_lease(station: Station, order_id: str) -> Order:
    """Ask the centre for the lease of an order, and keep what it says.

    Raises:
        Refusal: `order_needs_ledger` where there is no ledger, or it has not heard yet that this
            desk lost records; `order_not_waiting`, `order_leased_elsewhere`, `order_in_doubt`, and
            those of `ensure_may_write`. LedgerUnreachable, LedgerRefused.
    """
    ledger = _line_about(station, order_id)
    try:
        order = ledger.lease_order(order_id)
    except LedgerRefused as error:
        raise _answered(station, order_id, error) from error
    return _kept(station, order)


def give_lease_back(station: Station, order_id: str) -> Order:
    """Tell the centre that this station does not hold an order any more, and keep its answer.

    The lease on file ends first: a card that is at work meanwhile begins no load under it, and
    nor does this station where the centre's answer is lost.

    Raises:
        Refusal: `order_already_loaded`, `order_needs_ledger`, `order_not_waiting`,
            `order_in_doubt`, and those of `ensure_may_write`. LedgerUnreachable, LedgerRefused.
    """
    ledger = _line_about(station, order_id)
    with station.store.unit() as unit:
        if unit.orders.is_claimed(order_id):
            raise Refusal("order_already_loaded", order_id=order_id)
        known = unit.orders.get(order_id)
        if known and known.leased_to == station.name and not unit.orders.is_gone(order_id):
            unit.orders.put([freed(known)])
        unit.commit()
    try:
        order = ledger.release_order(order_id)
    except LedgerRefused as error:
        raise _answered(station, order_id, error) from error
    return _kept(station, order)


def _line_about(station: Station, order_id: str) -> Ledger:
    """The line to a ledger that knows all this desk knows of itself: also what it lost."""
    ensure_may_write(station)
    with station.store.reading() as reading:
        untold = loss_untold(reading)
    if station.ledger is None or untold:
        raise Refusal("order_needs_ledger", order_id=order_id)
    return station.ledger


def quote_of(station: Station, order: Order, household: Household) -> Quote:
    """A paid order as a quote: its price was certain when it was paid.

    What the money of a money meter bought is reckoned by the price list it was paid by; where that
    is not on file, nothing is counted.
    """
    year = station.clock.now().year
    standing = Standing(year, household.bought_in(year), household.persons)
    with station.store.reading() as reading:
        every = reading.tariffs.every()
    lists = () if order.litres else (one for one in every if one.version == order.tariff)
    bought = [one.load_money(Money(order.fen), standing).bought for one in lists]
    return Quote(
        tariff=order.tariff,
        tier_year=year,
        money=Money(order.fen),
        total=Money(order.fen),
        remainder=NO_MONEY,
        volume=Volume(order.litres) if order.litres else None,
        lines=(),
        year_before=standing.bought,
        buys=sum(bought, NO_GAS),
    )


def _answered(station: Station, order_id: str, error: LedgerRefused) -> LedgerRefused | Refusal:
    """What the centre said of an order, on file here too."""
    if error.code not in AT_THE_CENTRE:
        return error
    if error.code == "order_not_waiting":
        with station.store.unit() as unit:
            unit.orders.gone(order_id, station.clock.now())
            unit.commit()
    refused = Refusal(error.code)
    refused.values.update(error.values)
    return refused


def _kept(station: Station, order: Order) -> Order:
    with station.store.unit() as unit:
        unit.orders.put([order])
        unit.commit()
    return order
