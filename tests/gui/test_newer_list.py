"""A newer list beside its batch says of a row that stays that its sum is not used."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.money import Money
from cardstation.domain.revision import Change, ChangeKind
from tests.kit import window_samples as samples
from tests.kit.window_stage import Stage
from ui.screens.batch.compare_page import _newer


def test_a_newer_sum_that_is_not_used_is_said(desk: Stage) -> None:
    old = samples.line(0)
    new = replace(old, money=Money(30_000))
    look = desk.window.look
    said = _newer(Change(ChangeKind.KEPT, 1, old, new), look)
    assert said.text == "¥300.00    不采用：已付款或已开始"
    assert _newer(Change(ChangeKind.KEPT, 1, old, None), look).quiet
    assert _newer(Change(ChangeKind.CHANGED, 1, old, new), look).text == "¥300.00"


def test_an_envelope_number_that_is_not_used_is_said(desk: Stage) -> None:
    old = replace(samples.line(0), envelope="E1")
    newer = _newer(Change(ChangeKind.CHANGED, 1, old, old, number_left="E7"), desk.window.look)
    assert newer.text.endswith("    信封号 E7 不采用，仍是 E1")
