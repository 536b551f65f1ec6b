"""Asks what was counted at a hand-over, under which seal, and lets both parties sign."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QLineEdit, QWidget

from cardstation.domain.custody import Party, Where
from cardstation.errors import Refusal
from cardstation.sentences import of_error, word
from cardstation.services.custody_state import CustodyState
from cardstation.services.hand_over import (
    HandOverRequest,
    ensure_signed,
    expected_of,
    is_last,
    judged,
)
from ui.look import Look
from ui.parts.buttons import Segments, Tick, button
from ui.parts.sheet import Sheet
from ui.parts.signature_pad import SignaturePad
from ui.parts.words import column, label, row
from ui.screens.batch.custody_places import meant, typed
from ui.theme import L, M, S

Way = tuple[Party, Party]


class Scanned(QLineEdit):
    """A field for a scanner: the Enter it sends goes to the next field and ends nothing."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As Qt asks."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.text():
            self.focusNextChild()
            event.accept()
        else:
            super().keyPressEvent(event)


class HandOverDialog(Sheet):
    """Counts on the left, signatures on the right; all that our books know is filled in.

    How many cards there are is counted by hand, so that figure waits for whoever counts.

    `only`: places whose cards go, and no others, signed for; empty for all that the giver holds.
    """

    def __init__(
        self,
        parent: QWidget,
        look: Look,
        standing: CustodyState,
        ways: tuple[Way, ...],
        only: tuple[int, ...] = (),
    ) -> None:
        t = look.t
        super().__init__(parent, look, t("Hand over cards"), t("Record it"))
        self._look, self._standing, self._ways, self._only = look, standing, ways, only
        self._way = ways[0] if only else _likely(standing, ways)
        choices = [(_code(way), _words(way, look)) for way in ways]
        self.segments = Segments(t("From whom to whom"), choices, _code(self._way))
        self.segments.chosen.connect(self._choose)
        self.expected, self.counted = self._field(t("Cards expected")), self._counted()
        self.seal = self._field(t("Seal number"), Scanned())
        self.rows = self._field(t("Only these rows"))
        self.missing = self._field(t("Rows known to be missing"))
        self.extras = self._field(t("Cards not on the list"))
        self._filled = typed(only, standing)
        self.rows.setText(self._filled)
        self.rows.setPlaceholderText(t("all · 1-5,9 · #3 building · #3-2 stair"))
        self.missing.setPlaceholderText(t("none · 12,90"))
        self.extras.setPlaceholderText(t("last digits, with spaces"))
        self.seal.setPlaceholderText(t("scan the label"))
        self.given_by, self.taken_by = self._field(t("Who gives")), self._field(t("Who takes"))
        self.given = SignaturePad(look, t("Signature of who gives"))
        self.taken = SignaturePad(look, t("Signature of who takes"))
        self.on_paper = Tick(look, t("The rest is signed on paper"))
        self._doubt = label("", "error", wrap=True)
        self._doubt.setMinimumHeight(40)
        self.given.changed.connect(self._judge)
        self.taken.changed.connect(self._judge)
        self.on_paper.toggled.connect(lambda _on: self._judge())
        self._build()
        self._choose(_code(self._way))
        self.counted.setFocus()

    @property
    def asked(self) -> HandOverRequest | None:
        """What was entered, None while it cannot be read."""
        giver, taker = self._way
        places, missing = self._places(self.rows), self._places(self.missing)
        numbers = (self.counted.text().strip(), self.expected.text().strip())
        if places is None or missing is None or not all(map(_is_number, numbers)):
            return None
        return HandOverRequest(
            giver=giver,
            taker=taker,
            arrived=int(numbers[0]) if numbers[0] else None,
            expected=int(numbers[1]) if numbers[1] else None,
            seal_no=self.seal.text().strip(),
            places=places or None,
            missing=missing,
            extras=tuple(self.extras.text().split()),
            given_by=self.given_by.text().strip(),
            taken_by=self.taken_by.text().strip(),
            given_picture=self.given.picture(),
            taken_picture=self.taken.picture(),
            on_paper=self.on_paper.isChecked(),
        )

    def _places(self, field: QLineEdit) -> tuple[int, ...] | None:
        only = self._only if field is self.rows else ()
        return meant(field.text(), self._standing, only)

    def _choose(self, code: str) -> None:
        self._way = next(way for way in self._ways if _code(way) == code)
        self.segments.show_state(code)
        fetched = self._way[1] is Party.RESIDENT and not self._only
        own = self._one_kept if fetched else self._only
        if fetched or self.rows.text() == self._filled:
            self._filled = typed(own, self._standing)
            self.rows.setText(self._filled)
        _, count = expected_of(self._standing.custody, *self._way)
        self.expected.setText(str(len(own) or "") if own or fetched else str(count))
        self.counted.clear()
        self._judge()

    @property
    def _one_kept(self) -> tuple[int, ...]:
        """The one card that is kept here; of several a household's own must be named."""
        kept = self._standing.custody.kept
        return kept if len(kept) == 1 else ()

    @property
    def _goes_home(self) -> bool:
        return bool(self._only) or self._way[1] is Party.RESIDENT

    def _judge(self) -> None:
        """Say at once what would be refused."""
        asked, t = self.asked, self._look.t
        self._doubt.clear()
        if asked is None:
            self._doubt.setText(t("Write numbers, rows like 1-5,9, buildings like #3."))
        elif asked.arrived is None:
            self._doubt.setText(t("Count the cards first, then write how many there are."))
        elif self._goes_home and not (asked.taken_picture or asked.on_paper):
            self._doubt.setText(t("Who takes this card signs for it, here or on paper."))
        else:
            try:
                batch_id = self._standing.batch.batch.batch_id
                told = judged(self._standing, batch_id, asked)
                if is_last(self._standing.custody, told):
                    ensure_signed(asked, batch_id)
            except Refusal as refused:
                self._doubt.setText(of_error(refused, t).what)
        self.accept_button.setEnabled(not self._doubt.text())

    def _counted(self) -> QLineEdit:
        field = self._field(self._look.t("Cards counted"))
        field.setProperty("look", "amount")
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        return field

    def _field(self, name: str, field: QLineEdit | None = None) -> QLineEdit:
        field = field or QLineEdit()
        field.setAccessibleName(name)
        field.textChanged.connect(lambda _text: self._judge_when_built())
        return field

    def _judge_when_built(self) -> None:
        if self.isVisible():
            self._judge()

    def _build(self) -> None:
        fields = QGridLayout()
        fields.setHorizontalSpacing(M)
        fields.setVerticalSpacing(S)
        for index, field in enumerate(
            (self.expected, self.seal, self.rows, self.missing, self.extras)
        ):
            fields.addWidget(label(field.accessibleName(), "muted"), index, 0)
            fields.addWidget(field, index, 1)
        left = column(label(self.counted.accessibleName(), "muted"), self.counted, spacing=S)
        left.addSpacing(S)
        left.addLayout(fields)
        left.addStretch(1)
        right = column(spacing=S)
        for name, pad in ((self.given_by, self.given), (self.taken_by, self.taken)):
            clear = button(self._look.t("Clear"), pad.clear, look="link")
            photo = button(self._look.t("Photo"), pad.pick, look="link")
            right.addLayout(row(label(name.accessibleName(), "muted"), 0, photo, clear))
            right.addWidget(name)
            right.addWidget(pad)
        right.addWidget(self.on_paper)
        sides = row(spacing=L)
        sides.addLayout(left, 7)
        sides.addLayout(right, 5)
        self.column.setSpacing(10)
        self.column.addWidget(self.segments, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addLayout(sides)
        self.column.addWidget(self._doubt)
        self.setMinimumWidth(900 if len(self._ways) < 4 else 1080)


def ask_hand_over(
    parent: QWidget,
    look: Look,
    standing: CustodyState,
    ways: tuple[Way, ...],
    only: tuple[int, ...] = (),
) -> HandOverRequest | None:
    """Ask; None when thought better of."""
    dialog = HandOverDialog(parent, look, standing, ways, only)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    asked = dialog.asked
    dialog.deleteLater()
    return asked if accepted else None


def _likely(standing: CustodyState, ways: tuple[Way, ...]) -> Way:
    """The first way on which cards stand ready."""
    ready = [way for way in ways if expected_of(standing.custody, *way)[0]]
    from_team = [
        way for way in ready if way[0] is Party.TEAM and standing.custody.tally[Where.TEAM]
    ]
    return next(iter((*from_team, *ready, *ways)))


def _code(way: Way) -> str:
    return f"{way[0].value}-{way[1].value}"


def _words(way: Way, look: Look) -> str:
    return " → ".join(word(f"party.{party.value}", look.t) for party in way)


def _is_number(text: str) -> bool:
    return not text or (text.isascii() and text.isdecimal() and len(text) < 6)
