"""Draws on a page measured in millimetres from its upper left corner.

Everything a form needs and no more: text that fits, rules, panels, a QR code, a watermark. The
same calls give the same bytes every time.
"""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm as _mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from cardstation.errors import Refusal
from cardstation.papers import typeface
from cardstation.papers.breaking import lines_of
from cardstation.papers.qr import qr_modules

mm: float = _mm

_ONE_PAPER_AT_A_TIME = threading.Lock()  # reportlab's font parser keeps a position


class Ink(StrEnum):
    """The colours of the papers, as in the window's light theme."""

    DARK = "101828"
    SOFT = "475467"
    FAINT = "667085"
    LINE = "D5DBE4"
    NAVY = "0E2A47"
    PALE = "F2F6FC"
    RED = "C01F2E"
    ORANGE = "B54708"
    WHITE = "FFFFFF"
    BLACK = "000000"
    FIRST = "A9C4EE"
    SECOND = "4479CB"
    GREEN = "12805C"
    ROSE = "FDF0F0"
    STRIPE = "F7F9FC"


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set; `size` in points."""

    size: float
    ink: Ink = Ink.DARK
    bold: bool = False

    @property
    def leading(self) -> float:
        """The distance of two lines in millimetres."""
        return self.size * 1.45 / mm


class Pen:
    """Draws one document.

    Args:
        width, height: Of the page in millimetres.
        title: Of the document, shown by viewers.
        lang: The language of the text.
    """

    def __init__(self, width: float, height: float, *, title: str, lang: str) -> None:
        self.width, self.height = width, height
        self._file = io.BytesIO()
        self._canvas = Canvas(
            self._file,
            pagesize=(width * mm, height * mm),
            pageCompression=1,
            invariant=1,
            initialFontName=typeface.weight_for(""),
            lang=lang.replace("_", "-"),
        )
        self._canvas.setTitle(title)
        self._canvas.setCreator("cardstation")

    def measure(self, text: str, style: Style) -> float:
        """The width of a text in millimetres."""
        shown = typeface.printable(text)
        return typeface.width_pt(shown, style.size, bold=style.bold) / mm

    def text(self, x: float, y: float, text: str, style: Style, align: str = "left") -> None:
        """Set one line with its baseline at `y`; `align` says which part of it stands at `x`."""
        text = typeface.printable(text)
        self._canvas.setFont(typeface.weight_for(text, bold=style.bold), style.size)
        self._canvas.setFillColor(HexColor(f"#{style.ink}"))
        draw = {
            "left": self._canvas.drawString,
            "right": self._canvas.drawRightString,
            "center": self._canvas.drawCentredString,
        }[align]
        draw(x * mm, (self.height - y) * mm, text)

    def fitted(
        self, x: float, y: float, text: str, style: Style, *, room: float, align: str = "left"
    ) -> None:
        """Set one line, smaller if it must be, down to 60 % of its size.

        Raises:
            Refusal: code `paper_too_long`.
        """
        wide = self.measure(text, style)
        if wide * 0.6 > room:
            raise Refusal("paper_too_long", field=text)
        if wide > room:
            style = Style(style.size * room / wide * 0.999, style.ink, style.bold)
        self.text(x, y, text, style, align)

    def shortened(
        self, x: float, y: float, text: str, style: Style, *, room: float, align: str = "left"
    ) -> None:
        """Set one line, smaller down to 75 % and then cut with an ellipsis.

        Only where the whole text is to be found elsewhere.
        """
        cut = text
        while cut and self.measure(cut, style) * 0.75 > room:
            cut = cut.removesuffix("…")[:-1] + "…"
        self.fitted(x, y, cut, style, room=room, align=align)

    def lines(self, text: str, style: Style, width: float, most: int = 99) -> tuple[str, ...]:
        """Break a text into lines.

        Raises:
            Refusal: code `paper_too_long` when it needs more than `most` lines.
        """
        broken = lines_of(text, width, lambda part: self.measure(part, style))
        if len(broken) > most:
            raise Refusal("paper_too_long", field=text)
        return tuple(broken)

    def paragraph(
        self,
        x: float,
        y: float,
        text: str,
        style: Style,
        *,
        room: float,
        align: str = "left",
        most: int = 99,
    ) -> float:
        """Set a text in lines and return the baseline after its last."""
        for line in self.lines(text, style, room, most):
            self.text(x, y, line, style, align)
            y += style.leading
        return y

    def rule(
        self,
        x1: float,
        x2: float,
        y: float,
        *,
        ink: Ink = Ink.LINE,
        weight: float = 0.25,
        dash: float = 0,
    ) -> None:
        """Draw a horizontal line `weight` millimetres thick, dashed by `dash` millimetres."""
        self._canvas.saveState()
        self._canvas.setStrokeColor(HexColor(f"#{ink}"))
        self._canvas.setLineWidth(weight * mm)
        if dash:
            self._canvas.setDash(dash * mm, dash * mm)
        self._canvas.line(x1 * mm, (self.height - y) * mm, x2 * mm, (self.height - y) * mm)
        self._canvas.restoreState()

    def panel(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: Ink | None = None,
        edge: Ink | None = None,
        radius: float = 0,
        weight: float = 0.25,
    ) -> None:
        """Draw a rectangle with its upper left corner at (`x`, `y`)."""
        self._canvas.saveState()
        if fill:
            self._canvas.setFillColor(HexColor(f"#{fill}"))
        if edge:
            self._canvas.setStrokeColor(HexColor(f"#{edge}"))
            self._canvas.setLineWidth(weight * mm)
        self._canvas.roundRect(
            x * mm,
            (self.height - y - height) * mm,
            width * mm,
            height * mm,
            radius * mm,
            stroke=int(edge is not None),
            fill=int(fill is not None),
        )
        self._canvas.restoreState()

    def qr(self, x: float, y: float, content: str, module: float) -> float:
        """Draw a QR code (level M, no quiet zone) of `module` millimetres; return its side."""
        rows = qr_modules(content)
        outline = self._canvas.beginPath()
        for row, cells in enumerate(rows):
            column = 0
            for dark, run in groupby(cells):
                length = len(list(run))
                if dark:
                    left = (x + column * module) * mm
                    foot = (self.height - y - (row + 1) * module) * mm
                    outline.rect(left, foot, length * module * mm, module * mm)
                column += length
        self._canvas.setFillColor(HexColor(f"#{Ink.BLACK}"))
        self._canvas.drawPath(outline, stroke=0, fill=1)
        return float(len(rows) * module)

    def qr_square(self, x: float, y: float, content: str, side: float) -> None:
        """Draw a QR code into a square of `side` millimetres, however much it says."""
        self.qr(x, y, content, side / len(qr_modules(content)))

    def code128(self, x: float, y: float, content: str, *, module: float, height: float) -> float:
        """Draw a Code 128 (no quiet zone) of `module` millimetres; return its width."""
        code = Code128(content, barWidth=module * mm, barHeight=height * mm, quiet=False)
        code.barFillColor = code.barStrokeColor = HexColor(f"#{Ink.BLACK}")
        code.drawOn(self._canvas, x * mm, (self.height - y - height) * mm)
        return float(code.width) / mm

    def picture(self, x: float, y: float, image: bytes, *, width: float, height: float) -> None:
        """Fit a PNG or JPEG into a box, keeping its shape.

        Raises:
            Refusal: `signature_not_picture`.
        """
        try:
            drawn = ImageReader(io.BytesIO(image))
        except OSError as error:
            raise Refusal("signature_not_picture", most_kb=0) from error
        wide, high = drawn.getSize()
        scale = min(width / wide, height / high)
        left, top = x + (width - wide * scale) / 2, y + (height - high * scale) / 2
        self._canvas.drawImage(
            drawn,
            left * mm,
            (self.height - top - high * scale) * mm,
            wide * scale * mm,
            high * scale * mm,
            mask="auto",
        )

    def watermark(self, text: str, size: float, *, x: float, y: float) -> None:
        """Set a turned word around (`x`, `y`), transparent; call it last on a page."""
        self._canvas.saveState()
        self._canvas.setFillColor(HexColor(f"#{Ink.NAVY}"))
        self._canvas.setFillAlpha(0.08)
        self._canvas.setFont(typeface.weight_for(text, bold=True), size)
        self._canvas.translate(x * mm, (self.height - y) * mm)
        self._canvas.rotate(24)
        self._canvas.drawCentredString(0, -0.35 * size, text)
        self._canvas.restoreState()

    def next_page(self) -> None:
        """Finish the page and go on with an empty one."""
        self._canvas.showPage()

    def finish(self) -> bytes:
        """Close the document and return the PDF."""
        with _ONE_PAPER_AT_A_TIME:
            self._canvas.save()
        return self._file.getvalue()
