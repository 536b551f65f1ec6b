"""The page of services over real services: opened, found, filled in and confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cardstation.domain.household import Household
from cardstation.services.verify import verify
from tests.kit.shifts import CHIEF, PINS
from tests.kit.window_guided import GuidedDesk, guided_desk
from ui.screens.household import HouseholdScreen
from ui.screens.household.model import HouseholdModel

CONFIRM = f"{PINS[CHIEF]}\n"


@contextmanager
def services_page(home: Path, households: Sequence[Household]) -> Iterator[GuidedDesk]:
    """A desk on duty whose window shows the page; at its end all its records agree."""
    with guided_desk(home, tuple(households)) as opened:
        opened.window.activateWindow()
        assert QTest.qWaitForWindowActive(opened.window)
        opened.window.go("household")
        yield opened
        proof = verify(opened.desk.station)
        assert proof.ok, proof.disagreements


def model_of(page: GuidedDesk) -> HouseholdModel:
    """What the page shows."""
    found = page.window.session.screens["household"]
    assert isinstance(found, HouseholdScreen)
    return found.model


def asked(page: GuidedDesk, key: Qt.Key, *then: str, **texts: str) -> None:
    """Choose a service, fill its form, have it done."""
    model = model_of(page)
    QTest.keyClick(page.window, key)
    for name, text in texts.items():
        model.type(name, text)
    assert model.state.may_confirm, (model.state.doubts, model.state.doubt)
    page.press(Qt.Key.Key_F2, *then)
