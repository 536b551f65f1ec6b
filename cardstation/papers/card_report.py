"""The card examination (读卡检测单) on A5: what a card is, what stands on it, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.card_report import CardReport, Verdict
from cardstation.i18n import Translator, translator
from cardstation.papers.pen import Ink, Pen, Style
from cardstation.papers.wording import WATERMARK
from cardstation.sentences.card_told import CardTold, Row, card_told

_WIDTH, _HEIGHT = 210.0, 148.0
_LEFT, _RIGHT = 14.0, 196.0
_GUTTER = 5.0
_COLUMN = (_RIGHT - _LEFT - 2 * _GUTTER) / 3
_TEXT_AT = 74.0
_FOOT = 142.0
_LAST = _FOOT - 2
_STEP, _DUMP_STEP, _FLAW_STEP = 4.05, 2.75, 3.7
_MOST_FLAWS = 4
_MOST_LINES = 3
_CELLS_AT, _CELL = _LEFT + 12.0, 5.3

_LABEL = Style(7.5, Ink.FAINT)
_VALUE = Style(8)
_SMALL = Style(7.5, Ink.SOFT)
_HEADING = Style(8.5, Ink.NAVY, bold=True)
_DUMP = Style(6)
_DUMP_ADDRESS = Style(6, Ink.FAINT)
_SAID, _TODO = Style(8.5), Style(8.5, bold=True)
_INKS = {Verdict.OURS: Ink.GREEN, Verdict.OURS_TORN: Ink.ORANGE, Verdict.BLANK: Ink.ORANGE}


def card_report(report: CardReport, lang: str) -> bytes:
    """Draw a card examination as a one-page PDF; what has no room is in `card explain --json`.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t = translator(lang)
    told = card_told(report, t)
    pen = Pen(_WIDTH, _HEIGHT, title=told.title, lang=lang)
    _head(pen, report, told, t)
    y = _verdict(pen, report, told, t)
    y = _facts(pen, told, y, t)
    y = _broken(pen, told, y, t)
    y = _traps(pen, told, y, t)
    _dump(pen, report, y, t)
    pen.rule(_LEFT, _RIGHT, _FOOT - 0.4)
    said = t("Only read: no code was presented to the card, and nothing was written to it.")
    pen.fitted(_LEFT, _FOOT + 3, said, _SMALL, room=_RIGHT - _LEFT)
    if report.training:
        pen.watermark(WATERMARK, 130, x=_WIDTH / 2, y=80)
    return pen.finish()


def _head(pen: Pen, report: CardReport, told: CardTold, t: Translator) -> None:
    pen.fitted(_LEFT, 13.5, report.company, Style(10.5, Ink.SOFT), room=110)
    title = Style(19, Ink.NAVY, bold=True)
    pen.text(_LEFT, 22.5, told.title, title)
    if report.training:
        x, style = _LEFT + pen.measure(told.title, title) + 5, Style(8.5, Ink.ORANGE, bold=True)
        wide = pen.measure(t("TRAINING"), style)
        pen.panel(x, 18.1, wide + 4, 6, edge=Ink.ORANGE, radius=1.2, weight=0.3)
        pen.text(x + 2, 22.25, t("TRAINING"), style)
    moment = Style(10, Ink.NAVY, bold=True)
    pen.fitted(_RIGHT, 13.5, t.moment(report.made_at), moment, room=66, align="right")
    who = f"{t('Station')} {report.station}    {t('Clerk')} {report.clerk}"
    pen.shortened(_RIGHT, 22.5, who, Style(9, Ink.SOFT), room=70, align="right")
    pen.rule(_LEFT, _RIGHT, 26, ink=Ink.NAVY, weight=0.7)


