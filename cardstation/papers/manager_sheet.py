"""The sheet a property manager gets back with the bag: doors, done or not, and no name."""

from __future__ import annotations

from collections import Counter

from cardstation.domain.bag_papers import ManagerRow, ManagerSheet
from cardstation.domain.custody import Where
from cardstation.domain.seal_number import seal_grouped
from cardstation.i18n import Translator, translator
from cardstation.papers.a4_pages import LABEL, LEFT, RIGHT, Pages, drawn, sign_here
from cardstation.papers.bag_head import bag_head, bag_paper
from cardstation.papers.doors_told import doors_told
from cardstation.papers.pen import Ink, Style
from cardstation.sentences import word

_ROW = 6.3
_ACROSS = 2
_GUTTER = 6.0
_WIDE = (RIGHT - LEFT - _GUTTER) / _ACROSS
_HEADING = Style(8, Ink.WHITE, bold=True)
_CELL = Style(9.2)
_BACK = (Where.RETURNED, Where.DONE, Where.UNPAID, Where.ASK, Where.TEAM, Where.WAITING)


def manager_sheet(sheet: ManagerSheet, lang: str) -> bytes:
    """Draw the sheet as a PDF of as many A4 pages as it needs, two columns of doors on each.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t = translator(lang)

    def draw(pages: Pages) -> None:
        bag_head(
            pages,
            (
                (t("Community"), sheet.community, 56),
                (t("Property manager"), sheet.manager, 62),
                (t("Clerk"), sheet.clerk, 34),
            ),
        )
        _tiles(pages, sheet, t)
        _table(pages, sheet, t)
        _end(pages, sheet, t)

    return drawn(bag_paper(sheet, t("Return sheet for gas cards")), lang, draw)


def _tiles(pages: Pages, sheet: ManagerSheet, t: Translator) -> None:
    pen, y = pages.pen, pages.y - 1
    left_out = len(sheet.rows) - sheet.done
    tiles = (
        (t("Cards on the list"), str(len(sheet.rows)), Ink.NAVY),
        (t("Topped up"), str(sheet.done), Ink.GREEN),
        (t("Not topped up"), str(left_out), Ink.RED if left_out else Ink.NAVY),
        (t("Loaded"), str(sheet.loaded), Ink.NAVY),
    )
    width = (RIGHT - LEFT - 9) / 4
    for index, (name, text, ink) in enumerate(tiles):
        x = LEFT + index * (width + 3)
        pen.panel(x, y, width, 14.5, fill=Ink.PALE, radius=2)
        pen.fitted(x + 4, y + 4.9, name, Style(7.5, Ink.SOFT), room=width - 8)
        pen.fitted(x + 4, y + 11.7, text, Style(15, ink, bold=True), room=width - 8)
    seals = "   ".join(map(seal_grouped, sheet.seals)) or t("no seal")
    pen.text(LEFT, y + 20, t("Seal numbers"), LABEL)
    pen.fitted(LEFT + 26, y + 20, seals, Style(9), room=RIGHT - LEFT - 26)
    pages.y = y + 25


def _table(pages: Pages, sheet: ManagerSheet, t: Translator) -> None:
    """Rows run down the left column, then down the right one."""
    doors = doors_told([(row.door, row.tail) for row in sheet.rows])
    rest = list(zip(doors, sheet.rows, strict=True))
    while rest:
        fits = max(1, int((278.0 - pages.y - 7) // _ROW))
        here = min(fits, -(-len(rest) // _ACROSS)) if len(rest) < fits * _ACROSS else fits
        top = pages.y
        for column in range(_ACROSS):
            part, rest = rest[:here], rest[here:]
            if part:
                _column(pages, part, LEFT + column * (_WIDE + _GUTTER), top, t)
        pages.y = top + 7 + here * _ROW
        if rest:
            pages.turn()


def _column(
    pages: Pages, rows: list[tuple[str, ManagerRow]], x: float, top: float, t: Translator
) -> None:
    pen, y = pages.pen, top + 7
    pen.panel(x, top, _WIDE, 7, fill=Ink.NAVY, radius=1.2)
    heads = ((2, t("Door"), "left"), (_WIDE - 2, t("Amount"), "right"))
    for at, name, align in heads:
        pen.fitted(x + at, top + 4.8, name, _HEADING, room=30, align=align)
    for index, (door, row) in enumerate(rows):
        if index % 2:
            pen.panel(x, y, _WIDE, _ROW, fill=Ink.STRIPE)
        pen.shortened(x + 2, y + 4.4, door, _CELL, room=44)
        said, ink = _said(row, t)
        amount = "" if row.amount is None else str(row.amount)
        room = _WIDE - 50 - (20 if amount else 0)
        pen.shortened(x + 48, y + 4.4, said, Style(8.6, ink, bold=True), room=room)
        pen.fitted(x + _WIDE - 2, y + 4.4, amount, _CELL, room=20, align="right")
        y += _ROW
        pen.rule(x, x + _WIDE, y, weight=0.12)


def _said(row: ManagerRow, t: Translator) -> tuple[str, Ink]:
    """Done or not done; a card that does not come back says where it is."""
    if row.where not in _BACK:
        return word(f"where.{row.where.value}", t), Ink.ORANGE
    return (t("Topped up"), Ink.GREEN) if row.done else (t("Not topped up"), Ink.RED)


def _outside(where: Where, t: Translator) -> str:
    """Where a card is, for somebody who knows no trays."""
    if where is Where.DONE:
        return t("Topped up")
    inside = where in (Where.UNPAID, Where.ASK)
    return t("Not topped up") if inside else word(f"where.{where.value}", t)


def _end(pages: Pages, sheet: ManagerSheet, t: Translator) -> None:
    pages.need(48 + 5 * bool(sheet.others))
    pages.y += 7
    counts: Counter[str] = Counter()
    for where, count in sheet.counts:
        counts[_outside(where, t)] += count
    told = " · ".join(f"{name} {count}" for name, count in counts.items())
    pages.pen.fitted(LEFT, pages.y, told, Style(9, bold=True), room=RIGHT - LEFT)
    pages.y += 5.2
    terms = " + ".join(
        f"{name} {money}"
        for name, money in (
            (t("To household balances"), sheet.kept),
            (t("Waiting for cards"), sheet.waiting),
            (t("For arrears"), sheet.arrears),
            (t("Gone back"), sheet.given_back),
            (t("Left for the payer"), sheet.remainder),
        )
        if money
    )
    loaded = f"{t('Money received')} {sheet.received} = {t('Loaded')} {sheet.loaded}"
    sums = " + ".join(filter(None, (loaded, terms)))
    pages.pen.fitted(LEFT, pages.y, sums, Style(8.5, Ink.SOFT), room=RIGHT - LEFT)
    if sheet.others:
        pages.y += 4.6
        others = t("Paid by others {money} (not on this sheet)", money=sheet.others)
        pages.pen.fitted(LEFT, pages.y, others, Style(8.5, Ink.SOFT), room=RIGHT - LEFT)
    pages.y += 4
    sign_here(
        pages, (t("Handed over by (desk)"), t("Received by")), (t("Date, time, cards counted"),)
    )
