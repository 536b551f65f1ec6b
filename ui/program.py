"""The window as a program: makes the Qt application, shows the desk, runs until it is closed."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtWidgets import QApplication, QFileDialog

from ui.desk import DeskWindow
from ui.desk_services import DeskServices
from ui.look import load_fonts
from ui.session import open_session


def prepare(scale: int) -> QApplication:
    """Make the application, once.

    Args:
        scale: Size of everything, per cent.
    """
    os.environ.setdefault("QT_SCALE_FACTOR", f"{scale / 100:.2f}")
    if "fcitx" in os.environ.get("XMODIFIERS", "") + os.environ.get("QT_IM_MODULE", ""):
        os.environ["QT_IM_MODULE"] = "ibus"  # fcitx5 speaks it; the wheel has no fcitx plug-in
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(["cardstation"])
    app.setFont(load_fonts())
    app.setStyle("Fusion")
    return app


def open_window(services: DeskServices) -> DeskWindow:
    """The window over these services, watching the reader."""
    window = DeskWindow(open_session(services, _ask_file))
    window.session.watch()
    return window


def run_window(services: DeskServices) -> int:
    """Show the window and return when it was closed."""
    app = prepare(services.settings.scale)
    window = open_window(services)
    window.show()
    return app.exec()


def _ask_file(folder: str) -> Path | None:
    chosen, _ = QFileDialog.getOpenFileName(None, "", folder, "*.xlsx *.xls *.csv *.ods")
    return Path(chosen) if chosen else None
