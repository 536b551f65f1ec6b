"""Screens look as they did: pictures compared with those in `tests/golden/window`.

After a wanted change run it with `GOLDEN_PICTURES=write`, and look at the new ones.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from tests.kit.window_shots import SCENES
from tests.kit.window_stage import application, stage

GOLDEN = Path(__file__).parents[1] / "golden" / "window"
WRITE = os.environ.get("GOLDEN_PICTURES") == "write"
KEPT = {
    ("zh_CN", "light"): ("counter-3-price", "counter-9-pulled", "batch-3-preflight"),
    ("en", "dark"): ("counter-5-done", "batch-6-writing", "exceptions-2-some"),
}
MOST_DIFFERENT = 0.002
"""Share of pixels that may differ by more than a shade."""


@pytest.mark.parametrize(("language", "theme"), sorted(KEPT))
def test_screens_look_as_they_did(language: str, theme: str, tmp_path: Path) -> None:
    drawn: dict[str, QImage] = {}

    def shoot(widget: QWidget, name: str) -> None:
        application().processEvents()
        if name in KEPT[language, theme]:
            drawn[name] = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)

    shown = stage(language, theme, shoot)
    for scene in SCENES:
        scene(shown)
    shown.window.close()
    shown.window.deleteLater()
    for name in KEPT[language, theme]:
        golden = GOLDEN / f"{name}-{theme}-{language}.png"
        if WRITE:
            drawn[name].save(str(golden))
        share = different(drawn[name], QImage(str(golden)))
        drawn[name].save(str(tmp_path / golden.name))
        assert share <= MOST_DIFFERENT, f"{share:.2%} of {tmp_path / golden.name}"


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
