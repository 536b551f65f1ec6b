"""The receipt on A5 landscape: one household, one top-up, readable at arm's length."""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.receipt import Receipt
from cardstation.i18n import translator
from cardstation.papers.pen import Ink, Pen, Style
from cardstation.papers.prepaid_slip import slip_on_a5
from cardstation.papers.wording import WATERMARK, ReceiptWording, Reprint, receipt_wording

_WIDTH, _HEIGHT = 210.0, 148.0
_LEFT, _RIGHT = 14.0, 196.0
_SPLIT = 126.0
_SIDE = 134.0
_TAGS_END = 152.0

_LABEL = Style(7.5, Ink.FAINT)
_VALUE = Style(10.5)
_SMALL = Style(8, Ink.SOFT)
_TINTS = (Ink.LINE, Ink.FIRST, Ink.SECOND, Ink.NAVY)
_BAR = 116.4


def receipt_a5(receipt: Receipt, lang: str, reprint: Reprint | None = None) -> bytes:
    """Draw a receipt or loading slip as a one-page PDF.

    Raises:
        Refusal: code `paper_too_long`.
    """
    return wording_on_a5(receipt_wording(receipt, translator(lang), reprint), lang)


def wording_on_a5(said: ReceiptWording, lang: str) -> bytes:
    """Draw what a receipt or a slip says."""
    pen = Pen(_WIDTH, _HEIGHT, title=f"{said.title} {said.number}", lang=lang)
    _head(pen, said)
    y = _household(pen, said)
    if said.no_money_taken:
        slip_on_a5(pen, said, y)
    else:
        _sale(pen, said, y)
    _proof(pen, said)
    _foot(pen, said)
    if said.training:
        pen.watermark(WATERMARK, 150, x=100, y=80)
    return pen.finish()


def _sale(pen: Pen, said: ReceiptWording, y: float) -> None:
    with_bar = bool(said.year) and y + _sums_height(said) <= _BAR - 0.4
    _sums(pen, said, y, swatches=with_bar)
    if with_bar:
        _year_bar(pen, said)
    _money_panel(pen, said)


def _head(pen: Pen, said: ReceiptWording) -> None:
    pen.fitted(_LEFT, 15.5, said.company, Style(10.5, Ink.SOFT), room=110)
    title = Style(21, Ink.NAVY, bold=True)
    pen.text(_LEFT, 25, said.title, title)
    marks = [(said.training, Ink.ORANGE), (said.reprint, Ink.RED)]
    x = _LEFT + pen.measure(said.title, title) + 5
    for mark, ink in marks:
        if mark:
            x = _tag(pen, x, mark, ink, room=_TAGS_END - x)
    number = Style(12, Ink.NAVY, bold=True)
    pen.fitted(_RIGHT, 15.5, f"No. {said.number}", number, room=60, align="right")
    pen.fitted(_RIGHT, 21.5, said.moment, Style(9, Ink.SOFT), room=60, align="right")
    pen.rule(_LEFT, _RIGHT, 29.5, ink=Ink.NAVY, weight=0.7)


def _tag(pen: Pen, x: float, text: str, ink: Ink, *, room: float) -> float:
    """Draw a framed word beside the title; return where the next one may stand."""
    style = Style(8.5, ink, bold=True)
    wide = min(pen.measure(text, style), room - 4)
    pen.panel(x, 20.6, wide + 4, 6, edge=ink, radius=1.2, weight=0.3)
    pen.shortened(x + 2, 24.75, text, style, room=wide)
    return x + wide + 7


def _household(pen: Pen, said: ReceiptWording) -> float:
    pen.fitted(_LEFT, 39.5, said.name, Style(15), room=_SPLIT - _LEFT)
    address = Style(9.5, Ink.SOFT)
    y = pen.paragraph(_LEFT, 46, said.address, address, room=_SPLIT - _LEFT, most=2) + 4.6
    _row(pen, said.facts, y, _SPLIT, _VALUE)
    return y + 5.2


def _row(pen: Pen, pairs: Sequence[tuple[str, str]], y: float, right: float, style: Style) -> None:
    """Labels over texts; every pair gets room in proportion to what it needs."""
    needs = [max(pen.measure(label, _LABEL), pen.measure(text, style)) + 5 for label, text in pairs]
    spread = (right - _LEFT + 5) / sum(needs)
    x = _LEFT
    for (label, text), need in zip(pairs, needs, strict=True):
        room = need * spread - 5 * min(spread, 1)
        pen.fitted(x, y, label, _LABEL, room=room)
        pen.fitted(x, y + 4.9, text, style, room=room)
        x += need * spread


