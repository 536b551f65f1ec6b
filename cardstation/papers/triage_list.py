"""The list for the next collection round: doors by how long their gas lasts; no names, ever."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from cardstation.domain.forecast import Urgency
from cardstation.domain.triage_list import TriageList, TriageRow
from cardstation.i18n import Translator, translator
from cardstation.papers.a4_pages import LABEL, LEFT, RIGHT, Pages, Paper, drawn
from cardstation.papers.pen import Ink, Style
from cardstation.sentences import word

_ACROSS = 4
_GUTTER = 4.0
_WIDE = (RIGHT - LEFT - _GUTTER * (_ACROSS - 1)) / _ACROSS
_ROW = 7.4
_BOX = 3.6
_INKS = {Urgency.OUT: Ink.RED, Urgency.DAYS_3: Ink.RED, Urgency.DAYS_7: Ink.ORANGE}

_FILLED = (Ink.RED, Ink.WHITE, Ink.WHITE)
"""Ground, words and small words of what is used up: seen at two metres, also without colour."""


def triage_list(found: TriageList, lang: str) -> bytes:
    """Draw the list as A4 pages, a heading for each class of days left, a box before each door.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t = translator(lang)
    paper = Paper(
        title=t("Triage list for gas cards"),
        number=found.made_at.date().isoformat(),
        running=found.community,
        company=found.company,
        station=found.station,
        made_at=found.made_at,
        training=found.training,
    )

    def draw(pages: Pages) -> None:
        _head(pages, found, t)
        for urgency, rows in _by_class(found):
            _class(pages, urgency, rows, t)
        _foot(pages, found, t)

    return drawn(paper, lang, draw)


def triage_table(found: TriageList, lang: str) -> bytes:
    """The same as a table other programs open (CSV with a mark for Excel): door and class only."""
    t = translator(lang)
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow((t("Community"), t("Building"), t("Staircase"), t("Room"), t("Gas lasts")))
    for row in found.rows:
        at = row.address
        said = word(f"urgency.{row.forecast.urgency.value}", t)
        cells = (found.community, at.building, at.unit, at.room, said)
        rows.writerow(map(_harmless, cells))
    return text.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    """A cell no program takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _by_class(found: TriageList) -> Iterator[tuple[Urgency, Sequence[TriageRow]]]:
    """Classes with their doors, in the order of the stairs."""
    for urgency in Urgency:
        rows = [row for row in found.rows if row.forecast.urgency is urgency]
        if rows:
            yield urgency, sorted(rows, key=lambda row: row.address.sort_key)


def _head(pages: Pages, found: TriageList, t: Translator) -> None:
    pages.title()
    pages.facts(
        (
            (t("Community"), found.community, 62),
            (t("Zone"), word(f"zone.{found.zone.value}", t), 34),
            (t("Service team"), found.team, 50),
            (t("Households"), str(len(found.rows) + found.unread), 30),
        )
    )
    pages.y += 10
    width = (RIGHT - LEFT - 3 * (len(Urgency) - 1)) / len(Urgency)
    for index, (urgency, count) in enumerate(found.counts.items()):
        x = LEFT + index * (width + 3)
        filled = urgency is Urgency.OUT and count > 0
        ink = _INKS.get(urgency, Ink.NAVY) if count else Ink.SOFT
        ground, ink, small = _FILLED if filled else (Ink.PALE, ink, Ink.SOFT)
        pages.pen.panel(x, pages.y, width, 14.5, fill=ground, radius=2)
        said = word(f"urgency.{urgency.value}", t)
        pages.pen.fitted(x + 3, pages.y + 4.9, said, Style(7.5, small), room=width - 6)
        figure = Style(15, ink, bold=True)
        pages.pen.fitted(x + 3, pages.y + 11.7, str(count), figure, room=width - 6)
    pages.y += 20


def _class(pages: Pages, urgency: Urgency, rows: Sequence[TriageRow], t: Translator) -> None:
    """Doors run along the lines, so that a page may end after any of them."""
    pages.need(8 + _ROW)
    said = word(f"urgency.{urgency.value}", t)
    count = t("{n} doors", n=len(rows))
    line = _INKS.get(urgency, Ink.NAVY)
    ink, small, inset = line, Ink.SOFT, 0.0
    if urgency is Urgency.OUT:
        ground, ink, small = _FILLED
        inset = 2.4
        pages.pen.panel(LEFT, pages.y - 0.4, RIGHT - LEFT, 7.0, fill=ground, radius=1)
    pages.pen.text(LEFT + inset, pages.y + 4.6, said, Style(11, ink, bold=True))
    pages.pen.text(RIGHT - inset, pages.y + 4.6, count, Style(9, small), "right")
    pages.y += 6.6
    if not inset:
        pages.pen.rule(LEFT, RIGHT, pages.y, ink=line, weight=0.4)
    for start in range(0, len(rows), _ACROSS):
        pages.need(_ROW)
        for index, row in enumerate(rows[start : start + _ACROSS]):
            x = LEFT + index * (_WIDE + _GUTTER)
            pages.pen.panel(x, pages.y + 1.9, _BOX, _BOX, edge=Ink.FAINT, radius=0.6)
            door = Style(10.5)
            room = _WIDE - _BOX - 3
            pages.pen.shortened(x + _BOX + 2.4, pages.y + 5.2, row.address.door, door, room=room)
        pages.y += _ROW
        pages.pen.rule(LEFT, RIGHT, pages.y, weight=0.12)
    pages.y += 4


def _foot(pages: Pages, found: TriageList, t: Translator) -> None:
    pages.need(14)
    how = t("Reckoned from what meters wrote on cards when they last lay in a reader.")
    unread = t("Households whose card was not read yet: {n}.", n=found.unread)
    pages.pen.fitted(LEFT, pages.y + 5, unread, Style(9.5, bold=True), room=RIGHT - LEFT)
    pages.pen.fitted(LEFT, pages.y + 10, how, LABEL, room=RIGHT - LEFT)
    pages.y += 12
