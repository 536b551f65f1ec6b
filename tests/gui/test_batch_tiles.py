"""The tiles of readers: where a torn card stands, what is left of one that went; and of figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cardstation.domain.batch import LineState, Verdict
from cardstation.domain.topup import Step
from cardstation.domain.trays import Tray
from cardstation.errors import CardRemoved, Refusal
from tests.gui.test_batch_lanes import lay, run
from tests.kit import window_samples as samples
from tests.kit.station import line, neighbours, put_batch
from tests.kit.window_guided import guided_desk
from tests.kit.window_lane_shots import READERS
from tests.kit.window_stage import Stage
from ui.screens.batch import BatchView
from ui.screens.batch.state import counted, needs_you


def test_the_tiles_of_readers_that_went_are_gone_at_once(desk: Stage) -> None:
    run(desk, 8)
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    old = view.open.lanes.tiles
    assert all(tile.isVisible() for tile in old)
    view.open.lanes._lay_out((1, 2))
    assert len(old) == 8
    assert not any(tile.isVisible() for tile in old)


def test_the_tile_of_a_torn_card_stands_at_the_step_it_was_torn_in(desk: Stage) -> None:
    run(desk)

    def torn(step: Step) -> None:
        if step is Step.WRITE:
            raise CardRemoved

    desk.station.during = torn
    lay(desk, 0, 4)
    desk.remove(READERS[0])
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    tile = view.open.lanes.tiles[0].state
    assert tile.steps[tile.step] == "写卡"


LOAD, ASKS, GONE_BACK = "load_still_on_card", "counter_past_expected", "released_refused"
STOPPED = LineState.STOPPED
READY, HUMAN, BLOCKED = Verdict.READY, Verdict.HUMAN, Verdict.BLOCKED


@pytest.mark.parametrize(
    ("verdict", "state", "reason", "tray", "asks"),
    [
        (READY, LineState.UNKNOWN, "outcome_unknown", None, True),
        (READY, STOPPED, ASKS, None, True),
        (READY, STOPPED, ASKS, Tray.C, False),
        (READY, STOPPED, LOAD, None, False),
        (READY, STOPPED, LOAD, Tray.B, True),
        (READY, STOPPED, "load_returned", None, False),
        (READY, STOPPED, GONE_BACK, None, False),
        (READY, STOPPED, GONE_BACK, Tray.B, False),
        (HUMAN, STOPPED, "name_differs", None, True),
        (HUMAN, STOPPED, "per_load_max", Tray.C, True),
        (BLOCKED, STOPPED, "card_blacklisted", None, True),
        (BLOCKED, STOPPED, "account_stopped", None, False),
        (READY, LineState.WAITING, "", None, False),
        (READY, LineState.UNFUNDED, "line_unfunded", Tray.C, False),
        (READY, LineState.DONE, "", None, False),
    ],
)
def test_only_what_somebody_has_to_decide_needs_you(
    verdict: Verdict, state: LineState, reason: str, tray: Tray | None, asks: bool
) -> None:
    [one] = samples.batch_standing(1).outcomes
    line = replace(one.line, verdict=verdict, reasons=(reason,) if verdict is not READY else ())
    outcome = replace(one, line=line, state=state, reason=reason)
    assert needs_you(outcome, tray) is asks
    counts = counted((outcome,), {1: tray} if tray else {})
    assert counts.needs == asks
    assert counts.done + counts.left + counts.unfunded + counts.needs + counts.aside == 1


def test_a_card_that_just_goes_back_is_not_asked_about_until_it_is_laid_elsewhere(
    desk: Stage, qtbot: QtBot
) -> None:
    run(desk)
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    before = desk.batch.model.state.counts.needs
    standing = desk.station.standing
    assert standing is not None
    stopped = replace(standing.outcomes[6], state=STOPPED, reason=LOAD)
    desk.station.fails["load_line"] = Refusal(LOAD)
    outcomes = (*standing.outcomes[:6], stopped, *standing.outcomes[7:])
    desk.station.standing = replace(standing, outcomes=outcomes)
    lay(desk, 0, 6)
    assert needs_shown(desk) == str(before)
    qtbot.keyClick(desk.window, Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
    assert needs_shown(desk) == str(before + 1)
    qtbot.keyClick(desk.window, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    assert needs_shown(desk) == str(before)


def needs_shown(desk: Stage) -> str:
    """The figure on the tile."""
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    return view.open._tiles[1].accessibleName().rpartition(" ")[2]


def test_what_a_clerk_chose_last_counts_at_a_real_desk(tmp_path: Path) -> None:
    homes = neighbours(2)
    with guided_desk(tmp_path / "home", homes) as opened:
        batch = put_batch(opened.desk, [line(one, row) for row, one in enumerate(homes, 1)])
        services = opened.window.session.tools.services
        for tray in (Tray.B, Tray.C):
            services.lanes.route(batch, tray, 2, homes[1].card_no, ASKS)
            assert services.lanes.trays(batch) == {2: tray}
        outcomes = services.batch_state(batch).outcomes
        assert (counted(outcomes).needs, counted(outcomes, {2: Tray.C}).needs) == (1, 0)
