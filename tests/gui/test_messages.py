"""A message is read whole on every screen, and covers no button."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QPushButton, QWidget

from cardstation.errors import Refusal
from tests.kit.window_shots import SCENES, other_scenes
from tests.kit.window_stage import Stage, application, stage
from ui.desk import DeskWindow
from ui.parts.footer import Footer
from ui.parts.message_strip import LEAST, MessageStrip

LONG = Refusal("same_list_again", batch_id="2026-11-23-02")


@pytest.mark.parametrize(
    ("language", "scenes"),
    [*(("en", one) for one in SCENES), ("zh_CN", other_scenes)],
    ids=lambda one: one if isinstance(one, str) else one.__name__,
)
def test_a_message_is_whole_on_every_screen(language: str, scenes: Callable[[Stage], None]) -> None:
    wrong: list[str] = []
    seen: list[str] = []

    def look(widget: QWidget, name: str) -> None:
        if not isinstance(widget, DeskWindow) or not _footers(widget):
            return
        board = widget.session.tools.board
        board.tell(LONG)
        application().processEvents()
        seen.append(name)
        wrong.extend(f"{name}: {fault}" for fault in _faults(widget))
        board.clear()

    made = stage(language, "light", look)
    try:
        scenes(made)
    finally:
        made.window.close()
        made.window.deleteLater()
        application().processEvents()
    assert not wrong
    assert seen


def _footers(window: DeskWindow) -> list[Footer]:
    return [one for one in window.view().findChildren(Footer) if one.isVisible()]


def _faults(window: DeskWindow) -> list[str]:
    [strip] = window.findChildren(MessageStrip)
    over = QRect(strip.mapTo(window, QPoint(0, 0)), strip.size())
    found = []
    if not strip.isVisible() or strip.width() < LEAST:
        found.append(f"{strip.width()} px wide")
    if strip.heightForWidth(strip.width()) > strip.height():
        found.append(f"cut: {strip.heightForWidth(strip.width())} px in {strip.height()}")
    for button in _footers(window)[0].findChildren(QPushButton):
        at = QRect(button.mapTo(window, QPoint(0, 0)), button.size())
        if button.isVisible() and at.intersects(over):
            found.append(f"covers {button.text()}")
    return found
