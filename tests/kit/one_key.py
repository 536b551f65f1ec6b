"""A clean bag under the whole window: real services, real store; one key, and hands.

`python -m tests.kit.one_key HOME BATCH` does it over the card service of the rack that serves
this data folder, whose hands feed the cards, and prints what became of the bag.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest

from cardstation.bootstrap.desk_readers import DeskReaders, Room
from cardstation.bootstrap.desk_wiring import Wiring
from cardstation.bootstrap.rack_socket import call_rack
from cardstation.bootstrap.readers import open_readers
from cardstation.bootstrap.station import open_station
from cardstation.services.batch_state import batch_state
from cardstation.services.station import Station
from cardstation.settings import Settings, load_settings
from tests.kit.window_stage import application
from tests.kit.window_torn import until
from ui.desk import DeskWindow
from ui.program import open_window
from ui.screens.batch import BatchScreen
from ui.screens.counter.state import Phase


class Strokes(QObject):
    """Counts the keys that are pressed anywhere in the program."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        application().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """As Qt asks; a press may be a shortcut's alone, its release is seen by the window once."""
        if event.type() == QEvent.Type.KeyRelease and watched.isWindowType():
            self.count += 1
        return False

    def end(self) -> int:
        application().removeEventFilter(self)
        return self.count


@contextmanager
def bag_window(
    settings: Settings, station: Station, room: Room, batch_id: str
) -> Iterator[DeskWindow]:
    """The window as the program opens it, the batch on its screen."""
    application()
    services = Wiring(settings, station, DeskReaders(room)).services()
    quiet = replace(services.settings, sound=False)
    window = open_window(replace(services, settings=quiet))
    window.show()
    window.go("batch")
    batch_of(window).model.open(batch_id)
    until(lambda: batch_of(window).model.state.standing is not None)
    try:
        yield window
    finally:
        until(lambda: not window.session.tools.place.busy)
        window.close()
        window.deleteLater()


def batch_of(window: DeskWindow) -> BatchScreen:
    """The batch screen of a window."""
    found = window.session.screens["batch"]
    assert isinstance(found, BatchScreen)
    return found


def press_start(window: DeskWindow) -> None:
    """F5, as a hand presses it, and the run has begun."""
    until(lambda: len(batch_of(window).model.state.lanes) == 2)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_F5)
    until(lambda: batch_of(window).model.state.running)


Hand = Callable[[int, str], None]
"""Does something at a reader, counted from 0, with a card."""


def run_bag(window: DeskWindow, cards: Sequence[str], put_in: Hand, take_out: Hand) -> int:
    """The bag through two readers, by hands and one key; returns how many keys were pressed."""
    strokes, model = Strokes(), batch_of(window).model
    press_start(window)
    for at in range(0, len(cards), 2):
        pair = cards[at : at + 2]
        for lane, card in enumerate(pair):
            put_in(lane, card)
        until(lambda: [one.phase for one in model.state.lanes] == [Phase.DONE] * 2)
        for lane, card in enumerate(pair):
            take_out(lane, card)
        until(lambda: [one.phase for one in model.state.lanes] == [Phase.EMPTY] * 2)
    until(lambda: not model.state.running)
    return strokes.end()


@click.command()
@click.argument("home", type=click.Path(path_type=Path))
@click.argument("batch_id")
def main(home: Path, batch_id: str) -> None:
    """The rack's hands handle the cards; here is the one key."""
    settings = load_settings(home, {})
    with open_station(settings, True) as station, open_readers(settings) as room:
        ready = [one for one in batch_state(station, batch_id).outcomes if one.is_open]
        with bag_window(settings, station, room, batch_id) as window:
            pressed = run_bag(
                window,
                [one.line.card_no for one in ready],
                lambda at, card: _hand(home, do="insert", card=card, slot=at + 1),
                lambda at, _card: _hand(home, do="pull", slot=at + 1),
            )
        state = batch_state(station, batch_id)
    told = {
        "strokes": pressed,
        "states": sorted({one.state.value for one in state.outcomes}),
        "cards": len(state.outcomes),
        "loaded_fen": state.money.loaded.fen,
    }
    click.echo(json.dumps(told))


def _hand(home: Path, **request: object) -> None:
    call_rack(home, request)


if __name__ == "__main__":
    main()
