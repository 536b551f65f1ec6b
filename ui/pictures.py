"""Pictures on disk from raw pixels."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QImage


def save_bgr(path: Path, width: int, height: int, stride: int, rows: bytes) -> None:
    """Save pixels (three bytes each: blue, green, red) in the format of the path's ending."""
    QImage(rows, width, height, stride, QImage.Format.Format_BGR888).save(str(path))
