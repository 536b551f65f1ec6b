"""Looks up a bag by its seal: whose it is, who has it, how many cards were counted on its way."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from cardstation.domain.custody import HandOver
from cardstation.domain.custody_trace import BagTrace, TracedStep
from cardstation.errors import CardStationError
from cardstation.i18n import Translator
from cardstation.sentences import of_error, word
from ui.look import Look
from ui.parts.buttons import button
from ui.parts.facts import Fact, Facts
from ui.parts.sheet import Sheet
from ui.parts.signature_pad import ask_picture
from ui.parts.words import label, row
from ui.screens.batch.collect_dialog import CollectDialog
from ui.screens.batch.custody_model import BagModel
from ui.screens.batch.recount_dialog import RecountDialog

_ROWS = 5


class TraceDialog(Sheet):
    """Scan the label, Enter looks up; another scan looks up another bag.

    Args:
        parent: Over which window.
        look: Theme and language.
        model: Looks a seal up, and records that the bag was collected here, without its list.
    """

    def __init__(self, parent: QWidget, look: Look, model: BagModel) -> None:
        t = look.t
        super().__init__(parent, look, t("Whose bag is it?"), t("Look up"))
        self._look, self._model = look, model
        self.seal = QLineEdit()
        self.seal.setAccessibleName(t("Seal number"))
        self.seal.setPlaceholderText(t("scan the label"))
        self.facts, self.way = Facts(4), label("", "muted", wrap=True)
        self.doubt = label("", "error", wrap=True)
        self.collected = button(t("Collect this bag"), self._collect, key="F8")
        self.returned = button(t("Give this bag back"), self._give_back, key="F9")
        self.photo = button(t("Photograph the signed paper"), self._photograph, key="F12")
        self.column.addWidget(label(t("Seal number"), "small"))
        for part in (self.seal, self.facts, self.way, self.doubt):
            self.column.addWidget(part)
        self.column.addLayout(row(self.collected, self.returned, self.photo, 0))
        self.seal.textChanged.connect(lambda _text: self._judge())
        self.setMinimumWidth(560)
        self._judge()
        self.seal.setFocus()

    def accept(self) -> None:
        """Look the bag up; the sheet stays open."""
        self.facts.show_rows(())
        for said in (self.way, self.doubt):
            said.clear()
        self._model.trace(self.seal.text(), self._known, self._refused)
        self.seal.selectAll()

    def _collect(self) -> None:
        """At the door; the list lies at another desk. Once it is recorded, its count put right."""
        if seal_no := self.seal.text().strip():
            self._model.collected(seal_no, self._record, lambda _error: self._record(None))
        else:
            self._record(None)

    def _give_back(self) -> None:
        """At the door, too: the team brings it home."""
        seal_no, record = self.seal.text().strip(), self._model.collect
        self._shown(CollectDialog(self, self._look, seal_no, record, back=True))

    def _record(self, found: HandOver | None) -> None:
        dialog: CollectDialog | RecountDialog
        if found is None:
            seal_no = self.seal.text().strip()
            dialog = CollectDialog(self, self._look, seal_no, self._model.collect)
        else:
            dialog = RecountDialog(self, self._look, found, self._model.count_again)
        self._shown(dialog)

    def _shown(self, dialog: CollectDialog | RecountDialog) -> None:
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._recorded(dialog)
        dialog.deleteLater()

    def _recorded(self, dialog: CollectDialog | RecountDialog) -> None:
        """The slip for the community comes out; signed on paper, its photo is asked for."""
        if isinstance(dialog, CollectDialog):
            self.seal.setText(dialog.seal.text())
            self.photo.setVisible(dialog.on_paper.isChecked())
        self._model.slip_of(self.seal.text())
        self.accept()

    def _photograph(self) -> None:
        chosen = ask_picture()
        if chosen is not None:
            seal_no, picture = self.seal.text(), chosen.read_bytes()
            self._model.photograph_of(seal_no, picture, self.photo.hide, self._refused)

    def _known(self, found: BagTrace) -> None:
        t = self._look.t
        self.facts.show_rows(_facts(found, t))
        moves = [one for one in found.steps if isinstance(one.moved, HandOver)]
        self.way.setText("\n".join(_way(one, t) for one in moves[-_ROWS:]))

    def _refused(self, error: CardStationError) -> None:
        self.doubt.setText(of_error(error, self._look.t).advice)

    def _judge(self) -> None:
        self.photo.hide()
        self.accept_button.setEnabled(bool(self.seal.text().strip()))


def _facts(found: BagTrace, t: Translator) -> list[Fact]:
    counts = [
        t("{party}: {n} cards", party=word(f"party.{party.value}", t), n=count)
        for party, count in found.counts.items()
        if count
    ]
    whose = t("this desk") if found.ours else found.station
    return [
        (t("Station"), whose),
        (t("Batch"), found.batch_id),
        (t("State"), word(f"stage.{found.stage.value}", t)),
        (t("Cards by the counts"), "  ".join(counts) or "—", "strong"),
    ]


def _way(one: TracedStep, t: Translator) -> str:
    told = one.moved
    if not isinstance(told, HandOver):
        return ""
    giver, taker = (word(f"party.{side.value}", t) for side in (told.giver, told.taker))
    return f"{one.at:%m-%d %H:%M}  {giver} → {taker}  {told.arrived} / {told.expected}"
