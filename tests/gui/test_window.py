"""The shell: keys, live switches, chips, and a name and role for everything one can reach."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QPdfWriter
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from cardstation.errors import CardServiceGone, Refusal
from cardstation.services.sync_state import SyncState
from tests.gui.conftest import Open
from tests.kit import window_samples as samples
from tests.kit.window_fakes import FakeStation
from tests.kit.window_stage import Stage, application
from ui.parts.key_map import KeyMap
from ui.screens import SCREENS
from ui.station_status import short_name

CODES = [screen.code for screen in SCREENS]


def active(desk: Stage, qtbot: QtBot) -> None:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()


@pytest.mark.parametrize(("key", "code"), [*zip("12345678", CODES, strict=True)])
def test_every_screen_has_its_key(desk: Stage, qtbot: QtBot, key: str, code: str) -> None:
    active(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key(ord(key)), Qt.KeyboardModifier.ControlModifier)
    assert desk.window.here == code
    assert desk.window.view().isVisible()


def test_f1_shows_every_key_and_closes_again(desk: Stage, qtbot: QtBot) -> None:
    active(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_F1)
    [shown] = desk.window.findChildren(KeyMap)
    text = shown.as_text()
    for key in ("F2", "F3", "F5", "F6", "F7", "Esc", "Ctrl+1"):
        assert key in text
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert not shown.isVisible()


def test_language_switches_live_and_keeps_what_was_typed(desk: Stage, qtbot: QtBot) -> None:
    active(desk, qtbot)
    desk.insert()
    desk.counter.model.type_amount("300")
    qtbot.keyClick(desk.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert desk.window.windowTitle() == "Gas Card Desk"
    assert desk.window.banner.state.title == "Take ¥300.00, then press Enter"
    field = desk.window.view("counter").findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    assert field.text() == "300"
    assert desk.station.saved[-1].language == "en"


def test_theme_switches_live(desk: Stage, qtbot: QtBot) -> None:
    active(desk, qtbot)
    before = desk.window.styleSheet()
    qtbot.keyClick(desk.window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert desk.window.look.theme.name == "dark"
    assert desk.window.styleSheet() != before
    assert desk.station.saved[-1].theme == "dark"


def test_old_views_are_gone_after_a_switch(desk: Stage, qtbot: QtBot) -> None:
    desk.window.go("batch")
    old = desk.window.view("batch")
    gone: list[bool] = []
    old.destroyed.connect(lambda: gone.append(True))
    desk.session.tools.choices.choose_theme("dark")
    desk.insert()
    assert desk.window.view("batch") is not old
    qtbot.waitUntil(lambda: bool(gone))


def chips(desk: Stage) -> str:
    return "\n".join(chip.text for chip in desk.session.status.chips(desk.window.look.t))


def test_the_chips_say_what_is_the_matter(desk: Stage) -> None:
    assert "读卡器 ACS ACR39U" in chips(desk)
    assert "值班 林晓燕" in chips(desk)
    desk.station.readers = ()
    desk.station.synced = SyncState(7, 95, 12, "", (), configured=True)
    desk.session.status.refresh()
    assert "没有读卡器" in chips(desk)
    assert "未上传 7 笔，最久 95 分" in chips(desk)
    desk.session.tools.place.troubled(CardServiceGone())
    assert "读卡服务停止" in chips(desk)
    desk.station.synced = SyncState(0, 0, 12, "", (), configured=False)
    desk.session.status.refresh()
    assert "没有设置中心账本" in chips(desk)


@pytest.mark.parametrize(
    ("verdict", "title"),
    [
        ("ledger_ahead", "中心账本比本站多"),
        ("ledger_fork", "同一站点有两份记录"),
        ("station_suspended", "站点被暂停"),
    ],
)
def test_frozen_selling_says_what_to_do_before_a_card_comes(
    desk: Stage, verdict: str, title: str
) -> None:
    desk.station.synced = SyncState(0, 0, 12, verdict, (), configured=True)
    desk.session.status.refresh()
    banner = desk.window.banner.state
    assert (banner.kind, banner.title) == ("needs_you", title)
    assert banner.line
    assert title in chips(desk)
    desk.station.synced = FakeStation().synced
    desk.session.status.refresh()
    assert desk.window.banner.state.kind == "idle"


def test_without_a_shift_the_counter_asks_for_one_before_a_card_comes(desk: Stage) -> None:
    desk.station.people.open = None
    desk.session.status.refresh()
    assert "未开班" in chips(desk)
    assert desk.window.banner.state.kind == "needs_you"
    desk.station.people.clerks = ()
    desk.session.status.refresh()
    assert desk.window.banner.state.kind == "idle"


def test_a_silent_ledger_is_said(desk: Stage) -> None:
    desk.station.fails["sync"] = Refusal("ledger_unreachable")
    desk.session.status.send()
    assert "中心账本离线" in chips(desk)
    desk.station.fails.clear()
    desk.session.status.send()
    assert "中心账本已同步" in chips(desk)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("ACS ACR39U ICC Reader 00 00", "ACS ACR39U"),
        ("OMNIKEY AG CardMan 3121 01 00", "OMNIKEY AG CardMa…"),
        ("Virtual PCD 00 01", "Virtual PCD"),
        ("Cherry GmbH SmartTerminal ST-2xxx [Vendor Interface] (21121745111568) 00 00",
         "Cherry GmbH Smart…"),
    ],
)  # fmt: skip
def test_reader_names_are_short(name: str, short: str) -> None:
    assert short_name(name) == short


def test_what_waits_is_counted_on_the_rail_and_explained(desk: Stage) -> None:
    desk.station.open = samples.open_intents()
    desk.window.go("exceptions")
    assert desk.session.screens["exceptions"].badge == 6
    texts = [label.text() for label in desk.window.view().findChildren(QLabel)]
    assert any("争议" in text for text in texts)


def every_view(desk: Stage) -> list[QWidget]:
    desk.station.standing = samples.batch_standing(20)
    desk.station.open = samples.open_intents()
    desk.insert()
    desk.remove()
    for code in CODES:
        desk.window.go(code)
    return [desk.window.view(code) for code in CODES]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_everything_one_can_reach_has_a_name_and_a_role(open_desk: Open, language: str) -> None:
    desk = open_desk(language)
    every_view(desk)
    reachable = [
        one
        for one in desk.window.findChildren(QWidget)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and not one.objectName().startswith("qt_")
    ]
    assert len(reachable) > 30
    for one in reachable:
        found = QAccessible.queryAccessibleInterface(one)
        assert found is not None, one
        if found.role() in (QAccessible.Role.Client, QAccessible.Role.NoRole):
            assert not found.isValid() or one.metaObject().className() in ("QScrollArea",), one
            continue
        if one.metaObject().className() in ("QScrollArea", "QListView", "QComboBoxListView"):
            continue
        name = found.text(QAccessible.Text.Name)
        assert name, (type(one).__name__, one.property("look"))
        assert "&" not in name


def test_no_table_lies_under_a_shadow(desk: Stage) -> None:
    from ui.parts.table import Table

    every_view(desk)
    for table in desk.window.findChildren(Table):
        above: QWidget | None = table
        while above is not None:
            assert above.graphicsEffect() is None
            above = above.parentWidget()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_nothing_is_wider_than_the_smallest_screen(
    open_desk: Open, language: str, theme: str
) -> None:
    desk = open_desk(language, theme)
    desk.insert()
    desk.counter.model.type_amount("600")
    desk.window.show()
    for code in CODES:
        desk.window.go(code)
        need = desk.window.view().minimumSizeHint()
        assert need.width() <= 1222, code
    assert desk.window.minimumSizeHint().width() <= 1366


def test_the_fake_station_is_whole() -> None:
    assert FakeStation().services().station == "S001"


def test_a_question_is_answered_where_everything_waits(desk: Stage, qtbot: QtBot) -> None:
    active(desk, qtbot)
    desk.station.open = tuple(
        one for one in samples.open_intents() if one.code == "payment_question"
    )
    desk.window.go("exceptions")
    qtbot.keyClick(desk.window, Qt.Key.Key_F9)
    assert desk.station.answers == [(desk.station.open[0].intent_id, True)]


def test_the_key_map_goes_onto_paper(desk: Stage, tmp_path: Path) -> None:
    paper = tmp_path / "keys.pdf"
    desk.window.show_keys().print_to(QPdfWriter(str(paper)))
    assert paper.read_bytes().startswith(b"%PDF")


def test_the_window_does_not_close_while_a_card_is_written(desk: Stage) -> None:
    seen: list[bool] = []
    desk.station.during = lambda _step: seen.append(desk.window.close())
    desk.insert()
    desk.counter.model.type_amount("300")
    desk.counter.model.confirm()
    assert seen
    assert not any(seen)
    assert desk.window.close()


def clipped(desk: Stage) -> list[str]:
    """Labels and buttons that have less room than their words need."""
    return [
        one.text()
        for kind in (QLabel, QPushButton)
        for one in desk.window.findChildren(kind)
        if one.isVisible()
        and one.text()
        and not (isinstance(one, QLabel) and one.wordWrap())
        and one.sizeHint().width() > one.width() + 1
    ]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_no_words_are_clipped(open_desk: Open, language: str) -> None:
    desk = open_desk(language)
    desk.station.standing = samples.batch_standing(60, done=30)
    desk.station.open = samples.open_intents()
    desk.insert()
    desk.counter.model.type_amount("600")
    application().processEvents()
    assert not clipped(desk)
    desk.counter.model.confirm()
    application().processEvents()
    assert not clipped(desk)
    desk.remove()
    for code in CODES:
        desk.window.go(code)
        application().processEvents()
        assert not clipped(desk)
    desk.window.go("batch")
    desk.batch.model.open("2026-11-23-02")
    application().processEvents()
    assert not clipped(desk)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_under_a_title_bar_on_the_smallest_screen_nothing_scrolls(
    open_desk: Open, language: str
) -> None:
    desk = open_desk(language)
    desk.window.resize(1366, 700)
    desk.station.standing = samples.batch_standing(60, done=30)
    desk.insert()
    desk.counter.model.type_amount("600")
    for code in CODES:
        desk.window.go(code)
        application().processEvents()
        area = desk.window.centralWidget()
        assert isinstance(area, QScrollArea)
        assert not area.verticalScrollBar().isVisible(), code
        assert not area.horizontalScrollBar().isVisible(), code


def tab_order(desk: Stage) -> list[str]:
    """Names of what Tab reaches inside the shown screen, in that order."""
    view = desk.window.view()
    names, one = [], view.nextInFocusChain()
    while one is not view:
        tabbed = one.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
        if tabbed and one.isVisible() and one.isEnabled() and view.isAncestorOf(one):
            names.append(one.accessibleName())
        one = one.nextInFocusChain()
    return names


def test_tab_follows_the_eye(open_desk: Open) -> None:
    desk = open_desk("en")
    desk.insert()
    desk.counter.model.type_amount("300")
    desk.counter.model.choose_tender("bank_transfer")
    desk.counter.model.type_reference("1")
    assert tab_order(desk) == [
        "Unit: Yuan",
        "Unit: Cubic metres",
        "Amount",
        "Paid by: Cash",
        "Paid by: QR payment",
        "Paid by: Bank transfer",
        "Paid by: Out of the balance",
        "Payment number",
        "Clear",
        "Take money and write card",
    ]
    desk.remove()
    desk.station.standing = samples.batch_standing(20, done=3)
    desk.window.go("batch")
    desk.batch.model.open("2026-11-23-02")
    assert [name for name in tab_order(desk) if name] == [
        "Solve",
        "Envelopes",
        "Whose bag",
        "At the door",
        "Newer chat",
        "Newer list",
        "Rows of the list",
        "Lists",
        "Take lump sum",
        "Batch money",
        "Bag",
        "Hand-over sheet",
        "Start",
    ]
