"""A batch in several readers: a tile for each, envelopes, trays, and nothing left behind."""

from __future__ import annotations

import gc
import time
import weakref
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cardstation.domain.batch import LineState
from cardstation.domain.topup import Step
from cardstation.domain.trays import Tray
from cardstation.errors import CardRemoved, CardServiceGone, ReaderGone, Refusal
from tests.kit import window_samples as samples
from tests.kit.window_fakes import FakeCard
from tests.kit.window_lane_shots import READERS, in_envelopes
from tests.kit.window_stage import Stage, application
from ui.screens.batch import BatchView
from ui.screens.batch.lane_state import LaneState
from ui.screens.batch.state import State
from ui.screens.counter.state import Phase

BLANK_MS = 100


@pytest.fixture(autouse=True)
def _heard(desk: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write down what is played and spoken."""
    desk.station.calls.clear()
    sounds = desk.session.tools.sounds
    monkeypatch.setattr(sounds, "play", HEARD.append)
    monkeypatch.setattr(sounds, "speak", lambda text, *_who: HEARD.append(text))
    HEARD.clear()


HEARD: list[str] = []


def run(desk: Stage, readers: int = 2, *, count: int = 20, envelopes: bool = False) -> None:
    standing = samples.batch_standing(count)
    desk.station.standing = in_envelopes(standing) if envelopes else standing
    desk.window.go("batch")
    desk.session.tools.place.plugged(READERS[:readers])
    desk.batch.model.open("2026-11-23-02")
    desk.batch.model.start()


def lay(desk: Stage, lane: int, at: int) -> None:
    """A line's card into a reader."""
    assert desk.station.standing is not None
    line = desk.station.standing.outcomes[at].line
    desk.station.cards[READERS[lane]] = FakeCard(samples.facts(of=line), row=at)
    desk.insert(READERS[lane])


def state(desk: Stage) -> State:
    return desk.batch.model.state


def lane(desk: Stage, at: int) -> LaneState:
    return state(desk).lanes[at]


def tiles(desk: Stage) -> list[tuple[str, str]]:
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    return [(tile.state.kind, tile.state.line) for tile in view.open.lanes.tiles]


def test_every_reader_has_a_tile_and_one_reader_the_banner(desk: Stage) -> None:
    run(desk, 1)
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    assert desk.window.banner.isVisible()
    assert not view.open.lanes.isVisible()
    desk.session.tools.place.plugged(READERS)
    assert not desk.window.banner.isVisible()
    assert len(tiles(desk)) == 8
    application().processEvents()
    inside = desk.window.rect().adjusted(96, 0, 1, 1)
    for tile in view.open.lanes.tiles:
        at = tile.mapTo(desk.window, tile.rect().topLeft())
        assert inside.contains(tile.rect().translated(at))
        assert tile.width() > 250


def test_two_cards_lie_there_at_once_and_each_finds_its_row(desk: Stage) -> None:
    run(desk)
    lay(desk, 0, 4)
    lay(desk, 1, 6)
    assert [kind for kind, _ in tiles(desk)] == ["done", "done"]
    assert "赵敏" in tiles(desk)[0][1]
    assert "刘洋" in tiles(desk)[1][1]
    assert state(desk).counts.done == 2
    assert [lane(desk, at).tray for at in (0, 1)] == [Tray.A, Tray.A]
    desk.remove(READERS[0])
    assert "赵敏" not in str(tiles(desk))
    assert "刘洋" in tiles(desk)[1][1]


def test_one_key_puts_the_stopped_card_into_another_tray(desk: Stage, qtbot: QtBot) -> None:
    run(desk)
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    desk.station.fails["load_line"] = Refusal("load_still_on_card")
    lay(desk, 1, 6)
    card_no = samples.line(6).card_no
    qtbot.keyClick(desk.window, Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
    assert lane(desk, 1).tray is Tray.B
    assert desk.station.routed == [(Tray.B, 7, card_no, "load_still_on_card")]


def test_a_card_nobody_can_read_is_on_record_with_its_tray(desk: Stage) -> None:
    run(desk)
    desk.station.fails["insert_card"] = Refusal("foreign_card")
    lay(desk, 0, 4)
    assert desk.station.routed == [(Tray.B, 0, "", "foreign_card")]


def test_a_torn_card_holds_its_reader_and_no_other(desk: Stage) -> None:
    run(desk)
    desk.pull_at(Step.WRITE)
    lay(desk, 0, 4)
    desk.remove(READERS[0])
    desk.station.during = lambda _step: None
    assert lane(desk, 0).phase is Phase.PULLED
    lay(desk, 1, 6)
    assert lane(desk, 1).phase is Phase.DONE
    assert lane(desk, 0).torn is not None
    desk.remove(READERS[1])
    lay(desk, 1, 4)
    assert lane(desk, 1).phase is Phase.DONE
    assert lane(desk, 0).torn is None
    assert lane(desk, 0).phase is Phase.EMPTY


def test_readers_come_and_go_while_the_bag_runs(desk: Stage) -> None:
    run(desk, 1)
    lay(desk, 0, 4)
    desk.session.tools.place.plugged(READERS[:3])
    lay(desk, 2, 6)
    assert [one.number for one in state(desk).lanes] == [1, 2, 3]
    desk.session.tools.place.troubled(ReaderGone(reader=READERS[0]), READERS[0])
    desk.session.tools.place.plugged(READERS[1:3])
    assert [one.number for one in state(desk).lanes] == [2, 3]
    assert lane(desk, 1).phase is Phase.DONE
    desk.session.tools.place.plugged(READERS[:3])
    lay(desk, 0, 7)
    assert lane(desk, 0).phase is Phase.DONE
    desk.session.tools.place.troubled(CardServiceGone())
    assert {one.phase for one in state(desk).lanes} == {Phase.EMPTY}


def test_the_counter_serves_the_first_reader_with_a_card(desk: Stage) -> None:
    desk.session.tools.place.plugged(READERS[:2])
    names = []
    for at, name in enumerate(("甲", "乙")):
        facts = samples.facts()
        assert facts.household is not None
        names.append(replace(facts, household=replace(facts.household, name=name)))
        desk.station.cards[READERS[at]] = FakeCard(names[at])
    desk.station.card = desk.station.cards[READERS[1]]
    desk.insert(READERS[1])
    assert desk.counter.model.state.household == names[1].household
    desk.station.card = desk.station.cards[READERS[0]]
    desk.insert(READERS[0])
    assert desk.counter.model.state.household == names[1].household
    desk.remove(READERS[1])
    assert desk.counter.model.state.household == names[0].household
    desk.remove(READERS[0])
    assert desk.counter.model.state.household is None


# ── envelopes ──


def test_an_envelope_scanned_first_goes_with_the_next_card(desk: Stage, qtbot: QtBot) -> None:
    run(desk, envelopes=True)
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    qtbot.keyClicks(view.open.envelope, "5\r")
    assert state(desk).scanned == "5"
    assert "5" in view.open.lanes.tiles[0].state.title
    lay(desk, 0, 4)
    assert (lane(desk, 0).phase, lane(desk, 0).envelope) == (Phase.DONE, "5")
    assert view.open.lanes.tiles[0].state.envelope == "5"
    assert state(desk).scanned == ""


def test_two_cards_in_each_others_envelopes_are_two_stops(desk: Stage) -> None:
    run(desk, envelopes=True)
    for place, at, envelope in ((0, 4, "7"), (1, 6, "5")):
        desk.batch.model.scan(envelope)
        lay(desk, place, at)
    assert [one.code for one in state(desk).lanes] == ["card_in_other_envelope"] * 2
    assert state(desk).counts.done == 0


def test_an_envelope_scanned_at_the_card_is_held_against_it(desk: Stage) -> None:
    run(desk, 1, envelopes=True)
    lay(desk, 0, 4)
    desk.batch.model.scan("5")
    assert lane(desk, 0).phase is Phase.DONE
    desk.remove(READERS[0])
    lay(desk, 0, 6)
    desk.batch.model.scan("9")
    assert lane(desk, 0).code == "card_in_other_envelope"
    assert "check_envelope" in desk.station.calls
    assert HEARD[-2] == "stop"


def test_with_a_free_reader_an_unknown_envelope_waits_for_its_card(desk: Stage) -> None:
    run(desk, 2, envelopes=True)
    lay(desk, 0, 4)
    desk.batch.model.scan("7")
    assert lane(desk, 0).phase is Phase.DONE
    lay(desk, 1, 6)
    assert lane(desk, 1).phase is Phase.DONE


# ── the run ──


def test_a_clean_bag_takes_one_key(desk: Stage, qtbot: QtBot) -> None:
    """Twenty cards, listed and paid: F5, and hands that put cards in and take them out."""
    desk.station.standing = samples.batch_standing(20)
    ready = [
        at
        for at, one in enumerate(desk.station.standing.outcomes)
        if one.state is LineState.WAITING
    ]
    desk.window.go("batch")
    desk.session.tools.place.plugged(READERS[:2])
    desk.batch.model.open("2026-11-23-02")
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    strokes = 0
    for key in (Qt.Key.Key_F5,):
        qtbot.keyClick(desk.window, key)
        strokes += 1
    for at in ready:
        lay(desk, at % 2, at)
        assert lane(desk, at % 2).phase is Phase.DONE
        desk.remove(READERS[at % 2])
    assert strokes == 1
    assert len(ready) == 17
    assert state(desk).counts.left == 0
    assert not state(desk).running
    assert [call for call in desk.station.calls if call in ("start", "pause", "finish")] == [
        "start",
        "finish",
    ]


def test_every_action_of_the_batch_has_a_key(desk: Stage) -> None:
    """A walk over both pages: each button that is shown has a shortcut, or Tab reaches it."""
    run(desk, 2, envelopes=True)
    desk.station.fails["load_line"] = CardRemoved()
    lay(desk, 0, 4)
    desk.station.fails["load_line"] = Refusal("load_still_on_card")
    lay(desk, 1, 6)
    for part in _both_pages(desk):
        keys = {one.key().toString() for one in part.findChildren(QShortcut)}
        for made in part.findChildren(QPushButton):
            if made.isVisibleTo(part):
                own = {one.key().toString() for one in made.findChildren(QShortcut)}
                reached = made.focusPolicy() & Qt.FocusPolicy.TabFocus
                assert own or reached, made.text()
                assert own, f"{made.text()}: reached by Tab only"
                assert made.accessibleName()
        assert keys


def _both_pages(desk: Stage) -> list[QWidget]:
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    return [view.open]


def test_each_key_does_what_its_button_does(desk: Stage, qtbot: QtBot) -> None:
    run(desk, 2, envelopes=True)
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    pressed: list[str] = []
    for made in view.open.findChildren(QPushButton):
        shortcuts = made.findChildren(QShortcut)
        if not shortcuts or not made.isVisibleTo(view.open) or not made.isEnabled():
            continue
        name = made.text()
        made.clicked.disconnect()
        made.clicked.connect(lambda _on=False, name=name: pressed.append(name))
        key = QKeySequence(shortcuts[0].key())[0]
        qtbot.keyClick(view.open.envelope, key.key(), key.keyboardModifiers())
        assert pressed[-1:] == [made.text()]
    assert len(pressed) >= 3


def test_a_shift_that_ends_pauses_the_run(desk: Stage) -> None:
    run(desk)
    lay(desk, 0, 4)
    desk.station.runs = False
    desk.batch.model.look_round()
    assert not state(desk).running
    assert desk.session.tools.board.note is not None
    desk.remove(READERS[0])
    lay(desk, 0, 6)
    assert lane(desk, 0).phase is Phase.READY
    desk.batch.model.start()
    assert lane(desk, 0).phase is Phase.DONE


# ── nothing is left behind ──


def texts(widget: QWidget) -> str:
    """Everything a widget and those in it say, to eyes and to screen readers."""
    parts = [one.text() for one in widget.findChildren(QLabel)]
    for one in (widget, *widget.findChildren(QWidget)):
        parts += [one.accessibleName(), one.accessibleDescription()]
    return "\n".join(parts)


@pytest.mark.parametrize("stopped", [False, True])
def test_a_tile_is_blank_at_once_and_nothing_keeps_the_card(desk: Stage, stopped: bool) -> None:
    run(desk, 4)
    if stopped:
        desk.station.fails["load_line"] = Refusal("load_still_on_card", card_no="8801")
    lay(desk, 2, 6)
    card = desk.station.cards.pop(READERS[2])
    content, gone = weakref.ref(card), time.thread_time()
    desk.remove(READERS[2])
    application().processEvents()
    took_ms = (time.thread_time() - gone) * 1000
    assert lane(desk, 2) == LaneState(READERS[2], 3)
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    assert "刘洋" not in texts(view.open.lanes)
    assert took_ms < BLANK_MS
    assert card.closed
    desk.station.fails.clear()
    del card
    gc.collect()
    assert content() is None, gc.get_referrers(content())
