"""The loading slip (圈存凭条): gas paid online came onto the card, and no money was taken here.

It stands on the receipts' two papers, in their number series, in place of what a receipt says of
money: large is what was loaded and for which order, small what was paid elsewhere.
"""

from __future__ import annotations

from cardstation.papers.pen import Ink, Pen, Style
from cardstation.papers.wording import ReceiptWording

_LEFT, _SPLIT = 14.0, 126.0
_SIDE, _RIGHT = 134.0, 196.0
_LABEL = Style(8.5, Ink.SOFT)

_ROLL_LEFT, _ROLL_RIGHT = 4.5, 75.5
_ROLL = _ROLL_RIGHT - _ROLL_LEFT
_PLAIN = Style(9.5, Ink.BLACK)
_STRONG = Style(9.5, Ink.BLACK, bold=True)


def slip_on_a5(pen: Pen, said: ReceiptWording, y: float) -> None:
    """Draw the middle of an A5 slip: the load on the left, the order on the right.

    Args:
        pen: Of the page.
        said: The slip in words.
        y: Where the household ends.
    """
    pen.panel(_LEFT, y + 4, _SPLIT - _LEFT, 32, fill=Ink.PALE, radius=3)
    pen.text(_LEFT + 6, y + 11.5, said.loaded[0], _LABEL)
    loaded = Style(34, Ink.NAVY, bold=True)
    pen.fitted(_LEFT + 6, y + 26, said.loaded[1], loaded, room=_SPLIT - _LEFT - 12)
    warn = Style(10, Ink.ORANGE, bold=True)
    pen.paragraph(_LEFT + 6, y + 32.5, said.no_money_taken, warn, room=_SPLIT - _LEFT - 12, most=1)
    inner, room = _SIDE + 5, _RIGHT - _SIDE - 10
    pen.panel(_SIDE, 34.2, _RIGHT - _SIDE, 52, edge=Ink.LINE, radius=3, weight=0.3)
    pen.text(inner, 42, said.order[0], _LABEL)
    number = said.order[1] or "—"
    large = Style(13, Ink.NAVY, bold=True)
    fits = pen.measure(number, large) < 1.8 * room
    style = large if fits else Style(9, Ink.NAVY, bold=True)
    pen.paragraph(inner, 48.6, number, style, room=room, most=2 if fits else 3)
    pen.rule(inner, _RIGHT - 5, 60)
    pen.text(inner, 66, said.paid[0], _LABEL)
    pen.fitted(inner, 72.6, said.paid[1], Style(13), room=room)
    pen.paragraph(inner, 78.4, said.capitals[1], Style(8, Ink.SOFT), room=room, most=2)


def slip_on_roll(pen: Pen, said: ReceiptWording, y: float) -> float:
    """Draw the middle of an 80 mm slip; returns where it ends."""
    pen.rule(_ROLL_LEFT, _ROLL_RIGHT, y - 2, ink=Ink.BLACK, weight=0.25, dash=0.75)
    y = _pair(pen, said.order, y + 4)
    y = _pair(pen, said.paid, y)
    y = pen.paragraph(_ROLL_RIGHT, y, said.capitals[1], _PLAIN, room=_ROLL, align="right")
    pen.panel(_ROLL_LEFT, y - 2, _ROLL, 17, fill=Ink.BLACK)
    pen.text(_ROLL_LEFT + 3, y + 3.4, said.loaded[0], Style(10, Ink.WHITE, bold=True))
    loaded = Style(22, Ink.WHITE, bold=True)
    pen.fitted(_ROLL_RIGHT - 3, y + 11.4, said.loaded[1], loaded, room=_ROLL - 6, align="right")
    y = pen.paragraph(_ROLL_LEFT, y + 21, said.no_money_taken, _STRONG, room=_ROLL)
    return y + 1


def _pair(pen: Pen, pair: tuple[str, str], y: float) -> float:
    """A label on the left, its text on the right, on lines of their own where it is long."""
    label, text = pair
    room = _ROLL - pen.measure(label, _PLAIN) - 3
    pen.text(_ROLL_LEFT, y, label, _PLAIN)
    if pen.measure(text or "—", _STRONG) <= room:
        pen.text(_ROLL_RIGHT, y, text or "—", _STRONG, "right")
        return y + 5.4
    return pen.paragraph(_ROLL_RIGHT, y + 5, text, _STRONG, room=_ROLL, align="right") + 0.6
