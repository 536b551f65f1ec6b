"""Which card a scan is for: the one that asked, never the one whose number it is."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetricsF

from cardstation.domain.batch import LineState, Verdict
from cardstation.domain.trays import Tray
from cardstation.errors import Refusal
from cardstation.sentences import word
from tests.gui.conftest import Open
from tests.gui.test_batch_lanes import lane, lay, run, state, tiles
from tests.gui.test_envelopes import BATCH, opened
from tests.kit.window_lane_shots import READERS
from tests.kit.window_stage import Stage
from ui.lane import HeldLane
from ui.look import font
from ui.parts.banner import BannerState
from ui.screens.batch import BatchView
from ui.screens.counter.state import Phase

OTHER = "card_in_other_envelope"
FIFTH, SEVENTH = 4, 6
"""Cards of the rows whose envelopes are 5 and 7."""


def running(desk: Stage, readers: int = 2) -> None:
    opened(desk, envelopes=True, must=True)
    desk.session.tools.place.plugged(READERS[:readers])
    desk.batch.model.start()


def opened_tiles(desk: Stage) -> list[BannerState]:
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    return [tile.state for tile in view.open.lanes.tiles]


def pills(desk: Stage, *cards: int) -> list[tuple[str, str]]:
    """Of the rows of cards: what stands in the column of the state, and its colour."""
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    rows = view.open._rows
    state = [column.title for column in rows.columns].index(desk.window.look.t("State"))
    cells = [rows.cell(rows.index(view.open._order.index(at + 1), state)) for at in cards]
    return [(cell.text, cell.tone) for cell in cells]


def codes(desk: Stage) -> list[str]:
    return [one.code for one in state(desk).lanes]


@pytest.mark.parametrize("readers", [2, 3])
def test_two_cards_laid_first_are_stopped_by_each_others_envelopes(
    desk: Stage, readers: int
) -> None:
    """Both lie; the envelopes are scanned as the tiles ask: of the first reader, of the second."""
    running(desk, readers)
    lay(desk, 0, FIFTH)
    lay(desk, 1, SEVENTH)
    desk.batch.model.scan("7")
    desk.batch.model.scan("5")
    assert codes(desk)[:2] == [OTHER] * 2
    assert [lane(desk, at).tray for at in (0, 1)] == [Tray.B] * 2
    assert state(desk).counts.done == 0


@pytest.mark.parametrize("readers", [1, 2])
def test_one_after_another_they_are_stopped_too(desk: Stage, readers: int) -> None:
    running(desk, readers)
    for at, scanned in ((FIFTH, "7"), (SEVENTH, "5")):
        lay(desk, 0, at)
        desk.batch.model.scan(scanned)
        assert codes(desk)[0] == OTHER
        desk.remove(READERS[0])
    assert state(desk).counts.done == 0


def test_a_wrong_scan_stops_the_card_that_asked_and_the_next_one_asks(desk: Stage) -> None:
    running(desk)
    lay(desk, 1, FIFTH)
    lay(desk, 0, SEVENTH)
    desk.batch.model.scan("no row's")
    assert codes(desk) == ["envelope_not_scanned", OTHER]
    desk.batch.model.scan("7")
    assert lane(desk, 0).phase is Phase.DONE
    assert state(desk).counts.done == 1


def test_one_card_asks_at_a_time_and_the_others_say_so(desk: Stage) -> None:
    running(desk)
    lay(desk, 1, FIFTH)
    lay(desk, 0, SEVENTH)
    view = opened_tiles(desk)
    assert [one.kind for one in view] == ["idle", "ready"]
    assert "扫信封" in view[1].title
    assert "2" in view[0].line
    assert not any(one.tray or one.envelope for one in view)
    assert pills(desk, FIFTH, SEVENTH) == [("请扫信封", "brand"), ("等前一张", "idle")]
    desk.batch.model.scan("5")
    assert pills(desk, FIFTH, SEVENTH) == [("已充", "ok"), ("请扫信封", "brand")]
    view = opened_tiles(desk)
    assert [(one.kind, one.envelope) for one in view] == [("ready", ""), ("done", "5")]


def test_a_card_that_is_pulled_out_asks_no_more(desk: Stage) -> None:
    running(desk)
    lay(desk, 0, FIFTH)
    lay(desk, 1, SEVENTH)
    desk.remove(READERS[0])
    assert tiles(desk)[1][0] == "ready"
    desk.batch.model.scan("7")
    assert lane(desk, 1).phase is Phase.DONE
    desk.remove(READERS[1])
    desk.batch.model.scan("5")
    assert state(desk).scanned == "5"
    lay(desk, 0, FIFTH)
    assert lane(desk, 0).phase is Phase.DONE


def test_an_envelope_scanned_before_its_card_is_kept_for_it(desk: Stage) -> None:
    running(desk)
    desk.batch.model.scan("7")
    lay(desk, 0, FIFTH)
    lay(desk, 1, SEVENTH)
    assert codes(desk) == [OTHER, "envelope_not_scanned"]
    desk.batch.model.scan("7")
    assert lane(desk, 1).phase is Phase.DONE


def test_a_pause_ends_the_question_and_the_start_asks_anew(desk: Stage) -> None:
    running(desk)
    lay(desk, 0, FIFTH)
    desk.batch.model.pause()
    assert lane(desk, 0).phase is Phase.READY
    assert not opened_tiles(desk)[0].envelope
    desk.batch.model.scan("5")
    assert state(desk).counts.done == 0
    desk.batch.model.start()
    assert lane(desk, 0).waits_for_scan
    desk.batch.model.scan("5")
    assert lane(desk, 0).phase is Phase.DONE


def test_a_shift_that_ends_ends_the_question_too(desk: Stage) -> None:
    running(desk)
    lay(desk, 0, FIFTH)
    desk.station.runs = False
    desk.batch.model.look_round()
    assert lane(desk, 0).phase is Phase.READY


def test_a_scan_while_the_card_is_still_read_is_its_own(desk: Stage) -> None:
    """The hand is faster than the reader: by number it would have gone to the other card."""
    running(desk, 3)
    place = desk.session.tools.place.every[0]
    slow = HeldLane()
    place._lane = slow
    lay(desk, 0, FIFTH)
    slow.run()
    assert lane(desk, 0).phase is Phase.WORKING
    desk.batch.model.scan("7")
    slow.run()
    slow.run()
    assert codes(desk)[0] == OTHER
    assert not state(desk).scanned


def held(desk: Stage, *readers: int) -> list[HeldLane]:
    """Readers that read only when told to."""
    slow = [HeldLane() for _ in readers]
    for at, one in zip(readers, slow, strict=True):
        desk.session.tools.place.every[at]._lane = one
    return slow


def read_to_the_end(slow: HeldLane) -> None:
    while slow.run():
        pass


@pytest.mark.parametrize("opened_first", [False, True])
def test_of_two_cards_that_are_still_read_a_scan_is_nobodys(
    desk: Stage, opened_first: bool
) -> None:
    running(desk)
    slow = held(desk, 0, 1)
    lay(desk, 0, FIFTH)
    lay(desk, 1, SEVENTH)
    for one in slow * opened_first:
        one.run()
    desk.batch.model.scan("7")
    assert not state(desk).scanned
    note = desk.session.tools.board.note
    assert note is not None
    assert note.fields == {"envelope": "7"}
    for one in reversed(slow):
        read_to_the_end(one)
    desk.batch.model.scan("5")
    read_to_the_end(slow[1])
    assert codes(desk) == ["envelope_not_scanned", OTHER]
    assert state(desk).counts.done == 0


def test_a_scan_dies_with_the_card_that_was_being_read(desk: Stage) -> None:
    running(desk)
    held(desk, 0)
    lay(desk, 0, FIFTH)
    desk.batch.model.scan("7")
    desk.remove(READERS[0])
    lay(desk, 1, SEVENTH)
    assert lane(desk, 1).waits_for_scan
    assert state(desk).counts.done == 0


@pytest.mark.parametrize("before", [True, False])
def test_a_scan_is_of_the_card_that_came_next_not_of_the_one_read_first(
    desk: Stage, before: bool
) -> None:
    running(desk)
    slow = held(desk, 0)
    for step in (1, 0) if before else (0, 1):
        if step:
            desk.batch.model.scan("7")
        else:
            lay(desk, 0, FIFTH)
    lay(desk, 1, SEVENTH)
    assert lane(desk, 1).waits_for_scan
    read_to_the_end(slow[0])
    assert codes(desk) == [OTHER, "envelope_not_scanned"]


def test_a_scan_dies_with_the_card_that_nobody_could_read(desk: Stage) -> None:
    running(desk)
    desk.batch.model.scan("7")
    desk.station.fails["insert_card"] = Refusal("foreign_card")
    lay(desk, 0, FIFTH)
    desk.station.fails.clear()
    lay(desk, 1, SEVENTH)
    assert lane(desk, 1).waits_for_scan


def test_where_no_scan_is_asked_the_card_that_is_read_has_it(desk: Stage) -> None:
    opened(desk, envelopes=True)
    desk.batch.model.start()
    slow = held(desk, 0)
    lay(desk, 0, FIFTH)
    desk.batch.model.scan("7")
    lay(desk, 1, SEVENTH)
    read_to_the_end(slow[0])
    assert codes(desk) == [OTHER, ""]


def test_a_card_that_is_still_read_at_the_pause_asks_after_it(desk: Stage) -> None:
    running(desk)
    slow = HeldLane()
    desk.session.tools.place.every[0]._lane = slow
    lay(desk, 0, FIFTH)
    slow.run()
    desk.batch.model.pause()
    slow.run()
    assert lane(desk, 0).phase is Phase.READY
    desk.batch.model.start()
    slow.run()
    assert lane(desk, 0).waits_for_scan


def test_both_envelopes_are_named_of_a_card_in_a_wrong_one(desk: Stage) -> None:
    running(desk)
    for scanned, whose in (("7", "7-1-703"), ("99", "不在清单上")):
        lay(desk, 0, FIFTH)
        desk.batch.model.scan(scanned)
        said = tiles(desk)[0][1]
        assert f"扫到：{scanned} 号信封，{whose}" in said
        assert "这张卡：5 号信封，5-2-1101" in said
        desk.remove(READERS[0])


def test_the_question_is_spoken_when_its_turn_comes(
    desk: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    sounds = desk.session.tools.sounds
    monkeypatch.setattr(sounds, "play", said.append)
    monkeypatch.setattr(sounds, "speak", lambda text, *_who: said.append(text))
    running(desk)
    lay(desk, 0, FIFTH)
    lay(desk, 1, SEVENTH)
    assert said == ["wait", "1 号：请扫信封", "wait"]
    desk.batch.model.scan("5")
    assert said[3:] == ["2 号：请扫信封", "remove-card"]


def test_a_question_that_is_answered_before_it_was_heard_is_not_asked(
    desk: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    hushed: list[str] = []
    monkeypatch.setattr(desk.session.tools.sounds, "hush", hushed.append)
    running(desk)
    lay(desk, 0, FIFTH)
    assert hushed == []
    desk.batch.model.scan("5")
    assert hushed == [READERS[0]]


def test_only_a_tray_that_may_take_the_card_is_offered(desk: Stage) -> None:
    run(desk)
    desk.station.fails["load_line"] = Refusal("load_still_on_card")
    lay(desk, 0, FIFTH)
    assert state(desk).offered == {Tray.B, Tray.C}
    desk.remove(READERS[0])
    assert state(desk).offered == frozenset()
    desk.station.fails.clear()
    for _ in range(2):
        lay(desk, 0, FIFTH)
        desk.remove(READERS[0])
    lay(desk, 0, FIFTH)
    assert lane(desk, 0).code == "line_already_done"
    assert state(desk).offered == set(Tray)
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    assert all(made.isVisible() for made in view.open._trays.values())


def test_rows_without_a_number_are_said_all_the_time_and_ask_nothing(desk: Stage) -> None:
    view = opened(desk, envelopes=True, must=True)
    chip = view.open._unlocked
    assert not chip.isVisible()
    desk.station.services().lanes.put_in_envelope(BATCH, FIFTH + 1, "", None, "")
    desk.batch.model.look()
    assert "信封未锁：1 行没有号" in chip.text()
    desk.batch.model.start()
    assert chip.isVisible()
    lay(desk, 0, FIFTH)
    assert lane(desk, 0).phase is Phase.DONE
    assert not chip.isVisible()


def test_the_rule_that_comes_with_the_run_is_known_at_once(desk: Stage) -> None:
    opened(desk, envelopes=True)
    desk.batch.model._services.lanes.require_scans(BATCH)
    assert not state(desk).must_scan
    desk.batch.model.start()
    assert state(desk).must_scan


def test_a_scan_in_full_width_is_of_the_card_whose_envelope_it_is(desk: Stage) -> None:
    """Where nothing has to be scanned, a scan finds its card by the number."""
    opened(desk, envelopes=True)
    desk.batch.model.start()
    lay(desk, 0, FIFTH)
    lay(desk, 1, SEVENTH)
    desk.batch.model.scan("\u200b")
    desk.batch.model.scan("５\u200b")
    desk.batch.model.scan(" ７")
    assert [one.envelope for one in state(desk).lanes] == ["５\u200b", "７"]
    assert [one.phase for one in state(desk).lanes] == [Phase.DONE] * 2


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_no_state_is_cut_in_its_column(open_desk: Open, language: str) -> None:
    desk = open_desk(language)
    running(desk)
    lay(desk, 1, FIFTH)
    lay(desk, 0, SEVENTH)
    page = desk.window.view("batch")
    assert isinstance(page, BatchView)
    t = desk.window.look.t
    width = next(one.width for one in page.open._rows.columns if one.title == t("State"))
    words = [text for text, _ in pills(desk, FIFTH, SEVENTH)]
    words += [word(f"line.{one}", t) for one in LineState]
    words += [word(f"verdict.{one}", t) for one in Verdict]
    metrics = QFontMetricsF(font(13))
    cut = [one for one in words if metrics.horizontalAdvance(one) > width - 20 - 34]
    assert not cut
