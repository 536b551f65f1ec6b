"""Notes to the households whose cards were not topped up: why, and what to do, in plain words."""

from __future__ import annotations

from cardstation.domain.bag_papers import NotDoneList, NotDoneRow
from cardstation.i18n import Translator, translator
from cardstation.papers.a4_pages import LEFT, RIGHT, Pages, drawn
from cardstation.papers.bag_head import bag_head, bag_paper
from cardstation.papers.pen import Ink, Style
from cardstation.sentences.resident import to_resident

_WHY, _TODO = Style(10), Style(9, Ink.SOFT)
_TEXT = 58.0


def not_done_list(notes: NotDoneList, lang: str) -> bytes:
    """Draw the notes as A4 pages, a cut line under each, so that each goes to its own door.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t = translator(lang)

    def draw(pages: Pages) -> None:
        bag_head(
            pages,
            (
                (t("Community"), notes.community, 70),
                (t("Cards"), str(len(notes.rows)), 30),
                (t("Station"), notes.station, 30),
            ),
        )
        if not notes.rows:
            said = t("Every card of this batch was topped up.")
            pages.pen.text(LEFT, pages.y + 8, said, Style(12, Ink.GREEN, bold=True))
        for row in notes.rows:
            _note(pages, row, t)

    return drawn(bag_paper(notes, t("Cards not topped up")), lang, draw)


def _note(pages: Pages, row: NotDoneRow, t: Translator) -> None:
    what, todo = to_resident(row.reason, t)
    why = pages.pen.lines(what, _WHY, RIGHT - _TEXT)
    then = pages.pen.lines(todo, _TODO, RIGHT - _TEXT)
    height = 7 + len(why) * _WHY.leading + len(then) * _TODO.leading
    pages.need(height)
    pen, y = pages.pen, pages.y + 6
    pen.shortened(LEFT, y, row.door, Style(12, Ink.NAVY, bold=True), room=40)
    tail = t("Card ending in {tail}", tail=row.tail) if row.tail else ""
    pen.text(LEFT, y + 5, tail, Style(8, Ink.FAINT))
    below = pen.paragraph(_TEXT, y, what, _WHY, room=RIGHT - _TEXT)
    pen.paragraph(_TEXT, below, todo, _TODO, room=RIGHT - _TEXT)
    pages.y += max(height, 13)
    pen.rule(LEFT - 8, RIGHT + 8, pages.y, ink=Ink.FAINT, weight=0.2, dash=1.4)
