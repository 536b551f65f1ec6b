"""The chosen case as a guide: what happened, then at most three steps with their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cardstation.domain.exception_case import MOST_STEPS, Act, GuideStep
from cardstation.sentences import word
from cardstation.services.intent.cases import Case
from ui.look import Look, draw_icon, font, picture
from ui.parts.age import age, grouped
from ui.parts.words import Chip, Pane, label, restyle
from ui.screens.exceptions.bag_keys import debt_of
from ui.screens.exceptions.state import KEYS
from ui.screens.exceptions.wording import due_words, owner_told, place, told, tone_of
from ui.theme import XS, M, S

Buttons = Mapping[Act, Sequence[QPushButton]]
_MARK, _PAD, _LINE = 30, 7, 18


class StepMark(QWidget):
    """A disc with the step's number, or a tick when it is done; a line leads to the next one."""

    def __init__(self, look: Look, number: int) -> None:
        super().__init__()
        self._theme, self._number = look.theme, number
        self._stage, self._last = "later", False
        self.setFixedWidth(_MARK)

    def show_state(self, stage: str, *, last: bool) -> None:
        """`done`, `now` or `later`."""
        self._stage, self._last = stage, last
        self.update()

    def sizeHint(self) -> QSize:
        """As Qt asks."""
        return QSize(_MARK, _MARK + 2 * _PAD)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As Qt asks."""
        theme, middle = self._theme, _MARK / 2
        ground, ink = {
            "done": (theme.ok_bg, theme.ok_words),
            "now": (theme.brand, theme.on_brand),
            "later": (theme.idle_bg, theme.idle),
        }[self._stage]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._last:
            below = QRectF(middle - 1, _PAD + _MARK, 2, self.height())
            painter.fillRect(below, QColor(theme.line))
        if self._number > 1:
            painter.fillRect(QRectF(middle - 1, 0, 2, _PAD), QColor(theme.line))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        disc = QRectF(1, _PAD + 1, _MARK - 2, _MARK - 2)
        painter.drawEllipse(disc)
        if self._stage == "done":
            draw_icon(painter, "check", ink, disc.adjusted(6, 6, -6, -6))
        else:
            painter.setPen(QColor(ink))
            painter.setFont(font(14, bold=True))
            painter.drawText(disc, int(Qt.AlignmentFlag.AlignCenter), str(self._number))
        painter.end()


class StepRow(QFrame):
    """One step: its mark, what to do, who may, what proves it, and its key."""

    def __init__(self, look: Look, number: int) -> None:
        super().__init__()
        self._look = look
        self._mark = StepMark(look, number)
        self._words, self._proof = _wrapped(), _wrapped("small")
        self._cap = QLabel()
        self._cap.setProperty("keycap", "true")
        self._slot = QVBoxLayout()
        self._slot.setContentsMargins(0, _PAD, 0, _PAD)
        self._slot.setSpacing(XS)
        self._slot.addWidget(self._cap)
        self._slot.addStretch(1)
        self._text = QVBoxLayout()
        self._text.setContentsMargins(0, _PAD, 0, _PAD)
        self._text.setSpacing(XS)
        self._text.addWidget(self._words)
        self._text.addWidget(self._proof)
        self._text.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(_PAD, 0, _PAD, 0)
        line.setSpacing(M)
        line.addWidget(self._mark)
        line.addLayout(self._text, 1)
        line.addLayout(self._slot)

    def show_step(
        self,
        step: GuideStep,
        stage: str,
        made: Sequence[QPushButton],
        *,
        can: bool,
        last: bool,
    ) -> None:
        """Draw a step; its buttons come into its row, or the key of what is no button."""
        t = self._look.t
        self._mark.show_state(stage, last=last)
        restyle(self, "step", stage)
        restyle(self._words, "role", {"now": "strong", "later": "", "done": "muted"}[stage])
        words = word(f"guide.{step.code}", t)
        self._words.setText(words)
        who, proof = word(f"may.{step.who}", t), word(f"proof.{step.proof}", t)
        self._proof.setText(t("{who}  ·  proof: {proof}", who=who, proof=proof))
        keys = t("card in the reader") if step.act is Act.CARD else " ".join(KEYS.get(step.act, ()))
        self._cap.setText(keys)
        self._cap.setVisible(can and not made)
        for one in made:
            _put(self._slot, one)
            restyle(one, "look", "primary" if stage == "now" and len(made) == 1 else "")
        done = t("done") if stage == "done" else ""
        self.setAccessibleName(
            "  ".join(part for part in (words, self._proof.text(), done) if part)
        )
        # The height is asked for before the inner layouts forget the last words and buttons.
        for inner in (self._text, self._slot):
            inner.invalidate()
        self.updateGeometry()


class Wizard(Pane):
    """The chosen case as a guide."""

    def __init__(self, look: Look, buttons: Buttons) -> None:
        super().__init__(look.theme, shadow=False, margin=18)
        self._look, self._buttons = look, buttons
        self._brief, self._due = label("", "name", wrap=True), Chip()
        self._facts, self._what, self._money = _wrapped("muted"), _wrapped(), _wrapped()
        self._marks = [QLabel(), QLabel()]
        self.rows = [StepRow(look, number) for number in range(1, MOST_STEPS + 1)]
        self._else = QHBoxLayout()
        self._else.setSpacing(S)
        self._instead = label(look.t("Or instead:"), "small")
        self._else.addWidget(self._instead)
        for made in buttons.values():
            for one in made:
                self._else.addWidget(one)
        self._else.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(M)
        head.addWidget(self._brief, 1)
        head.addWidget(self._due, 0, Qt.AlignmentFlag.AlignTop)
        self.column.setSpacing(S)
        self.column.addLayout(head)
        self.column.addWidget(self._facts)
        for mark, words in zip(self._marks, (self._what, self._money), strict=True):
            self.column.addLayout(_marked(mark, words))
        steps = QVBoxLayout()
        steps.setSpacing(0)
        for shown in self.rows:
            steps.addWidget(shown)
        self.column.addLayout(steps)
        self.column.addSpacing(S)
        self.column.addLayout(self._else)
        self.column.addStretch(1)

    def show_case(self, one: Case | None, *, free: bool) -> None:
        """Draw a case; while a refund waits for its card nothing else can be done.

        None: nothing is chosen, or the card in the reader is not on the list.
        """
        now = one.guide.now if one is not None and free else ()
        for act, made in self._buttons.items():
            for button in made:
                button.setVisible(act in now)
        self.setVisible(one is not None)
        if one is None:
            return
        t, said, tone = self._look.t, told(one, self._look.t), tone_of(one)
        restyle(self, "case", tone)
        self._brief.setText(said.brief)
        due = due_words(one, t)
        self._due.setVisible(due != "—")
        self._due.show_state(due, "error" if one.overdue else "idle")
        self._facts.setText(self._facts_of(one))
        self._what.setText(said.what)
        self._money.setText(said.money)
        ink = self._look.theme.tone(tone)[0]
        for mark, icon in zip(self._marks, ("info", "money"), strict=True):
            mark.setPixmap(picture(icon, ink, 18, self.devicePixelRatioF()))
        self._show_steps(one, now)

    def _show_steps(self, one: Case, now: Sequence[Act]) -> None:
        guide = one.guide
        for at, shown in enumerate(self.rows):
            shown.setVisible(at < len(guide.steps))
            if at >= len(guide.steps):
                continue
            stage = "done" if at < guide.at else "now" if at == guide.at else "later"
            step = guide.steps[at]
            can = step.act in now and at >= guide.at
            made = self._buttons.get(step.act, ()) if can else ()
            shown.show_step(step, stage, made, can=can, last=at == len(guide.steps) - 1)
        inside = {step.act for step in guide.steps[guide.at :]}
        others = [act for act in now if act in self._buttons and act not in inside]
        self._instead.setVisible(bool(others))
        for act in others:
            for button in self._buttons[act]:
                _put(self._else, button)
                restyle(button, "look", "")

    def _facts_of(self, one: Case) -> str:
        t = self._look.t
        since = "" if one.since is None else t("since {age}", age=age(one.age_min or 0, t))
        card = grouped(one.card_no) if one.card_no else ""
        debt = debt_of(one)
        owes = t("owes {money}", money=debt) if debt else ""
        parts = (
            one.who,
            str(one.money or ""),
            owes,
            card,
            place(one, t),
            owner_told(one, t),
            since,
        )
        return "  ·  ".join(part for part in parts if part)


def _wrapped(role: str = "") -> QLabel:
    """Words that take the height they need at their width, not the most they might need."""
    made = label("", role, wrap=True)
    made.setMinimumHeight(_LINE)
    return made


def _put(slot: QBoxLayout, one: QPushButton) -> None:
    """Into a row of buttons, before the stretch at its end; its key works at once."""
    slot.removeWidget(one)
    slot.insertWidget(slot.count() - 1, one)
    one.setVisible(True)


def _marked(mark: QLabel, words: QLabel) -> QHBoxLayout:
    mark.setFixedSize(18, 20)
    line = QHBoxLayout()
    line.setSpacing(S)
    line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(words, 1)
    return line
