"""Every action of every screen by keyboard only: walked in every state the pictures show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from tests.kit.window_list_shots import list_scenes
from tests.kit.window_shots import SCENES
from tests.kit.window_stage import Stage, stage
from ui.parts.buttons import button
from ui.screens import SCREENS
from ui.screens.batch.envelope_dialog import EnvelopeDialog
from ui.screens.batch.row_page import RowPage

ACTIONS = (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView, QPlainTextEdit)
_ENDS_WITH_KEY = re.compile(r"  (\S+)$")
_OF_DIALOGS = {"Enter", "Esc"}


class Walk:
    """Looks at each state as it is shown, and remembers what no key reaches."""

    def __init__(self) -> None:
        self.unreached: dict[str, list[str]] = {}
        self.twice: dict[str, list[str]] = {}
        self.unnamed: dict[str, list[str]] = {}
        self.states = 0
        self.actions = 0

    def __call__(self, widget: QWidget, name: str) -> None:
        self.states += 1
        top = widget.window()
        keys = Counter(one.key().toString() for one in _shortcuts(top))
        reached = set(_by_tab(top))
        found = list(_actions(widget))
        self.actions += len(found)
        if lost := [_name(one) for one in found if not _reachable(one, reached, keys)]:
            self.unreached[name] = lost
        if both := [key for key, count in keys.items() if count > 1]:
            self.twice[name] = both
        if mute := [_name(one) for one in found if not _says_its_name(one)]:
            self.unnamed[name] = mute


def _actions(widget: QWidget) -> Iterator[QWidget]:
    for kind in ACTIONS:
        for one in widget.findChildren(kind):
            inside = isinstance(one.parentWidget(), QComboBox | QAbstractItemView)
            if one.isVisibleTo(widget) and one.isEnabled() and not inside:
                yield one


def _shortcuts(top: QWidget) -> Iterator[QShortcut]:
    """Those a key press finds: of parts that are shown and enabled."""
    for one in top.findChildren(QShortcut):
        owner = one.parent()
        if not isinstance(owner, QWidget) or owner.window() is not top:
            continue
        if one.isEnabled() and owner.isVisibleTo(top) and owner.isEnabled():
            yield one


def _by_tab(top: QWidget) -> Iterator[QWidget]:
    one: QWidget | None = top
    while one is not None:
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisibleTo(top):
            yield one
        one = one.nextInFocusChain()
        if one is top:
            return


def _reachable(one: QWidget, reached: set[QWidget], keys: Counter[str]) -> bool:
    if one in reached or one.focusProxy() in reached:
        return True
    if isinstance(one, QAbstractItemView):
        # a row is chosen by its digit, or by arrows in the field of the scanner
        return _within(one, RowPage) or _within(one, EnvelopeDialog)
    if not isinstance(one, QAbstractButton):
        return False
    if any(made.key().toString() for made in one.findChildren(QShortcut)):
        return True
    if _in_a_group_with(one, reached):
        return True
    shown = _ENDS_WITH_KEY.search(one.text())
    key = shown.group(1) if shown else ""
    return key in keys or (key in _OF_DIALOGS and isinstance(one.window(), QDialog))


def _in_a_group_with(one: QWidget, reached: set[QWidget]) -> bool:
    """One choice of a group is reached by Tab, the others from there by arrows."""
    group = one.group() if isinstance(one, QAbstractButton) else None
    return group is not None and any(other in reached for other in group.buttons())


def _within(one: QWidget, kind: type[QWidget]) -> bool:
    found = one.parentWidget()
    while found is not None and not isinstance(found, kind):
        found = found.parentWidget()
    return found is not None


def _says_its_name(one: QWidget) -> bool:
    words = one.text() if isinstance(one, QAbstractButton) else ""
    return bool(one.accessibleName() or words)


def _name(one: QWidget) -> str:
    words = one.text() if isinstance(one, QAbstractButton) else ""
    return f"{type(one).__name__} {words or one.accessibleName()}".strip()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_action_of_every_screen_has_a_key_in_every_state(language: str) -> None:
    walk = Walk()
    shown = stage(language, "light", walk)
    for scene in SCENES:
        scene(shown)
    shown.window.close()
    shown.window.deleteLater()
    assert walk.states > 80
    assert walk.actions > 1000
    assert walk.unreached == {}
    assert walk.twice == {}
    assert walk.unnamed == {}


def test_every_action_of_the_lists_has_a_key_in_every_state(tmp_path: Path) -> None:
    walk = Walk()
    list_scenes(tmp_path, "zh_CN", "light", walk)
    assert walk.states > 10
    assert walk.unreached == {}
    assert walk.twice == {}
    assert walk.unnamed == {}


def test_a_button_no_key_reaches_is_found(desk: Stage) -> None:
    walk = Walk()
    lost = button("Lost", lambda: None)
    lost.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    lost.setParent(desk.window)
    lost.show()
    walk(desk.window, "planted")
    assert walk.unreached == {"planted": ["QPushButton Lost"]}


def test_each_screen_is_opened_and_walked_by_real_keys(desk: Stage) -> None:
    """Ctrl and a digit opens each; Tab goes round and meets every control that says it may."""
    for at, screen in enumerate(SCREENS, start=1):
        QTest.keyClick(desk.window, Qt.Key(Qt.Key.Key_0 + at), Qt.KeyboardModifier.ControlModifier)
        desk.window.go(screen.code)
        expected = {one for one in _by_tab(desk.window) if one.isEnabled()}
        met: set[QWidget] = set()
        for _ in range(2 * len(expected) + 4):
            here = desk.window.focusWidget() or desk.window
            QTest.keyClick(here, Qt.Key.Key_Tab)
            if (now := desk.window.focusWidget()) is not None:
                met.add(now)
        lost = [_name(one) for one in expected - met if not _in_a_group_with(one, met)]
        assert lost == [], screen.code
