"""What a lane says aloud of a stop, where its card goes, and what the table marks meanwhile."""

from __future__ import annotations

import re

import pytest

from cardstation.domain.trays import Tray
from cardstation.errors import CardRemoved, Refusal
from cardstation.i18n import translator
from cardstation.sentences import brief, of_error
from tests.gui.test_batch_lanes import lane, lay, run, tiles
from tests.kit.window_lane_shots import READERS
from tests.kit.window_stage import Stage, application
from ui.screens.batch import BatchView
from ui.screens.counter.state import Phase

CHINESE = translator("zh_CN")
VALUES: dict[str, dict[str, str | int]] = {
    "card_of_other_batch": {"batch_id": "2026-11-23-01"},
    "card_in_other_envelope": {"envelope": "B-07", "own": "A-12"},
    "counter_past_expected": {"seen": 53, "expected": 52},
    "counter_below_expected": {"seen": 51, "expected": 52},
    "line_needs_human": {"reason": "door_differs"},
    "line_blocked": {"reason": "account_stopped"},
    "load_still_on_card": {"litres": 50_000},
    "hoard_limit": {"room_litres": 50_000},
    "per_load_max": {"limit_litres": 50_000},
    "cap_exceeded": {"left_litres": 50_000},
    "hoard_limit_money": {"room_fen": 5_000},
    "load_still_on_card_money": {"fen": 5_000},
    "order_already_loaded": {"order_id": "2211-8871"},
    "loaded_since_list": {"day": "2026-11-24", "since": "2026-11-23"},
}
"""What a stop's sentence names: it is heard, too."""


@pytest.fixture
def heard(desk: Stage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is played and spoken, in its order."""
    said: list[str] = []
    sounds = desk.session.tools.sounds
    monkeypatch.setattr(sounds, "play", said.append)
    monkeypatch.setattr(sounds, "speak", lambda text, *_who: said.append(text))
    return said


def marked(desk: Stage) -> list[str]:
    """Households whose row the table marks."""
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    rows = view.open.table.selectionModel().selectedRows(2)
    assert (view.open.table.row >= 0) == bool(rows)
    return [str(one.data()) for one in rows]


def edges(desk: Stage) -> tuple[int, int]:
    """How much of the first and of the last row in view is cut."""
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    application().processEvents()
    table, below = view.open.table, view.open.table.viewport().height()
    last = table.rowAt(below - 1)
    assert last > table.rowAt(0) + 3
    cut = table.rowViewportPosition(last) + table.rowHeight(last) - below
    return table.rowViewportPosition(table.rowAt(0)), cut


def test_no_row_stays_marked_whose_card_is_gone(desk: Stage) -> None:
    run(desk)
    lay(desk, 0, 4)
    assert marked(desk) == ["赵敏"]
    assert edges(desk) == (0, 0), "no half row at the top or at the bottom"
    lay(desk, 1, 6)
    assert marked(desk) == ["刘洋"]
    desk.remove(READERS[0])
    assert marked(desk) == ["刘洋"], "the other card still lies there"
    desk.remove(READERS[1])
    assert marked(desk) == []
    desk.station.fails["load_line"] = Refusal("load_still_on_card")
    lay(desk, 0, 7)
    assert marked(desk)
    desk.remove(READERS[0])
    assert marked(desk) == []


def test_the_sounds_tell_wait_from_take_it_from_stop(desk: Stage, heard: list[str]) -> None:
    run(desk)
    lay(desk, 0, 4)
    assert heard == ["wait", "remove-card"]
    heard.clear()
    desk.station.fails["load_line"] = Refusal("card_not_in_batch")
    lay(desk, 1, 6)
    assert heard == ["wait", "stop", "2 号，放 B 盘：这张卡不在本批次的清单上。"]


def test_of_an_only_reader_no_number_is_said(desk: Stage, heard: list[str]) -> None:
    run(desk, 1)
    desk.station.fails["load_line"] = Refusal("card_not_in_batch")
    lay(desk, 0, 6)
    assert heard == ["wait", "stop", "放 B 盘：这张卡不在本批次的清单上。"]


def test_a_card_that_is_pulled_out_is_laid_in_again_and_in_no_tray(
    desk: Stage, heard: list[str]
) -> None:
    run(desk)
    stop = desk.station.fails["load_line"] = CardRemoved("card_removed")
    lay(desk, 1, 4)
    assert lane(desk, 1).phase is Phase.PULLED
    assert heard[1:] == ["stop", f"2 号：{of_error(stop, CHINESE).what}"]


@pytest.mark.parametrize(
    ("code", "tray"),
    [
        ("line_already_done", Tray.A),
        ("card_of_other_batch", Tray.B),
        ("card_not_in_batch", Tray.B),
        ("foreign_card", Tray.B),
        ("chip_unknown", Tray.B),
        ("counter_past_expected", Tray.B),
        ("counter_below_expected", Tray.B),
        ("card_in_other_envelope", Tray.B),
        ("load_still_on_card", Tray.C),
        ("hoard_limit", Tray.C),
        ("line_unfunded", Tray.C),
        ("card_torn_elsewhere", Tray.B),
        ("old_card", Tray.B),
        ("line_needs_human", Tray.B),
        ("line_blocked", Tray.C),
        ("per_load_max", Tray.C),
        ("cap_exceeded", Tray.C),
        ("loaded_since_list", Tray.B),
        ("card_blacklisted", Tray.B),
        ("card_differs_from_file", Tray.B),
        ("chip_not_supported", Tray.B),
        ("account_stopped", Tray.C),
        ("hoard_limit_money", Tray.C),
        ("load_returned", Tray.C),
        ("load_still_on_card_money", Tray.C),
        ("order_already_loaded", Tray.C),
    ],
)
def test_each_stop_is_said_and_has_a_tray(
    desk: Stage, heard: list[str], code: str, tray: Tray
) -> None:
    run(desk)
    stop = desk.station.fails["load_line"] = Refusal(code, **VALUES.get(code, {}))
    lay(desk, 1, 6)
    assert (lane(desk, 1).phase, lane(desk, 1).tray) == (Phase.STOPPED, tray)
    assert tiles(desk)[1][0] == "needs_you"
    assert heard[1:] == ["stop", f"2 号，放 {tray} 盘：{of_error(stop, CHINESE).what}"]
    assert of_error(Refusal("no_words"), CHINESE).what not in heard[2]
    assert not re.search(r"[{}]|[a-z]{3}", heard[2]), "a value is missing, or a word is not told"
    for name, told in VALUES.get(code, {}).items():
        words = "50" if name.endswith(("litres", "fen")) else brief(str(told), CHINESE)
        assert words in heard[2], "what is wrong is heard"
    desk.station.fails.clear()
    lay(desk, 0, 4)
    assert lane(desk, 0).phase is Phase.DONE


@pytest.mark.parametrize("code", ["grant_list_old", "grant_missing", "grant_over", "no_shift"])
def test_what_stops_every_card_sends_none_into_a_tray(
    desk: Stage, heard: list[str], code: str
) -> None:
    run(desk)
    desk.station.fails["load_line"] = Refusal(code)
    lay(desk, 1, 6)
    assert (lane(desk, 1).phase, lane(desk, 1).tray) == (Phase.STOPPED, None)
    assert "盘" not in heard[2]


def test_a_card_that_waits_for_a_torn_one_goes_into_no_tray(desk: Stage) -> None:
    run(desk)
    desk.station.fails["load_line"] = Refusal("other_card_first", tail="0017")
    lay(desk, 1, 6)
    assert (lane(desk, 1).phase, lane(desk, 1).tray) == (Phase.STOPPED, None)
