"""Receipts as strips, one per floor, for buildings where paper is carried up.

A door gets its own part: each is cut off, so that nobody reads what a neighbour paid.
"""

from __future__ import annotations

from cardstation.domain.bag_papers import Floor, ReceiptStrips, StripRow
from cardstation.i18n import Translator, translator
from cardstation.papers.a4_pages import BOTTOM, LABEL, LEFT, RIGHT, Pages, drawn
from cardstation.papers.bag_head import bag_head, bag_paper
from cardstation.papers.pen import Ink, Style

_HEAD, _ROW = 9.0, 15.0
_HEAVY = Style(10.5, bold=True)


def receipt_strip(strips: ReceiptStrips, lang: str) -> bytes:
    """Draw all strips of a batch, cut lines between them.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t = translator(lang)

    def draw(pages: Pages) -> None:
        bag_head(
            pages,
            (
                (t("Community"), strips.community, 70),
                (t("Receipts"), str(sum(len(floor.rows) for floor in strips.floors)), 30),
                (t("Station"), strips.station, 30),
            ),
        )
        for floor in strips.floors:
            _strip(pages, floor, strips, t)

    return drawn(bag_paper(strips, t("Receipts by floor")), lang, draw)


def _strip(pages: Pages, floor: Floor, strips: ReceiptStrips, t: Translator) -> None:
    """One floor; one that is longer than a page goes on under its own name."""
    height = _HEAD + _ROW * len(floor.rows) + 5
    pages.need(height if height < 240 else _HEAD + _ROW + 5)
    _name(pages, floor, t)
    for row in floor.rows:
        if pages.y + _ROW > BOTTOM:
            pages.turn()
            _name(pages, floor, t)
        _receipt(pages, row, strips, t)
    pages.pen.rule(LEFT - 8, RIGHT + 8, pages.y + 2.4, ink=Ink.FAINT, weight=0.2, dash=1.4)
    pages.y += 5


def _name(pages: Pages, floor: Floor, t: Translator) -> None:
    where = t(
        "Building {building}, unit {unit}, floor {floor}",
        building=floor.building,
        unit=floor.unit,
        floor=floor.floor or "·",
    )
    pages.pen.panel(LEFT, pages.y, RIGHT - LEFT, 7, fill=Ink.PALE, radius=1.2)
    shown = where if floor.building else t("Other receipts")
    pages.pen.fitted(LEFT + 3, pages.y + 4.9, shown, Style(9.5, Ink.NAVY, bold=True), room=90)
    pages.y += _HEAD


def _receipt(pages: Pages, row: StripRow, strips: ReceiptStrips, t: Translator) -> None:
    pen, y = pages.pen, pages.y
    paid = str(row.paid)
    written = paid if row.volume is None else str(row.volume)
    cells = (
        (LEFT + 3, t("Door"), row.door, _HEAVY, 31, "left"),
        (50, t("Card, last digits"), row.tail, Style(9.5), 16, "left"),
        (93, t("Written to the card"), written, _HEAVY, 24, "right"),
        (122, t("Paid online") if row.prepaid else t("Money received"), paid, _HEAVY, 28, "right"),
        (130, t("Receipt no."), row.receipt_no, Style(9.5), 38, "left"),
        (172, t("Check code"), row.check_code, Style(9.5), 22, "left"),
    )
    for x, name, text, style, room, align in cells:
        pen.fitted(x, y + 3, name, LABEL, room=room, align=align)
        pen.fitted(x, y + 7.8, text, style, room=room, align=align)
    said = _said(row, strips, t)
    pen.fitted(LEFT + 3, y + 12.1, said, Style(7.5, Ink.SOFT), room=RIGHT - LEFT - 6)
    pages.y += _ROW
    pen.rule(LEFT, RIGHT, pages.y - 1.2, ink=Ink.FAINT, weight=0.2, dash=1.4)


def _said(row: StripRow, strips: ReceiptStrips, t: Translator) -> str:
    """What a part that was cut off says of itself, whoever holds it."""
    account = t("Account ending in {tail}", tail=row.account)
    sums = ((t("Kept as balance"), row.to_balance), (t("For arrears"), row.arrears))
    slip = t("This slip is no receipt for money and no tax invoice.")
    note = slip if row.prepaid else t("This receipt is not a tax invoice.")
    beside = [f"{name} {money}" for name, money in sums if money]
    training = [t("TRAINING")] if strips.training else []
    return " · ".join((*training, strips.company, t.moment(row.sealed_at), account, *beside, note))