def _verdict(pen: Pen, report: CardReport, told: CardTold, t: Translator) -> float:
    """What it is, and what to do; returns where the facts may begin."""
    room = _RIGHT - _TEXT_AT - 4
    parts = [(told.verdict.what, _SAID), (told.todo, _TODO)]
    if told.sale:
        parts.insert(1, (t("Not sold to: {why}", why=told.sale), _SAID))
    lines = [(line, style) for text, style in parts for line in pen.lines(text, style, room)]
    high = max(14.0, 4.1 * len(lines) + 4.4)
    pen.panel(_LEFT, 28.5, _RIGHT - _LEFT, high, fill=Ink.PALE, radius=2)
    ink = _INKS.get(report.verdict, Ink.RED)
    ink = Ink.ORANGE if told.sale and ink is Ink.GREEN else ink
    big = Style(13, ink, bold=True)
    pen.fitted(_LEFT + 4, 37.3, told.verdict.brief, big, room=_TEXT_AT - _LEFT - 8)
    y = 33.4
    for line, style in lines:
        pen.text(_TEXT_AT, y, line, style)
        y += 4.1
    return 28.5 + high + 5.2


def _facts(pen: Pen, told: CardTold, y: float, t: Translator) -> float:
    """Three columns; returns where to go on below the longest."""
    columns = (
        ((t("Reader and chip"), told.chip), (t("At this station"), told.desk)),
        ((t("Card content"), told.content),),
        ((t("Written back by the meter"), told.meter),),
    )
    ends = [y]
    for index, groups in enumerate(columns):
        x, at = _LEFT + index * (_COLUMN + _GUTTER), y
        for heading, rows in groups:
            if rows:
                at = _group(pen, x, at, heading, rows) + 1.6
        ends.append(at)
    return max(ends)


def _group(pen: Pen, x: float, y: float, heading: str, rows: Sequence[Row]) -> float:
    pen.text(x, y, heading, _HEADING)
    y += 4.4
    for label, text in rows:
        y = _row(pen, x, y, label, text)
    return y


def _row(pen: Pen, x: float, y: float, label: str, text: str) -> float:
    """Label and text on one line where both have room, else the text below in lines."""
    right = x + _COLUMN
    pen.fitted(x, y, label, _LABEL, room=_COLUMN * 0.7)
    if pen.measure(label, _LABEL) + pen.measure(text, _VALUE) + 2 <= _COLUMN:
        pen.text(right, y, text, _VALUE, "right")
        return y + _STEP
    for line in pen.lines(text, _VALUE, _COLUMN - 2, _MOST_LINES):
        y += 3.6
        pen.text(right, y, line, _VALUE, "right")
    return y + _STEP


def _broken(pen: Pen, told: CardTold, y: float, t: Translator) -> float:
    if not told.broken:
        return y
    pen.text(_LEFT, y, t("Places that cannot be read"), Style(8.5, Ink.RED, bold=True))
    most = min(_MOST_FLAWS, int((_LAST - y) / _FLAW_STEP) - 1)
    for line in told.broken[:most]:
        y += _FLAW_STEP
        pen.shortened(_LEFT, y, line, _SMALL, room=_RIGHT - _LEFT)
    if (more := len(told.broken) - most) > 0:
        y += _FLAW_STEP
        pen.text(_LEFT, y, t("and {n} more", n=more), _LABEL)
    return y + 4.6


def _traps(pen: Pen, told: CardTold, y: float, t: Translator) -> float:
    """A line each, as many as there is room for: the counter and `card explain` say them whole."""
    most = int((_LAST - y) / _FLAW_STEP)
    if not told.traps or most < 1:
        return y
    pen.text(_LEFT, y, t("To know"), _HEADING)
    for line in told.traps[:most]:
        y += _FLAW_STEP
        pen.shortened(_LEFT, y, line, _SMALL, room=_RIGHT - _LEFT)
    return y + 4.6


def _dump(pen: Pen, report: CardReport, y: float, t: Translator) -> None:
    """As many lines as there is room for."""
    room = int((_LAST - y) / _DUMP_STEP)
    if not report.dump or room < 1:
        return
    pen.text(_LEFT, y, t("Bytes as read, erased lines left out"), _LABEL)
    shown = report.dump if len(report.dump) <= room else report.dump[: room - 1]
    for line in shown:
        y += _DUMP_STEP
        pen.text(_LEFT, y, f"{line.address:04X}", _DUMP_ADDRESS)
        for index, cell in enumerate(line.cells):
            pen.text(_CELLS_AT + index * _CELL, y, cell, _DUMP)
    if (more := len(report.dump) - len(shown)) > 0:
        pen.text(_LEFT, y + _DUMP_STEP, t("and {n} more", n=more), _DUMP_ADDRESS)
