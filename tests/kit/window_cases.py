"""What waits at the window's made-up station, as the real service would list it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from cardstation.domain.exception_case import Kind
from cardstation.domain.guides import IN_DOUBT, ONE_IN_DOUBT
from cardstation.domain.ledger import Order
from cardstation.domain.line_guides import KEPT, STRAY
from cardstation.domain.money import Money
from cardstation.services.intent.bag_cases import Standing, of_batch
from cardstation.services.intent.cases import (
    Case,
    Moment,
    case,
    of_intent,
    of_order,
    of_orders_elsewhere,
    of_sync,
    worst_first,
)
from cardstation.services.orders_state import Holder, WaitingOrder
from tests.kit import window_samples as samples

if TYPE_CHECKING:
    from tests.kit.window_fakes import FakeStation


WHO = {
    "intent-2": "赵秀兰  3-1-502",
    "intent-5": "周建军  8-2-1101",
    "intent-6": "吴桂芳  5-3-402",
    "intent-7": "郑国栋  2-1-303",
    "intent-8": "孙丽华  6-2-901",
}


def moment_of(station: FakeStation) -> Moment:
    shift = station.people.open
    since = shift.opened_at.replace(hour=8, minute=0) if shift else None
    return Moment(samples.NOW, since)


def exceptions_of(station: FakeStation) -> tuple[Case, ...]:
    moment = moment_of(station)
    cases = [of_intent(one, moment, WHO.get(one.intent_id, "")) for one in station.open]
    known = frozenset((one.batch_id, one.row) for one in station.open if one.batch_id)
    if station.standing is not None:
        cases += of_batch(station.standing, (), moment, Standing(known=known))
    orders = [one for one in station.orders.waiting if one.warns or one.passed]
    cases += [of_order(one, moment) for one in orders if one.on_file]
    cases += of_orders_elsewhere([one for one in orders if not one.on_file], moment)
    clerk = station.people.open.clerk if station.people.open else ""
    owned = [replace(one, owner=one.opened_by or clerk) for one in cases]
    return worst_first((*owned, *station.cases, *of_sync(station.synced, moment)))


def bag_case(station: FakeStation) -> Case:
    return case(
        Kind.BAG,
        "cards_not_explained",
        moment_of(station),
        key="2026-11-23-02 bag",
        batch_id="2026-11-23-02",
        since=samples.NOW.replace(hour=9, minute=10),
        owner="林晓燕",
        values={"missing": 2, "extra": 1},
    )


def order_case(station: FakeStation) -> Case:
    paid_at = samples.NOW - timedelta(days=35)
    order = Order("D20261021-0007", "220104000999", 30_000, 89_000, "", 12, "", paid_at)
    waits = WaitingOrder(order, "钱淑芬", "1-2-1402", 35, warns=True, holder=Holder.NOBODY)
    return of_order(waits, moment_of(station))


def stop_case(station: FakeStation) -> Case:
    return case(
        Kind.LINE,
        "counter_past_expected",
        moment_of(station),
        key="2026-11-23-02#41",
        who="冯志强  4-1-702",
        card_no="8801325001534",
        batch_id="2026-11-23-02",
        row=42,
        money=Money(20_000),
        since=samples.NOW - timedelta(minutes=18),
        owner="林晓燕",
        state="seen",
        values={"seen": 53, "expected": 52},
    )


def line_case(station: FakeStation, code: str, state: str = "", **values: int | str) -> Case:
    """A row or a stopped card that waits for this reason."""
    return case(
        Kind.LINE,
        code,
        moment_of(station),
        key=f"2026-11-23-02#{code}{state}",
        who="" if state == STRAY else "冯志强  4-1-702",
        card_no="8801325001534",
        batch_id="2026-11-23-02",
        row=0 if state == STRAY else 42,
        place=0 if state == STRAY else 41,
        money=None if state in (STRAY, KEPT) else Money(20_000),
        since=samples.NOW - timedelta(minutes=18),
        owner="林晓燕",
        state=state,
        values=values,
    )


def money_case(station: FakeStation, state: str) -> Case:
    """Money that waits to go back; one for each state of it."""
    return case(
        Kind.MONEY,
        "batch_money_open",
        moment_of(station),
        key=f"2026-11-23-02 money {state}",
        batch_id="2026-11-23-02",
        money=Money(45_050),
        since=samples.NOW - timedelta(hours=3),
        owner="林晓燕",
        state=state,
        values={"fen": 45_050},
    )


def doubt_case(station: FakeStation) -> Case:
    """What is left of a payment of a batch that runs, and may be back already."""
    return case(
        Kind.MONEY,
        IN_DOUBT,
        moment_of(station),
        key="2026-11-23-02 payment-2",
        batch_id="2026-11-23-02",
        money=Money(5_000),
        since=samples.NOW - timedelta(hours=2),
        owner="林晓燕",
        state=ONE_IN_DOUBT,
        values={"intent_id": "payment-2", "fen": 5_000},
    )
