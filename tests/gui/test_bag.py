"""The page of a bag by keys alone: its way, where the cards are, hand-overs, the return."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cardstation.domain.batch_life import Stage as LifeStage
from cardstation.domain.batch_life import Step
from cardstation.domain.custody import NEED_TWO, Explanation, HandOver, Party, Why
from cardstation.domain.seal_number import QR_PREFIX
from cardstation.domain.shift import Approval
from cardstation.errors import Mishap, Refusal
from cardstation.i18n import translator
from cardstation.services.hand_over import HandOverRequest
from tests.kit import window_samples as samples
from tests.kit.window_bag import SEALS, FakeBag, collected, fetched, given_back, on_its_way
from tests.kit.window_bag_shots import open_bag
from tests.kit.window_stage import Stage
from ui.lane import HeldLane
from ui.look import Look
from ui.screens.batch import BatchView, custody_page
from ui.screens.batch.custody_explain import ExplainDialog
from ui.screens.batch.custody_page import BagPage
from ui.screens.batch.custody_places import places_of, typed
from ui.screens.batch.custody_timeline import event_words
from ui.screens.batch.custody_trace import TraceDialog
from ui.theme import THEMES

LOOK = Look(THEMES["light"], translator("zh_CN"))


def page_of(desk: Stage) -> BagPage:
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    return view.bag


def begin(desk: Stage, bag: FakeBag | None = None) -> BagPage:
    desk.station.standing = samples.batch_standing(done=36, stopped=(33,))
    desk.window.go("batch")
    desk.batch.model.open("2026-11-23-02")
    way = bag or FakeBag()
    if bag is None:
        on_its_way(way)
    open_bag(desk, way)
    return page_of(desk)


def test_f10_opens_the_bag_and_escape_leads_back(desk: Stage, qtbot: QtBot) -> None:
    page = begin(desk)
    desk.batch.model.bag.leave()
    assert not page.isVisible()
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    qtbot.keyClick(desk.window, Qt.Key.Key_F10)
    assert page.isVisible()
    assert desk.window.banner.state.title == "还有卡等待充值"
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert not page.isVisible()
    assert desk.batch.model.state.standing is not None


def test_every_paper_has_a_key(desk: Stage, qtbot: QtBot) -> None:
    page = begin(desk)
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    for key in (Qt.Key.Key_F2, Qt.Key.Key_F7, Qt.Key.Key_F11):
        qtbot.keyClick(desk.window, key)
    page.timeline.setFocus()
    qtbot.keyClick(page.timeline, Qt.Key.Key_Up)
    qtbot.keyClick(page.timeline, Qt.Key.Key_Return)
    assert desk.station.bag.papers == ["label", "return", "annex", "slip 4"]


def test_every_button_has_a_key_and_a_name(desk: Stage) -> None:
    page = begin(desk)
    for made in page.findChildren(QPushButton):
        assert made.accessibleName()
        assert re.search(r"(Esc|F\d+)$", made.text()), made.text()


def test_the_tally_adds_up_and_is_spoken(desk: Stage) -> None:
    page = begin(desk)
    standing = desk.batch.model.bag.state.standing
    assert standing is not None
    tally = standing.custody.tally
    assert sum(tally.values()) == standing.custody.cards
    for where, count in tally.items():
        said = f"{count}" in page.tally.accessibleName() or not count
        assert said, where
    assert "未收到 4" in page.tally.accessibleName()


def test_the_next_thing_to_do_is_the_blue_one(desk: Stage) -> None:
    def primary(page: BagPage) -> list[str]:
        return [
            one.text()
            for one in page.findChildren(QPushButton)
            if one.property("look") == "primary"
        ]

    assert primary(begin(desk, FakeBag())) == ["接收  F4"]
    assert desk.window.banner.state.title == "卡还没有交接", "nothing lacks before it was due"
    assert "F4" in desk.window.banner.state.line
    desk.station.standing = samples.batch_standing(done=60)
    way = FakeBag()
    on_its_way(way)
    open_bag(desk, way)
    assert primary(page_of(desk)) == ["退卡  F6"]
    given_back(way, desk.station.standing)
    open_bag(desk, way)
    assert primary(page_of(desk)) == ["退卡  F6"], "a card is kept for its household"
    fetched(way, desk.station.standing)
    open_bag(desk, way)
    assert primary(page_of(desk)) == ["批次结案  F9"]
    desk.batch.model.bag.close_batch()
    assert primary(page_of(desk)) == []
    state = desk.batch.model.bag.state.standing
    assert state is not None
    assert state.stage is LifeStage.CLOSED


def test_the_banner_of_a_bag_and_its_blue_key_say_the_same(desk: Stage) -> None:
    def primary() -> list[str]:
        made = page_of(desk).findChildren(QPushButton)
        return [one.text() for one in made if one.property("look") == "primary"]

    begin(desk)
    assert desk.window.banner.state.line.startswith("20 张卡等待收款或充值")
    assert primary() == [], "cards that wait for their load are not given back yet"
    desk.station.standing = samples.batch_standing(done=60)
    way = FakeBag()
    on_its_way(way)
    open_bag(desk, way)
    assert (desk.window.banner.state.title, primary()) == ("还有卡未退回", ["退卡  F6"])
    with_team = FakeBag()
    with_team.say(Step.COLLECTED, collected(), "王经理", "陈静")
    open_bag(desk, with_team)
    assert (desk.window.banner.state.title, primary()) == ("卡还在专班", ["接收  F4"])
    assert "F4" in desk.window.banner.state.line
    given_back(way, desk.station.standing)
    way.strays = ("8801325999990",)
    open_bag(desk, way)
    assert (desk.window.banner.state.title, primary()) == ("还有卡没有说明", ["说明  F8"])


def test_arrows_walk_the_timeline_and_it_is_spoken(desk: Stage, qtbot: QtBot) -> None:
    page = begin(desk)
    page.timeline.setFocus()
    assert page.timeline.row == 4
    for _ in range(2):
        qtbot.keyClick(page.timeline, Qt.Key.Key_Up)
    assert page.timeline.row == 2
    assert "物业 → 专班" in page.timeline.accessibleName()
    assert "57 / 58" in page.timeline.accessibleName()
    assert "0000 1261 1230 2016" in page.timeline.accessibleName()
    for _ in range(9):
        qtbot.keyClick(page.timeline, Qt.Key.Key_Up)
    assert page.timeline.row == 0


def test_events_read_as_people_would_say_them() -> None:
    bag, t = FakeBag(), translator("zh_CN")
    on_its_way(bag)
    bag.say(Step.EXPLAINED, Explanation(Why.NEVER_GIVEN, (3, 4)))
    bag.say(Step.EXPLAINED, Explanation(Why.COUNTED_AGAIN, counted=57))
    state = bag.state(samples.batch_standing(done=36))
    words = [event_words(one, t) for one in state.timeline]
    assert [one.title for one in words[2:4]] == ["物业 → 专班", "专班 → 营业厅"]
    assert words[2].signed == ("drawn", "drawn")
    assert words[3].signed == ("paper", "duty")
    assert words[3].differs
    assert words[5].title == "已说明：没有交来"
    assert words[6].count == "57"


def test_a_return_prints_with_progress_and_goes_on_after_the_paper_ran_out(desk: Stage) -> None:
    page = begin(desk)
    told: list[tuple[int, int]] = []
    model, station = desk.batch.model.bag, desk.station

    def seen() -> None:
        running = model.state.running
        told.append((running.done, running.count) if running else (0, 0))

    model.changed.connect(seen)
    station.fails["return"] = Mishap("paper_not_printed", printer="OKI", cause="no paper")
    model.print_return()
    assert (40, 64) in told
    assert model.state.running is None
    assert desk.window.banner.state.kind == "needs_you"
    assert desk.window.banner.state.line == "已打 40/64。看一下打印机 OKI，再按 F7 接着打。"
    station.fails.clear()
    model.print_return()
    assert model.state.problem is None
    assert not page._progress.isVisible()


def test_one_return_is_printed_at_a_time(desk: Stage) -> None:
    begin(desk)
    held = HeldLane()
    object.__setattr__(desk.session.tools, "paper", held)
    desk.batch.model.bag.print_return()
    desk.batch.model.bag.print_return()
    assert held.run() == 1


def test_what_is_refused_stands_in_the_banner(desk: Stage) -> None:
    begin(desk)
    desk.station.fails["hand_over"] = Refusal("signature_missing", batch_id="2026-11-23-02")
    desk.batch.model.bag.give_back(HandOverRequest(Party.DESK, Party.MANAGER, 36))
    assert desk.window.banner.state.title == "缺少签名"
    assert not desk.batch.model.bag.state.busy


@pytest.mark.parametrize("step", Step)
def test_every_event_can_be_drawn(desk: Stage, step: Step) -> None:
    way = FakeBag()
    way.say(step)
    page = begin(desk, way)
    assert not page.timeline.grab().isNull()


def test_an_explanation_asks_only_what_it_needs(desk: Stage, qtbot: QtBot) -> None:
    begin(desk)
    standing = desk.batch.model.bag.state.standing
    assert standing is not None
    dialog = ExplainDialog(desk.window, LOOK, standing)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.accept_button.isEnabled()
    dialog.rows.setText(typed((3,), standing))
    assert dialog.told == Explanation(Why.NEVER_GIVEN, (3,))
    dialog.why.setCurrentIndex(dialog.why.findData(Why.GIVEN_BACK.value))
    dialog._judge()
    assert not dialog.rows.isVisible()
    assert dialog.told == Explanation(Why.GIVEN_BACK, (), ("4073",))
    dialog.why.setCurrentIndex(dialog.why.findData(Why.COUNTED_AGAIN.value))
    dialog._judge()
    assert dialog.told is None
    dialog.count.setText("57")
    assert dialog.told == Explanation(Why.COUNTED_AGAIN, counted=57)


@pytest.mark.parametrize("text", ["x", "5-", "9-3", "99999999", "4000"])
def test_rows_that_cannot_be_read(desk: Stage, text: str) -> None:
    begin(desk)
    standing = desk.batch.model.bag.state.standing
    assert standing is not None
    assert places_of(text, standing) is None


def test_rows_are_typed_as_they_are_read(desk: Stage) -> None:
    begin(desk)
    standing = desk.batch.model.bag.state.standing
    assert standing is not None
    places = tuple(standing.custody.where)[:9]
    assert places_of(typed(places, standing), standing) == places
    assert places_of("", standing) == ()


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_card_is_lost_only_with_a_second_person(
    desk: Stage, monkeypatch: pytest.MonkeyPatch, confirmed: bool
) -> None:
    page = begin(desk)
    told = Explanation(Why.LOST, (33,))
    monkeypatch.setattr(custody_page, "ask_explanation", lambda *_asked: told)
    said: list[str] = []

    def second(_page: object, _look: object, _way: object, what: str) -> object:
        said.append(what)
        return (Approval("chief"), "") if confirmed else None

    monkeypatch.setattr(custody_page, "ask_second_person", second)
    page._explain()
    assert said == ["本袋 1 张卡：遗失。"]
    assert desk.station.bag.explained == ([told] if confirmed else [])


def test_a_scanned_label_says_whose_bag_it_is(desk: Stage, qtbot: QtBot) -> None:
    begin(desk)
    model, way = desk.batch.model.bag, desk.station.bag
    dialog = TraceDialog(desk.window, LOOK, model)
    assert not dialog.accept_button.isEnabled()

    def told() -> str:
        return " ".join(one.text() for one in dialog.facts.findChildren(QLabel))

    dialog.seal.setText(f"{QR_PREFIX}{SEALS[0]}")
    dialog.accept()
    qtbot.waitUntil(lambda: "S002" in told())
    assert "营业厅：" in told()
    moves = [moved for _, moved, *_ in way.events if isinstance(moved, HandOver)]
    assert len(dialog.way.text().splitlines()) == len(moves)
    dialog.seal.setText(SEALS[-1])
    dialog.accept()
    qtbot.waitUntil(lambda: "08:40" in dialog.doubt.text())
    assert (told().strip(), dialog.way.text()) == ("", "")
    dialog.deleteLater()


def test_f10_on_the_lists_asks_for_a_label(
    desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(TraceDialog, "exec", lambda one: asked.append(one.windowTitle()))
    desk.window.go("batch")
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    qtbot.keyClick(desk.window, Qt.Key.Key_F10)
    assert asked == ["查卡袋"]


@pytest.mark.parametrize("why", Why)
def test_what_nobody_says_alone_is_said_before_it_is_recorded(desk: Stage, why: Why) -> None:
    way = FakeBag()
    on_its_way(way)
    desk.station.standing = samples.batch_standing(done=60)
    held = way.state(desk.station.standing).custody.held
    way.say(Step.EXPLAINED, Explanation(Why.REFUSED, held[:1]))
    open_bag(desk, way)
    standing = desk.batch.model.bag.state.standing
    assert standing is not None
    dialog = ExplainDialog(desk.window, LOOK, standing)
    dialog.why.setCurrentIndex(dialog.why.findData(why.value))
    dialog.why.picked.emit(why.value)
    assert dialog._second.isVisibleTo(dialog) is (why in NEED_TWO)
    dialog.deleteLater()
