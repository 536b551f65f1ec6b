"""The A5 page of a slip: a head, facts in two columns, what comes next, and a foot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cardstation.i18n import translator
from cardstation.papers.pen import Ink, Pen, Style
from cardstation.papers.wording import WATERMARK

_WIDTH, _HEIGHT = 210.0, 148.0
_LEFT, _RIGHT = 14.0, 196.0
_ROOM = _RIGHT - _LEFT
_LABEL, _VALUE = Style(8.5, Ink.FAINT), Style(11)
_STEP, _FACTS_TO = 8.4, 118.0
_VALUES_AT = 48.0
_LINE = "_" * 24


def two_sign(first: str, second: str) -> str:
    """The foot of a page that two people sign."""
    return f"{first} {_LINE}    {second} {_LINE}"


@dataclass(frozen=True, slots=True)
class SlipPage:
    """What stands on the page.

    Attributes:
        called: Its name. number: what it is filed under.
        facts: Labels and values.
        brief, text: What was done, and what comes next.
        foot: What it means for the money.
        signed: Somebody signs it: narrower lines, and the foot is where the name goes.
    """

    called: str
    number: str
    company: str
    station: str
    clerk: str
    made_at: datetime
    training: bool
    facts: Iterable[tuple[str, str]]
    brief: str
    text: str
    foot: str
    signed: bool = False


def _parts(pen: Pen, text: str) -> tuple[str, ...]:
    """A value, or its lines where it is a long one."""
    room = _RIGHT - _VALUES_AT
    return (text,) if pen.measure(text, _VALUE) <= room * 1.2 else pen.lines(text, _VALUE, room)


def draw_slip(page: SlipPage, lang: str) -> bytes:
    """Draw it as a one-page PDF.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t = translator(lang)
    pen = Pen(_WIDTH, _HEIGHT, title=f"{page.called} {page.number}", lang=lang)
    pen.fitted(_LEFT, 13.5, page.company, Style(10.5, Ink.SOFT), room=110)
    pen.text(_LEFT, 22.5, page.called, Style(19, Ink.NAVY, bold=True))
    moment = Style(10, Ink.NAVY, bold=True)
    pen.fitted(_RIGHT, 13.5, t.moment(page.made_at), moment, room=66, align="right")
    who = f"{t('Station')} {page.station}    {t('Clerk')} {page.clerk}"
    pen.shortened(_RIGHT, 22.5, who, Style(9, Ink.SOFT), room=70, align="right")
    pen.rule(_LEFT, _RIGHT, 26, ink=Ink.NAVY, weight=0.7)
    facts = tuple(page.facts)
    y, step = (32.5, 5.8) if page.signed else (35.0, min(_STEP, (_FACTS_TO - 35) / len(facts)))
    for label, text in facts:
        pen.fitted(_LEFT, y, label, _LABEL, room=_VALUES_AT - _LEFT - 3)
        for part in _parts(pen, text):
            pen.fitted(_VALUES_AT, y, part, _VALUE, room=_RIGHT - _VALUES_AT)
            y += step
    pen.panel(_LEFT, y - 2, _ROOM, 20, fill=Ink.PALE, radius=2)
    pen.text(_LEFT + 4, y + 5, page.brief, Style(13, Ink.NAVY, bold=True))
    pen.paragraph(_LEFT + 4, y + 12, page.text, Style(9.5), room=_ROOM - 8, most=2)
    if page.signed:
        pen.fitted(_LEFT, 139, page.foot, Style(11), room=_ROOM)
    else:
        pen.rule(_LEFT, _RIGHT, 137.5)
        pen.fitted(_LEFT, 141.8, page.foot, Style(7.5, Ink.SOFT), room=_ROOM)
    if page.training:
        pen.watermark(WATERMARK, 130, x=_WIDTH / 2, y=80)
    return pen.finish()
