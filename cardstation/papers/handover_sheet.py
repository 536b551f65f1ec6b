"""The sheet that goes back with the bag: each card in the order of the doors, sums, signatures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from cardstation.domain.batch import LineState
from cardstation.domain.receipt import HandoverRow, HandoverSheet
from cardstation.i18n import Translator, translator
from cardstation.papers import handover_frame as frame
from cardstation.papers.handover_frame import LEFT, RIGHT
from cardstation.papers.pen import Ink, Pen, Style
from cardstation.papers.wording import WATERMARK
from cardstation.sentences import word

_WIDTH, _HEIGHT = 210.0, 297.0
_BOTTOM = 281.0
_ROW, _REMARK = 6.3, 4.6

_CELL = Style(9.2)
_FINE = Style(8, Ink.SOFT)
_HEADING = Style(8, Ink.WHITE, bold=True)
_STATE_INK = {LineState.DONE: Ink.GREEN, LineState.WAITING: Ink.SOFT, LineState.UNFUNDED: Ink.SOFT}


@dataclass(frozen=True, slots=True)
class _Column:
    """A column between two edges; numbers stand at the right one."""

    title: str
    left: float
    right: float
    align: str = "left"

    @property
    def anchor(self) -> float:
        """Where its texts are set from."""
        return self.right if self.align == "right" else self.left


class _Sheet:
    """The pages as they are drawn, top to bottom."""

    def __init__(self, sheet: HandoverSheet, t: Translator, pages: int) -> None:
        title = f"{frame.title(t)} {sheet.batch_id}"
        self.pen = Pen(_WIDTH, _HEIGHT, title=title, lang=t.lang)
        self.sheet, self.t, self.pages = sheet, t, pages
        self.number = 1
        self.columns = _columns(t)
        self.y = frame.head(self.pen, sheet, t)

    def room_for(self, height: float) -> bool:
        """Whether `height` more millimetres fit on this page."""
        return self.y + height <= _BOTTOM

    def turn(self) -> None:
        """Close the page and begin the next one."""
        self._foot()
        self.pen.next_page()
        self.number += 1
        running = f"{frame.title(self.t)}  {self.sheet.batch_id}"
        self.pen.fitted(LEFT, 15, running, Style(9, Ink.NAVY, bold=True), room=90)
        self.pen.shortened(
            RIGHT, 15, self.sheet.list_name, Style(9, Ink.SOFT), room=85, align="right"
        )
        self.y = 19.0

    def close(self) -> bytes:
        """Close the last page."""
        self._foot()
        return self.pen.finish()

    def _foot(self) -> None:
        pen, sheet, small = self.pen, self.sheet, Style(7.5, Ink.FAINT)
        pen.rule(LEFT, RIGHT, 285)
        made = self.t("Made {moment}", moment=self.t.moment(sheet.made_at))
        pen.fitted(LEFT, 289, f"{sheet.company} · {sheet.station} · {made}", small, room=140)
        page = self.t("Page {page} of {pages}", page=self.number, pages=self.pages)
        pen.text(RIGHT, 289, page, small, "right")
        if sheet.training:
            pen.watermark(WATERMARK, 170, x=_WIDTH / 2, y=165)

    def table_head(self) -> None:
        """Draw the heading of the table."""
        self.pen.panel(LEFT, self.y, RIGHT - LEFT, 7, fill=Ink.NAVY, radius=1.2)
        for column in self.columns:
            room = column.right - column.left
            self.pen.fitted(
                column.anchor, self.y + 4.8, column.title, _HEADING, room=room, align=column.align
            )
        self.y += 7


def handover_sheet(sheet: HandoverSheet, lang: str) -> bytes:
    """Draw the sheet as a PDF of as many A4 pages as it needs.

    Raises:
        Refusal: code `glyph_missing`.
    """
    t = translator(lang)
    pages = _draw(_Sheet(sheet, t, pages=0)).number
    return _draw(_Sheet(sheet, t, pages)).close()


def _draw(page: _Sheet) -> _Sheet:
    page.table_head()
    rows = page.sheet.rows
    for index, row in enumerate(rows, start=1):
        below = bool(row.reason) and row.state == LineState.DONE
        if not page.room_for(_ROW + _REMARK * below):
            page.turn()
            page.table_head()
        _row(page, index, row, below=below)
    _explain(page, rows)
    if not page.room_for(frame.SIGNATURES_HEIGHT):
        page.turn()
    frame.sign(page.pen, page.sheet, page.t, page.y)
    return page


def _columns(t: Translator) -> tuple[_Column, ...]:
    return (
        _Column("#", 14, 21.5, "right"),
        _Column(t("Door"), 25, 58),
        _Column(t("Name"), 60, 84),
        _Column(t("Card no."), 86, 114),
        _Column(t("State"), 116, 131),
        _Column(t("Volume"), 131, 148, "right"),
        _Column(t("Amount"), 149, 166, "right"),
        _Column(t("Receipt no."), 170, 194),
    )


def _row(page: _Sheet, index: int, row: HandoverRow, *, below: bool) -> None:
    """One card; what was not loaded shows why instead of a volume and an amount."""
    pen, t = page.pen, page.t
    height = _ROW + _REMARK * below
    done = row.state == LineState.DONE
    stopped = not done and bool(row.reason)
    if stopped or index % 2 == 0:
        fill = Ink.ROSE if stopped else Ink.STRIPE
        pen.panel(LEFT, page.y, RIGHT - LEFT, height, fill=fill)
    state = Style(8.6, _STATE_INK.get(LineState(row.state), Ink.RED), bold=True)
    cells = (
        (str(index), Style(8, Ink.FAINT)),
        (row.door, _CELL),
        (row.name, _CELL),
        (row.card_no, _FINE),
        (word(f"line.{row.state}", t), state),
        (str(row.volume) if done and row.volume else "", _CELL),
        (str(row.amount) if done and row.amount else "", _CELL),
        (row.receipt_no if done else "", _FINE),
    )
    for column, (text, style) in zip(page.columns, cells, strict=True):
        room = column.right - column.left
        pen.shortened(column.anchor, page.y + 4.4, text, style, room=room, align=column.align)
    if row.reason:
        x, y = (25.0, page.y + _ROW + 2.4) if below else (137.0, page.y + 4.3)
        headline = frame.explanation(row.reason, t)[0]
        pen.shortened(x, y, headline, Style(8.4, Ink.RED if stopped else Ink.ORANGE), room=194 - x)
    page.y += height
    pen.rule(LEFT, RIGHT, page.y, weight=0.12)


def _explain(page: _Sheet, rows: tuple[HandoverRow, ...]) -> None:
    """Say once what each reason means and what to do about it."""
    counts = Counter(row.reason for row in rows if row.reason)
    if not counts:
        return
    if not page.room_for(22):
        page.turn()
    page.y += 7
    page.pen.text(LEFT, page.y, page.t("What the exceptions mean"), Style(9.5, bold=True))
    page.y += 1.5
    body, strong = Style(8.4, Ink.SOFT), Style(8.4, Ink.RED, bold=True)
    for code, count in counts.most_common():
        headline, told = frame.explanation(code, page.t)
        lines = page.pen.lines(told, body, RIGHT - 64)
        if not page.room_for(len(lines) * body.leading + 3):
            page.turn()
        page.y += 4.6
        page.pen.shortened(LEFT, page.y, f"{headline} × {count}", strong, room=46)
        page.y = page.pen.paragraph(64, page.y, told, body, room=RIGHT - 64) - body.leading
