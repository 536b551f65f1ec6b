"""Gas that was paid online: offered first, loaded with one key, and listed until somebody does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from cardstation.domain.topup import Step
from cardstation.errors import Refusal
from cardstation.services.orders_state import Holder
from tests.kit import window_samples as samples
from tests.kit.window_fakes import FakeCard
from tests.kit.window_orders import ORDER, stuck, waiting
from tests.kit.window_shift_shots import exceptions_of
from tests.kit.window_stage import Stage
from ui.screens.counter.order_pane import OrderPane
from ui.screens.counter.state import Phase
from ui.screens.exceptions.orders_page import OrdersPage


@pytest.fixture
def offered(desk: Stage, qtbot: QtBot) -> Stage:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    desk.station.card = FakeCard(replace(samples.facts(), orders=(ORDER,)))
    desk.insert()
    return desk


def pane_of(desk: Stage) -> OrderPane:
    return desk.window.view("counter").findChild(OrderPane)  # type: ignore[no-any-return]


def shown_buttons(desk: Stage, screen: str) -> list[str]:
    found = desk.window.view(screen).findChildren(QPushButton)
    return [one.accessibleName() for one in found if one.isVisible() and one.isEnabled()]


def test_a_waiting_order_is_offered_first_and_one_key_loads_it(
    offered: Stage, qtbot: QtBot
) -> None:
    assert offered.window.banner.state.title == "网上已付：按 Enter 圈存 50 m³"
    assert pane_of(offered).hasFocus()
    assert not offered.window.view("counter").findChild(QLineEdit).isVisible()
    texts = [one.text() for one in pane_of(offered).findChildren(QLabel) if one.isVisible()]
    assert {ORDER.order_id, "50 m³", "¥140.00", "19"} <= set(texts)
    qtbot.keyClick(pane_of(offered), Qt.Key.Key_Return)
    assert offered.counter.model.state.phase is Phase.DONE
    assert offered.station.orders.done == [("load", ORDER.order_id)]
    assert offered.station.requests == []
    assert "圈存凭条已打印" in offered.window.banner.state.line
    assert "¥" not in offered.window.banner.state.line
    assert "认领订单" in offered.window.banner.state.steps
    offered.remove()
    assert offered.counter.model.state.facts is None


def test_esc_leaves_it_waiting_and_sells_and_esc_again_offers_it(
    offered: Stage, qtbot: QtBot
) -> None:
    qtbot.keyClick(offered.window, Qt.Key.Key_Escape)
    assert offered.counter.model.state.offer is None
    assert "先购气，订单须由中心重新绑定" in offered.window.banner.state.line
    offered.counter.model.type_amount("300")
    offered.counter.model.confirm()
    assert [one.money.fen for one in offered.station.requests if one.money] == [30_000]
    assert offered.station.orders.done == []
    offered.remove()
    offered.station.card = FakeCard(replace(samples.facts(), orders=(ORDER,)))
    offered.insert()
    qtbot.keyClick(offered.window, Qt.Key.Key_Escape)
    qtbot.keyClick(offered.window, Qt.Key.Key_Escape)
    assert offered.counter.model.state.offer == ORDER


@pytest.mark.parametrize("code", ["order_needs_ledger", "order_not_waiting"])
def test_what_forbids_the_load_is_said(offered: Stage, code: str) -> None:
    offered.station.orders.fails = Refusal(code, order_id=ORDER.order_id)
    offered.counter.model.confirm()
    state = offered.counter.model.state
    assert (state.phase, state.problem and state.problem.code) == (Phase.STOPPED, code)


def test_a_card_pulled_during_the_load_is_asked_for(offered: Stage) -> None:
    offered.pull_at(Step.WRITE)
    offered.counter.model.confirm()
    assert offered.counter.model.state.phase is Phase.PULLED
    assert offered.counter.model.state.torn is not None


def test_a_card_that_may_not_be_loaded_offers_nothing(desk: Stage) -> None:
    facts = replace(samples.facts(stop="load_still_on_card", taken=False), orders=(ORDER,))
    desk.station.card = FakeCard(facts)
    desk.insert()
    assert (desk.counter.model.state.offer, desk.counter.model.state.may_confirm) == (None, False)


def test_the_list_says_who_waits_how_long_and_who_may_load(desk: Stage, qtbot: QtBot) -> None:
    desk.station.orders.waiting = waiting()
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    desk.window.go("exceptions")
    screen = exceptions_of(desk)
    assert screen.badge == 3
    qtbot.keyClick(desk.window, Qt.Key.Key_F3)
    assert screen.orders.state.shown
    page = desk.window.view("exceptions").findChild(OrdersPage)
    model = page.table.model()
    rows = [[model.index(row, at).data() for at in range(6)] for row in range(model.rowCount())]
    assert rows[1] == [
        *("李淑兰  3-3-1503", "WX2026117919", "60 m³", "¥168.00"),
        *("44 天", "其他站 (S002)"),
    ]
    assert [row[4] for row in rows] == ["61 天", "44 天", "33 天", "12 天", "4 天", "0 天"]
    assert any("61 天" in one.text() for one in page.findChildren(QLabel) if one.isVisible())
    qtbot.keyClick(desk.window, Qt.Key.Key_F3)
    assert not page.isVisible()


def test_what_no_desk_can_load_is_said_and_cannot_be_held(desk: Stage, qtbot: QtBot) -> None:
    desk.station.orders.waiting = stuck()
    desk.window.go("exceptions")
    screen = exceptions_of(desk)
    assert [one.code for one in screen.model.state.items or ()] == [
        "orders_not_on_file",
        "order_passed",
    ]
    screen.orders.turn()
    page = desk.window.view("exceptions").findChild(OrdersPage)
    model = page.table.model()
    assert model.index(0, 0).data() == f"本站无档案：{ORDER.account_no}"
    assert model.index(1, 5).data() == "暂无：已被购气越过"
    for row, said in enumerate(("本站没有该用户档案", "已付订单被购气越过")):
        page.table.select(row)
        assert "本站占用" not in shown_buttons(desk, "exceptions")
        assert any(said in one.text() for one in page.findChildren(QLabel) if one.isVisible())


def test_an_order_is_held_and_given_back_by_keys(desk: Stage, qtbot: QtBot) -> None:
    desk.station.orders.waiting = waiting()[:1]
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    desk.window.go("exceptions")
    qtbot.keyClick(desk.window, Qt.Key.Key_F3)
    name = desk.station.orders.waiting[0].order.order_id
    assert "放回订单" not in shown_buttons(desk, "exceptions")
    qtbot.keyClick(desk.window, Qt.Key.Key_F6)
    assert exceptions_of(desk).orders.state.orders[0].holder is Holder.OURS
    assert "本站占用" not in shown_buttons(desk, "exceptions")
    qtbot.keyClick(desk.window, Qt.Key.Key_F7)
    assert desk.station.orders.done == [("lease", name), ("release", name)]
    desk.station.orders.fails = Refusal("order_not_waiting", order_id=name)
    qtbot.keyClick(desk.window, Qt.Key.Key_F6)
    assert exceptions_of(desk).orders.state.orders[0].holder is Holder.NOBODY
