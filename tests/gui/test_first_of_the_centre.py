"""F6 on the shift's page: who may stand beside somebody who gets a PIN, and who begins alone."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cardstation.domain.shift import Approval
from cardstation.services.vouchers import Vouchers
from tests.kit.window_people import PIN, TELLER
from tests.kit.window_shift_shots import shift_view
from tests.kit.window_stage import Stage
from ui.approver import Approver
from ui.look import Look
from ui.parts.second_person import SecondPerson

NEW = "李芳"


@pytest.fixture
def asked(desk: Stage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> list[list[str]]:
    """The names that could be picked, each time a second person was asked for."""
    picked: list[list[str]] = []

    def ask(parent: QWidget, look: Look, way: Approver, what: str) -> tuple[Approval, str] | None:
        sheet = SecondPerson(parent, look, way, what)
        qtbot.addWidget(sheet)
        picked.append([sheet.who.itemText(at) for at in range(sheet.who.count())])
        if not sheet.who.count():
            return None
        sheet.pin.setText(PIN)
        sheet.accept()
        qtbot.waitUntil(lambda: sheet.approval is not None)
        assert sheet.approval is not None
        return sheet.approval, ""

    view = "ui.screens.shift.view"
    monkeypatch.setattr(f"{view}.ask_second_person", ask)
    monkeypatch.setattr(f"{view}.ask_clerk", lambda _parent, _look: (NEW, PIN, True))
    return picked


@pytest.mark.parametrize(
    ("found", "names", "calls"),
    [
        (Vouchers((), alone=True), [], [("add", NEW, "")]),
        (Vouchers((TELLER,)), [[TELLER]], [("vouch", TELLER, NEW), ("add", NEW, TELLER)]),
        (Vouchers(()), [[]], []),
    ],
    ids=["alone", "a teller beside", "nobody"],
)
def test_whom_the_centre_names_gets_a_pin(
    desk: Stage,
    qtbot: QtBot,
    asked: list[list[str]],
    found: Vouchers,
    names: list[list[str]],
    calls: list[tuple[str, ...]],
) -> None:
    people = desk.station.people
    people.vouchers = found
    shift_view(desk)._add_clerk()
    qtbot.waitUntil(lambda: (asked, people.calls) == (names, calls))
