"""The page between what goes back with a bag and the desk's own copy under it."""

from __future__ import annotations

from cardstation.domain.receipt import HandoverSheet
from cardstation.i18n import translator
from cardstation.papers.a4_pages import LEFT, RIGHT, Pages, Paper, drawn
from cardstation.papers.pen import Ink, Style

_SAID = Style(15, Ink.ORANGE, bold=True)


def desk_copy(sheet: HandoverSheet, lang: str) -> bytes:
    """Draw the page that parts the pile of a return, as one A4 page."""
    t = translator(lang)
    paper = Paper(
        title=t("Stays at the desk"),
        number=sheet.batch_id,
        running=sheet.list_name,
        company=sheet.company,
        station=sheet.station,
        made_at=sheet.made_at,
        training=sheet.training,
    )

    def draw(pages: Pages) -> None:
        pages.title()
        pages.facts(((t("Batch"), sheet.batch_id, 40), (t("Community"), sheet.community, 90)))
        y = pages.y + 24
        for text in (
            t("What lies above this page goes with the bag."),
            t("The sheet under this page names people: it stays at the desk."),
        ):
            y = pages.pen.paragraph(LEFT, y, text, _SAID, room=RIGHT - LEFT) + 6
        pages.y = y

    return drawn(paper, lang, draw)
