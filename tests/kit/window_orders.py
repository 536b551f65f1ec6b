"""Paid orders of a made-up desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from cardstation.domain.ledger import Order
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.receipt import Receipt
from cardstation.domain.topup import Step
from cardstation.domain.volume import Volume
from cardstation.errors import CardStationError
from cardstation.services.identify import Inserted
from cardstation.services.lease_batch import RowLease
from cardstation.services.orders_state import Holder, WaitingOrder
from tests.kit import window_samples as samples
from ui.order_services import OrderServices

if TYPE_CHECKING:
    from tests.kit.window_fakes import FakeStation

ORDER = Order(
    order_id="WX2026111900458871",
    account_no=samples.ACCOUNT_NO,
    fen=14_000,
    litres=50_000,
    tariff="residential@2026-01-01",
    expected_counter=18,
    leased_to="",
    paid_at=samples.NOW - timedelta(days=4, hours=3),
)
_WAITING = (
    ("王建国", "2-2-802", 61, Holder.NOBODY, ""),
    ("李淑兰", "3-3-1503", 44, Holder.ELSEWHERE, "S002"),
    ("买买提·阿布都热合曼", "8-2-201", 33, Holder.ENDED, "S001"),
    ("陈晓东", "6-3-1802", 12, Holder.OURS, "S001"),
    ("欧阳喆", "3-2-1201", 4, Holder.NOBODY, ""),
    ("周静", "9-1-1201", 0, Holder.NOBODY, ""),
)


def waiting(warn_days: int = 30) -> tuple[WaitingOrder, ...]:
    """Six orders, of which three wait for too long."""
    return tuple(
        WaitingOrder(
            order=replace(
                ORDER,
                order_id=f"WX{2026110000 + number * 7919}",
                fen=ORDER.fen + 2_800 * number,
                litres=ORDER.litres + 10_000 * number,
                leased_to=leased_to,
                paid_at=samples.NOW - timedelta(days=days),
            ),
            name=name,
            door=door,
            days=days,
            warns=days >= warn_days,
            holder=holder,
        )
        for number, (name, door, days, holder, leased_to) in enumerate(_WAITING)
    )


def stuck() -> tuple[WaitingOrder, ...]:
    """Two orders that this desk cannot load: one was sold past, one is of an unknown household."""
    _, _, _, _, passed, unknown = waiting()
    return (
        replace(unknown, name="", door="", days=96, warns=True, on_file=False),
        replace(passed, passed=True, passed_at=samples.NOW, passed_by="林晓燕"),
    )


def slip_of(order: Order) -> Receipt:
    """The slip of a loaded order."""
    priced = samples.quote(samples.household(), None, Volume(order.litres))
    return samples.receipt(
        priced,
        kind="loading_slip",
        tiers=(),
        gas=Money(order.fen),
        paid=Money(order.fen),
        to_balance=NO_MONEY,
        tender="order",
        order_id=order.order_id,
    )


@dataclass
class FakeOrders:
    """Notes what was asked; a lease shows at the next look."""

    waiting: tuple[WaitingOrder, ...] = ()
    done: list[tuple[str, str]] = field(default_factory=list)
    fails: CardStationError | None = None

    def services(self, station: FakeStation) -> OrderServices:
        def load(_card: Inserted, order_id: str, watch: Callable[[Step], None]) -> Receipt:
            (order,) = (one for one in station.card.facts.orders if one.order_id == order_id)
            self.done.append(("load", order_id))
            for step in Step:
                watch(step)
                station.during(step)
            if self.fails is not None:
                raise self.fails
            priced = samples.quote(samples.household(), None, Volume(order.litres))
            known = samples.loaded(station.card.facts, priced)
            station.card.facts = replace(known, orders=())
            return slip_of(order)

        return OrderServices(
            waiting=lambda: self.waiting,
            load=load,
            lease=lambda order_id: self._held("lease", order_id, Holder.OURS),
            release=lambda order_id: self._held("release", order_id, Holder.NOBODY),
            lease_batch=lambda batch_id: self._batch(station, batch_id),
        )

    def _batch(self, station: FakeStation, batch_id: str) -> tuple[RowLease, ...]:
        self.done.append(("lease_batch", batch_id))
        waits = [
            (place, one.line)
            for place, one in enumerate(station.standing.outcomes, start=1)
            if one.waits_for_order
        ]
        until = samples.NOW + timedelta(days=3)
        return tuple(
            RowLease(place, line, None if self.fails else until, self.fails)
            for place, line in waits
        )

    def _held(self, what: str, order_id: str, holder: Holder) -> Order:
        self.done.append((what, order_id))
        if self.fails is not None:
            raise self.fails
        self.waiting = tuple(
            replace(one, holder=holder) if one.order.order_id == order_id else one
            for one in self.waiting
        )
        return ORDER
