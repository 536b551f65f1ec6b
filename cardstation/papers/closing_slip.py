"""The settlement of a closed account (销户结算单): each line of the refund, and who signs."""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.closing import ClosingSlip, RefundLine
from cardstation.domain.money import NO_MONEY, Money, capitals
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.i18n import Translator, translator
from cardstation.papers.pen import Ink, Pen, Style
from cardstation.papers.wording import WATERMARK
from cardstation.sentences import word

_WIDTH, _A5, _A4 = 210.0, 148.0, 297.0
_LEFT, _RIGHT, _SPLIT = 14.0, 196.0, 126.0
_SIDE = 134.0
_LABEL, _VALUE, _STRONG = Style(7.5, Ink.FAINT), Style(9.5), Style(10, bold=True)
_COLUMNS = (_LEFT, 76.0, 102.0, _SPLIT)
_STEP = 5.2
_ON_A5, _ON_A4 = 5, 30
"""Lines of the table that a page has room for."""


def closing_slip(slip: ClosingSlip, lang: str, *, again: bool = False) -> bytes:
    """Draw the settlement as a one-page PDF; one that is printed again says so.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t = translator(lang)
    title = t("Closing settlement")
    lines = slip.closing.settlement.lines
    height = _A5 if len(lines) <= _ON_A5 else _A4
    pen = Pen(_WIDTH, height, title=f"{title} {slip.closing.change.account_no}", lang=lang)
    _head(pen, slip, title, t, again)
    _household(pen, slip, t)
    _table(pen, slip, t)
    _money(pen, slip, t)
    _signatures(pen, slip, t, height)
    if slip.training:
        pen.watermark(WATERMARK, 130, x=_WIDTH / 2, y=80)
    return pen.finish()


def closing_code(slip: ClosingSlip) -> str:
    """What its QR code carries: account, money in fen and check code."""
    change, total = slip.closing.change, slip.closing.settlement.total
    return f"CS:X/{change.account_no}/{total.fen}/{slip.check_code}".upper()


def _head(pen: Pen, slip: ClosingSlip, title: str, t: Translator, again: bool) -> None:
    pen.fitted(_LEFT, 13.5, slip.company, Style(10.5, Ink.SOFT), room=110)
    style = Style(19, Ink.NAVY, bold=True)
    pen.text(_LEFT, 22.5, title, style)
    if again:
        x = _LEFT + pen.measure(title, style) + 6
        pen.text(x, 22.5, t("Printed again"), Style(11, Ink.RED, bold=True))
    moment = Style(10, Ink.NAVY, bold=True)
    pen.fitted(_RIGHT, 13.5, t.moment(slip.closing.at), moment, room=66, align="right")
    who = f"{t('Station')} {slip.station}    {t('Clerk')} {slip.clerk}"
    pen.shortened(_RIGHT, 22.5, who, Style(9, Ink.SOFT), room=70, align="right")
    pen.rule(_LEFT, _RIGHT, 26, ink=Ink.NAVY, weight=0.7)


def _household(pen: Pen, slip: ClosingSlip, t: Translator) -> None:
    closing = slip.closing
    pen.fitted(_LEFT, 33.5, closing.name, Style(13), room=60)
    pen.fitted(_LEFT + 64, 33.5, closing.address, Style(9.5, Ink.SOFT), room=_RIGHT - _LEFT - 64)
    reading = closing.reading
    _row(
        pen,
        39.5,
        (
            (t("Account number"), closing.change.account_no),
            (t("Meter number"), closing.meter_no),
            (t("Card number"), closing.card_no),
            (t("Last reading of the meter"), str(reading.residual)),
            (t("Read by"), f"{reading.fitter}  {reading.document}"),
        ),
    )
    card = t("The card was handed in.")
    if closing.card_lost:
        card = t("Card lost: {words}", words=closing.card_lost)
    pen.shortened(_LEFT, 51.5, card, Style(8.5, Ink.SOFT), room=88)
    why = f"{t('Reason')}: {closing.change.words}"
    pen.shortened(_LEFT + 92, 51.5, why, Style(8.5, Ink.SOFT), room=90)
    pen.rule(_LEFT, _RIGHT, 54)


def _row(pen: Pen, y: float, pairs: Sequence[tuple[str, str]]) -> None:
    room = (_RIGHT - _LEFT) / len(pairs)
    for at, (label, text) in enumerate(pairs):
        x = _LEFT + at * room
        pen.fitted(x, y, label, _LABEL, room=room - 3)
        pen.fitted(x, y + 4.9, text, _VALUE, room=room - 3)


def _table(pen: Pen, slip: ClosingSlip, t: Translator) -> None:
    paid = slip.closing.settlement
    labels = (t("What the meter holds, bought by"), t("Volume"), t("Unit price"), t("Amount"))
    y = 59.0
    pen.fitted(_COLUMNS[0], y, labels[0], _LABEL, room=44)
    for x, label in zip(_COLUMNS[1:], labels[1:], strict=True):
        pen.text(x, y, label, _LABEL, "right")
    y += 2.0
    pen.rule(_LEFT, _SPLIT, y)
    for texts in _texts(paid.lines, t):
        y += _STEP
        pen.fitted(_COLUMNS[0], y - 1.4, texts[0], _VALUE, room=42)
        for x, text in zip(_COLUMNS[1:], texts[1:], strict=True):
            pen.fitted(x, y - 1.4, text, _VALUE, room=25, align="right")
        pen.rule(_LEFT, _SPLIT, y, weight=0.15)
    y += 6.0
    for label, amount, style in (
        (t("Gas in the meter"), paid.gas, _VALUE),
        (t("Balance of the household"), paid.balance, _VALUE),
        (t("Paid out"), paid.total, _STRONG),
    ):
        pen.text(_LEFT, y, label, style)
        pen.text(_SPLIT, y, str(amount), style, "right")
        y += 5.6
    if paid.uncovered not in (NO_GAS, NO_MONEY):
        said = t("Bought elsewhere, not paid here: {uncovered}", uncovered=str(paid.uncovered))
        pen.fitted(_LEFT, y, said, Style(8.5, Ink.ORANGE), room=_SPLIT - _LEFT)


def _texts(lines: Sequence[RefundLine], t: Translator) -> list[tuple[str, str, str, str]]:
    """A row for each line; the oldest that have no room stand together in the last one."""
    shown, rest = lines[:_ON_A4], lines[_ON_A4:]
    rows = [
        (
            f"{one.bought_on.isoformat()}  {one.receipt_no}".rstrip(),
            "" if one.volume is None else str(one.volume),
            _price(one.price_e4),
            str(one.amount),
        )
        for one in shown
    ]
    if rest:
        volume = Volume(sum(one.volume.litres for one in rest if one.volume is not None))
        amount = sum((one.amount for one in rest), NO_MONEY)
        named = t("{n} earlier lines", n=len(rest))
        rows.append((named, str(volume) if volume else "", "", str(amount)))
    return rows


def _price(price_e4: int) -> str:
    if not price_e4:
        return ""
    fen, part = divmod(price_e4, 100)
    return Money(fen).yuan + (f"{part:02d}".rstrip("0") if part else "")


def _money(pen: Pen, slip: ClosingSlip, t: Translator) -> None:
    closing = slip.closing
    paid = closing.settlement
    pen.panel(_SIDE, 57, _RIGHT - _SIDE, 34, fill=Ink.PALE, radius=3)
    x, room = _SIDE + 5, _RIGHT - _SIDE - 10
    pen.text(x, 63.5, t("Paid out"), Style(8.5, Ink.SOFT))
    pen.fitted(x, 74, str(paid.total), Style(22, Ink.NAVY, bold=True), room=room)
    pen.paragraph(x, 80, capitals(paid.total), Style(9), room=room, most=2)
    how = word(f"tender.{closing.tender.value}", t)
    pen.shortened(x, 88.6, f"{how}  {closing.reference}", Style(8.5, Ink.SOFT), room=room)
    side = pen.qr(_SIDE, 94, closing_code(slip), 0.6)
    x = _SIDE + side + 4
    pen.text(x, 98, t("Check code"), _LABEL)
    pen.fitted(x, 103.4, slip.check_code, Style(11.5, Ink.NAVY, bold=True), room=_RIGHT - x)


def _signatures(pen: Pen, slip: ClosingSlip, t: Translator, height: float) -> None:
    y = height - 18
    spots = (
        (_LEFT, t("Signature of the household")),
        (_LEFT + 62, t("Second person: {name}", name=slip.closing.change.approver)),
        (_LEFT + 124, t("Stamp of the company")),
    )
    for x, label in spots:
        pen.fitted(x, y, label, _LABEL, room=54)
    pen.rule(_LEFT, _LEFT + 54, y + 5, ink=Ink.FAINT, weight=0.2)
    pen.rule(_LEFT + 62, _LEFT + 116, y + 5, ink=Ink.FAINT, weight=0.2)
    pen.rule(_LEFT, _RIGHT, height - 10.5)
    said = t("The account is closed: nothing is sold to it any more. This is no tax invoice.")
    pen.fitted(_LEFT, height - 6.4, said, Style(7.5, Ink.SOFT), room=_RIGHT - _LEFT)
