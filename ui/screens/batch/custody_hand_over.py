"""Asks what was counted at a hand-over, under which seal, and lets both parties sign."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QLineEdit, QWidget

from cardstation.domain.custody import Party
from cardstation.errors import Refusal
from cardstation.sentences import of_error, word
from cardstation.services.custody_state import CustodyState
from cardstation.services.hand_over import (
    HandOverRequest,
    Way,
    ensure_signed,
    judged,
    likely_way,
)
from ui.look import Look
from ui.parts.buttons import Segments, Tick
from ui.parts.sheet import Sheet
from ui.parts.signature_pad import SignaturePad, signed_side
from ui.parts.words import column, label, restyle, row
from ui.screens.batch.custody_places import meant, plain, typed
from ui.theme import L, M, S


class Scanned(QLineEdit):
    """A field for a scanner: the Enter it sends goes to what is asked next and ends nothing.

    Attributes:
        entered: Enter was pressed in it.
    """

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As Qt asks."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
            event.accept()
        else:
            super().keyPressEvent(event)


class Count(Scanned):
    """A count: it stands once its field is left, by Enter, Tab or mouse."""

    def focusNextPrevChild(self, forward: bool) -> bool:
        """As Qt asks."""
        self.editingFinished.emit()
        return super().focusNextPrevChild(forward)


class HandOverDialog(Sheet):
    """Counts on the left, signatures on the right.

    How many cards there are is counted blind: what our books expect, and the difference, is said
    once a count stands there. The desk is its clerk on duty, so only the other side signs.

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
        self._way = ways[0] if only else likely_way(standing.custody, ways)
        choices = [(_code(way), _words(way, look)) for way in ways]
        self.segments = Segments(t("From whom to whom"), choices, _code(self._way))
        self.segments.chosen.connect(self._choose)
        self._is_counted = False
        self.counted, self.against = self._count_field(), label("", wrap=True)
        self.seal = Scanned()
        self._field(t("Seal number"), self.seal)
        self.rows = self._field(t("Only these rows"))
        self.missing = self._field(t("Rows known to be missing"))
        self.extras = self._field(t("Cards not on the list"))
        self.said = self._field(t("Cards, as the giver says"))
        self._filled = typed(only, standing)
        self.rows.setText(self._filled)
        self.rows.setPlaceholderText(t("all · 1-5,9 · #3 building · #3-2 stair"))
        self.missing.setPlaceholderText(t("none · 12,90"))
        self.extras.setPlaceholderText(t("last digits, with spaces"))
        self.said.setPlaceholderText(t("only where the giver says another number"))
        self.seal.setPlaceholderText(t("scan the label"))
        self.given_by, self.taken_by = self._field(t("Who gives")), self._field(t("Who takes"))
        self.given = SignaturePad(look, t("Signature of who gives"))
        self.taken = SignaturePad(look, t("Signature of who takes"))
        self.on_paper = Tick(look, t("Signed on paper; its photo follows"), key="F2")
        self._doubt = label("", "error", wrap=True)
        self._doubt.setMinimumHeight(40)
        self.given.changed.connect(self._judge)
        self.taken.changed.connect(self._judge)
        self.on_paper.toggled.connect(lambda _on: self._judge())
        pads = ((self.given_by, self.given), (self.taken_by, self.taken))
        self._sides = tuple(signed_side(look, one.accessibleName(), pad, one) for one, pad in pads)
        self.counted.entered.connect(self._on_to_the_seal)
        self.seal.entered.connect(self._on_to_the_name)
        self._build()
        self._choose(_code(self._way))
        self.counted.setFocus()

    @property
    def asked(self) -> HandOverRequest | None:
        """What was entered, None while it cannot be read."""
        giver, taker = self._way
        places, missing = self._places(self.rows), self._places(self.missing)
        counted, said = plain(self.counted.text()), plain(self.said.text())
        readable = bool(counted) and _is_number(counted) and _is_number(said)
        if places is None or missing is None or not readable:
            return None
        return HandOverRequest(
            giver=giver,
            taker=taker,
            arrived=int(counted),
            expected=int(said) if said else None,
            seal_no=plain(self.seal.text()),
            places=places or None,
            missing=missing,
            extras=tuple(plain(self.extras.text()).split()),
            given_by=self._name(giver, self.given_by),
            taken_by=self._name(taker, self.taken_by),
            given_picture=self._picture(giver, self.given),
            taken_picture=self._picture(taker, self.taken),
            on_paper=self.on_paper.isChecked(),
        )

    def _name(self, party: Party, field: QLineEdit) -> str:
        return "" if party is Party.DESK else field.text().strip()

    def _picture(self, party: Party, pad: SignaturePad) -> bytes:
        return b"" if party is Party.DESK else pad.picture()

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
        for party, block in zip(self._way, self._sides, strict=True):
            block.setVisible(party is not Party.DESK)
        self.counted.clear()
        self._judge()

    @property
    def _one_kept(self) -> tuple[int, ...]:
        """The one card that is kept here; of several a household's own must be named."""
        kept = self._standing.custody.kept
        return kept if len(kept) == 1 else ()

    def _on_to_the_seal(self) -> None:
        self.counted.editingFinished.emit()
        self.seal.setFocus()

    def _on_to_the_name(self) -> None:
        """Of whoever is not the desk; rows and what lacks are for a count that does not agree."""
        names = zip(self._way, (self.given_by, self.taken_by), strict=True)
        unsaid = [one for party, one in names if party is not Party.DESK and not one.text()]
        next(iter((*unsaid, self.accept_button))).setFocus()

    def _judge(self) -> None:
        """Say at once what would be refused."""
        self.against.clear()
        self._doubt.setText(self._refused())
        self.accept_button.setEnabled(not self._doubt.text())

    def _refused(self) -> str:
        asked, t = self.asked, self._look.t
        if not self._is_counted:
            return t("Count the cards first, then write how many there are.")
        if asked is None:
            return t("Write numbers, rows like 1-5,9, buildings like #3.")
        try:
            told = judged(self._standing, self._standing.batch.batch.batch_id, asked)
            self._say_difference(told.arrived - told.expected, told.expected)
            ensure_signed(asked)
        except Refusal as refused:
            return of_error(refused, t).what
        return ""

    def _say_difference(self, more: int, expected: int) -> None:
        t = self._look.t
        if more:
            words = t("{n} expected, {more} more counted.", n=expected, more=more)
            if more < 0:
                words = t("{n} expected, {less} fewer counted.", n=expected, less=-more)
        else:
            words = t("{n} expected: the count agrees.", n=expected)
        self.against.setText(words)
        restyle(self.against, "role", "heading-warn" if more else "heading-ok")

    def _count_field(self) -> Count:
        field = Count()
        field.setAccessibleName(self._look.t("Cards counted"))
        field.setProperty("look", "amount")
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.textChanged.connect(lambda _text: self._count(done=False))
        field.editingFinished.connect(lambda: self._count(done=_is_number(plain(field.text()))))
        return field

    def _count(self, *, done: bool) -> None:
        """What our books expect is said once a count stands there, and not while it is typed."""
        self._is_counted = done and bool(self.counted.text())
        self._judge_when_built()

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
        for index, field in enumerate((self.seal, self.rows, self.missing, self.extras, self.said)):
            fields.addWidget(label(field.accessibleName(), "muted"), index, 0)
            fields.addWidget(field, index, 1)
        left = column(label(self.counted.accessibleName(), "muted"), self.counted, spacing=S)
        left.addWidget(self.against)
        left.addLayout(fields)
        left.addStretch(1)
        right = column(spacing=S)
        for side in self._sides:
            right.addWidget(side)
        right.addWidget(self.on_paper)
        right.addStretch(1)
        sides = row(spacing=L)
        sides.addLayout(left, 7)
        sides.addLayout(right, 5)
        self.column.setSpacing(10)
        self.column.addWidget(self.segments, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addLayout(sides)
        self.column.addWidget(self._doubt)
        order = (self.counted, self.seal, self.rows, self.missing, self.extras, self.said)
        signed = (self.given_by, self.given, self.taken_by, self.taken, self.on_paper)
        for first, then in pairwise((*order, *signed, self.cancel_button, self.accept_button)):
            self.setTabOrder(first, then)
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


def _code(way: Way) -> str:
    return f"{way[0].value}-{way[1].value}"


def _words(way: Way, look: Look) -> str:
    return " → ".join(word(f"party.{party.value}", look.t) for party in way)


def _is_number(text: str) -> bool:
    return not text or (text.isascii() and text.isdecimal() and len(text) < 6)
