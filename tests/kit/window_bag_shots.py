"""The page of a bag in every state, and what it asks, as pictures to be looked at."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize

from cardstation.domain.batch_life import Step
from cardstation.domain.custody import Party
from cardstation.errors import Mishap, Refusal
from tests.kit import window_samples as samples
from tests.kit.window_bag import SEALS, FakeBag, collected, fetched, given_back, on_its_way
from tests.kit.window_stage import Stage
from ui.lane import HeldLane
from ui.parts.signature_pad import SignaturePad
from ui.screens.batch.collect_dialog import CollectDialog
from ui.screens.batch.custody_again import AgainDialog
from ui.screens.batch.custody_explain import ExplainDialog
from ui.screens.batch.custody_hand_over import HandOverDialog
from ui.screens.batch.custody_trace import TraceDialog
from ui.screens.batch.recount_dialog import RecountDialog

NAME = ((30, 74), (58, 28), (70, 84), (96, 40), (118, 78), (150, 44), (170, 70), (230, 38))
COLLECTS = ((Party.MANAGER, Party.TEAM),)
WAYS = ((Party.DESK, Party.MANAGER), (Party.DESK, Party.TEAM), (Party.TEAM, Party.MANAGER))


def sign(pad: SignaturePad) -> None:
    pad._begin(QPointF(*NAME[0]))
    for at in NAME[1:]:
        pad._go_on(QPointF(*at))
    pad._done()


def open_bag(s: Stage, bag: FakeBag) -> None:
    s.station.bag.events[:] = bag.events
    s.station.bag.strays = bag.strays
    s.batch.model.bag.open("2026-11-23-02")


def bag_scenes(s: Stage) -> None:
    s.window.go("batch")
    s.station.standing = samples.batch_standing(done=36, stopped=(33,))
    s.batch.model.open("2026-11-23-02")
    open_bag(s, FakeBag())
    s.shoot("bag-1-empty")
    way = FakeBag()
    on_its_way(way)
    open_bag(s, way)
    s.shoot("bag-2-on-its-way")
    s.station.bag.photo_due = 4
    open_bag(s, way)
    s.shoot("bag-12-photo-missing")
    s.station.bag.photo_due = 0
    open_bag(s, way)
    _dialogs(s)
    s.station.standing = samples.batch_standing(done=60)
    way = FakeBag()
    on_its_way(way)
    given_back(way, s.station.standing)
    fetched(way, s.station.standing)
    open_bag(s, way)
    s.shoot("bag-5-can-be-closed")
    way.say(Step.CLOSED)
    open_bag(s, way)
    s.shoot("bag-6-closed")
    _trouble(s)
    s.batch.model.bag.leave()
    s.batch.model.leave()


def _dialogs(s: Stage) -> None:
    standing = s.batch.model.bag.state.standing
    assert standing is not None
    dialog = HandOverDialog(s.window, s.window.look, standing, WAYS)
    dialog.show()
    s.shoot_widget(dialog, "bag-3-hand-over-blind")
    dialog.counted.setText("35")
    dialog.counted.editingFinished.emit()
    dialog.seal.setText(SEALS[1])
    dialog.taken_by.setText("陈国栋")
    sign(dialog.taken)
    s.shoot_widget(dialog, "bag-3-hand-over")
    dialog.close()
    both = HandOverDialog(s.window, s.window.look, standing, COLLECTS)
    both.show()
    s.shoot_widget(both, "bag-3-hand-over-both")
    both.close()
    asked = ExplainDialog(s.window, s.window.look, standing)
    asked.show()
    s.shoot_widget(asked, "bag-4-explain")
    asked.close()
    traced = TraceDialog(s.window, s.window.look, s.batch.model.bag)
    traced.show()
    traced.seal.setText(SEALS[0])
    traced.accept()
    s.shoot_widget(traced, "bag-11-whose")
    traced.close()
    door = CollectDialog(s.window, s.window.look, SEALS[0], s.batch.model.bag.collect)
    door.show()
    door.counted.setText("57")
    door.given_by.setText("陈国栋")
    door.taken_by.setText("李建国")
    sign(door.given)
    s.shoot_widget(door, "bag-13-collect")
    door.close()
    again = RecountDialog(s.window, s.window.look, collected(), s.batch.model.bag.count_again)
    again.show()
    again.counted.setText("56")
    s.shoot_widget(again, "bag-14-counted-again")
    again.close()


def _trouble(s: Stage) -> None:
    """Looking up, printing, out of paper, refused."""
    model, tools = s.batch.model.bag, s.session.tools
    held, desk = HeldLane(), tools.desk
    object.__setattr__(tools, "desk", held)
    model.open("2026-11-23-02")
    s.shoot("bag-7-looking-up")
    object.__setattr__(tools, "desk", desk)
    held.run()
    paper = tools.paper
    object.__setattr__(tools, "paper", held)
    model.print_return()
    for done in (0, 39, 40):
        model._progressed("2026-11-23-02", done, 64)
    s.shoot("bag-8-printing")
    again = AgainDialog(s.window, s.window.look)
    again.show()
    s.shoot_widget(again, "bag-15-print-again")
    again.close()
    s.station.fails["return"] = Mishap("paper_not_printed", printer="OKI-5530", cause="no paper")
    held.run()
    s.shoot("bag-9-out-of-paper")
    object.__setattr__(tools, "paper", paper)
    s.station.fails["custody_state"] = Refusal("unknown_batch", batch_id="2026-11-23-02")
    model.open("2026-11-23-02")
    s.shoot("bag-10-refused")
    s.station.fails.clear()
    s.window.resize(QSize(1366, 768))
