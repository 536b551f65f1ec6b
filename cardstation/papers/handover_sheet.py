"""The sheet that stays at the desk: each card in the order of the doors, sums, signatures."""

from __future__ import annotations

from collections import Counter

from cardstation.domain.batch import LineState
from cardstation.domain.receipt import HandoverRow, HandoverSheet
from cardstation.i18n import Translator, translator
from cardstation.papers import handover_frame as frame
from cardstation.papers.a4_pages import LEFT, RIGHT, Column, Pages, Paper, drawn, sign_here
from cardstation.papers.pen import Ink, Pen, Style
from cardstation.sentences import word

_ROW, _REMARK = 6.3, 4.6

_CELL = Style(9.2)
_FINE = Style(8, Ink.SOFT)
_NAME_AT, _NAME_ROOM = 60, 24.0
_SMALL = (Style(6.2), Style(5.2), Style(4.4))
_STATE_INK = {LineState.DONE: Ink.GREEN, LineState.WAITING: Ink.SOFT, LineState.UNFUNDED: Ink.SOFT}


def handover_sheet(sheet: HandoverSheet, lang: str) -> bytes:
    """Draw the sheet as a PDF of as many A4 pages as it needs."""
    paper = Paper(
        title=frame.title(translator(lang)),
        number=sheet.batch_id,
        running=sheet.list_name,
        company=sheet.company,
        station=sheet.station,
        made_at=sheet.made_at,
        training=sheet.training,
    )
    return drawn(paper, lang, lambda pages: _draw(pages, sheet))


def _draw(pages: Pages, sheet: HandoverSheet) -> None:
    t, columns = pages.t, _columns(pages.t)
    pages.y = frame.head(pages.pen, sheet, t)
    pages.heading(columns)
    for index, row in enumerate(sheet.rows, start=1):
        below = bool(row.reason) and row.state == LineState.DONE
        pages.need(_ROW + _REMARK * below, columns)
        _row(pages, columns, index, row, below=below)
    _explain(pages, sheet.rows)
    pages.need(frame.TOTALS_AND_SIGNATURES)
    pages.y = frame.totals(pages.pen, sheet, t, pages.y)
    roles = (t("Handled by (desk)"), t("Checked by (desk)"))
    sign_here(pages, roles, (t("Date, time, cards counted"),))


def _columns(t: Translator) -> tuple[Column, ...]:
    return (
        Column("#", 14, 21.5, "right"),
        Column(t("Door"), 25, 58),
        Column(t("Name"), _NAME_AT, _NAME_AT + _NAME_ROOM),
        Column(t("Card no."), 86, 114),
        Column(t("State"), 116, 131),
        Column(t("Volume"), 131, 148, "right"),
        Column(t("Amount"), 149, 166, "right"),
        Column(t("Receipt no."), 170, 194),
    )


def _row(
    page: Pages, columns: tuple[Column, ...], index: int, row: HandoverRow, *, below: bool
) -> None:
    """One card; what was not loaded shows why instead of a volume and an amount."""
    pen, t = page.pen, page.t
    height = _ROW + _REMARK * below
    done = row.state == LineState.DONE
    stopped = not done and bool(row.reason) and not row.twin_of
    if stopped or index % 2 == 0:
        fill = Ink.ROSE if stopped else Ink.STRIPE
        pen.panel(LEFT, page.y, RIGHT - LEFT, height, fill=fill)
    ink = Ink.SOFT if row.twin_of else _STATE_INK.get(LineState(row.state), Ink.RED)
    state = Style(8.6, ink, bold=True)
    cells = (
        (str(index), Style(8, Ink.FAINT)),
        (row.door, _CELL),
        ("" if _is_long(pen, row.name) else row.name, _CELL),
        (row.card_no, _FINE),
        (t("Same card") if row.twin_of else word(f"line.{row.state}", t), state),
        (str(row.volume) if done and row.volume else "", _CELL),
        (str(row.amount) if done and row.amount else "", _CELL),
        (row.receipt_no if done else "", _FINE),
    )
    page.cells(columns, cells)
    if _is_long(pen, row.name):
        _two_lines(pen, page.y, row.name)
    if row.reason:
        x, y = (25.0, page.y + _ROW + 2.4) if below else (137.0, page.y + 4.3)
        headline = frame.explanation(row.reason, t)[0]
        if row.twin_of:
            headline = t("Listed twice, see row {row}", row=row.twin_of)
        pen.shortened(x, y, headline, Style(8.4, Ink.RED if stopped else Ink.ORANGE), room=194 - x)
    page.y += height
    pen.rule(LEFT, RIGHT, page.y, weight=0.12)


def _is_long(pen: Pen, name: str) -> bool:
    return pen.measure(name, _CELL) * 0.75 > _NAME_ROOM


def _two_lines(pen: Pen, y: float, name: str) -> None:
    """A long name, small and whole: nobody signs for half a name."""
    for style in _SMALL:
        first, *rest = pen.lines(name, style, _NAME_ROOM)
        if len(rest) < 2:
            break
    pen.text(_NAME_AT, y + 2.6, first, style)
    pen.shortened(_NAME_AT, y + 4.9, "".join(rest), style, room=_NAME_ROOM)


def _explain(page: Pages, rows: tuple[HandoverRow, ...]) -> None:
    """Say once what each reason means and what to do about it."""
    counts = Counter(row.reason for row in rows if row.reason)
    if not counts:
        return
    page.need(22)
    page.y += 7
    page.pen.text(LEFT, page.y, page.t("What the exceptions mean"), Style(9.5, bold=True))
    page.y += 1.5
    body, strong = Style(8.4, Ink.SOFT), Style(8.4, Ink.RED, bold=True)
    for code, count in counts.most_common():
        headline, told = frame.explanation(code, page.t)
        lines = page.pen.lines(told, body, RIGHT - 64)
        page.need(len(lines) * body.leading + 3)
        page.y += 4.6
        page.pen.shortened(LEFT, page.y, f"{headline} × {count}", strong, room=46)
        page.y = page.pen.paragraph(64, page.y, told, body, room=RIGHT - 64) - body.leading
