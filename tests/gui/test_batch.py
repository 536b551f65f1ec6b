"""The batch: a list, a lump sum, a bag of cards, and the keys for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cardstation.domain.batch import LineOutcome, LineState, Verdict
from cardstation.domain.money import Money
from cardstation.domain.topup import Step
from cardstation.domain.trays import Tray
from cardstation.errors import Refusal
from cardstation.i18n import translator
from cardstation.services.batch_list import ListedBatch
from tests.kit import window_samples as samples
from tests.kit.window_fakes import PRESENCE, FakeCard
from tests.kit.window_stage import Stage
from ui.screens.batch import BatchView
from ui.screens.batch.lane_state import LaneState
from ui.screens.batch.list_page import _pill
from ui.screens.batch.pay_dialog import Handed, PayDialog
from ui.screens.batch.state import counted
from ui.screens.batch.wording import lane_banner
from ui.screens.counter.state import Phase


def card_at(desk: Stage, at: int) -> None:
    assert desk.station.standing is not None
    line = desk.station.standing.outcomes[at].line
    desk.station.card = FakeCard(samples.facts(of=line), row=at)


def open_batch(desk: Stage, *, funded: bool = True, count: int = 10) -> None:
    desk.station.standing = samples.batch_standing(count, funded=funded)
    desk.window.go("batch")
    desk.batch.model.open("2026-11-23-02")


def view_of(desk: Stage) -> BatchView:
    found = desk.window.view("batch")
    assert isinstance(found, BatchView)
    return found


def test_a_list_is_taken_in_paid_and_run_by_keys(desk: Stage, qtbot: QtBot) -> None:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    qtbot.keyClick(desk.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert desk.window.here == "batch"
    desk.batch.model.take_in(Path("list.xlsx"))
    assert desk.window.banner.state.title == "按 F9 · Q 报价"
    assert desk.station.standing is not None
    desk.batch.model.pay(Handed("cash", desk.station.standing.money.expected, ""))
    assert desk.window.banner.state.title == "按 F5 开始写卡"
    qtbot.keyClick(desk.window, Qt.Key.Key_F5)
    assert desk.batch.model.state.running
    for at in (0, 1, 2):
        card_at(desk, at)
        desk.insert()
        assert desk.window.banner.state.kind == "done"
        desk.remove()
    counts = desk.batch.model.state.counts
    assert (counts.done, counts.todo) == (3, 56)
    qtbot.keyClick(desk.window, Qt.Key.Key_F7)
    assert "handover" in desk.station.calls
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert not desk.batch.model.state.running
    assert desk.batch.model.state.standing is not None
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert desk.batch.model.state.standing is None


def test_the_line_in_hand_is_shown_while_it_is_written(desk: Stage) -> None:
    open_batch(desk)
    desk.batch.model.start()
    card_at(desk, 4)
    seen: list[str] = []

    def during(step: Step) -> None:
        if step is Step.WRITE:
            table = view_of(desk).open.table
            seen.append(table.model().index(table.row, 7).data())
            seen.append(desk.window.banner.state.line)

    desk.station.during = during
    desk.insert()
    assert seen[0] == "正在写卡"
    assert "赵敏" in seen[1]


def test_paused_over_a_card_at_work_no_money_moves(desk: Stage) -> None:
    """The run is paused and its card is still written: its row's money stays where it is."""
    open_batch(desk)
    desk.batch.model.start()
    card_at(desk, 4)
    seen: list[tuple[bool, ...]] = []

    def look() -> None:
        page, model = view_of(desk).open, desk.batch.model
        model.show_money()
        shown = view_of(desk).money.isVisible()
        seen.append((model.state.running, page._pay.isEnabled(), page._money.isEnabled(), shown))

    def during(step: Step) -> None:
        if step is Step.WRITE:
            desk.batch.model.pause()
            look()

    desk.station.during = during
    desk.insert()
    look()
    assert seen == [(False, False, False, False), (False, True, True, True)]


