"""Custody as a painted timeline: who gave to whom, when, how many, under which seal, signed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFrame

from cardstation.domain.custody import ON_PAPER, Explanation, HandOver, Party
from cardstation.domain.seal_number import seal_grouped
from cardstation.i18n import Translator
from cardstation.sentences import word
from cardstation.sentences.reported import counted_anew, picture_where, recorded_where
from cardstation.services.custody_state import Happened
from ui.look import Look, draw_icon, font

ROW = 62
_DOT, _LINE_X, _TEXT_X = 13.0, 104.0, 134.0
_ICONS = {
    "listed": ("list", "idle"),
    "filed": ("list", "idle"),
    "enveloped": ("bag", "idle"),
    "allowed": ("check", "warn"),
    "revised": ("list", "idle"),
    "counted": ("check", "idle"),
    "quoted": ("money", "idle"),
    "signed": ("check", "ok"),
    "collected": ("bag", "brand"),
    "received": ("place", "brand"),
    "handed_over": ("next", "brand"),
    "photographed": ("receipt", "ok"),
    "explained": ("info", "warn"),
    "started": ("play", "idle"),
    "paused": ("pause", "idle"),
    "finished": ("ok", "ok"),
    "returned": ("undo", "ok"),
    "closed": ("lock", "ok"),
    "purged": ("shield", "idle"),
}


@dataclass(frozen=True, slots=True)
class EventWords:
    """One event as it reads.

    Attributes:
        aside: Beside the title: under which seal.
        count: `198 / 200`, empty when nothing was counted; `differs`: not as many as expected.
        signed: For giver and taker: `drawn`, `paper`, `due` (on paper, its photo is missing),
            `duty` (the desk's clerk) or empty; None for events without.
    """

    title: str
    detail: str
    aside: str = ""
    count: str = ""
    differs: bool = False
    signed: tuple[str, str] | None = None

    @property
    def spoken(self) -> str:
        """For a screen reader."""
        told = (self.title, self.aside, self.count, self.detail)
        return "  ".join(part for part in told if part)


def event_words(one: Happened, t: Translator) -> EventWords:
    """Put an event into words."""
    name = word(f"happened.{one.step.step.value}", t)
    told = one.moved if one.reported is None else one.reported.told
    if isinstance(told, HandOver):
        giver, taker = (word(f"party.{side.value}", t) for side in (told.giver, told.taker))
        people = " → ".join(part for part in (one.given_by, one.taken_by) if part)
        where = "" if one.reported is None else recorded_where(one.reported, t)
        paper = "" if one.ours is None else ON_PAPER
        parts = (
            name,
            t("{n} named missing", n=len(told.missing)) if told.missing else "",
            t("not on the list: {tails}", tails=" ".join(told.extras)) if told.extras else "",
            people,
            where,
        )
        seal = t("seal {number}", number=seal_grouped(told.seal_no)) if told.seal_no else ""
        return EventWords(
            title=f"{giver} → {taker}",
            detail="  ·  ".join(part for part in parts if part),
            aside=seal,
            count=f"{told.arrived} / {told.expected}",
            differs=_differs(told) or one.ours is not None,
            signed=(
                _signed(told.giver, paper or told.given_signed, due=one.photo_due),
                _signed(told.taker, paper or told.taken_signed, due=one.photo_due),
            ),
        )
    if isinstance(told, Explanation):
        cards = len(told.places) + len(told.extras)
        count = str(told.counted) if not cards else ""
        title = t("{what}: {why}", what=name, why=word(f"why.{told.why.value}", t))
        detail = t.plural("{n} card", "{n} cards", cards) if cards else ""
        return EventWords(title, detail, count=count)
    if one.again is not None:
        why = word("why.counted_again", t)
        title = t("{what}: {why}", what=name, why=why)
        return EventWords(title, counted_anew(one.again, t), count=str(one.again.arrived))
    return EventWords(name, picture_where(one.photo_at, t) or one.step.clerk)


def _differs(told: HandOver) -> bool:
    return told.arrived != told.expected or bool(told.missing or told.extras)


def _signed(party: Party, digest: str, *, due: bool) -> str:
    if digest == ON_PAPER:
        return "due" if due else "paper"
    return "drawn" if digest else "duty" if party is Party.DESK else ""


class Timeline(QFrame):
    """Draws the events, oldest first; arrows choose one, Enter prints its slip."""

    chosen = Signal(int)
    opened = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._events: tuple[Happened, ...] = ()
        self._words: tuple[EventWords, ...] = ()
        self._at = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(480)

    def show_state(self, events: tuple[Happened, ...], chosen: int) -> None:
        """Draw other events; `chosen` is the number of one, 0 = the last hand-over."""
        if events is not self._events:
            self._events = events
            self._words = tuple(event_words(one, self._look.t) for one in events)
            self.setMinimumHeight(ROW * len(events))
        numbers = [one.step.seq for one in events]
        self._at = numbers.index(chosen) if chosen in numbers else len(events) - 1
        name = self._look.t("The way of the bag")
        said = self._words[self._at].spoken if self._words else ""
        self.setAccessibleName(f"{name}: {said}" if said else name)
        self.update()

    @property
    def row(self) -> int:
        """The chosen event, from 0; −1 = none."""
        return self._at

    def sizeHint(self) -> QSize:
        """As Qt asks."""
        return QSize(560, max(ROW, ROW * len(self._events)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As Qt asks: up and down choose, Enter opens."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and self._events:
            self._choose(min(max(self._at + step, 0), len(self._events) - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._events:
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """As Qt asks: a click chooses."""
        at = int(event.position().y()) // ROW
        if 0 <= at < len(self._events):
            self._choose(at)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """As Qt asks: the chosen row is framed."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """As Qt asks: the frame goes."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As Qt asks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._look.theme.surface))
        for index, (one, words) in enumerate(zip(self._events, self._words, strict=True)):
            self._draw_row(painter, index, one, words)
        painter.end()

    def _choose(self, at: int) -> None:
        self.chosen.emit(self._events[at].step.seq)

    def _draw_row(self, painter: QPainter, index: int, one: Happened, words: EventWords) -> None:
        theme, top = self._look.theme, float(index * ROW)
        middle = top + ROW / 2
        if index == self._at and self.hasFocus():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.selection))
            painter.drawRoundedRect(QRectF(2, top + 3, self.width() - 4, ROW - 6), 9, 9)
        painter.setPen(QPen(QColor(theme.line), 2))
        above, below = top if index else middle, top + ROW
        below = middle if index == len(self._events) - 1 else below
        painter.drawLine(QPointF(_LINE_X, above), QPointF(_LINE_X, below))
        icon, tone = _ICONS[one.step.step.value]
        ink, ground = theme.tone(tone)
        painter.setPen(QPen(QColor(theme.surface), 3))
        painter.setBrush(QColor(ground))
        painter.drawEllipse(QPointF(_LINE_X, middle), _DOT, _DOT)
        draw_icon(painter, icon, ink, QRectF(_LINE_X - 8, middle - 8, 16, 16))
        self._draw_when(painter, one, middle)
        self._draw_words(painter, words, middle)

    def _draw_when(self, painter: QPainter, one: Happened, middle: float) -> None:
        theme, right = self._look.theme, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self._text(
            painter,
            QRectF(0, middle - 20, 80, 20),
            f"{one.step.at:%H:%M}",
            14,
            theme.ink,
            right,
            bold=True,
        )
        self._text(
            painter, QRectF(0, middle, 80, 18), f"{one.step.at:%m-%d}", 12, theme.ink2, right
        )

    def _draw_words(self, painter: QPainter, words: EventWords, middle: float) -> None:
        theme, width = self._look.theme, float(self.width())
        right = width - 12
        if words.signed is not None:
            right = self._draw_signed(painter, words.signed, right, middle)
        if words.count:
            ink = theme.warn if words.differs else theme.ink
            wide = QFontMetricsF(font(16, bold=True)).horizontalAdvance(words.count) + 2
            box = QRectF(right - 6 - wide, middle - 14, wide, 28)
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            self._text(painter, box, words.count, 16, ink, align, bold=True)
            right = box.left()
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        room = right - _TEXT_X - 8
        alone = not words.detail
        at = middle - 12 if alone else middle - 23
        self._text(
            painter, QRectF(_TEXT_X, at, room, 24), words.title, 14, theme.ink, left, bold=True
        )
        told = QFontMetricsF(font(14, bold=True)).horizontalAdvance(words.title) + 12
        if words.aside and told < room:
            box = QRectF(_TEXT_X + told, at + 1, room - told, 24)
            self._text(painter, box, words.aside, 12, theme.ink2, left)
        self._text(painter, QRectF(_TEXT_X, middle, room, 22), words.detail, 12, theme.ink2, left)

    def _draw_signed(
        self, painter: QPainter, signed: tuple[str, str], right: float, middle: float
    ) -> float:
        """Two ticks, giver over taker: drawn, on paper, by the clerk on duty, or not signed."""
        theme, t = self._look.theme, self._look.t
        texts = {
            "drawn": t("signed"),
            "paper": t("on paper"),
            "due": t("photo missing"),
            "duty": t("on duty"),
            "": t("not signed"),
        }
        wide = max(QFontMetricsF(font(12)).horizontalAdvance(text) for text in texts.values()) + 22
        for offset, how in ((-18.0, signed[0]), (1.0, signed[1])):
            ink = {"due": theme.warn, "": theme.ink2}.get(how, theme.ok)
            icon = {"drawn": "ok", "duty": "user", "": "edit"}.get(how, "receipt")
            draw_icon(painter, icon, ink, QRectF(right - wide, middle + offset + 2, 14, 14))
            box = QRectF(right - wide + 18, middle + offset, wide - 18, 18)
            align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            self._text(painter, box, texts[how], 12, ink, align)
        return right - wide - 14

    def _text(
        self,
        painter: QPainter,
        box: QRectF,
        text: str,
        size: int,
        ink: str,
        align: Qt.AlignmentFlag,
        *,
        bold: bool = False,
    ) -> None:
        made = font(size, bold=bold)
        painter.setFont(made)
        painter.setPen(QColor(ink))
        cut = QFontMetricsF(made).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, align, cut)
