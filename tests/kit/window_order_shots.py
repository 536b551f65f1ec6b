"""The desk with gas that was paid online: offered, loaded, and the list of what waits."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.topup import Step
from tests.kit import window_samples as samples
from tests.kit.window_fakes import FakeCard, FakeStation
from tests.kit.window_orders import ORDER, stuck, waiting
from tests.kit.window_shift_shots import exceptions_of
from tests.kit.window_stage import Stage


def order_scenes(s: Stage) -> None:
    s.window.go("counter")
    second = replace(ORDER, order_id="WX2026112200458871")
    s.station.card = FakeCard(replace(samples.facts(), orders=(ORDER, second)))
    s.insert()
    s.shoot("order-1-offered")
    s.counter.model.clear()
    s.shoot("order-1-else")
    s.counter.model.clear()
    s.shoot_at(Step.WRITE, "order-2-writing")
    s.counter.model.confirm()
    s.station.during = lambda _step: None
    s.shoot("order-3-loaded")
    s.remove()
    s.station.card = FakeStation().card
    s.window.go("exceptions")
    exceptions_of(s).orders.turn()
    s.shoot("orders-1-none")
    s.station.orders.waiting = waiting()
    exceptions_of(s).orders.look()
    s.shoot("orders-2-some")
    s.station.orders.waiting = stuck()
    exceptions_of(s).orders.look()
    s.shoot("orders-3-stuck")
    exceptions_of(s).orders.turn()
    exceptions_of(s).model.look()
    s.shoot("orders-4-stuck-cases")
    exceptions_of(s).orders.turn()
    s.station.orders.waiting = ()
    exceptions_of(s).orders.turn()
