"""Rows get their envelopes one scan after another; a bag may ask for every one to be scanned."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from tests.gui.test_batch_lanes import lane, lay, state
from tests.kit import window_samples as samples
from tests.kit.window_lane_shots import READERS, in_envelopes
from tests.kit.window_stage import Stage
from ui.screens.batch import BatchView, envelope_dialog
from ui.screens.batch.envelope_dialog import EnvelopeDialog
from ui.screens.counter.state import Phase

BATCH = "2026-11-23-02"


def opened(desk: Stage, *, envelopes: bool = False, must: bool = False) -> BatchView:
    standing = samples.batch_standing(20)
    desk.station.standing = in_envelopes(standing) if envelopes else standing
    if must:
        desk.station.services().lanes.require_scans(BATCH)
    desk.window.go("batch")
    desk.session.tools.place.plugged(READERS[:2])
    desk.batch.model.open(BATCH)
    view = desk.window.view("batch")
    assert isinstance(view, BatchView)
    return view


def dialog(desk: Stage, view: BatchView) -> EnvelopeDialog:
    giving = desk.batch.model.envelopes()
    assert giving is not None
    return EnvelopeDialog(view, desk.window.look, giving)


def test_a_scan_gives_a_row_its_envelope_and_goes_to_the_next(desk: Stage, qtbot: QtBot) -> None:
    shown = dialog(desk, opened(desk))
    qtbot.addWidget(shown)
    first = shown._model.state.missing
    for number in ("E-001", "E-002", "E-003"):
        qtbot.keyClicks(shown.field, number + "\r")
    given = [one.envelope for one in shown._rows.items if one.envelope]
    assert given == ["E-001", "E-002", "E-003"]
    assert shown._model.state.missing == first - 3
    assert shown.result() == 0
    assert shown.field.text() == ""


def test_another_row_is_chosen_by_arrows_and_its_envelope_taken_out(
    desk: Stage, qtbot: QtBot
) -> None:
    shown = dialog(desk, opened(desk, envelopes=True))
    qtbot.addWidget(shown)
    assert shown._model.state.missing == 0
    qtbot.keyClick(shown.field, Qt.Key.Key_Down)
    qtbot.keyClick(shown.field, Qt.Key.Key_Down)
    assert shown._model.state.at == 2
    shown.none.click()
    assert shown._model.state.missing == 1
    assert not shown._rows.items[2].envelope


def test_a_refused_number_is_said_and_the_row_stays(desk: Stage, qtbot: QtBot) -> None:
    shown = dialog(desk, opened(desk))
    qtbot.addWidget(shown)
    desk.station.fails["put_in_envelope"] = Refusal("envelope_taken", envelope="7", row=9)
    at = shown._model.state.at
    qtbot.keyClicks(shown.field, "7\r")
    assert shown._model.state.at == at
    assert "7" in shown._said.text()


@pytest.mark.parametrize("taken_out", [True, False])
def test_a_supervisor_says_why_a_number_is_another_one(
    desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, taken_out: bool
) -> None:
    shown = dialog(desk, opened(desk, envelopes=True))
    qtbot.addWidget(shown)
    desk.station.fails["put_in_envelope"] = Refusal("envelope_change_needs_two", row=3)
    answers = [None, (Approval("chief"), "the envelope was torn")]
    said: list[str] = []

    def asked(*given: object, **_note: str) -> object:
        said.append(str(given[-1]))
        answer = answers.pop(0)
        if answer is not None:
            desk.station.fails.clear()
        return answer

    monkeypatch.setattr(envelope_dialog, "ask_second_person", asked)
    was = shown._rows.items[0].envelope
    for left in (was, "" if taken_out else "E-9"):
        if taken_out:
            shown.none.click()
        else:
            qtbot.keyClicks(shown.field, "E-9\r")
        assert shown._rows.items[0].envelope == left
    assert "3" in said[0]
    assert desk.station.backs == [("put_in_envelope", "chief", "the envelope was torn")]


def test_the_rule_is_set_with_one_key_and_shown(desk: Stage, qtbot: QtBot) -> None:
    shown = dialog(desk, opened(desk, envelopes=True))
    qtbot.addWidget(shown)
    shown.rule.click()
    assert shown._model.state.must
    assert "必须" in shown.rule.text()
    assert desk.station.standing is not None
    assert desk.station.standing.batch.scan_envelopes
    shown._model.lift(Approval("chief"), "the scanner is broken")
    assert not shown._model.state.must
    assert desk.station.backs[-1] == ("lift_scans", "chief", "the scanner is broken")


def test_a_card_without_its_scan_waits_and_is_loaded_when_it_comes(desk: Stage) -> None:
    opened(desk, envelopes=True, must=True)
    desk.batch.model.start()
    lay(desk, 0, 4)
    assert (lane(desk, 0).phase, lane(desk, 0).code) == (Phase.QUESTION, "envelope_not_scanned")
    desk.batch.model.scan("5")
    assert (lane(desk, 0).phase, lane(desk, 0).envelope) == (Phase.DONE, "5")
    assert state(desk).counts.done == 1


def test_a_card_in_anothers_envelope_is_not_loaded_by_its_scan(desk: Stage) -> None:
    opened(desk, envelopes=True, must=True)
    desk.batch.model.start()
    lay(desk, 0, 4)
    lay(desk, 1, 6)
    desk.batch.model.scan("9")
    assert "card_in_other_envelope" in {one.code for one in state(desk).lanes}
    assert state(desk).counts.done == 0


def test_numbers_are_given_before_a_run_and_not_over_it(desk: Stage) -> None:
    opened(desk)
    assert desk.batch.model.envelopes() is not None
    desk.batch.model.start()
    assert desk.batch.model.envelopes() is None
