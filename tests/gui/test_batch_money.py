"""The money page: what came, what rows hold, and every action by its key."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cardstation.domain.money import Money
from cardstation.domain.offline_limit import GrantCover
from cardstation.domain.quotation import QuoteStanding
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services.list_reliefs import Relief
from tests.kit import window_samples as samples
from tests.kit.window_money import QUOTED, REFERENCE, FakeMoney, some_money
from tests.kit.window_stage import Stage
from ui.screens.batch import BatchView
from ui.screens.batch.money_dialogs import GiveBackDialog, ReleaseDialog
from ui.screens.batch.money_page import MoneyPage
from ui.screens.batch.money_sign import SignDialog
from ui.screens.batch.pay_dialog import PayDialog
from ui.screens.batch.relief_dialog import ReliefDialog

BATCH = "2026-11-23-02"
PAGE = "ui.screens.batch.money_page"


def page_of(desk: Stage) -> MoneyPage:
    found = desk.window.view("batch")
    assert isinstance(found, BatchView)
    return found.money


def open_money(desk: Stage, money: FakeMoney | None = None) -> MoneyPage:
    desk.station.standing = samples.batch_standing(10)
    if money is not None:
        desk.station.money.__dict__.update(money.__dict__)
    desk.window.go("batch")
    desk.batch.model.open(BATCH)
    desk.batch.model.show_money()
    page = page_of(desk)
    page.payments.select(0)
    return page


def press(desk: Stage, qtbot: QtBot, key: Qt.Key) -> None:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    qtbot.keyClick(desk.window, key)


def chief(page: MoneyPage) -> list[str]:
    """The button that stands out as the next thing to do."""
    buttons = page.findChildren(QPushButton)
    return [one.accessibleName() for one in buttons if one.property("look") == "primary"]


def shown(page: MoneyPage, table: str, row: int) -> list[str]:
    model = getattr(page, table).model()
    return [
        str(model.index(row, column).data(Qt.ItemDataRole.DisplayRole) or "")
        for column in range(model.columnCount())
    ]


def test_f9_shows_the_money_and_esc_goes_back(desk: Stage, qtbot: QtBot) -> None:
    desk.station.standing = samples.batch_standing(10)
    desk.window.go("batch")
    desk.batch.model.open(BATCH)
    press(desk, qtbot, Qt.Key.Key_F9)
    assert page_of(desk).isVisible()
    press(desk, qtbot, Qt.Key.Key_Escape)
    assert not page_of(desk).isVisible()
    assert desk.batch.model.state.standing is not None


def test_payments_and_rows_say_where_the_money_is(desk: Stage) -> None:
    page = open_money(desk, some_money(10))
    transfer = shown(page, "payments", 0)
    assert transfer[1] == "S001-2026-A000001"
    assert REFERENCE in transfer[3]
    assert "¥120.50" in transfer
    assert transfer[-1] == "与报价单相符"
    envelope = shown(page, "payments", 2)
    assert envelope[3].startswith("信封")
    held = shown(page, "table", 4)
    assert "S001-2026-A000003" in held
    assert "¥50.00" in held


def test_the_page_says_whether_the_quote_holds(desk: Stage, qtbot: QtBot) -> None:
    page = open_money(desk)
    assert "Q" in page._quoted.text()
    assert chief(page) == ["报价单"]
    press(desk, qtbot, Qt.Key.Key_Q)
    assert chief(page) == ["收款"]
    assert desk.station.money.done == [("quote",)]
    assert "001 261123 02 01" in page._quoted.text()


@pytest.mark.parametrize("on_paper", [True, False])
def test_the_payer_signs_the_quote_on_the_pad_or_on_paper(
    desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, on_paper: bool
) -> None:
    page = open_money(desk)
    assert not page._sign.isEnabled(), "nothing to sign yet"
    press(desk, qtbot, Qt.Key.Key_Q)
    assert "未签名" in page._quoted.text()

    def sign(dialog: SignDialog) -> int:
        assert not dialog.accept_button.isEnabled()
        dialog.by.setText("王经理")
        if on_paper:
            dialog.on_paper.setChecked(True)
        else:
            qtbot.mousePress(dialog.pad, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
            qtbot.mouseMove(dialog.pad, QPoint(90, 60))
            qtbot.mouseRelease(dialog.pad, Qt.MouseButton.LeftButton, pos=QPoint(90, 60))
        assert dialog.accept_button.isEnabled()
        return 1

    monkeypatch.setattr(SignDialog, "exec", sign)
    press(desk, qtbot, Qt.Key.Key_S)
    assert desk.station.money.done[-1] == ("sign", "王经理", not on_paper, on_paper)
    assert "已签字" in page._quoted.text()
    assert not page._sign.isEnabled()


def test_money_is_taken_for_a_row_and_acknowledged_at_once(
    desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.station.standing = samples.batch_standing(10, funded=False)
    desk.window.go("batch")
    desk.batch.model.open(BATCH)
    desk.batch.model.show_money()

    def envelope(dialog: PayDialog) -> int:
        dialog.purpose.setCurrentIndex(1)
        dialog.purpose.picked.emit(str(dialog.purpose.currentData()))
        return 1

    monkeypatch.setattr(PayDialog, "exec", envelope)
    press(desk, qtbot, Qt.Key.Key_F6)
    first = desk.station.money.done[0]
    assert desk.station.standing is not None
    price = desk.station.standing.outcomes[0].line.money
    assert price is not None
    assert first == ("pay", "cash", price.fen, "", 1)
    assert desk.station.money.done[1] == ("acknowledge", "")


def test_a_row_is_released_with_its_reason(
    desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_money(desk, some_money(10))
    page.table.select(1)

    def destroyed(dialog: ReleaseDialog) -> int:
        dialog.reason.setCurrentIndex(1)
        return 1

    monkeypatch.setattr(ReleaseDialog, "exec", destroyed)
    press(desk, qtbot, Qt.Key.Key_R)
    assert desk.station.money.done == [("release", 2, "destroyed")]
    assert "卡损毁" in "".join(shown(page, "table", 1))


def test_what_is_left_goes_back_with_a_second_person(
    desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_money(desk, some_money(10))
    asked: list[str] = []

    def confirmed(*given: object, **_how: object) -> tuple[Approval, str]:
        assert desk.station.money.begun == 1, "on record before the clerk is told to hand it over"
        asked.append(str(given[3]))
        return Approval("王敏"), ""

    monkeypatch.setattr(GiveBackDialog, "exec", lambda _dialog: 1)
    monkeypatch.setattr(f"{PAGE}.ask_second_person", confirmed)
    press(desk, qtbot, Qt.Key.Key_B)
    assert desk.station.money.done == [("give_back", "pay-1", 12_050, "王敏")]
    assert "¥120.50" in asked[0]
    assert shown(page, "payments", 0)[-2] == "—"


def test_what_lost_records_may_have_given_back_asks_for_slip_and_till(
    desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_money(desk, replace(some_money(10), doubtful=True))

    def confirmed(*_given: object, note: str) -> tuple[Approval, str]:
        return Approval("王敏"), f"{note}: 12"

    monkeypatch.setattr(GiveBackDialog, "exec", lambda _dialog: 1)
    monkeypatch.setattr(f"{PAGE}.ask_second_person", confirmed)
    press(desk, qtbot, Qt.Key.Key_B)
    told = "签字单和钱箱查到的情况: 12"
    assert desk.station.money.done == [("give_back", "pay-1", 12_050, "王敏", told)]


def test_no_more_than_remains_is_given_back(desk: Stage) -> None:
    dialog = GiveBackDialog(desk.window, desk.window.look, some_money(10).payments[0])
    assert dialog.money == Money(12_050)
    dialog.amount.setText("120.51")
    assert not dialog.accept_button.isEnabled()
    dialog.amount.setText("20")
    assert dialog.money == Money(2_000)
    assert dialog.accept_button.isEnabled()
    dialog.deleteLater()


def test_papers_are_printed_again_by_their_keys(desk: Stage, qtbot: QtBot) -> None:
    open_money(desk, some_money(10))
    press(desk, qtbot, Qt.Key.Key_A)
    press(desk, qtbot, Qt.Key.Key_P)
    assert desk.station.money.done == [("acknowledge", "S001-2026-A000001"), ("refunds", "")]


def test_without_money_nothing_can_go_back(desk: Stage) -> None:
    page = open_money(desk)
    enabled = {made.accessibleName(): made.isEnabled() for made in page.findChildren(QPushButton)}
    assert not enabled["退余款"]
    assert not enabled["补打收条"]
    assert not enabled["释放该行"]
    assert enabled["报价单"]


def test_a_refusal_is_told_and_the_page_stays(desk: Stage, qtbot: QtBot) -> None:
    page = open_money(desk)
    desk.station.money.fails = Refusal("nothing_to_quote", batch_id=BATCH)
    press(desk, qtbot, Qt.Key.Key_Q)
    assert page.isVisible()
    assert desk.batch.model.money.state.busy is False
    assert desk.station.money.quote is None


RELIEF = Relief(3, "3-2-601", "孟思", Money(10_000), Volume.of_m3("4"), date(2026, 12, 31))


@pytest.mark.parametrize("key", [Qt.Key.Key_Q, Qt.Key.Key_F6])
@pytest.mark.parametrize("full_price", [True, False])
def test_rows_with_a_relief_pay_in_full_only_when_somebody_said_so(
    desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, key: Qt.Key, full_price: bool
) -> None:
    open_money(desk, FakeMoney(reliefs=(replace(RELIEF, until=None), *(RELIEF,) * 8)))
    said: list[str] = []

    def answer(dialog: ReliefDialog) -> int:
        said.extend(one.text() for one in dialog.findChildren(QLabel))
        return int(full_price)

    monkeypatch.setattr(ReliefDialog, "exec", answer)
    monkeypatch.setattr(PayDialog, "exec", lambda _dialog: 1)
    press(desk, qtbot, key)
    assert bool(desk.station.money.done) is full_price
    assert {"3-2-601  孟思", "另有 1 行"} <= set(said)
    assert {"¥100.00    每月 4 m³，至 2026-12-31", "¥100.00    每月 4 m³，未写到期日"} <= set(said)


@pytest.mark.parametrize("page", ["money", "cards"])
def test_how_far_the_grant_reaches_is_said_before_money_is_taken(
    desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    cover = GrantCover(60, 12, Money(420_000), Volume.of_m3("1480"))
    if page == "money":
        open_money(desk, FakeMoney(cover=cover))
    else:
        desk.station.money.cover = cover
        desk.station.standing = samples.batch_standing(10, funded=False)
        desk.window.go("batch")
        desk.batch.model.open(BATCH)
    said: list[str] = []

    def answer(dialog: PayDialog) -> int:
        said.extend(one.text() for one in dialog.findChildren(QLabel))
        return 1

    monkeypatch.setattr(PayDialog, "exec", answer)
    press(desk, qtbot, Qt.Key.Key_F6)
    [told] = [text for text in said if "离线授信" in text]
    assert "60 行" in told
    assert "12 行（1480 m³ · ¥4,200.00）" in told
    assert [name for name, *_ in desk.station.money.done][:1] == ["pay"]


def test_the_page_of_cards_asks_the_same_before_it_takes_money(
    desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.station.money.reliefs = (RELIEF,)
    desk.station.standing = samples.batch_standing(10, funded=False)
    desk.window.go("batch")
    desk.batch.model.open(BATCH)
    monkeypatch.setattr(PayDialog, "exec", lambda _dialog: 1)
    for answer in (0, 1):
        monkeypatch.setattr(ReliefDialog, "exec", lambda _dialog, said=answer: said)
        press(desk, qtbot, Qt.Key.Key_F6)
        assert bool(desk.station.money.done) is bool(answer)


SIGNED = replace(QUOTED, signed_at=samples.NOW)


@pytest.mark.parametrize(
    ("quote", "said", "order"),
    [
        (None, "没有签字的报价单：按清单顺序分配。", "整份清单，按清单顺序"),
        (QUOTED, "没有有效的签字报价单：按最近一份报价单的顺序分配。", "整份清单，按报价单顺序"),
        (
            replace(SIGNED, voided=True),
            "没有有效的签字报价单：按最近一份报价单的顺序分配。",
            "整份清单，按报价单顺序",
        ),
        (SIGNED, "", "整份清单，按报价单顺序"),
    ],
)
def test_before_money_it_is_said_in_which_order_it_is_divided(
    desk: Stage, qtbot: QtBot, quote: QuoteStanding | None, said: str, order: str
) -> None:
    standing = replace(samples.batch_standing(funded=False), quote=quote)
    dialog = PayDialog(desk.window, desk.window.look, standing)
    qtbot.addWidget(dialog)
    told = [one.text() for one in dialog.findChildren(QLabel)]
    assert (said in told) if said else not any("报价单" in one for one in told)
    assert dialog.purpose.currentText() == order
    assert dialog.handed is not None, "money is taken without a quote, too"
