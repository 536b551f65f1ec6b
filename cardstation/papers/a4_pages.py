"""Pages of A4 with a running head, a foot with page numbers, and tables that go over pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cardstation.i18n import Translator, translator
from cardstation.papers.pen import Ink, Pen, Style
from cardstation.papers.wording import WATERMARK

LEFT, RIGHT = 14.0, 196.0
WIDTH, HEIGHT = 210.0, 297.0
BOTTOM = 281.0

LABEL = Style(7.5, Ink.FAINT)
_HEADING = Style(8, Ink.WHITE, bold=True)


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on every page.

    Attributes:
        running: Beside the title from the second page on.
    """

    title: str
    number: str
    running: str
    company: str
    station: str
    made_at: datetime
    training: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A column between two edges; numbers stand at the right one."""

    title: str
    left: float
    right: float
    align: str = "left"

    @property
    def anchor(self) -> float:
        """Where its texts are set from."""
        return self.right if self.align == "right" else self.left

    @property
    def room(self) -> float:
        """Its width."""
        return self.right - self.left


class Pages:
    """The pages of one paper as they are drawn, from top to bottom; `y` is where to go on."""

    def __init__(self, paper: Paper, t: Translator, total: int) -> None:
        self.pen = Pen(WIDTH, HEIGHT, title=f"{paper.title} {paper.number}", lang=t.lang)
        self.paper, self.t, self.total = paper, t, total
        self.number = 1
        self.y = 0.0

    def need(self, height: float, columns: Sequence[Column] = ()) -> None:
        """Turn the page when `height` millimetres do not fit; a table's heading is repeated."""
        if self.y + height > BOTTOM:
            self.turn()
            if columns:
                self.heading(columns)

    def turn(self) -> None:
        """Close the page and begin the next one."""
        self._foot()
        self.pen.next_page()
        self.number += 1
        running = f"{self.paper.title}  {self.paper.number}"
        self.pen.fitted(LEFT, 15, running, Style(9, Ink.NAVY, bold=True), room=100)
        self.pen.shortened(
            RIGHT, 15, self.paper.running, Style(9, Ink.SOFT), room=78, align="right"
        )
        self.y = 19.0

    def heading(self, columns: Sequence[Column]) -> None:
        """Draw a table's heading."""
        self.pen.panel(LEFT, self.y, RIGHT - LEFT, 7, fill=Ink.NAVY, radius=1.2)
        for column in columns:
            self.pen.fitted(
                column.anchor,
                self.y + 4.8,
                column.title,
                _HEADING,
                room=column.room,
                align=column.align,
            )
        self.y += 7

    def cells(self, columns: Sequence[Column], texts: Sequence[tuple[str, Style]]) -> None:
        """Set one row of texts at `y`."""
        for column, (text, style) in zip(columns, texts, strict=True):
            self.pen.shortened(
                column.anchor, self.y + 4.4, text, style, room=column.room, align=column.align
            )

    def facts(self, pairs: Sequence[tuple[str, str, float]]) -> None:
        """Labels over texts side by side; each with its room in millimetres."""
        x = LEFT
        for label, text, room in pairs:
            self.pen.fitted(x, self.y, label, LABEL, room=room - 2)
            self.pen.shortened(x, self.y + 5, text, Style(9.5), room=room - 3)
            x += room

    def title(self) -> None:
        """Draw the company, the title and the training mark."""
        pen, paper, t = self.pen, self.paper, self.t
        pen.fitted(LEFT, 17, paper.company, Style(10.5, Ink.SOFT), room=145)
        style = Style(21, Ink.NAVY, bold=True)
        pen.fitted(LEFT, 27, paper.title, style, room=110)
        if paper.training:
            x = LEFT + min(pen.measure(paper.title, style), 110) + 5
            mark = Style(8.5, Ink.ORANGE, bold=True)
            wide = pen.measure(t("TRAINING"), mark) + 4
            pen.panel(x, 22.2, wide, 6, edge=Ink.ORANGE, radius=1.2, weight=0.3)
            pen.text(x + 2, 26.4, t("TRAINING"), mark)
        pen.rule(LEFT, RIGHT, 33, ink=Ink.NAVY, weight=0.7)
        self.y = 38.5

    def close(self) -> bytes:
        """Close the last page."""
        self._foot()
        return self.pen.finish()

    def _foot(self) -> None:
        pen, paper, small = self.pen, self.paper, Style(7.5, Ink.FAINT)
        pen.rule(LEFT, RIGHT, 285)
        made = self.t("Made {moment}", moment=self.t.moment(paper.made_at))
        pen.fitted(LEFT, 289, f"{paper.company} · {paper.station} · {made}", small, room=140)
        page = self.t("Page {page} of {pages}", page=self.number, pages=self.total)
        pen.text(RIGHT, 289, page, small, "right")
        if paper.training:
            pen.watermark(WATERMARK, 170, x=WIDTH / 2, y=165)


def sign_here(pages: Pages, roles: Sequence[str], notes: Sequence[str]) -> None:
    """Draw places to sign side by side, each with lines for signature and the notes."""
    pen, t = pages.pen, pages.t
    height = 19.0 + 8.5 * len(notes)
    pages.need(height + 4)
    wide = (RIGHT - LEFT - 6 * (len(roles) - 1)) / len(roles)
    for index, role in enumerate(roles):
        x = LEFT + index * (wide + 6)
        pen.panel(x, pages.y, wide, height, edge=Ink.LINE, radius=2)
        pen.fitted(x + 4, pages.y + 5.5, role, Style(8.5, Ink.NAVY, bold=True), room=wide - 8)
        for place, label in enumerate((t("Signature"), *notes)):
            y = pages.y + 15.5 + 8.5 * place - 1.5
            pen.text(x + 4, y, label, LABEL)
            pen.rule(
                x + 6 + pen.measure(label, LABEL), x + wide - 4, y + 0.4, ink=Ink.FAINT, weight=0.2
            )
    pages.y += height + 4


def drawn(paper: Paper, lang: str, draw: Callable[[Pages], None]) -> bytes:
    """Draw a paper twice: once to count its pages, once for good."""
    t = translator(lang)
    first = Pages(paper, t, total=0)
    draw(first)
    last = Pages(paper, t, total=first.number)
    draw(last)
    return last.close()
