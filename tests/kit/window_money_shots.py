"""Pictures of the money page: nothing yet, payments and what they pay for, a quote that is void."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from cardstation.services.release_line import REASONS
from tests.kit import window_samples as samples
from tests.kit.window_bag_shots import sign
from tests.kit.window_money import QUOTED, FakeMoney, some_money
from tests.kit.window_stage import Stage
from ui.screens.batch.money_dialogs import GiveBackDialog, ReleaseDialog
from ui.screens.batch.money_sign import SignDialog

BATCH = "2026-11-23-02"


def money_scenes(s: Stage) -> None:
    s.station.standing = samples.batch_standing(funded=False)
    s.window.go("batch")
    s.batch.model.open(BATCH)
    s.batch.model.show_money()
    s.shoot("money-1-no-quote")
    s.station.standing = samples.batch_standing()
    _put(s, some_money(60))
    s.shoot("money-2-payments")
    known = some_money(60)
    assert known.quote is not None
    _put(s, replace(known, quote=replace(known.quote, voided=True)))
    s.shoot("money-3-quote-void")
    _dialogs(s, s.shoot_widget)
    _put(s, FakeMoney())
    s.batch.model.money.leave()
    s.batch.model.leave()
    s.station.standing = None


def _put(s: Stage, money: FakeMoney) -> None:
    vars(s.station.money).update(vars(money))
    s.batch.model.money.open(BATCH)


def _dialogs(s: Stage, shoot: Callable[[QWidget, str], None]) -> None:
    assert s.station.standing is not None
    line, paid = s.station.standing.outcomes[0].line, s.station.money.payments[0]
    signing = SignDialog(
        s.window, s.window.look, replace(QUOTED.fact, order=tuple(range(56)), fen=3_140_000)
    )
    signing.by.setText("陈国栋")
    signing.show()
    sign(signing.pad)
    for dialog, name in (
        (signing, "money-6-sign"),
        (ReleaseDialog(s.window, s.window.look, line, REASONS), "money-4-release"),
        (GiveBackDialog(s.window, s.window.look, paid), "money-5-give-back"),
    ):
        dialog.show()
        shoot(dialog, name)
        dialog.close()
