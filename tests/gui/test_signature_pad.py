"""A signature: drawn on the pad, or on paper and photographed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, Qt
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cardstation.i18n import translator
from tests.kit.window_bag_shots import NAME
from ui.look import Look
from ui.parts.signature_pad import SignaturePad
from ui.theme import THEMES

LOOK = Look(THEMES["light"], translator("zh_CN"))


def test_signing_with_a_mouse_makes_a_picture(qtbot: QtBot) -> None:
    pad = SignaturePad(LOOK, "移交人签名")
    qtbot.addWidget(pad)
    pad.resize(300, 112)
    pad.show()
    assert pad.empty
    assert pad.picture() == b""
    points = [QPoint(x, y) for x, y in NAME]
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=points[0])
    for at in points[1:]:
        qtbot.mouseMove(pad, at)
        QApplication.processEvents()
    qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=points[-1])
    if pad.empty:  # the offscreen platform sends moves without a held button
        for at in points:
            pad._go_on(at.toPointF())
    image = QImage.fromData(pad.picture())
    assert (image.width(), image.height()) == (600, 224)
    dark = sum(
        image.pixelColor(x, y).alpha() > 128 for x in range(0, 600, 2) for y in range(0, 224, 2)
    )
    assert dark > 100
    assert pad.accessibleName() == "移交人签名: 已签名"
    qtbot.keyClick(pad, Qt.Key.Key_Delete)
    assert pad.empty


def test_a_photo_of_the_paper_is_taken_by_key(qtbot: QtBot, tmp_path: Path) -> None:
    image, data = QImage(40, 20, QImage.Format.Format_RGB32), QByteArray()
    image.fill(Qt.GlobalColor.white)
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert QImageWriter(buffer, QByteArray(b"png")).write(image)
    photo = tmp_path / "signed.png"
    photo.write_bytes(bytes(data.data()))
    wanted: list[Path | None] = [None, tmp_path / "text.txt", photo]
    (tmp_path / "text.txt").write_bytes(b"no picture")
    pad = SignaturePad(LOOK, "x", lambda: wanted.pop(0))
    qtbot.addWidget(pad)
    pad.show()
    for _ in range(2):
        qtbot.keyClick(pad, Qt.Key.Key_Space)
        assert pad.empty
    qtbot.keyClick(pad, Qt.Key.Key_Space)
    assert pad.picture() == photo.read_bytes()
