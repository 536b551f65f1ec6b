"""The shift screen: blind, by keyboard, and with PINs that are neither shown nor kept."""

from __future__ import annotations

import logging

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QScrollArea, QTableView
from pytestqt.qtbot import QtBot

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.shift import OpenItem, ShiftClose
from cardstation.services.shift_state import BagName
from tests.gui.conftest import Open
from tests.gui.test_window import clipped
from tests.kit import window_samples as samples
from tests.kit.window_people import CLERKS, EXPECTED, PIN, SUPERVISOR, TELLER, items
from tests.kit.window_shift_shots import back_scenes, shift_of, shift_scenes, shift_view
from tests.kit.window_stage import Stage, application
from ui.parts.pin_field import PinField
from ui.parts.second_person import SecondPerson
from ui.screens.shift.state import NOTES_YUAN, Count, Phase
from ui.screens.shift.view import ClerkSheet


def at_the_shift(desk: Stage, qtbot: QtBot, *, on_duty: bool = True) -> None:
    if not on_duty:
        desk.station.people.open = None
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    qtbot.keyClick(desk.window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert desk.window.here == "shift"


def phase(desk: Stage) -> Phase:
    return shift_of(desk).model.state.phase


def said(desk: Stage) -> str:
    window = desk.window
    words = [one.text() for kind in (QLabel, QPushButton) for one in window.findChildren(kind)]
    fields = [one.displayText() for one in window.findChildren(QLineEdit)]
    banner = window.banner.state
    return "\n".join([*words, *fields, banner.title, banner.line])


def test_without_clerks_the_first_supervisor_is_added(desk: Stage, qtbot: QtBot) -> None:
    desk.station.people.clerks = ()
    at_the_shift(desk, qtbot, on_duty=False)
    assert phase(desk) is Phase.NO_CLERKS
    assert "cardstation clerk add" in said(desk)
    first = shift_view(desk).first
    assert first.name.hasFocus()
    first.name.setText(SUPERVISOR)
    qtbot.keyClick(first.name, Qt.Key.Key_Return)
    assert first.pin.hasFocus()
    qtbot.keyClicks(first.pin, PIN)
    qtbot.keyClick(first.pin, Qt.Key.Key_Return)
    qtbot.keyClicks(first.again, "999111")
    qtbot.keyClick(first.again, Qt.Key.Key_Return)
    assert "两遍输入的 PIN 不一样" in said(desk)
    assert not desk.station.people.calls
    for field in (first.pin, first.again):
        qtbot.keyClicks(field, PIN)
    qtbot.keyClick(desk.window, Qt.Key.Key_F2)
    assert desk.station.people.calls == [("add", SUPERVISOR, "")]
    assert phase(desk) is Phase.OFF


def test_what_one_person_closed_over_alone_is_ticked_by_whoever_opens(
    desk: Stage, qtbot: QtBot
) -> None:
    people = desk.station.people
    at_the_shift(desk, qtbot, on_duty=False)
    off = shift_view(desk).off
    assert off.signs.isHidden()
    people.signed_alone = items()
    for tick in (False, True):
        qtbot.keyClicks(off.pin, PIN)
        off.float.setText("500")
        off.signs.setChecked(tick)
        off.open()
        assert not people.calls or tick
        if not tick:
            assert not off.signs.isHidden()
            assert "签收" in said(desk)
    assert people.calls == [("open", CLERKS[0].name, "¥500.00")]
    assert phase(desk) is Phase.ON


def test_a_shift_is_opened_by_keyboard_alone(desk: Stage, qtbot: QtBot) -> None:
    at_the_shift(desk, qtbot, on_duty=False)
    assert phase(desk) is Phase.OFF
    assert "未开班" in said(desk)
    off = shift_view(desk).off
    assert off.table.hasFocus()
    qtbot.keyClick(off.table, Qt.Key.Key_Down)
    qtbot.keyClick(off.table, Qt.Key.Key_Return)
    assert off.pin.hasFocus()
    qtbot.keyClicks(off.pin, PIN)
    qtbot.keyClick(off.pin, Qt.Key.Key_Return)
    qtbot.keyClicks(off.float, "500")
    qtbot.keyClick(off.float, Qt.Key.Key_Return)
    assert desk.station.people.calls == [("open", SUPERVISOR, "¥500.00")]
    assert phase(desk) is Phase.ON
    assert f"值班 {SUPERVISOR}" in said(desk)
    assert (off.pin.text(), off.float.text()) == ("", "")


def test_a_float_that_is_not_what_was_counted_before_is_said(desk: Stage, qtbot: QtBot) -> None:
    counted = Money(62_000)
    at = samples.NOW
    desk.station.people.last = ShiftClose(
        "shift-0", TELLER, counted, counted, Money(0), at, (), "d", ""
    )
    at_the_shift(desk, qtbot, on_duty=False)
    off = shift_view(desk).off
    qtbot.keyClicks(off.pin, PIN)
    qtbot.keyClick(off.pin, Qt.Key.Key_Return)
    qtbot.keyClicks(off.float, "500")
    qtbot.keyClick(off.float, Qt.Key.Key_Return)
    assert phase(desk) is Phase.ON
    assert "点钱 ¥620.00" in said(desk)
    assert "-¥120.00" in said(desk)


def test_a_wrong_pin_says_how_many_tries_are_left_and_then_locks(desk: Stage, qtbot: QtBot) -> None:
    at_the_shift(desk, qtbot, on_duty=False)
    off = shift_view(desk).off
    for left in (4, 3, 2, 1):
        qtbot.keyClicks(off.pin, "111222")
        qtbot.keyClick(desk.window, Qt.Key.Key_F2)
        assert f"还可以试 {left} 次" in said(desk)
        assert off.pin.text() == ""
    qtbot.keyClicks(off.pin, "111222")
    qtbot.keyClick(desk.window, Qt.Key.Key_F2)
    assert "15 分钟" in said(desk)
    assert phase(desk) is Phase.OFF


def test_another_name_empties_the_pin(desk: Stage, qtbot: QtBot) -> None:
    at_the_shift(desk, qtbot, on_duty=False)
    off = shift_view(desk).off
    qtbot.keyClicks(off.pin, PIN)
    off.table.select(2)
    assert off.pin.text() == ""


def test_on_duty_shows_owner_and_age_of_what_is_open(desk: Stage, qtbot: QtBot) -> None:
    from tests.kit.window_samples import open_intents

    desk.station.open = open_intents()
    at_the_shift(desk, qtbot)
    model = shift_view(desk).on.table.model()
    rows = [[model.index(row, at).data() for at in (0, 4, 5)] for row in range(model.rowCount())]
    assert ["结果不明", "27 小时", SUPERVISOR] in rows
    assert ["钱收了没有？", "12 分钟", TELLER] in rows


def test_a_bag_is_signed_over_by_seal_community_place_and_day(desk: Stage, qtbot: QtBot) -> None:
    lying = OpenItem("b bag", "bag_with_team", "", "", "2026-11-01-01", NO_MONEY, samples.NOW)
    people = desk.station.people
    people.open_items, people.bags = (lying,), {"2026-11-01-01": BagName("B-2", "净月新城")}
    at_the_shift(desk, qtbot)
    view = shift_view(desk)
    assert texts(view.on.table)[0][:2] == ["卡袋在专班手里", "B-2  净月新城"]
    assert texts(view.on.table)[0][4] == f"{samples.NOW:%m-%d %H:%M}"
    shift_of(desk).model.begin_count()
    shift_of(desk).model.count(Count(total="3184.50", by_total=True))
    shift_of(desk).model.close(PIN, SUPERVISOR, PIN)
    said = ["卡袋在专班手里", "B-2  净月新城", "2026-11-01-01", f"{samples.NOW:%Y-%m-%d %H:%M}"]
    row = texts(view.result.table)[0]
    assert [row[0], row[1], row[2], row[4]] == said


def texts(table: QTableView) -> list[list[str]]:
    model = table.model()
    at = range(model.columnCount())
    return [[str(model.index(row, n).data()) for n in at] for row in range(model.rowCount())]


def test_the_count_is_blind_and_signed_by_keyboard(desk: Stage, qtbot: QtBot) -> None:
    desk.station.people.open_items = items()
    at_the_shift(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_F9)
    assert phase(desk) is Phase.COUNTING
    page = shift_view(desk).counting
    assert "有 3 笔结果不明：要接班人一起签。" in said(desk)
    for field, number in zip(
        page.till.fields, ("31", "1", "1", "1", "0", "4", "0.5"), strict=False
    ):
        assert field.hasFocus()
        qtbot.keyClicks(field, number)
        assert str(EXPECTED) not in said(desk).replace("¥3,184.50", "") or number == "0.5"
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert page.signing.pin.hasFocus()
    assert shift_of(desk).model.state.count.sum == Money(318_450)
    qtbot.keyClicks(page.signing.pin, PIN)
    assert PIN not in said(desk)
    qtbot.keyClick(desk.window, Qt.Key.Key_F2)
    assert phase(desk) is Phase.CLOSED
    assert desk.station.people.calls == [("close", "¥3,184.50", "")]
    assert "账款相符" in said(desk)
    assert shift_view(desk).result.table.model().rowCount() == len(items())
    qtbot.keyClick(desk.window, Qt.Key.Key_Return)
    assert phase(desk) is Phase.OFF


@pytest.mark.parametrize("moment", ["on", "counting", "pin wrong"])
def test_nothing_says_what_should_be_there_before_the_signature(
    desk: Stage, qtbot: QtBot, moment: str
) -> None:
    at_the_shift(desk, qtbot)
    model = shift_of(desk).model
    if moment != "on":
        model.begin_count()
        model.count(Count(total="100", by_total=True))
    if moment == "pin wrong":
        model.close("111222")
        assert phase(desk) is Phase.COUNTING
        assert model.state.count.total == "100"
    for code in desk.session.screens:
        desk.window.go(code)
        assert str(EXPECTED) not in said(desk)


@pytest.mark.parametrize(
    ("total", "words"), [("3184.50", "账款相符"), ("3190", "多出 ¥5.50"), ("3100", "短少 ¥84.50")]
)
def test_over_and_short_in_words(desk: Stage, qtbot: QtBot, total: str, words: str) -> None:
    at_the_shift(desk, qtbot)
    model = shift_of(desk).model
    model.begin_count()
    model.count(Count(total=total, by_total=True))
    model.close(PIN, SUPERVISOR, PIN)
    assert words in said(desk)
    assert f"{TELLER} 交班给 {SUPERVISOR}" in said(desk)
    assert desk.station.people.calls[-1][2] == SUPERVISOR


def test_esc_leaves_the_count_and_the_shift_stays_open(desk: Stage, qtbot: QtBot) -> None:
    at_the_shift(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_F9)
    qtbot.keyClicks(shift_view(desk).counting.till.fields[0], "7")
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert phase(desk) is Phase.ON
    assert shift_of(desk).model.state.count == Count()
    assert not desk.station.people.calls


def test_an_untouched_count_is_no_count_of_nothing(desk: Stage, qtbot: QtBot) -> None:
    at_the_shift(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_F9)
    qtbot.keyClicks(shift_view(desk).counting.signing.pin, PIN)
    qtbot.keyClick(desk.window, Qt.Key.Key_F2)
    assert phase(desk) is Phase.COUNTING
    assert not desk.station.people.calls


def test_a_count_that_stands_is_not_typed_again(desk: Stage, qtbot: QtBot) -> None:
    desk.station.people.counted = True
    at_the_shift(desk, qtbot)
    assert phase(desk) is Phase.COUNTED
    page = shift_view(desk).counting
    assert not page.till.isVisible()
    qtbot.keyClicks(page.signing.pin, PIN)
    qtbot.keyClick(desk.window, Qt.Key.Key_F2)
    assert desk.station.people.calls == [("close", "None", "")]


def test_the_count_survives_another_language(desk: Stage, qtbot: QtBot) -> None:
    at_the_shift(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_F9)
    qtbot.keyClicks(shift_view(desk).counting.till.fields[0], "12")
    desk.session.tools.choices.choose_language("en")
    assert shift_view(desk).counting.till.fields[0].text() == "12"


@pytest.mark.parametrize(
    ("count", "fen"),
    [
        (Count(("1", "1", "1", "1", "1", "1"), "0.60"), 18_660),
        (Count(("２", "", "", "", "", "")), 20_000),
        (Count(("x", "", "", "", "", "")), None),
        (Count(("-1", "", "", "", "", "")), None),
        (Count(coins="1.234"), None),
        (Count(total="12.30", by_total=True), 1_230),
        (Count(("5",) * 6, total="", by_total=True), 0),
    ],
)
def test_the_sum_of_a_count(count: Count, fen: int | None) -> None:
    assert len(count.notes) == len(NOTES_YUAN)
    assert count.sum == (None if fen is None else Money(fen))


@pytest.mark.parametrize("height", [768, 700])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_nothing_is_clipped_and_nothing_scrolls(
    open_desk: Open, language: str, height: int
) -> None:
    desk = open_desk(language)
    desk.window.resize(1366, height)
    seen: list[str] = []

    def look(_widget: object, name: str) -> None:
        seen.append(name)
        application().processEvents()
        assert not clipped(desk), name
        area = desk.window.centralWidget()
        assert isinstance(area, QScrollArea)
        assert not area.verticalScrollBar().isVisible(), name
        assert not area.horizontalScrollBar().isVisible(), name

    desk.shoot_widget = look
    shift_scenes(desk)
    back_scenes(desk)
    assert len(seen) > 25


def test_pins_are_hidden_named_and_in_no_log(
    desk: Stage, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    at_the_shift(desk, qtbot, on_duty=False)
    off = shift_view(desk).off
    qtbot.keyClicks(off.pin, PIN)
    qtbot.keyClick(desk.window, Qt.Key.Key_F2)
    fields = desk.window.findChildren(PinField)
    assert len(fields) >= 4
    for field in fields:
        assert field.echoMode() is QLineEdit.EchoMode.Password
        assert field.accessibleName()
        assert field.text() == ""
    assert PIN not in caplog.text
    assert PIN not in repr(shift_of(desk).model.state)


def test_the_second_person_is_another_supervisor(desk: Stage, qtbot: QtBot) -> None:
    people = desk.station.people
    dialog = SecondPerson(desk.window, desk.window.look, desk.session.tools.approver, "x")
    qtbot.addWidget(dialog)
    names = [dialog.who.itemText(at) for at in range(dialog.who.count())]
    assert names == [SUPERVISOR, "赵国庆"]
    assert not dialog.accept_button.isEnabled()
    dialog.pin.setText("111222")
    dialog.accept()
    assert dialog.approval is None
    assert "还可以试 4 次" in "".join(one.text() for one in dialog.findChildren(QLabel))
    dialog.pin.setText(PIN)
    dialog.accept()
    assert dialog.approval is not None
    assert dialog.approval.name == SUPERVISOR
    assert people.calls[-1] == ("approve", SUPERVISOR)


def test_without_another_supervisor_it_is_said(desk: Stage, qtbot: QtBot) -> None:
    desk.station.people.clerks = CLERKS[:1]
    dialog = SecondPerson(desk.window, desk.window.look, desk.session.tools.approver, "x")
    qtbot.addWidget(dialog)
    assert not dialog.accept_button.isEnabled()
    assert "没有别的班长" in "".join(one.text() for one in dialog.findChildren(QLabel))


def test_a_clerk_needs_the_same_pin_twice(desk: Stage, qtbot: QtBot) -> None:
    sheet = ClerkSheet(desk.window, desk.window.look)
    qtbot.addWidget(sheet)
    sheet.name.setText("新人")
    sheet.pin.setText(PIN)
    sheet.again.setText("604218")
    assert not sheet.accept_button.isEnabled()
    sheet.again.setText(PIN)
    assert sheet.accept_button.isEnabled()
