"""The label of a sealed bag, 100 × 60 mm: its number for a scanner, and nothing of a household."""

from __future__ import annotations

from cardstation.domain.bag_papers import BagLabel
from cardstation.domain.batch_id import short_id
from cardstation.domain.seal_number import QR_PREFIX, seal_grouped
from cardstation.i18n import Translator, translator
from cardstation.papers.pen import Ink, Pen, Style
from cardstation.papers.wording import WATERMARK

_WIDTH, _HEIGHT = 100.0, 60.0
_LEFT, _RIGHT = 5.0, 95.0
_LABEL = Style(6.5, Ink.FAINT)
_SIDE = 19.0


def bag_label(label: BagLabel, lang: str) -> bytes:
    """Draw the label as a one-page PDF.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t = translator(lang)
    pen = Pen(_WIDTH, _HEIGHT, title=f"{t('Bag of gas cards')} {label.seal_no}", lang=lang)
    pen.panel(2, 2, _WIDTH - 4, _HEIGHT - 4, edge=Ink.NAVY, radius=2.5, weight=0.4)
    pen.fitted(_LEFT, 8, label.company, Style(7.5, Ink.SOFT), room=58)
    pen.fitted(_LEFT, 15.2, t("Bag of gas cards"), Style(14, Ink.NAVY, bold=True), room=58)
    _number(pen, label)
    _facts(pen, label, t)
    _codes(pen, label)
    if label.training:
        pen.watermark(WATERMARK, 64, x=_WIDTH / 2, y=_HEIGHT / 2)
    return pen.finish()


def _number(pen: Pen, label: BagLabel) -> None:
    """The bag's own number, large: `01-1` is bag 1 of the day's first batch."""
    text = f"{short_id(label.batch_id)[-2:]}-{label.bag}"
    style = Style(22, Ink.NAVY, bold=True)
    pen.fitted(_RIGHT - _SIDE - 3, 14.6, text, style, room=24, align="right")


def _facts(pen: Pen, label: BagLabel, t: Translator) -> None:
    cards = "" if label.cards is None else str(label.cards)
    facts = (
        (t("Batch"), short_id(label.batch_id), 26.0),
        (t("Community"), label.community, 31.0),
        (t("Cards"), cards, 12.0),
    )
    x = _LEFT
    pen.rule(_LEFT, _RIGHT - _SIDE - 3, 18.2, ink=Ink.NAVY, weight=0.4)
    for name, text, room in facts:
        pen.fitted(x, 21.8, name, _LABEL, room=room - 2)
        pen.shortened(x, 26.6, text, Style(9.5, bold=True), room=room - 2)
        x += room
    if not cards:
        pen.rule(_LEFT + 57, _LEFT + 67, 26.8, ink=Ink.FAINT, weight=0.2)


def _codes(pen: Pen, label: BagLabel) -> None:
    pen.qr_square(_RIGHT - _SIDE, 5.6, f"{QR_PREFIX}{label.seal_no}", _SIDE)
    module = 0.6
    width = pen.code128(_LEFT + 8, 31.5, label.seal_no, module=module, height=15)
    middle = _LEFT + 8 + width / 2
    number = Style(13, bold=True)
    pen.text(middle, 51.6, seal_grouped(label.seal_no), number, "center")
    made = f"{label.station}  {label.made_at:%Y-%m-%d %H:%M}"
    pen.fitted(middle, 55.6, f"{made}  {label.team}".rstrip(), _LABEL, room=80, align="center")
