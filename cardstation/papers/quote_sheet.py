"""The quote of a batch: what to pay for whom, what is not possible, how to pay, where to sign.

A manager signs it: doors, and sums where the manager pays them. Of nobody a
name, a debt or a reason; no volume and no tier, which tell a household's use of the year: that is
on its own receipt.
"""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.domain.money import capitals
from cardstation.domain.preflight import OF_THE_LIST
from cardstation.domain.quotation import BatchQuote, QuotedLine, RefusedLine, grouped
from cardstation.i18n import Translator, translator
from cardstation.papers.a4_pages import LEFT, RIGHT, Column, Pages, Paper, drawn, sign_here
from cardstation.papers.doors_told import doors_told
from cardstation.papers.pen import Ink, Style

_ROW = 6.3
_CELL, _FINE = Style(9), Style(8.6, Ink.SOFT)
_CHECK = 8
_RULES = 84.0
"""Height of the rules with the signatures under them: nobody signs a page that says nothing."""


def quote_sheet(quote: BatchQuote, lang: str) -> bytes:
    """Draw a quote as a PDF of as many A4 pages as it needs."""
    return drawn(_paper(quote, lang), lang, lambda pages: _draw(pages, quote))


def quote_code(quote: BatchQuote) -> str:
    """What its QR code carries: number, reference, total in fen and check code."""
    parts = (quote.quote_no, quote.reference, str(quote.total.fen), quote.digest[:_CHECK])
    return "CS:Q/" + "/".join(parts).upper()


def _paper(quote: BatchQuote, lang: str) -> Paper:
    return Paper(
        title=translator(lang)("Quote for gas cards"),
        number=quote.quote_no,
        running=quote.list_name,
        company=quote.company,
        station=quote.station,
        made_at=quote.made_at,
        training=quote.training,
    )


def _draw(pages: Pages, quote: BatchQuote) -> None:
    _head(pages, quote)
    _to_pay(pages, quote)
    cards = [(one.door, one.card_no) for one in quote.lines]
    cards += [(one.door, one.card_no) for one in quote.refused]
    doors = iter(doors_told(cards))
    _lines(pages, quote.lines, doors)
    _refused(pages, quote.refused, doors)
    _rules(pages, quote)
    roles = (pages.t("Ordered by (property manager)"), pages.t("Quoted by (desk)"))
    sign_here(pages, roles, (pages.t("Date"),))


def _head(pages: Pages, quote: BatchQuote) -> None:
    t = pages.t
    pages.title()
    pages.pen.fitted(
        RIGHT, 21.5, f"No. {quote.quote_no}", Style(12, Ink.NAVY, bold=True), room=70, align="right"
    )
    pages.pen.fitted(RIGHT, 27, t.moment(quote.made_at), Style(9, Ink.SOFT), room=70, align="right")
    pages.facts(
        (
            (t("Community"), quote.community, 50),
            (t("List"), quote.list_name, 66),
            (t("Station"), quote.station, 18),
            (t("Clerk"), quote.clerk, 24),
            (t("Valid until"), quote.valid_until.isoformat(), 24),
        )
    )
    pages.y += 10


def _to_pay(pages: Pages, quote: BatchQuote) -> None:
    """The panel that matters: how much, by when, and the number a transfer must carry."""
    pen, t, top = pages.pen, pages.t, pages.y
    pen.panel(LEFT, top, RIGHT - LEFT, 33, fill=Ink.PALE, radius=3)
    x, y = LEFT + 5, top + 6.5
    pen.text(x, y, t("To pay"), Style(8.5, Ink.SOFT))
    pen.fitted(x, y + 10, str(quote.total), Style(25, Ink.NAVY, bold=True), room=74)
    words = t("RMB {capitals}", capitals=capitals(quote.total))
    pen.paragraph(x, y + 16.5, words, Style(9), room=74, most=2)
    x = LEFT + 84
    pen.text(x, y, t("Payment reference"), Style(8.5, Ink.SOFT))
    pen.fitted(x, y + 8, grouped(quote.reference), Style(16, Ink.NAVY, bold=True), room=62)
    note = t("Write this number into the transfer; its last digit is a check digit.")
    pen.paragraph(x, y + 14, note, Style(8, Ink.SOFT), room=62, most=3)
    pen.panel(RIGHT - 33, top + 1.5, 31.5, 30, fill=Ink.WHITE, radius=2)
    pen.qr_square(RIGHT - 30, top + 4, quote_code(quote), 25)
    pages.y = top + 39


