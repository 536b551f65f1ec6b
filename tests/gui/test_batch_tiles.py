"""The tiles of several readers: where a torn card stands, and what is left of one that went."""

from __future__ import annotations

from cardstation.domain.topup import Step
from cardstation.errors import CardRemoved
from tests.gui.test_batch_lanes import lay, run
from tests.kit.window_lane_shots import READERS
from tests.kit.window_stage import Stage
from ui.screens.batch import BatchView


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
