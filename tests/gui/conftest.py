"""The window without a screen: the platform is set before Qt is imported."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget

from tests.kit.window_stage import Stage, application, stage

Open = Callable[..., Stage]


@pytest.fixture(autouse=True)
def _desk_font(qapp: QApplication) -> None:
    application()


@pytest.fixture
def open_desk() -> Iterator[Open]:
    """Opens windows over made-up stations; closes them afterwards."""
    opened: list[Stage] = []

    def open_one(language: str = "zh_CN", theme: str = "light") -> Stage:
        opened.append(stage(language, theme, _unseen))
        return opened[-1]

    yield open_one
    for one in opened:
        one.window.close()
        one.window.deleteLater()
    application().processEvents()
    # Else, with no event loop around a test, every window lives to the end: 20 MB each.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def desk(open_desk: Open) -> Stage:
    """One window, Chinese and light."""
    return open_desk()


def _unseen(_widget: QWidget, _name: str) -> None:
    """No pictures in tests."""