def _columns(t: Translator) -> tuple[Column, ...]:
    return (
        Column("#", 14, 21, "right"),
        Column(t("Door"), 24, 84),
        Column(t("Remark"), 88, 166),
        Column(t("Amount"), 168, 194, "right"),
    )


def _lines(pages: Pages, lines: tuple[QuotedLine, ...], doors: Iterator[str]) -> None:
    columns = _columns(pages.t)
    pages.heading(columns)
    for number, line in enumerate(lines, start=1):
        pages.need(_ROW, columns)
        if number % 2 == 0:
            pages.pen.panel(LEFT, pages.y, RIGHT - LEFT, _ROW, fill=Ink.STRIPE)
        money = line.to_pay
        pages.cells(
            columns,
            (
                (str(number), Style(8, Ink.FAINT)),
                (next(doors), _CELL),
                (_who_pays(line, pages.t), _FINE),
                ("" if money is None else str(money), Style(9, bold=True)),
            ),
        )
        pages.y += _ROW
        pages.pen.rule(LEFT, RIGHT, pages.y, weight=0.12)
    pages.y += 5


def _who_pays(line: QuotedLine, t: Translator) -> str:
    """What a manager need not pay, and why; empty for the rest."""
    if line.offer is None:
        return t("Paid online, nothing to pay")
    return t("Paid in its own envelope, nothing to pay") if line.own else ""


def _refused(pages: Pages, lines: tuple[RefusedLine, ...], doors: Iterator[str]) -> None:
    if not lines:
        return
    t = pages.t
    columns = (
        Column("", 14, 21, "right"),
        Column(t("Door"), 24, 84),
        Column(t("What to do"), 88, 194),
    )
    pages.need(26)
    title = t("Not possible and not included ({n})", n=len(lines))
    pages.pen.text(LEFT, pages.y + 3, title, Style(9.5, Ink.RED, bold=True))
    pages.y += 6
    pages.heading(columns)
    for number, line in enumerate(lines, start=1):
        pages.need(_ROW, columns)
        pages.pen.panel(LEFT, pages.y, RIGHT - LEFT, _ROW, fill=Ink.ROSE)
        pages.cells(
            columns,
            (
                (str(number), Style(8, Ink.FAINT)),
                (next(doors), _CELL),
                (_todo(line.reason, t), Style(8.4, Ink.RED)),
            ),
        )
        pages.y += _ROW
        pages.pen.rule(LEFT, RIGHT, pages.y, weight=0.12)
    pages.y += 5


def _todo(reason: str, t: Translator) -> str:
    """What a manager may know of it: whether it is the list's matter or the household's own."""
    if reason == "identical_duplicate":
        return t("Written twice on the list; paid once")
    if reason in OF_THE_LIST:
        return t("Please check this row of the list and send it again")
    return t("The household itself comes to the service hall")


def _rules(pages: Pages, quote: BatchQuote) -> None:
    """How the money is divided, and how much it is: this is what the signature is for."""
    t, style = pages.t, Style(8.4, Ink.SOFT)
    pages.need(_RULES)
    pages.pen.text(LEFT, pages.y + 3, t("How the money is used"), Style(9.5, bold=True))
    y = pages.y + 8.5
    cap = quote.per_load_max
    for text in (
        t("Cards are paid whole or not at all, in the order of this quote."),
        t(
            "Money in a household's envelope pays for that household only; its card takes no "
            "other money."
        ),
        t("What is left over goes back to the payer, by the way it was paid."),
        t("One load is at most {volume}; the price holds once the money has come.", volume=cap),
        t("No handling fee is charged. This quote is no receipt and no tax invoice."),
    ):
        y = pages.pen.paragraph(LEFT, y, f"· {text}", style, room=RIGHT - LEFT)
    said = t("This quote: {n} rows, {money} in all.", n=len(quote.lines), money=quote.total)
    pages.pen.text(LEFT, y + 5, said, Style(10.5, Ink.NAVY, bold=True))
    pages.y = y + 9
