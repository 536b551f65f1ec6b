"""A list among the lists: how far it came, what it waits for, and the key of its next act."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cardstation.domain.batch import LineState
from cardstation.domain.batch_life import Stage as Life
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.quotation import QuoteStanding
from cardstation.errors import Refusal
from cardstation.i18n import translator
from cardstation.services.batch_list import ListedBatch
from cardstation.services.lists.entry import EntryState
from tests.gui.test_batch import _left_out, all_but_one, open_batch, view_of
from tests.kit import window_samples as samples
from tests.kit.window_money import QUOTED, payment
from tests.kit.window_stage import Stage
from ui.screens.batch import open_page
from ui.screens.batch.list_page import _pill


def chief(page: QWidget) -> list[str]:
    """The buttons that stand out."""
    buttons = page.findChildren(QPushButton)
    return [one.accessibleName() for one in buttons if one.property("look") == "primary"]


@pytest.mark.parametrize(
    ("stage", "shown", "title"),
    [
        (Life.DONE, ("已充入", "待退卡"), "下一步：退卡袋"),
        (Life.RETURNED, ("已退卡", "待结案"), "下一步：批次结案"),
        (Life.CLOSED, ("已结案", "已完成"), "这一批已结案"),
    ],
)
def test_a_list_is_green_only_when_its_batch_is_closed(
    desk: Stage, stage: Life, shown: tuple[str, str], title: str
) -> None:
    all_but_one(desk, "nothing")
    assert desk.station.standing is not None
    desk.station.standing = replace(desk.station.standing, stage=stage)
    desk.batch.model.leave()
    model = view_of(desk).lists.table.model()
    assert tuple(model.index(0, column).data() for column in (8, 9)) == shown
    assert (_pill(ListedBatch(desk.station.standing), translator("zh_CN")).tone == "ok") is (
        stage is Life.CLOSED
    )
    assert desk.window.banner.state.title == title


@pytest.mark.parametrize(
    ("rest", "keeps", "shown", "title"),
    [
        (500, Refusal("batch_money_open", fen=500), "待退余款", "下一步：退余款"),
        (500, Refusal("cards_kept", n=2), "待退余款", "下一步：退余款"),
        (0, Refusal("cards_not_explained", missing=2, extra=1), "异常 3 项", "异常 3 项"),
        (0, Refusal("payment_question", topup_id="T1", fen=500), "异常 1 项", "异常 1 项"),
    ],
)
def test_nobody_is_told_to_close_what_does_not_close(
    desk: Stage, rest: int, keeps: Refusal, shown: str, title: str
) -> None:
    all_but_one(desk, "nothing")
    assert desk.station.standing is not None
    money = replace(desk.station.standing.money, remainder=Money(rest))
    desk.station.standing = replace(desk.station.standing, stage=Life.RETURNED, money=money)
    desk.station.keeps = keeps
    desk.batch.model.leave()
    assert view_of(desk).lists.table.model().index(0, 9).data() == shown
    assert desk.window.banner.state.title == title


def test_rows_to_load_to_check_and_not_possible_are_all_rows(desk: Stage) -> None:
    desk.station.standing = samples.batch_standing(funded=False)
    desk.window.go("batch")
    model = view_of(desk).lists.table.model()
    rows, check, never, done = (model.index(0, column).data() for column in (3, 4, 5, 7))
    assert (rows, check, never, done) == ("60", "3", "1", "0 / 56")
    assert desk.window.banner.state.title == "下一步：报价"
    desk.batch.model.open("2026-11-23-02")
    page = view_of(desk).open
    assert page._count.text() == "0 / 56    不充 1 行"
    assert desk.batch.model.state.counts.needs == 3


def test_the_next_act_is_the_key_that_stands_out(desk: Stage) -> None:
    def marked() -> list[str]:
        made = (page._run, page._money, page._pay, page._sheet, page.list_bar.solve)
        return [one.accessibleName() for one in made if one.property("look") == "primary"]

    open_batch(desk, funded=False)
    page = view_of(desk).open
    assert marked() == ["款项"]
    desk.station.standing = replace(samples.batch_standing(10, funded=False), quote=QUOTED)
    desk.batch.model.open("2026-11-23-02")
    assert marked() == ["收整批款"]
    open_batch(desk)
    assert marked() == ["开始"]
    all_but_one(desk, "nothing", decided=False)
    assert marked() == ["逐行处理"]
    all_but_one(desk, "nothing")
    assert marked() == ["交接单"]


@pytest.mark.parametrize("received", [0, 500])
@pytest.mark.parametrize(
    ("stage", "listed", "opened", "marked"),
    [
        (Life.CLOSED, "这一批已结案", "这一批已结案", []),
        (Life.RETURNED, "下一步：批次结案", "已退卡：按 F10 看卡袋", ["卡袋"]),
    ],
)
def test_nobody_is_asked_for_money_once_the_cards_are_gone(
    desk: Stage,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    stage: Life,
    listed: str,
    opened: str,
    marked: list[str],
    received: int,
) -> None:
    found = samples.batch_standing(10, funded=False)
    money = replace(found.money, received=Money(received))
    desk.station.standing = replace(found, stage=stage, money=money)
    desk.window.go("batch")
    assert desk.window.banner.state.title == listed
    desk.batch.model.open("2026-11-23-02")
    assert desk.window.banner.state.title == opened
    page = view_of(desk).open
    assert chief(page) == marked
    asked: list[str] = []
    monkeypatch.setattr(open_page, "take_money", lambda *_asked: asked.append("money"))
    qtbot.keyClick(desk.window, Qt.Key.Key_F6)
    assert asked == ([] if stage is Life.CLOSED else ["money"])
    desk.batch.model.show_money()
    assert chief(view_of(desk).money) == []
    assert view_of(desk).money._pay.isEnabled() is (stage is not Life.CLOSED)
    assert not view_of(desk).money._quote.isEnabled()


def test_a_list_that_is_not_counted_asks_for_nothing_but_its_count(desk: Stage) -> None:
    services = desk.batch.lists._services
    counting = replace(services, entry=lambda _batch: EntryState(2, 2))
    desk.batch.lists._services = counting
    found = samples.batch_standing(10, funded=False)
    open_batch(desk, funded=False)
    assert desk.window.banner.state.title == "1 行待核实"
    assert chief(view_of(desk).open) == ["逐行处理"]
    decided = tuple(_left_out(one) for one in found.outcomes)
    desk.station.standing = replace(found, outcomes=decided)
    desk.batch.model.open("2026-11-23-02")
    assert desk.window.banner.state.title == "按 F11 第二人复核"
    assert chief(view_of(desk).open) == ["第二人复核"]
    desk.batch.model.show_money()
    assert desk.window.banner.state.title == "先按 Esc，再按 F11 第二人复核"
    assert chief(view_of(desk).money) == []
    assert not view_of(desk).money._quote.isEnabled()


@pytest.mark.parametrize(
    ("quote", "received", "listed", "opened"),
    [
        (None, 0, "下一步：报价", "按 F9 · Q 报价"),
        (replace(QUOTED, voided=True), 0, "下一步：报价", "按 F9 · Q 报价"),
        (replace(QUOTED, expired=True), 0, "下一步：报价", "按 F9 · Q 报价"),
        (QUOTED, 0, "下一步：收款", "按 F6 收整批款"),
        (None, 500, "下一步：收款", "按 F6 收整批款"),
    ],
)
def test_the_quote_comes_before_the_money(
    desk: Stage, quote: QuoteStanding | None, received: int, listed: str, opened: str
) -> None:
    """Once money came, a quote is no next act."""
    found = samples.batch_standing(10, funded=False)
    money = replace(found.money, received=Money(received))
    desk.station.standing = replace(found, quote=quote, money=money)
    desk.window.go("batch")
    assert desk.window.banner.state.title == listed
    desk.batch.model.open("2026-11-23-02")
    assert desk.window.banner.state.title == opened


def test_money_that_came_without_a_quote_is_followed_by_the_rest(desk: Stage) -> None:
    found = samples.batch_standing(10, funded=False)
    money = replace(found.money, received=Money(500))
    desk.station.standing = replace(found, money=money)
    desk.station.money.payments = (payment(1, Tender.CASH, 500, ""),)
    desk.window.go("batch")
    desk.batch.model.open("2026-11-23-02")
    desk.batch.model.show_money()
    assert desk.window.banner.state.title == "按 F6 收整批款"
    assert chief(view_of(desk).money) == ["收款"]


def test_rows_added_to_a_loaded_list_are_counted_before_their_money(desk: Stage) -> None:
    services = desk.batch.lists._services
    desk.batch.lists._services = replace(services, entry=lambda _batch: EntryState(1, 1))
    at = all_but_one(desk, "nothing")
    assert desk.station.standing is not None
    rows = list(desk.station.standing.outcomes)
    rows[at] = replace(rows[at], state=LineState.UNFUNDED, reason="")
    desk.station.standing = replace(desk.station.standing, outcomes=tuple(rows))
    desk.batch.model.open("2026-11-23-02")
    assert desk.window.banner.state.title == "按 F11 第二人复核"
    assert chief(view_of(desk).open) == ["第二人复核"]


def test_the_key_that_the_banner_says_makes_the_quote(desk: Stage, qtbot: QtBot) -> None:
    open_batch(desk, funded=False)
    assert "也可以按 F6 收款" in desk.window.banner.state.line
    for key in (Qt.Key.Key_F9, Qt.Key.Key_Q):
        qtbot.keyClick(desk.window, key)
    assert ("quote",) in desk.station.money.done
    assert desk.window.banner.state.title == "按 F6 收整批款"


def test_the_empty_screen_teaches_quote_signature_and_seal(desk: Stage) -> None:
    desk.window.go("batch")
    words = " ".join(one.text() for one in view_of(desk).lists.findChildren(QLabel))
    assert all(one in words for one in ("报价单", "签字", "封条", "交接单"))
    assert "按清单顺序" not in words