def test_removal_clears_the_card_but_not_the_list(desk: Stage) -> None:
    open_batch(desk)
    desk.batch.model.start()
    card_at(desk, 4)
    desk.insert()
    assert "赵敏" in desk.window.banner.state.line
    desk.remove()
    state = desk.batch.model.state
    assert state.front == LaneState(PRESENCE.reader)
    assert desk.session.tools.place.card is None
    assert "赵敏" not in desk.window.banner.state.line
    assert state.standing is not None
    assert state.standing.outcomes[4].state is LineState.DONE


def test_a_stop_says_what_to_do_and_the_loop_goes_on(desk: Stage) -> None:
    open_batch(desk)
    desk.batch.model.start()
    card_at(desk, 1)
    desk.station.fails["load_line"] = Refusal("load_still_on_card")
    desk.insert()
    assert desk.window.banner.state.kind == "needs_you"
    told = view_of(desk).open.table.model()
    row = [told.index(place, 0).data() for place in range(told.rowCount())].index("5")
    assert [told.index(row, column).data() for column in (7, 8)] == ["未充", "卡上还有气没进表"]
    desk.remove()
    assert desk.window.banner.state.kind == "idle"
    desk.station.fails.clear()
    card_at(desk, 2)
    desk.insert()
    assert desk.window.banner.state.kind == "done"


def test_a_card_pulled_while_writing_stays_said_until_the_next(desk: Stage) -> None:
    open_batch(desk)
    desk.batch.model.start()
    card_at(desk, 1)
    desk.pull_at(Step.VERIFY)
    desk.insert()
    desk.remove()
    assert desk.batch.model.state.phase is Phase.PULLED
    assert desk.window.banner.state.kind == "needs_you"
    desk.station.during = lambda _step: None
    desk.insert()
    assert desk.window.banner.state.kind == "done"


def test_paused_a_card_is_read_and_not_written(desk: Stage) -> None:
    open_batch(desk)
    card_at(desk, 1)
    desk.insert()
    assert desk.batch.model.state.phase is Phase.READY
    assert "load_line" not in desk.station.calls
    desk.batch.model.start()
    assert desk.window.banner.state.kind == "done"


def test_the_loop_ends_with_the_last_card(desk: Stage) -> None:
    open_batch(desk, count=3)
    desk.batch.model.start()
    for at in range(3):
        card_at(desk, at)
        desk.insert()
        desk.remove()
    assert not desk.batch.model.state.running
    assert desk.window.banner.state.title == "本批的卡全部完成"
    assert desk.batch.model.state.seconds_left is None, "nothing is left to wait for"


def test_a_running_batch_keeps_its_cards_on_any_screen(desk: Stage) -> None:
    open_batch(desk)
    desk.batch.model.start()
    desk.window.go("settings")
    card_at(desk, 3)
    desk.insert()
    assert desk.window.here == "batch"
    assert desk.counter.model.state.phase is Phase.EMPTY


def test_without_an_open_batch_a_card_goes_to_the_counter(desk: Stage) -> None:
    desk.window.go("batch")
    desk.insert()
    assert desk.window.here == "counter"
    assert desk.counter.model.state.phase is Phase.READY


def test_the_same_list_again_is_said(desk: Stage) -> None:
    desk.window.go("batch")
    desk.station.fails["import_list"] = Refusal("same_list_again", batch_id="2026-11-23-02")
    desk.batch.model.take_in(Path("list.xlsx"))
    assert desk.session.tools.board.note is not None
    assert not desk.batch.model.state.busy


def test_preflight_gives_every_row_a_verdict_and_a_reason(desk: Stage) -> None:
    open_batch(desk, funded=False, count=30)
    table = view_of(desk).open.table
    rows = [
        [table.model().index(row, place).data() for place in (7, 8)]
        for row in range(table.model().rowCount())
    ]
    assert rows[0] == ["待核实", "金额不确定"]
    assert [state for state, _ in rows[:4]].count("待核实") == 3, "one is not found, two to ask"
    assert rows[5] == ["未付款", ""]
    assert all(state for state, _ in rows)


