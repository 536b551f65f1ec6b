"""A clean bag from its list to its end by keys alone, and how many that are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from cardstation.domain.batch_life import Stage
from cardstation.services.batch_state import batch_state
from cardstation.services.custody_state import custody_state
from cardstation.services.verify import verify
from tests.kit.station import card_of, neighbours
from tests.kit.window_guided import GuidedDesk, guided_desk
from ui.parts.signature_pad import SignaturePad
from ui.screens.batch import BatchScreen

Key = Qt.Key
HOMES = neighbours(10)
COUNTED = f"{len(HOMES)}\n\n王经理"
"""The cards counted, no seal, and who hands them over or takes them; the pen is no key."""


@dataclass
class Bag:
    """The desk, and how many keys each part of the way took."""

    opened: GuidedDesk
    keys: dict[str, int] = field(default_factory=dict)

    def press(self, part: str, key: Key, *typed: str) -> None:
        self.keys[part] = self.keys.get(part, 0) + 1 + sum(map(len, typed))
        self.opened.press(key, *typed)

    @property
    def batch(self) -> BatchScreen:
        found = self.opened.window.session.screens["batch"]
        assert isinstance(found, BatchScreen)
        return found


@pytest.fixture
def bag(tmp_path: Path) -> Iterator[Bag]:
    listed = tmp_path / "list.csv"
    rows = [f"{one.account_no},{one.card_no},{one.name},{one.address.door},100" for one in HOMES]
    listed.write_text("\n".join(["户号,卡号,户名,房号,金额", *rows]), encoding="utf-8")
    with guided_desk(tmp_path / "home", HOMES) as opened:
        screen = opened.window.session.screens["batch"]
        assert isinstance(screen, BatchScreen)
        for model in (screen.model, screen.lists):
            model._tools = replace(model._tools, ask_file=lambda _folder: listed)
        opened.window.activateWindow()
        assert QTest.qWaitForWindowActive(opened.window)
        yield Bag(opened)


@pytest.fixture(autouse=True)
def _signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is asked has signed on the pad."""
    image = QImage(4, 4, QImage.Format.Format_ARGB32)
    image.fill(0)
    data, buffer = QByteArray(), QBuffer()
    buffer.setBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    monkeypatch.setattr(SignaturePad, "picture", lambda _pad: bytes(data.data()))


def test_a_clean_bag_from_list_to_close_takes_few_keys(
    bag: Bag, record_property: Callable[[str, object], None]
) -> None:
    opened, batch = bag.opened, bag.batch
    bag.keys["list"] = 1
    QTest.keyClick(opened.window, Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    bag.press("list", Key.Key_F3)
    bag.press("arrival", Key.Key_F10)
    bag.press("arrival", Key.Key_F4, f"{COUNTED}\n")
    bag.press("arrival", Key.Key_Escape)
    bag.press("money", Key.Key_F6, "\n")
    bag.press("cards", Key.Key_F5)
    for home in HOMES:
        opened.put_in(card_of(home))
        opened.take_out()
    assert not batch.model.state.running, "the last card ends the run"
    bag.press("return", Key.Key_F10)
    bag.press("return", Key.Key_F6, f"{COUNTED}\n")
    bag.press("return", Key.Key_F7)
    bag.press("return", Key.Key_F9)
    station = opened.desk.station
    standing = batch.model.state.standing
    assert standing is not None
    batch_id = standing.batch.batch_id
    assert custody_state(station, batch_id).stage is Stage.CLOSED
    assert batch_state(station, batch_id).money.loaded == standing.money.received
    assert verify(station).ok
    assert bag.keys == {"list": 2, "arrival": 11, "money": 2, "cards": 1, "return": 12}
    said = " · ".join(f"{part} {keys}" for part, keys in bag.keys.items())
    record_property("figures", f"keys of a clean bag: {sum(bag.keys.values())} ({said})")
