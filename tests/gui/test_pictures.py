"""Screens look as they did: pictures compared with those in `tests/golden/window`.

After a wanted change run it with `GOLDEN_PICTURES=write`, and look at the new ones.

Every state that is drawn is also a state of its own: a picture that is equal to another one shows
less than its name says. And in none of them words are cut off.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from tests.kit.window_list_shots import list_scenes
from tests.kit.window_shots import SCENES
from tests.kit.window_stage import application, stage

GOLDEN = Path(__file__).parents[1] / "golden" / "window"
WRITE = os.environ.get("GOLDEN_PICTURES") == "write"
KEPT = {
    ("zh_CN", "light"): (
        *("counter-3-price", "counter-9-pulled", "batch-3-preflight"),
        *("lanes-8-running", "bag-2-on-its-way"),
    ),
    ("en", "dark"): (
        *("counter-5-done", "batch-6-writing", "exceptions-2-some"),
        *("guide-intent-paid-not-loaded", "orders-2-some"),
    ),
}
MOST_DIFFERENT = 0.002
"""Share of pixels that may differ by more than a shade."""
AIR = 3
"""Pixels above and below the strokes of a letter that a label may lack without cutting one."""


@dataclass
class Drawn:
    """What came out of the scenes: the kept ones whole, of every one its name by its digest."""

    kept: tuple[str, ...]
    pictures: dict[str, QImage] = field(default_factory=dict)
    names: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    cut: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, widget: QWidget, name: str) -> None:
        application().processEvents()
        picture = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        self.names[hashlib.blake2b(bytes(picture.constBits())).hexdigest()].append(name)
        self.cut += [(name, words) for words in cut_off(widget)]
        if name in self.kept:
            self.pictures[name] = picture


@pytest.mark.parametrize(("language", "theme"), sorted(KEPT))
def test_screens_look_as_they_did_and_no_two_are_one(
    language: str, theme: str, tmp_path: Path
) -> None:
    drawn = Drawn(KEPT[language, theme])
    shown = stage(language, theme, drawn)
    for scene in SCENES:
        scene(shown)
    shown.window.close()
    shown.window.deleteLater()
    list_scenes(tmp_path, language, theme, drawn)
    assert drawn.cut == []
    for name, picture in drawn.pictures.items():
        golden = GOLDEN / f"{name}-{theme}-{language}.png"
        if WRITE:
            picture.save(str(golden))
        share = different(picture, QImage(str(golden)))
        picture.save(str(tmp_path / golden.name))
        assert share <= MOST_DIFFERENT, f"{share:.2%} of {tmp_path / golden.name}"
    assert set(drawn.pictures) == set(drawn.kept)
    assert [names for names in drawn.names.values() if len(names) > 1] == []
    every = [name for names in drawn.names.values() for name in names]
    assert len(every) > 130
    assert sorted({name for name in every if every.count(name) > 1}) == []


def cut_off(widget: QWidget) -> list[str]:
    """Words of visible labels and buttons that have less room than they need."""
    found = [*widget.findChildren(QLabel), *widget.findChildren(QPushButton)]
    return [one.text() for one in found if one.isVisible() and one.text() and _is_cut(one)]


def _is_cut(one: QLabel | QPushButton) -> bool:
    if isinstance(one, QLabel) and one.wordWrap():
        return one.heightForWidth(one.width()) > one.height() + AIR
    need = one.sizeHint()
    return need.width() > one.width() + 1 or need.height() > one.height() + AIR


def different(one: QImage, other: QImage) -> float:
    """Share of pixels whose colours are apart by more than a shade (24 of 255 in a channel)."""
    other = other.convertToFormat(QImage.Format.Format_RGB32)
    if one.size() != other.size():
        return 1.0
    ours, theirs = bytes(one.constBits()), bytes(other.constBits())
    if ours == theirs:
        return 0.0
    apart = 0
    for at in range(0, len(ours), 4):
        if ours[at : at + 3] != theirs[at : at + 3]:
            apart += any(abs(ours[at + k] - theirs[at + k]) > 24 for k in range(3))
    return apart / (len(ours) // 4)
