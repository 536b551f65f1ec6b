"""The slip of one hand-over on A5: what was counted, under which seal, and both signatures."""

from __future__ import annotations

from cardstation.domain.bag_papers import CustodySlip
from cardstation.domain.custody import ON_PAPER, Party
from cardstation.domain.seal_number import seal_grouped
from cardstation.errors import Refusal
from cardstation.i18n import Translator, translator
from cardstation.papers.pen import Ink, Pen, Style
from cardstation.papers.wording import WATERMARK
from cardstation.sentences import word

_WIDTH, _HEIGHT = 210.0, 148.0
_LEFT, _RIGHT = 14.0, 196.0
_LABEL = Style(7.5, Ink.FAINT)
_VALUE = Style(10.5)
_GAP = 6.0
_MOST_LINES = 2
"""Of rows: the list of what was not done names them all."""
_HALF = (_RIGHT - _LEFT - _GAP) / 2


def custody_slip(slip: CustodySlip, lang: str) -> bytes:
    """Draw the slip as a one-page PDF.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t = translator(lang)
    pen = Pen(_WIDTH, _HEIGHT, title=f"{t('Hand-over slip')} {slip.number}", lang=lang)
    _head(pen, slip, t)
    _way(pen, slip, t)
    _counts(pen, slip, t)
    _remarks(pen, slip, t)
    _sign(pen, slip, t)
    pen.rule(_LEFT, _RIGHT, 137.5)
    said = t("Both parties keep one copy. The cards are answered for by whoever signed last.")
    pen.fitted(_LEFT, 141.8, said, Style(7.5, Ink.SOFT), room=_RIGHT - _LEFT)
    if slip.training:
        pen.watermark(WATERMARK, 130, x=_WIDTH / 2, y=80)
    return pen.finish()


def _head(pen: Pen, slip: CustodySlip, t: Translator) -> None:
    pen.fitted(_LEFT, 15.5, slip.company, Style(10.5, Ink.SOFT), room=110)
    pen.text(_LEFT, 25, t("Hand-over slip"), Style(21, Ink.NAVY, bold=True))
    number = f"No. {slip.station}-{slip.number:06d}"
    pen.fitted(_RIGHT - 24, 17.5, number, Style(12, Ink.NAVY, bold=True), room=66, align="right")
    moment = t.moment(slip.at)
    pen.fitted(_RIGHT - 24, 23.5, moment, Style(9, Ink.SOFT), room=66, align="right")
    content = f"CS:H/{slip.batch_id}/{slip.number}".upper()
    pen.qr_square(_RIGHT - 19.5, 9, content, 19.5)
    pen.rule(_LEFT, _RIGHT, 31.5, ink=Ink.NAVY, weight=0.7)
    facts = (
        (t("Batch"), slip.batch_id, 34.0),
        (t("Community"), slip.community, 56.0),
        (t("Seal number"), seal_grouped(slip.told.seal_no) or t("no seal"), 52.0),
        (t("Recorded by"), slip.clerk, 40.0),
    )
    x = _LEFT
    for name, text, room in facts:
        pen.fitted(x, 37.5, name, _LABEL, room=room - 3)
        pen.shortened(x, 42.6, text, _VALUE, room=room - 3)
        x += room


def _way(pen: Pen, slip: CustodySlip, t: Translator) -> None:
    """From whom to whom, as two boxes and an arrow."""
    told, y = slip.told, 48.0
    sides = (
        (_LEFT, t("From"), word(f"party.{told.giver.value}", t), slip.given_by),
        (_LEFT + _HALF + _GAP, t("To"), word(f"party.{told.taker.value}", t), slip.taken_by),
    )
    for x, name, party, person in sides:
        pen.panel(x, y, _HALF, 15, fill=Ink.PALE, radius=2)
        pen.text(x + 4, y + 5, name, _LABEL)
        left = _HALF - 11 - _person(pen, x + _HALF - 4, y, person)
        pen.fitted(x + 4, y + 11.4, party, Style(13, Ink.NAVY, bold=True), room=left)
    pen.text(_LEFT + _HALF + _GAP / 2, y + 9.6, "→", Style(13, Ink.NAVY, bold=True), "center")


def _person(pen: Pen, right: float, y: float, name: str) -> float:
    """Who answers for the cards, whole: on one line, or small on as many as it takes.

    Returns:
        How wide that is, millimetres.
    """
    lines = (name,) if pen.measure(name, _VALUE) <= 36 else pen.lines(name, _LABEL, 42)
    style, step = (_VALUE, 0.0) if len(lines) == 1 else (Style(7.5), 3.3)
    top = y + 11.4 - step * (len(lines) - 1) / 1.5
    for index, line in enumerate(lines):
        pen.text(right, top + step * index, line, style, "right")
    return max((pen.measure(line, style) for line in lines), default=0.0)


def _counts(pen: Pen, slip: CustodySlip, t: Translator) -> None:
    told = slip.told
    listed = told.arrived - len(told.extras)
    known = told.expected - len(told.extras) * (told.giver is Party.DESK)
    lacking, extra = max(0, known - listed), len(told.extras) + max(0, listed - known)
    counts = (
        (t("Cards expected"), told.expected, Ink.NAVY),
        (t("Cards counted"), told.arrived, Ink.ORANGE if lacking or extra else Ink.GREEN),
        (t("Missing"), lacking, Ink.RED if lacking else Ink.NAVY),
        (t("Not on the list"), extra, Ink.ORANGE if extra else Ink.NAVY),
    )
    width = (_RIGHT - _LEFT - 9) / 4
    for index, (name, count, ink) in enumerate(counts):
        x = _LEFT + index * (width + 3)
        pen.panel(x, 66.5, width, 17, edge=Ink.LINE, radius=2)
        pen.fitted(x + 4, 71.8, name, _LABEL, room=width - 8)
        pen.text(x + 4, 80.4, str(count), Style(19, ink, bold=True))


def _remarks(pen: Pen, slip: CustodySlip, t: Translator) -> None:
    """Which rows are missing, and the last digits of foreign cards."""
    y = 89.5
    parts = (
        (t("Missing, rows of the list"), "  ".join(map(str, slip.missing))),
        (t("Cards not on the list, last digits"), "  ".join(slip.told.extras)),
    )
    for name, text in parts:
        if not text:
            continue
        pen.text(_LEFT, y, name, _LABEL)
        lines = pen.lines(text, Style(8), _RIGHT - _LEFT - 48)
        for line in lines[:_MOST_LINES]:
            pen.text(_LEFT + 48, y, line, Style(8))
            y += 3.4
        if len(lines) > _MOST_LINES:
            pen.text(_LEFT + 10, y - 3.4, t("the rest on the list"), _LABEL)
        y += 0.8


def _picture(pen: Pen, x: float, y: float, picture: bytes, t: Translator) -> None:
    """A signature; a file that turns out to be no picture does not keep the slip from printing."""
    try:
        pen.picture(x, y, picture, width=_HALF - 12, height=21)
    except Refusal:
        pen.text(x, y + 10, t("The picture on file cannot be shown."), Style(8, Ink.RED))


def _sign(pen: Pen, slip: CustodySlip, t: Translator) -> None:
    told, y, high = slip.told, 98.5, 36.0
    sides = (
        (_LEFT, t("Handed over by"), slip.given_picture, told.given_signed),
        (_LEFT + _HALF + _GAP, t("Received and counted by"), slip.taken_picture, told.taken_signed),
    )
    for x, role, picture, signed in sides:
        pen.panel(x, y, _HALF, high, edge=Ink.LINE, radius=2)
        pen.text(x + 4, y + 5.4, role, Style(8.5, Ink.NAVY, bold=True))
        if picture:
            _picture(pen, x + 6, y + 7, picture, t)
        pen.text(x + 4, y + high - 3, t("Signature, date"), _LABEL)
        start = x + 6 + pen.measure(t("Signature, date"), _LABEL)
        pen.rule(start, x + _HALF - 4, y + high - 2.6, ink=Ink.FAINT, weight=0.2)
        if signed == ON_PAPER:
            said = Style(7.5, Ink.SOFT)
            pen.text(x + _HALF - 4, y + 5.4, t("signed on paper"), said, "right")
