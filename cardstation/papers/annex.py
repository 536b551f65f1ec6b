"""The entrustment annex: what a collector of cards may know, for what, and until when."""

from __future__ import annotations

from cardstation.domain.bag_papers import Annex
from cardstation.i18n import Translator, translator
from cardstation.papers.a4_pages import LEFT, RIGHT, Pages, drawn, sign_here
from cardstation.papers.bag_head import bag_head, bag_paper
from cardstation.papers.pen import Ink, Style

_BODY = Style(10.5)


def annex(agreed: Annex, lang: str) -> bytes:
    """Draw the annex as one A4 pages.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t = translator(lang)

    def draw(pages: Pages) -> None:
        bag_head(
            pages,
            (
                (t("Community"), agreed.community, 60),
                (t("Property manager"), agreed.manager, 60),
                (t("Cards"), str(agreed.cards), 24),
            ),
        )
        for number, (heading, text) in enumerate(_clauses(agreed, t), start=1):
            _clause(pages, number, heading, text)
        pages.y += 8
        sign_here(
            pages, (agreed.company, agreed.manager or t("Who collects the cards")), (t("Date"),)
        )

    return drawn(bag_paper(agreed, t("Annex on personal data")), lang, draw)


def _clause(pages: Pages, number: int, heading: str, text: str) -> None:
    pen = pages.pen
    pages.y += 9
    pen.text(LEFT, pages.y, f"{number}", Style(12, Ink.SECOND, bold=True))
    pen.text(LEFT + 8, pages.y, heading, Style(11.5, Ink.NAVY, bold=True))
    pages.y = pen.paragraph(LEFT + 8, pages.y + 6.2, text, _BODY, room=RIGHT - LEFT - 8) - 3


def _clauses(agreed: Annex, t: Translator) -> tuple[tuple[str, str], ...]:
    kept = t(
        "Receipts and vouchers, which name the household, hand-over slips and signatures are kept "
        "as the law on accounts asks."
    )
    deleted = t(
        "{days} days after the batch is closed the names, rooms and remarks of its list are "
        "removed at the station, and a record says when.",
        days=agreed.days,
    )
    gap = " " if t.lang == "en" else ""
    done: tuple[tuple[str, str], ...] = ()
    if agreed.purged_at is not None:
        removed = t("They were removed on {day}.", day=t.day(agreed.purged_at))
        done = ((t("Record of deletion"), removed),)
    return (
        (
            t("Purpose"),
            t(
                "The cards named in the list are collected, topped up with gas and given back. "
                "The data serve this and nothing else."
            ),
        ),
        (
            t("Kinds of data"),
            t(
                "Building, unit and room; name; account and card number; the amount wished. No "
                "identity papers, no bank data, no photographs of persons."
            ),
        ),
        (
            t("Who may see them"),
            t(
                "The collector hands the list to the service team or the desk only. It gets back "
                "rooms and whether the card was topped up, amounts where it paid itself, and the "
                "last digits of a card's number where a room has several. Receipts, notes on what "
                "was not done and refund sheets of the households lie with the bag: the collector "
                "hands each to its household, reads none of them and keeps none."
            ),
        ),
        (
            t("Care"),
            t(
                "Lists and cards are carried in sealed bags. Nobody copies, photographs or passes "
                "them on. A loss is reported to the desk on the same day."
            ),
        ),
        (
            t("Term and deletion"),
            gap.join((deleted, t("The collector destroys its own copies by then."), kept)),
        ),
        *done,
    )
