"""An unusual amount on the lane screen: one key, a second person, and the card is loaded."""

from __future__ import annotations

from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.i18n import translator
from cardstation.sentences import brief
from tests.gui.test_batch_lanes import lane, lay, run, state, tiles
from tests.kit.window_stage import Stage
from ui.screens.batch import BatchView
from ui.screens.counter.state import Phase

TOO_MUCH = Refusal("line_needs_human", card_no="1", row=5, reason="implausible_volume")


def button_shown(desk: Stage) -> bool:
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    return view.open._release.isVisibleTo(view.open)


def test_a_supervisor_releases_the_amount_and_the_card_is_loaded(desk: Stage) -> None:
    run(desk)
    assert not button_shown(desk)
    desk.station.fails["load_line"] = TOO_MUCH
    lay(desk, 0, 4)
    assert button_shown(desk)
    reason, what = tiles(desk)[0][1].split("    ")
    assert reason == brief("implausible_volume", translator("zh_CN"))
    assert "Alt+R" in what
    desk.station.fails.clear()
    desk.batch.model.release(Approval("王班长"))
    assert desk.station.backs == [("release_amount", "王班长", "5")]
    assert lane(desk, 0).phase is Phase.DONE
    assert not button_shown(desk)
    assert state(desk).counts.done == 1


def test_what_else_needs_a_person_is_not_released(desk: Stage) -> None:
    run(desk)
    other = replace_reason("name_differs")
    desk.station.fails["load_line"] = other
    lay(desk, 0, 4)
    assert not button_shown(desk)
    assert "Alt+R" not in tiles(desk)[0][1]
    desk.batch.model.release(Approval("王班长"))
    assert desk.station.backs == []


def replace_reason(reason: str) -> Refusal:
    return Refusal("line_needs_human", **{**TOO_MUCH.values, "reason": reason})


def test_a_card_taken_out_meanwhile_is_not_loaded(desk: Stage) -> None:
    run(desk)
    desk.station.fails["load_line"] = TOO_MUCH
    lay(desk, 0, 4)
    desk.station.fails.clear()
    desk.remove("ACS ACR39U ICC Reader 00 00")
    desk.batch.model.release(Approval("王班长"))
    assert desk.station.backs == []
    assert lane(desk, 0).phase is Phase.EMPTY


def test_a_card_loaded_elsewhere_is_loaded_by_the_meters_reading(desk: Stage) -> None:
    run(desk)
    desk.station.fails["load_line"] = ELSEWHERE
    lay(desk, 0, 4)
    assert button_shown(desk)
    assert "照样写卡" in button_text(desk)
    desk.station.fails.clear()
    desk.batch.model.release(Approval("王班长"), "1043.2")
    assert desk.station.backs == [("allow_load", "王班长", "5 1043.2")]
    assert lane(desk, 0).phase is Phase.DONE
    assert not button_shown(desk)


def test_without_a_reading_the_desk_says_so_and_the_card_stays_stopped(desk: Stage) -> None:
    run(desk)
    desk.station.fails["load_line"] = ELSEWHERE
    lay(desk, 0, 4)
    desk.station.fails["allow_load"] = Refusal("reading_needed")
    desk.batch.model.release(Approval("王班长"))
    note = desk.session.tools.board.note
    assert note is not None
    assert lane(desk, 0).phase is Phase.STOPPED
    assert button_shown(desk)


ELSEWHERE = Refusal("loaded_since_list", day="2026-11-24", since="2026-11-24")


def button_text(desk: Stage) -> str:
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    return view.open._release.text()