def test_the_lump_sum_is_asked_for_and_never_guessed(desk: Stage, qtbot: QtBot) -> None:
    standing = samples.batch_standing(10, funded=False)
    dialog = PayDialog(desk.window, desk.window.look, standing)
    qtbot.addWidget(dialog)
    assert dialog.handed is not None
    assert dialog.handed.money == standing.money.expected
    dialog.amount.setText("abc")
    assert dialog.handed is None
    assert not dialog.accept_button.isEnabled()
    dialog.amount.setText("500")
    dialog.segments.button("bank_transfer").click()
    assert dialog.handed is None
    dialog.reference.setText("7781")
    assert dialog.handed is not None
    assert dialog.handed.reference == "7781"
    assert "伍佰元整" in [label.text() for label in dialog.findChildren(QLabel)]


def test_what_went_back_is_to_come_again(desk: Stage, qtbot: QtBot) -> None:
    """What stands there to be taken is not more than what is to come; what went out is named."""
    standing = samples.batch_standing(10)
    back, debt = Money(5_000), Money(1_000)
    money = replace(standing.money, given_back=back, arrears=debt)
    dialog = PayDialog(desk.window, desk.window.look, replace(standing, money=money))
    qtbot.addWidget(dialog)
    told = [label.text() for label in dialog.findChildren(QLabel) if label.text()]
    assert dialog.amount.text() == "60.00"
    assert {"还应收", "¥60.00", "已退", "¥50.00", "缴清欠费", "¥10.00"} <= set(told)
    assert not any("余款只退付款人" in one for one in told)


def test_a_digit_too_many_is_seen_before_enter(desk: Stage, qtbot: QtBot) -> None:
    standing = samples.batch_standing(10, funded=False)
    dialog = PayDialog(desk.window, desk.window.look, standing)
    qtbot.addWidget(dialog)
    asked = [one.money or Money(0) for one in standing.batch.lines if not one.withdrawn]
    most = max(sum(asked, Money(0)), standing.batch.stated_total or Money(0))
    for money, said in ((most, False), (most + Money(100), True), (most, False)):
        dialog.amount.setText(money.yuan)
        told = [label.text() for label in dialog.findChildren(QLabel) if label.text()]
        assert ("比还应收的多 ¥1.00：余款只退付款人。" in told) is said
        assert dialog.accept_button.isEnabled()


def test_counts_add_up() -> None:
    standing = samples.batch_standing(60, done=36, stopped=(33,))
    counts = counted(standing.outcomes)
    known = counts.done + counts.left + counts.needs + counts.unfunded
    assert known + counts.aside == 60
    assert (counts.stopped, counts.runs) == (1, counts.left + 1)


STANDS = {
    "unknown": (LineState.UNKNOWN, "outcome_unknown"),
    "on card": (LineState.STOPPED, "load_still_on_card"),
    "envelope": (LineState.STOPPED, "card_in_other_envelope"),
    "given up": (LineState.STOPPED, "released_not_wanted"),
    "returned": (LineState.STOPPED, "load_returned"),
    "nothing": (LineState.DONE, ""),
}


def _left_out(one: LineOutcome) -> LineOutcome:
    """A row that waited for a person; nothing else is changed."""
    if one.line.verdict is Verdict.READY:
        return one
    why = "left_out_twice"
    line = replace(one.line, withdrawn=why)
    return replace(one, line=line, state=LineState.WITHDRAWN, reason=why)


def all_but_one(desk: Stage, stands: str, *, decided: bool = True) -> int:
    """Every card of the open list is done, but the last one's line; no row is left to decide."""
    standing = samples.batch_standing(60, done=60)
    ready = [at for at, one in enumerate(standing.outcomes) if one.line.verdict is Verdict.READY]
    outcomes = list(standing.outcomes)
    state, reason = STANDS[stands]
    outcomes[ready[-1]] = replace(outcomes[ready[-1]], state=state, reason=reason, receipt_no="")
    if decided:
        outcomes = [_left_out(one) for one in outcomes]
    desk.station.standing = replace(standing, outcomes=tuple(outcomes))
    desk.window.go("batch")
    desk.batch.model.open("2026-11-23-02")
    return ready[-1]


