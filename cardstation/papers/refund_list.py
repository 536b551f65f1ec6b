"""The refund list of a batch: what is left of each payment, a sheet for each payer."""

from __future__ import annotations

from cardstation.domain.money import capitals
from cardstation.domain.refund_list import NotLoadedRow, RefundList, RefundPart, RefundRow
from cardstation.i18n import Translator, translator
from cardstation.papers.a4_pages import LEFT, RIGHT, Column, Pages, Paper, drawn, sign_here
from cardstation.papers.doors_told import doors_told
from cardstation.papers.pen import Ink, Style
from cardstation.sentences import word

_ROW, _KEPT = 6.3, 4.6
_CELL, _FINE = Style(9), Style(7.6, Ink.SOFT)


def refund_list(refunds: RefundList, lang: str) -> bytes:
    """Draw a refund list as a PDF of as many A4 pages as it needs."""
    paper = Paper(
        title=translator(lang)("Refund list"),
        number=refunds.batch_id,
        running=refunds.list_name,
        company=refunds.company,
        station=refunds.station,
        made_at=refunds.made_at,
        training=refunds.training,
    )
    return drawn(paper, lang, lambda pages: _draw(pages, refunds))


def refund_code(refunds: RefundList) -> str:
    """What its QR code carries: batch, what remains and what went back on sheet one, in fen."""
    first = refunds.parts[0]
    return f"CS:F/{refunds.batch_id}/{first.remains.fen}/{first.given_back.fen}"


def _draw(pages: Pages, refunds: RefundList) -> None:
    t = pages.t
    pages.title()
    pages.pen.qr_square(RIGHT - 19.5, 11, refund_code(refunds), 19.5)
    pages.facts(
        (
            (t("Batch"), refunds.batch_id, 30),
            (t("Community"), refunds.community, 44),
            (t("List"), refunds.list_name, 62),
            (t("Station"), refunds.station, 18),
            (t("Clerk"), refunds.clerk, 28),
        )
    )
    pages.y += 10
    first, *others = refunds.parts
    _part(pages, first, refunds.not_loaded)
    for part in others:
        pages.turn()
        pages.y += 4
        _part(pages, part, ())


def _part(pages: Pages, part: RefundPart, not_loaded: tuple[NotLoadedRow, ...]) -> None:
    """What one payer reads and signs."""
    t = pages.t
    _sums(pages, part)
    if part.payments:
        _payments(pages, part.payments)
    _not_loaded(pages, not_loaded)
    _terms(pages, part)
    roles = (
        t("Received by (payer)"),
        t("Paid out by (desk)"),
        t("Second person"),
    )
    sign_here(pages, roles, (t("Amount"), t("Date")))


def _sums(pages: Pages, part: RefundPart) -> None:
    pen, t = pages.pen, pages.t
    wide = (RIGHT - LEFT - 4) / 2
    for index, (label, money) in enumerate(
        ((t("Still to go back"), part.remains), (t("Gone back already"), part.given_back))
    ):
        x = LEFT + index * (wide + 4)
        pen.panel(x, pages.y, wide, 22, fill=Ink.PALE, radius=3)
        pen.text(x + 5, pages.y + 5.8, label, Style(8.5, Ink.SOFT))
        pen.fitted(
            x + 5, pages.y + 13.4, str(money), Style(17, Ink.NAVY, bold=True), room=wide - 10
        )
        words = t("RMB {capitals}", capitals=capitals(money))
        pen.fitted(x + 5, pages.y + 18.8, words, Style(8.4, Ink.SOFT), room=wide - 10)
    pages.y += 27


def _payments(pages: Pages, rows: tuple[RefundRow, ...]) -> None:
    t = pages.t
    columns = (
        Column(t("Acknowledgement"), 16, 49),
        Column(t("Paid by"), 50, 66),
        Column(t("Payment number"), 67, 93),
        Column(t("Received"), 94, 114, "right"),
        Column(t("Used"), 115, 135, "right"),
        Column(t("For arrears"), 136, 154, "right"),
        Column(t("Gone back"), 155, 174, "right"),
        Column(t("Remains"), 175, 194, "right"),
    )
    pages.heading(columns)
    for row in rows:
        pages.need(_ROW + _KEPT * bool(row.kept), columns)
        pages.cells(
            columns,
            (
                (row.ack_no or t.moment(row.taken_at), _FINE),
                (word(f"tender.{row.tender}", t), _CELL),
                (_for(row, t), _FINE),
                (str(row.money), _CELL),
                (str(row.held), _CELL),
                (str(row.arrears) if row.arrears else "", _CELL),
                (str(row.given_back) if row.given_back else "", _CELL),
                (str(row.remains), Style(9, bold=True)),
            ),
        )
        pages.y += _ROW
        if row.kept:
            stays = f"{t('To household balances')} {row.kept}"
            pages.pen.fitted(135, pages.y + 2.6, stays, _FINE, room=68, align="right")
            pages.y += _KEPT
        pages.pen.rule(LEFT, RIGHT, pages.y, weight=0.12)
    pages.y += 6


def _for(row: RefundRow, t: Translator) -> str:
    return row.reference or (t("Envelope {door}", door=row.envelope) if row.envelope else "")


def _not_loaded(pages: Pages, rows: tuple[NotLoadedRow, ...]) -> None:
    if not rows:
        return
    t = pages.t
    columns = (
        Column(t("Door"), 16, 120),
        Column(t("Amount"), 168, 194, "right"),
    )
    pages.need(24)
    pages.pen.text(LEFT, pages.y + 2, t("Not loaded ({n})", n=len(rows)), Style(9.5, bold=True))
    pages.y += 5
    pages.heading(columns)
    doors = doors_told([(row.door, row.card_no) for row in rows])
    for door, row in zip(doors, rows, strict=True):
        pages.need(_ROW, columns)
        pages.cells(columns, ((door, _CELL), (str(row.money or ""), _CELL)))
        pages.y += _ROW
        pages.pen.rule(LEFT, RIGHT, pages.y, weight=0.12)
    pages.y += 6


def _terms(pages: Pages, part: RefundPart) -> None:
    t = pages.t
    pages.need(60)
    y = pages.y + 2
    waiting = t(
        "{money} more waits: rows that are not loaded still hold it. It goes back once the desk "
        "releases them.",
        money=part.waits,
    )
    kept = t(
        "{money} stays with its household as its balance: of a load that was taken off its card, "
        "what had bought no gas.",
        money=part.kept,
    )
    for text in (
        *((waiting,) if part.waits else ()),
        *((kept,) if part.kept else ()),
        t("Each sum goes back to its payer only, by the way it was paid."),
        t("A desk pays it out with a second person; the acknowledgement is handed back."),
    ):
        y = pages.pen.paragraph(LEFT, y, f"· {text}", Style(8.4, Ink.SOFT), room=RIGHT - LEFT)
    if part.payer or part.door:
        payer = f"{t('Received from')}: {part.payer}  {part.door}".rstrip()
        pages.pen.shortened(LEFT, y + 1, payer, Style(9.5, bold=True), room=RIGHT - LEFT)
        y += 6
    pages.y = y + 1
