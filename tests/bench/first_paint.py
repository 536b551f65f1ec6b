"""A process that opens a window, says when it was usable, and ends."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import click


def say_when(shown: Callable[[], bool]) -> None:
    """Run Qt until the window was painted and `shown` is true; print that moment."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    assert app is not None
    timer = QTimer()

    def look() -> None:
        if shown():
            click.echo(json.dumps({"usable_at": time.monotonic()}))
            timer.stop()
            app.quit()

    timer.timeout.connect(look)
    timer.start(5)
    app.exec()


def desk() -> None:
    """The desk as `cardstation-desk` opens it: painted, and every chip knows its device."""
    from cardstation.bootstrap.window import open_desk
    from cardstation.settings import load_settings

    with open_desk(load_settings()) as wiring:
        from ui.program import open_window, prepare

        services = wiring.services()
        prepare(services.settings.scale)
        window = open_window(services)
        window.show()
        status = window.session.status
        say_when(lambda: window.isVisible() and status.state.sync is not None)
        window.close()


def bare() -> None:
    """An empty Qt window with the desk's font and one line of text."""
    from PySide6.QtWidgets import QApplication, QLabel

    from ui.look import load_fonts

    app = QApplication([])
    app.setFont(load_fonts())
    label = QLabel("请放卡")
    label.resize(1366, 768)
    label.show()
    say_when(label.isVisible)


if __name__ == "__main__":
    {"desk": desk, "bare": bare}[sys.argv[1]]()
