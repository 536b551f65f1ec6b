"""The window as a program: makes the Qt application, shows the desk, runs until it is closed."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QLibraryInfo,
    QObject,
    QtMsgType,
    QTranslator,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QFileDialog

from cardstation.short_turns import take_short_turns
from ui.choices import Choices
from ui.desk import DeskWindow
from ui.desk_services import DeskServices
from ui.look import app_icon, load_fonts
from ui.session import open_session

LISTS = "Excel, CSV (*.xlsx *.xls *.xlsb *.ods *.csv *.txt *.htm *.html)"

LOG = logging.getLogger(__name__)


def prepare(scale: int) -> QApplication:
    """Make the application, once.

    Args:
        scale: Size of everything, per cent.
    """
    qInstallMessageHandler(_to_log)
    take_short_turns()
    running = QApplication.instance()
    if isinstance(running, QApplication):
        app = running
    else:
        os.environ.setdefault("QT_SCALE_FACTOR", f"{scale / 100:.2f}")
        if "fcitx" in os.environ.get("XMODIFIERS", "") + os.environ.get("QT_IM_MODULE", ""):
            # WORKAROUND: fcitx5 speaks ibus, and the wheel has no fcitx plug-in (fcitx5 #444).
            os.environ["QT_IM_MODULE"] = "ibus"
        app = QApplication(["cardstation"])
    # The style first: a new style takes the fonts of the system with it.
    app.setStyle("Fusion")
    app.setFont(load_fonts())
    app.setWindowIcon(app_icon())
    return app


def open_window(services: DeskServices) -> DeskWindow:
    """The window over these services, watching the reader."""
    window = DeskWindow(open_session(services, _ask_file))
    StockWords(window.session.tools.choices, window)
    window.session.watch()
    return window


def run_window(services: DeskServices) -> int:
    """Show the window and return when it was closed."""
    app = prepare(services.settings.scale)
    window = open_window(services)
    window.show()
    return app.exec()


class StockWords(QObject):
    """Qt's own words for stock buttons and the file dialog, in the chosen language."""

    def __init__(self, choices: Choices, parent: QObject) -> None:
        super().__init__(parent)
        self._choices = choices
        self._words = QTranslator(self)
        place = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        self._words.load("qtbase_zh_CN", place)
        choices.look_changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Take the chosen language."""
        QCoreApplication.removeTranslator(self._words)
        if self._choices.state.language == "zh_CN":
            QCoreApplication.installTranslator(self._words)


def _to_log(kind: QtMsgType, _place: object, text: str) -> None:
    """Qt's own messages go to the station's log, not between a clerk's lines."""
    LOG.log(logging.INFO if kind is QtMsgType.QtDebugMsg else logging.WARNING, "%s", text)


def _ask_file(folder: str) -> Path | None:
    chosen, _ = QFileDialog.getOpenFileName(None, "", folder, LISTS)
    return Path(chosen) if chosen else None