def _step(said: ReceiptWording) -> float:
    return (6.4, 6.4, 6.4, 5.4)[len(said.tiers)] if len(said.tiers) < 4 else 5.0


def _sums_height(said: ReceiptWording) -> float:
    return 16.8 + _step(said) * len(said.tiers) + 5.8 * (3 if said.to_balance else 2)


def _sums(pen: Pen, said: ReceiptWording, y: float, *, swatches: bool) -> None:
    columns = (_LEFT, 64.0, 94.0, _SPLIT)
    y += 8
    if said.tiers:
        pen.text(columns[0], y, said.columns[0], _LABEL)
        for x, label in zip(columns[1:], said.columns[1:], strict=True):
            pen.text(x, y, label, _LABEL, "right")
        y += 2.2
        pen.rule(_LEFT, _SPLIT, y)
    for index, tier in enumerate(said.tiers, start=1):
        y += _step(said)
        if swatches:
            pen.panel(_LEFT, y - 3.8, 2.4, 2.4, fill=_tint(index), radius=0.4)
        pen.text(columns[0] + (4.2 if swatches else 0), y - 1.5, tier.name, _VALUE)
        for x, text in zip(columns[1:], (tier.volume, tier.price, tier.amount), strict=True):
            pen.fitted(x, y - 1.5, text, _VALUE, room=28, align="right")
        pen.rule(_LEFT, _SPLIT, y + 0.3 * _step(said) - 1.3, weight=0.15)
    y += 6.6
    strong = Style(10.5, bold=True)
    rows = [(said.gas, strong), (said.paid, strong)]
    if said.to_balance:
        rows.insert(1, (said.to_balance, _VALUE))
    for (label, amount), style in rows:
        pen.text(_LEFT, y, label, style)
        pen.text(_SPLIT, y, amount, style, "right")
        y += 5.8


def _year_bar(pen: Pen, said: ReceiptWording) -> None:
    """The tier year as a bar: bought before, then this purchase tier by tier."""
    if said.year is None:
        return
    label, total, parts = said.year
    pen.text(_LEFT, _BAR, label, _LABEL)
    pen.text(_SPLIT, _BAR, total, Style(7.5, Ink.DARK, bold=True), "right")
    width = _SPLIT - _LEFT
    x = _LEFT
    for index, share in enumerate(parts):
        wide = width * share
        pen.panel(x, _BAR + 1.6, max(wide - 0.4, 0.2), 2.6, fill=_tint(index))
        x += wide


def _tint(index: int) -> Ink:
    return _TINTS[min(index, len(_TINTS) - 1)]


def _money_panel(pen: Pen, said: ReceiptWording) -> None:
    width = _RIGHT - _SIDE
    pen.panel(_SIDE, 34.2, width, 52, fill=Ink.PALE, radius=3)
    inner, room = _SIDE + 5, width - 10
    pen.text(inner, 42.4, said.paid[0], Style(8.5, Ink.SOFT))
    pen.fitted(inner, 53.6, said.paid[1], Style(25, Ink.NAVY, bold=True), room=room)
    pen.paragraph(inner, 61, said.capitals[1], Style(9.5), room=room, most=2)
    pen.rule(inner, _RIGHT - 5, 70.4)
    pen.text(inner, 75.6, said.loaded[0], Style(8.5, Ink.SOFT))
    pen.fitted(inner, 82.4, said.loaded[1], Style(16, Ink.NAVY, bold=True), room=room)


def _proof(pen: Pen, said: ReceiptWording) -> None:
    side = pen.qr(_SIDE, 91.5, said.code, 0.78)
    x = _SIDE + side + 5
    pen.text(x, 95, said.check[0], _LABEL)
    pen.fitted(x, 100.6, said.check[1], Style(12.5, Ink.NAVY, bold=True), room=_RIGHT - x)
    pen.text(x, 116.4, said.stamp, Style(7.5, Ink.FAINT))


def _foot(pen: Pen, said: ReceiptWording) -> None:
    pen.rule(_LEFT, _RIGHT, 124)
    _row(pen, said.notes, 128.3, _RIGHT, Style(8.5))
    pen.rule(_LEFT, _RIGHT, 136)
    pen.text(_LEFT, 140.6, said.next_step, _SMALL)
    pen.text(_RIGHT, 140.6, said.not_an_invoice, Style(8, Ink.DARK, bold=True), "right")
