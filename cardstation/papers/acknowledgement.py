"""The acknowledgement of money taken for a batch (代收款收条), A5 landscape; no receipt of gas."""

from __future__ import annotations

from cardstation.domain.money import capitals
from cardstation.domain.receipt import Acknowledgement
from cardstation.i18n import Translator, translator
from cardstation.papers.pen import Ink, Pen, Style
from cardstation.papers.wording import WATERMARK, Reprint
from cardstation.sentences import brief, word

_WIDTH, _HEIGHT = 210.0, 148.0
_LEFT, _RIGHT = 14.0, 196.0
_SIDE = 150.0
_TITLE = 84.0
_LABEL = Style(8, Ink.FAINT)


def acknowledgement(made: Acknowledgement, lang: str, reprint: Reprint | None = None) -> bytes:
    """Draw an acknowledgement as a one-page PDF.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t = translator(lang)
    title = t("Collection acknowledgement")
    pen = Pen(_WIDTH, _HEIGHT, title=f"{title} {made.ack_no}", lang=lang)
    _head(pen, made, t, title, reprint)
    _money(pen, made, t)
    _facts(pen, made, t)
    _foot(pen, t)
    if made.training:
        pen.watermark(WATERMARK, 150, x=100, y=80)
    return pen.finish()


def acknowledgement_code(made: Acknowledgement) -> str:
    """What its QR code carries: number, batch, money in fen and check code."""
    return f"CS:A/{made.ack_no}/{made.batch_id}/{made.money.fen}/{made.check_code}".upper()


def _head(
    pen: Pen, made: Acknowledgement, t: Translator, title: str, reprint: Reprint | None
) -> None:
    pen.fitted(_LEFT, 15.5, made.company, Style(10.5, Ink.SOFT), room=110)
    style = Style(20, Ink.NAVY, bold=True)
    pen.fitted(_LEFT, 25, title, style, room=_TITLE)
    x = _LEFT + min(pen.measure(title, style), _TITLE) + 4
    marks = [(t("TRAINING") if made.training else "", Ink.ORANGE), (_mark(reprint, t), Ink.RED)]
    for mark, ink in marks:
        if not mark:
            continue
        style = Style(8.5, ink, bold=True)
        wide = min(pen.measure(mark, style), 22)
        pen.panel(x, 20.6, wide + 4, 6, edge=ink, radius=1.2, weight=0.3)
        pen.shortened(x + 2, 24.75, mark, style, room=wide)
        x += wide + 6
    number = Style(12, Ink.NAVY, bold=True)
    pen.fitted(_RIGHT, 15.5, f"No. {made.ack_no}", number, room=66, align="right")
    pen.fitted(_RIGHT, 21.5, t.moment(made.taken_at), Style(9, Ink.SOFT), room=60, align="right")
    pen.rule(_LEFT, _RIGHT, 29.5, ink=Ink.NAVY, weight=0.7)


def _mark(reprint: Reprint | None, t: Translator) -> str:
    if reprint is None:
        return ""
    reason = brief(reprint.reason, t)
    return t("Reprint {n}: {reason}", n=reprint.count, reason=reason)


def _money(pen: Pen, made: Acknowledgement, t: Translator) -> None:
    pen.panel(_LEFT, 34.5, _SIDE - _LEFT - 6, 33, fill=Ink.PALE, radius=3)
    x, room = _LEFT + 5, _SIDE - _LEFT - 16
    pen.text(x, 41, t("Money received"), Style(8.5, Ink.SOFT))
    pen.fitted(x, 53, str(made.money), Style(27, Ink.NAVY, bold=True), room=room)
    words = t("RMB {capitals}", capitals=capitals(made.money))
    pen.fitted(x, 61.5, words, Style(11), room=room)
    pen.qr_square(_SIDE + 9, 34.5, acknowledgement_code(made), 33)
    pen.fitted(
        _RIGHT - 4,
        72.5,
        f"{t('Check code')} {made.check_code}",
        Style(8.5, Ink.SOFT),
        room=46,
        align="right",
    )


def _facts(pen: Pen, made: Acknowledgement, t: Translator) -> None:
    rows = (
        (t("Received from"), made.payer),
        (t("Paid by"), word(f"tender.{made.tender}", t)),
        (t("Payment number"), made.reference),
        (t("For"), _purpose(made, t)),
        (t("Batch"), made.batch_id),
        (t("List"), " · ".join(filter(None, (made.community, made.list_name)))),
        (t("Quote"), made.quote_no),
        (t("Station"), made.station),
        (t("Clerk"), made.clerk),
    )
    y, column = 77.0, 0
    for label, text in rows:
        if not text and label != t("Received from"):
            continue
        x = _LEFT + column * 92
        pen.fitted(x, y, label, _LABEL, room=88)
        if text:
            pen.shortened(x, y + 5.2, text, Style(10.5), room=88)
        else:
            pen.rule(x, x + 80, y + 6, ink=Ink.FAINT, weight=0.2)
        column = 1 - column
        y += 0 if column else 10.6


def _purpose(made: Acknowledgement, t: Translator) -> str:
    if made.envelope:
        return t("One household's envelope: {door}", door=made.envelope)
    if made.signed:
        return t("All cards of the list, in the signed order")
    return t("All cards of the list, in the order of the quote")


def _foot(pen: Pen, t: Translator) -> None:
    y = 130.5
    pen.text(_LEFT, y, t("Signature of the payee"), _LABEL)
    pen.rule(_LEFT + 32, 92, y + 0.4, ink=Ink.FAINT, weight=0.2)
    pen.text(106, y, t("Stamp of the payee"), _LABEL)
    pen.rule(_LEFT, _RIGHT, 135.5)
    said = t("Every household gets its own receipt; what is left goes back to the payer.")
    pen.fitted(_LEFT, 140.6, said, Style(8, Ink.SOFT), room=128)
    pen.fitted(
        _RIGHT,
        140.6,
        t("This is no receipt of gas and no tax invoice."),
        Style(8, Ink.DARK, bold=True),
        room=52,
        align="right",
    )
