"""Puts the count right of a sealed bag that was collected here; its list lies at another desk."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from cardstation.domain.custody import RECOUNTS, HandOver
from cardstation.domain.custody_trace import BagTrace
from cardstation.errors import CardStationError
from cardstation.sentences import of_error, word
from ui.look import Look
from ui.parts.buttons import Choice
from ui.parts.sheet import Sheet
from ui.parts.words import label
from ui.screens.batch.collect_dialog import is_number
from ui.screens.batch.custody_places import plain
from ui.theme import M, S

CountAgain = Callable[
    [
        str,
        int,
        str,
        int | None,
        Callable[[BagTrace], None],
        Callable[[CardStationError], None],
    ],
    None,
]


class RecountDialog(Sheet):
    """The recorded count, the right one, and why it was wrong.

    Args:
        parent: Over which window.
        look: Theme and language.
        found: The collection with the count that holds.
        record: Records another one; the sheet stays while that is refused.
    """

    def __init__(self, parent: QWidget, look: Look, found: HandOver, record: CountAgain) -> None:
        t = look.t
        super().__init__(parent, look, t("Put the count right"), t("Record it"))
        self._look, self._found, self._record = look, found, record
        self.counted, self.said = QLineEdit(), QLineEdit()
        self.said.setPlaceholderText(t("only where it is another number"))
        reasons = [(code, word(f"recount.{code}", t)) for code in RECOUNTS]
        self.reason = Choice(look, t("Why it was wrong"), reasons, RECOUNTS[0])
        self.doubt = label("", "error", wrap=True)
        told = t("This bag was collected here: {n} cards.", n=found.arrived)
        self.column.addWidget(label(told, wrap=True))
        fields = QGridLayout()
        fields.setHorizontalSpacing(M)
        fields.setVerticalSpacing(S)
        for field, name in (
            (self.counted, t("Cards counted")),
            (self.said, t("Cards, as the giver says")),
        ):
            field.setAccessibleName(name)
            field.textChanged.connect(lambda _text: self._judge())
        for at, part in enumerate((self.counted, self.said, self.reason)):
            fields.addWidget(label(part.accessibleName(), "muted"), at, 0)
            fields.addWidget(part, at, 1)
        self.column.addLayout(fields)
        self.column.addWidget(self.doubt)
        self._judge()
        self.counted.setFocus()

    def accept(self) -> None:
        """Record it; what is refused is said here."""
        said = plain(self.said.text())
        self.accept_button.setEnabled(False)
        self._record(
            self._found.seal_no,
            int(plain(self.counted.text())),
            str(self.reason.currentData()),
            int(said) if said else None,
            lambda _found: self.done(self.DialogCode.Accepted),
            self._refused,
        )

    def _refused(self, error: CardStationError) -> None:
        self._judge()
        told = of_error(error, self._look.t)
        self.doubt.setText(f"{told.what} {told.advice}")

    def _judge(self) -> None:
        counted, said = plain(self.counted.text()), plain(self.said.text())
        fits = is_number(counted) and (is_number(said) or not said)
        self.doubt.clear()
        self.accept_button.setEnabled(fits)
