"""A receipt beside a bare reportlab page with the same texts at the same places."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import replace

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from cardstation.domain.receipt import Receipt
from cardstation.papers import receipt_80mm, receipt_a5
from cardstation.papers.pen import Pen, Style, mm
from cardstation.papers.typeface import BOLD, REGULAR, weight_for
from resources import path
from tests.bench.row import Row, best_ms, timed
from tests.kit.papers import RECEIPT

TIMES = 15
Texts = list[tuple[str, float, float, float, str]]


class _Listening(Pen):
    """A pen that also notes what it sets."""

    heard: Texts = []  # noqa: RUF012
    size: tuple[float, float] = (0, 0)

    def text(self, x: float, y: float, text: str, style: Style, align: str = "left") -> None:
        super().text(x, y, text, style, align)
        left = x - {"left": 0, "right": 1, "center": 0.5}[align] * self.measure(text, style)
        face = weight_for(text, bold=style.bold)
        self.heard.append((face, style.size, left * mm, (self.height - y) * mm, text))
        _Listening.size = (self.width * mm, self.height * mm)


def measure() -> list[Row]:
    """A new receipt each time; the roll after the A5, as the desk files them."""
    for name in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(f"Bare{name}", str(path(f"fonts/{name}.ttf"))))
    a5, roll = [], []
    for number in range(TIMES):
        receipt = replace(RECEIPT, receipt_no=f"S001-2026-{number:06d}")
        a5.append(timed(lambda one=receipt: receipt_a5(one, "zh_CN"))[0] * 1000)
        roll.append(timed(lambda one=receipt: receipt_80mm(one, "zh_CN"))[0] * 1000)
    return [
        _beside(
            "receipt A5, QR code included", min(a5), receipt_a5, "cardstation.papers.receipt_a5"
        ),
        _beside("  the same on 80 mm", min(roll), receipt_80mm, "cardstation.papers.receipt_80mm"),
    ]


def _beside(name: str, ours: float, form: Callable[[Receipt, str], bytes], module: str) -> Row:
    texts, size = _texts_of(form, module)
    bare = best_ms(lambda: _bare_page(texts, size), TIMES)
    return Row(name, ours, bare, against="bare reportlab, same texts and font")


def _texts_of(
    form: Callable[[Receipt, str], bytes], module: str
) -> tuple[Texts, tuple[float, float]]:
    """What a form sets, heard while it draws once."""
    _Listening.heard = []
    room = vars(sys.modules[module])
    before = room["Pen"]
    room["Pen"] = _Listening
    try:
        form(RECEIPT, "zh_CN")
    finally:
        room["Pen"] = before
    return _Listening.heard, _Listening.size


def _bare_page(texts: Texts, size: tuple[float, float]) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=size, pageCompression=1)
    for face, points, x, y, text in texts:
        canvas.setFont(f"Bare{face}", points)
        canvas.drawString(x, y, text)
    canvas.save()
    return file.getvalue()