@pytest.mark.parametrize("stands", ["unknown", "on card", "envelope"])
def test_a_bag_with_a_card_left_is_never_green_and_f5_takes_that_card(
    desk: Stage, stands: str
) -> None:
    at = all_but_one(desk, stands)
    counts = desk.batch.model.state.counts
    assert (counts.todo, counts.done, counts.runs, counts.left) == (56, 55, 1, 0)
    assert desk.window.banner.state.kind == ("needs_you" if stands == "unknown" else "idle")
    assert view_of(desk).open._run.isEnabled()
    card_at(desk, at)
    desk.insert()
    assert desk.window.banner.state.title == "按 F5 开始写卡"
    desk.batch.model.start()
    assert desk.window.banner.state.kind == "done"
    desk.remove()
    assert not desk.batch.model.state.running
    assert desk.window.banner.state.title == "本批的卡全部完成"


@pytest.mark.parametrize("stands", ["given up", "returned"])
def test_what_was_given_up_leaves_nothing_to_run(desk: Stage, stands: str) -> None:
    at = all_but_one(desk, stands)
    assert desk.window.banner.state.title == "本批的卡全部完成"
    assert not view_of(desk).open._run.isEnabled()
    card_at(desk, at)
    desk.insert()
    assert desk.window.banner.state.title == "无可写"


def pill(desk: Stage) -> str:
    """How the list of the open batch stands among the lists."""
    standing = desk.batch.model.state.standing
    assert standing is not None
    return _pill(ListedBatch(standing), translator("zh_CN")).text


def test_a_batch_is_not_done_over_rows_that_wait_for_a_person(desk: Stage) -> None:
    all_but_one(desk, "nothing", decided=False)
    said, needs = desk.window.banner.state, desk.batch.model.state.counts.needs
    assert needs > 0
    assert (said.kind, said.title) == ("needs_you", f"需要您处理：{needs}")
    assert pill(desk) == "需要您处理"
    all_but_one(desk, "nothing")
    assert desk.window.banner.state.title == "本批的卡全部完成"
    assert pill(desk) == "待退卡"


def test_a_batch_is_not_done_while_a_strange_card_lies_in_tray_b(desk: Stage) -> None:
    desk.station.routed.append((Tray.B, 0, "88019999", "card_not_in_batch"))
    all_but_one(desk, "nothing")
    assert desk.window.banner.state.kind == "needs_you"


def test_a_batch_is_not_done_while_a_card_lies_in_another_reader(desk: Stage) -> None:
    all_but_one(desk, "nothing")
    state = desk.batch.model.state
    lying = (LaneState(reader="a"), LaneState(reader="b", number=2, phase=Phase.DONE))
    said = lane_banner(lying[0], replace(state, lanes=lying), translator("zh_CN"))
    assert (said.kind, said.title) == ("idle", "请取出最后一张卡")


def test_an_unknown_outcome_is_said_by_its_own_banner(desk: Stage) -> None:
    all_but_one(desk, "unknown")
    said = desk.window.banner.state
    assert (said.kind, said.title) == ("needs_you", "1 张卡结果未知")
    desk.batch.model.start()
    assert desk.window.banner.state.kind == "needs_you"
    assert desk.batch.model.state.running


def test_a_run_over_stopped_cards_takes_them_one_after_another(desk: Stage) -> None:
    """Esc ends it: nothing waits any more, so the run is over and not paused."""
    desk.station.standing = samples.batch_standing(10, done=10, stopped=(7, 8))
    desk.window.go("batch")
    desk.batch.model.open("2026-11-23-02")
    desk.batch.model.start()
    card_at(desk, 7)
    desk.insert()
    assert desk.window.banner.state.kind == "done"
    desk.remove()
    assert desk.batch.model.state.running
    desk.batch.model.leave()
    assert desk.station.calls[-1] == "finish"
