"""The receipt on an 80 mm roll: black only, 72 mm printed, as long as it must be.

Every measure is a whole number of printer dots (8 per millimetre), so that the QR code stays crisp
when the page becomes a bitmap.
"""

from __future__ import annotations

from cardstation.domain.receipt import Receipt
from cardstation.i18n import translator
from cardstation.papers.pen import Ink, Pen, Style
from cardstation.papers.prepaid_slip import slip_on_roll
from cardstation.papers.wording import WATERMARK, ReceiptWording, Reprint, receipt_wording

_WIDTH = 80.0
_LEFT, _RIGHT, _MIDDLE = 4.5, 75.5, 40.0
_ROOM = _RIGHT - _LEFT

_PLAIN = Style(9.5, Ink.BLACK)
_STRONG = Style(9.5, Ink.BLACK, bold=True)
_SMALL = Style(8.5, Ink.BLACK)


def receipt_80mm(receipt: Receipt, lang: str, reprint: Reprint | None = None) -> bytes:
    """Draw a receipt or loading slip as one page 80 mm wide.

    Raises:
        Refusal: code `paper_too_long`.
    """
    return wording_on_roll(receipt_wording(receipt, translator(lang), reprint), lang)


def wording_on_roll(said: ReceiptWording, lang: str) -> bytes:
    """Draw what a receipt or a slip says."""
    title = f"{said.title} {said.number}"
    length = _draw(Pen(_WIDTH, 1000, title=title, lang=lang), said)
    pen = Pen(_WIDTH, float(round(length)), title=title, lang=lang)
    _draw(pen, said)
    return pen.finish()


def _draw(pen: Pen, said: ReceiptWording) -> float:
    y = _head(pen, said)
    y = _household(pen, said, y)
    if said.no_money_taken:
        y = slip_on_roll(pen, said, y)
    else:
        y = _loaded(pen, said, _sums(pen, said, y))
    y = _notes(pen, said, y)
    return _proof(pen, said, y)


def _head(pen: Pen, said: ReceiptWording) -> float:
    y = 8.0
    if said.training:
        tag = said.training if said.training == WATERMARK else f"{WATERMARK} · {said.training}"
        y = _black_band(pen, tag, 3.0) + 6.5
    y = pen.paragraph(
        _MIDDLE,
        y,
        said.company,
        Style(13, Ink.BLACK, bold=True),
        room=_ROOM,
        align="center",
        most=3,
    )
    pen.text(_MIDDLE, y, said.title, Style(11.5, Ink.BLACK), "center")
    if said.reprint:
        y += 2
        lines = pen.lines(said.reprint, _STRONG, _ROOM - 6, 3)
        pen.panel(_LEFT, y, _ROOM, 2.4 + 4.75 * len(lines), edge=Ink.BLACK, weight=0.375)
        y = (
            pen.paragraph(_MIDDLE, y + 4.6, said.reprint, _STRONG, room=_ROOM - 6, align="center")
            - 4.6
        )
    y += 3.5
    pen.rule(_LEFT, _RIGHT, y, ink=Ink.BLACK, weight=0.375)
    y = _pair(pen, "No.", said.number, y + 5.5)
    pen.text(_RIGHT, y, said.moment, _PLAIN, "right")
    return y + 3


def _black_band(pen: Pen, text: str, y: float) -> float:
    pen.panel(_LEFT, y, _ROOM, 8, fill=Ink.BLACK)
    pen.text(_MIDDLE, y + 5.6, text, Style(12, Ink.WHITE, bold=True), "center")
    return y + 8


def _household(pen: Pen, said: ReceiptWording, y: float) -> float:
    pen.rule(_LEFT, _RIGHT, y, ink=Ink.BLACK, weight=0.25, dash=0.75)
    y = pen.paragraph(_LEFT, y + 6.5, said.name, Style(13, Ink.BLACK), room=_ROOM, most=3) - 0.8
    y = pen.paragraph(_LEFT, y, said.address, _SMALL, room=_ROOM, most=4) + 1.2
    for label, text in said.facts:
        y = _pair(pen, label, text, y)
    return y


def _sums(pen: Pen, said: ReceiptWording, y: float) -> float:
    pen.rule(_LEFT, _RIGHT, y - 2, ink=Ink.BLACK, weight=0.25, dash=0.75)
    y += 3.5
    for tier in said.tiers:
        y = _pair(pen, f"{tier.name}  {tier.volume} × {tier.price}", tier.amount, y)
    y = _pair(pen, *said.gas, y, style=_STRONG)
    if said.to_balance:
        y = _pair(pen, *said.to_balance, y)
    pen.rule(_LEFT, _RIGHT, y - 2.2, ink=Ink.BLACK, weight=0.5)
    y += 6
    amount = Style(22, Ink.BLACK, bold=True)
    room = _ROOM - pen.measure(said.paid[0], _STRONG) - 3
    if pen.measure(said.paid[1], amount) * 0.8 > room:
        pen.text(_LEFT, y - 2, said.paid[0], _STRONG)
        y += 6.5
        room = _ROOM
    else:
        pen.text(_LEFT, y, said.paid[0], _STRONG)
    pen.fitted(_RIGHT, y, said.paid[1], amount, room=room, align="right")
    y = pen.paragraph(_RIGHT, y + 6.2, said.capitals[1], _PLAIN, room=_ROOM, align="right")
    return y - 1.5


def _loaded(pen: Pen, said: ReceiptWording, y: float) -> float:
    pen.panel(_LEFT, y, _ROOM, 11, fill=Ink.BLACK)
    pen.text(_LEFT + 3, y + 7.1, said.loaded[0], Style(10, Ink.WHITE, bold=True))
    amount = Style(17, Ink.WHITE, bold=True)
    pen.fitted(_RIGHT - 3, y + 7.8, said.loaded[1], amount, room=40, align="right")
    return y + 17


def _notes(pen: Pen, said: ReceiptWording, y: float) -> float:
    for label, text in said.notes:
        y = _pair(pen, label, text, y, style=_SMALL)
    return y


def _proof(pen: Pen, said: ReceiptWording, y: float) -> float:
    pen.rule(_LEFT, _RIGHT, y - 2.5, ink=Ink.BLACK, weight=0.25, dash=0.75)
    side = pen.qr(_LEFT, float(round(y + 1.5)), said.code, 0.625)
    x = _LEFT + side + 4
    pen.text(x, y + 5, said.check[0], _SMALL)
    pen.fitted(x, y + 11, said.check[1], Style(15, Ink.BLACK, bold=True), room=_RIGHT - x)
    pen.text(x, y + side - 0.2, said.stamp, _SMALL)
    y += side + 8
    pen.fitted(_MIDDLE, y, said.next_step, _SMALL, room=_ROOM, align="center")
    y = pen.paragraph(_MIDDLE, y + 5, said.not_an_invoice, _STRONG, room=_ROOM, align="center")
    if said.training:
        y = _black_band(pen, WATERMARK, y - 2)
    return y + 3


def _pair(pen: Pen, label: str, text: str, y: float, style: Style = _PLAIN) -> float:
    """A label at the left, its text at the right, below it when the line is too short."""
    pen.fitted(_LEFT, y, label, style, room=_ROOM)
    room = _ROOM - pen.measure(label, style) - 3
    if pen.measure(text, style) > room:
        y += style.leading
        room = _ROOM
    pen.fitted(_RIGHT, y, text, style, room=room, align="right")
    return y + style.leading + 0.4
