"""What two people read off a meter before money goes back."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from cardstation.services.intent.meter_count import NOT_READ, MeterCount
from tests.kit.window_stage import Stage
from ui.parts.meter_count import MeterSheet


def test_the_meter_is_read_before_a_load_is_called_not_there(desk: Stage, qtbot: QtBot) -> None:
    """Of a meter that counts nothing no number is entered."""
    sheet = MeterSheet(desk.window, desk.window.look, desk.session.tools.approver, "x", "QM1")
    qtbot.addWidget(sheet)
    assert sheet.meter == NOT_READ
    qtbot.keyClicks(sheet.count, "5-1 x")
    assert sheet.meter == MeterCount(51)
    sheet.another.click()
    sheet.card_here.click()
    assert sheet.meter == MeterCount(51, another=True, card_here=True)
