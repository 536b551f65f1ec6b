"""Asks at the door what was taken: a sealed bag whose list lies at another desk."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from cardstation.domain.custody import Party
from cardstation.domain.custody_trace import BagTrace
from cardstation.errors import CardStationError, Refusal
from cardstation.sentences import of_error
from cardstation.services.collect_bag import understood
from cardstation.services.hand_over import HandOverRequest
from ui.look import Look
from ui.parts.buttons import Tick
from ui.parts.sheet import Sheet
from ui.parts.signature_pad import SignaturePad, signed_side
from ui.parts.words import column, label, row
from ui.screens.batch.custody_hand_over import Scanned
from ui.screens.batch.custody_places import plain
from ui.theme import L, M, S

Record = Callable[
    [HandOverRequest, Callable[[BagTrace], None], Callable[[CardStationError], None]], None
]
_DIGITS = 6


class CollectDialog(Sheet):
    """Seal, count and names on the left, both signatures on the right.

    Args:
        parent: Over which window.
        look: Theme and language.
        seal_no: Of the bag, as far as it is known.
        record: Records it; the sheet stays while that is refused.
        back: The team gives it back; else the team takes it.
    """

    def __init__(
        self, parent: QWidget, look: Look, seal_no: str, record: Record, *, back: bool = False
    ) -> None:
        t = look.t
        title = t("Give a sealed bag back") if back else t("Collect a sealed bag")
        super().__init__(parent, look, title, t("Record it"))
        self._way = (Party.TEAM, Party.MANAGER) if back else (Party.MANAGER, Party.TEAM)
        self._look, self._record = look, record
        self.seal, self.counted = Scanned(), self._field(t("Cards counted"))
        self.seal.entered.connect(self.counted.setFocus)
        self._field(t("Seal number"), self.seal)
        self.said = self._field(t("Cards, as the giver says"))
        self.given_by, self.taken_by = self._field(t("Who gives")), self._field(t("Who takes"))
        self.seal.setText(seal_no)
        self.seal.setPlaceholderText(t("scan the label"))
        self.said.setPlaceholderText(t("only where it is another number"))
        self.given = SignaturePad(look, t("Signature of who gives"))
        self.taken = SignaturePad(look, t("Signature of who takes"))
        self.on_paper = Tick(look, t("Signed on paper; its photo follows"), key="F2")
        self.doubt = label("", "error", wrap=True)
        self.doubt.setMinimumHeight(40)
        for pad in (self.given, self.taken):
            pad.changed.connect(self._judge)
        self.on_paper.toggled.connect(lambda _on: self._judge())
        self._build()
        self._judge()
        (self.counted if seal_no else self.seal).setFocus()

    @property
    def asked(self) -> HandOverRequest | None:
        """What was entered, None while it holds no count."""
        counted, said = plain(self.counted.text()), plain(self.said.text())
        if not is_number(counted) or not (is_number(said) or not said):
            return None
        return HandOverRequest(
            giver=self._way[0],
            taker=self._way[1],
            arrived=int(counted),
            expected=int(said) if said else None,
            seal_no=plain(self.seal.text()),
            given_by=self.given_by.text().strip(),
            taken_by=self.taken_by.text().strip(),
            given_picture=self.given.picture(),
            taken_picture=self.taken.picture(),
            on_paper=self.on_paper.isChecked(),
        )

    def accept(self) -> None:
        """Record it; what is refused is said here."""
        if (asked := self.asked) is not None:
            self.accept_button.setEnabled(False)
            self._record(asked, lambda _found: self.done(self.DialogCode.Accepted), self._refused)

    def _refused(self, error: CardStationError) -> None:
        self._judge()
        told = of_error(error, self._look.t)
        self.doubt.setText(f"{told.what} {told.advice}")

    def _judge(self) -> None:
        """Say at once what would be refused."""
        asked, doubt = self.asked, ""
        if asked is None:
            doubt = self._look.t("Count the cards first, then write how many there are.")
        else:
            try:
                understood(asked)
            except Refusal as refused:
                doubt = of_error(refused, self._look.t).what
        self.doubt.setText(doubt)
        self.accept_button.setEnabled(not doubt)

    def _field(self, name: str, field: QLineEdit | None = None) -> QLineEdit:
        field = field or QLineEdit()
        field.setAccessibleName(name)
        field.textChanged.connect(lambda _text: self._judge_when_built())
        return field

    def _judge_when_built(self) -> None:
        if self.isVisible():
            self._judge()

    def _build(self) -> None:
        t, fields = self._look.t, QGridLayout()
        fields.setHorizontalSpacing(M)
        fields.setVerticalSpacing(S)
        texts = (self.seal, self.counted, self.said, self.given_by, self.taken_by)
        for index, field in enumerate(texts):
            fields.addWidget(label(field.accessibleName(), "muted"), index, 0)
            fields.addWidget(field, index, 1)
        left = column(spacing=S)
        left.addLayout(fields)
        left.addStretch(1)
        sides = (
            signed_side(self._look, t("Signature of who gives"), self.given),
            signed_side(self._look, t("Signature of who takes"), self.taken),
        )
        both = row(spacing=L)
        both.addLayout(left, 7)
        both.addLayout(column(*sides, self.on_paper, spacing=S), 5)
        self.column.addLayout(both)
        self.column.addWidget(self.doubt)
        order = (*texts, self.given, self.taken, self.on_paper)
        for first, then in pairwise((*order, self.cancel_button, self.accept_button)):
            self.setTabOrder(first, then)
        self.setMinimumWidth(860)


def is_number(text: str) -> bool:
    """Whether a field holds a count."""
    return text.isascii() and text.isdecimal() and len(text) < _DIGITS
