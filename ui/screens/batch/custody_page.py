"""The page of a bag: its way as a timeline, where its cards are, and the keys of custody."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Party
from cardstation.domain.seal_number import seal_grouped
from cardstation.sentences import word
from cardstation.services.hand_over import ARRIVALS
from ui.look import Look
from ui.parts.buttons import button, press_key
from ui.parts.footer import Footer
from ui.parts.guide import Guide, GuideStep
from ui.parts.second_person import ask_second_person
from ui.parts.signature_pad import ask_picture
from ui.parts.words import Chip, Pane, label, restyle, row
from ui.screens.batch.custody_again import ask_why_again
from ui.screens.batch.custody_explain import ask_explanation
from ui.screens.batch.custody_hand_over import ask_hand_over
from ui.screens.batch.custody_model import BagModel
from ui.screens.batch.custody_state import BagState
from ui.screens.batch.custody_tally import Tally
from ui.screens.batch.custody_timeline import ROW, Timeline
from ui.screens.batch.custody_wording import papers_done
from ui.theme import M, S

_BACK = ((Party.DESK, Party.MANAGER), (Party.DESK, Party.TEAM), (Party.TEAM, Party.MANAGER))
_TONES = {Stage.CLOSED: "ok", Stage.RETURNED: "ok", Stage.LISTED: "idle", Stage.QUOTED: "idle"}


class BagPage(QWidget):
    """Draws the bag of the open batch."""

    def __init__(self, model: BagModel, look: Look) -> None:
        super().__init__()
        self._model, self._look, t = model, look, look.t
        self.timeline, self.tally = Timeline(look), Tally(look)
        self.table = self.timeline
        self.timeline.chosen.connect(model.choose)
        self.timeline.opened.connect(model.print_slip)
        self._stage, self._seals = Chip(), label("", "muted")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(t("Papers printed"))
        self._printing = label("", "small")
        self.receipts = button("", model.other_receipts, key="F5", look="link")
        self.photo = button("", self._photograph, key="F12", look="link")
        self._buttons = self._made_buttons()
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        panes = QHBoxLayout()
        panes.setSpacing(M)
        panes.addWidget(self._way(), 62)
        panes.addWidget(self._where(), 38)
        body.addLayout(panes, 1)
        body.addWidget(Footer((), tuple(self._buttons.values())))

    def show_state(self, state: BagState) -> None:
        """Draw another state."""
        standing = state.standing
        self.tally.show_state(None if standing is None else standing.custody)
        self.timeline.show_state(state.events, state.chosen)
        moved = bool(state.events) or state.standing is None
        if moved and self._pages.currentIndex() == 0:
            self._pages.setCurrentIndex(1)
            self.timeline.setFocus()
        elif not moved:
            self._pages.setCurrentIndex(0)
        self._scroll.ensureVisible(0, self.timeline.row * ROW + ROW // 2, 0, ROW)
        self._show_stage(state)
        self._show_receipts(state)
        self._show_photo(state)
        self._show_printing(state)
        self._show_buttons(state)

    def _show_stage(self, state: BagState) -> None:
        t, standing = self._look.t, state.standing
        self._stage.setVisible(standing is not None)
        self._seals.setText("")
        if standing is not None:
            said = word(f"stage.{standing.stage.value}", t)
            self._stage.show_state(said, _TONES.get(standing.stage, "brand"))
            seals = "    ".join(map(seal_grouped, standing.seals))
            self._seals.setText(f"{t('Seal numbers')}  {seals}" if seals else t("no seal"))

    def _show_receipts(self, state: BagState) -> None:
        t = self._look.t
        said = t("Receipts: a strip per floor") if state.by_floor else t("Receipts: per household")
        self.receipts.setText(f"{said}  F5")
        self.receipts.setAccessibleName(said)

    def _show_photo(self, state: BagState) -> None:
        due = 0 if state.standing is None else len(state.standing.photos_due)
        said = self._look.t("Photo of the signed paper ({n} missing)", n=due)
        self.photo.setText(f"{said}  F12")
        self.photo.setAccessibleName(said)
        self.photo.setVisible(bool(due) and not state.busy)

    def _show_printing(self, state: BagState) -> None:
        printing = state.running
        for part in (self._progress, self._printing):
            part.setVisible(printing is not None)
        if printing is not None:
            self._progress.setRange(0, max(printing.count, 1))
            self._progress.setValue(printing.done)
            self._printing.setText(papers_done(printing, self._look.t))

    def _show_buttons(self, state: BagState) -> None:
        ready = state.standing is not None and not state.busy
        open_bag = ready and state.standing is not None and state.standing.stage is not Stage.CLOSED
        wanted = state.next_step
        for code, made in self._buttons.items():
            always = code in ("back", "label", "print")
            made.setEnabled(code == "back" or (ready if always else open_bag))
            restyle(made, "look", "primary" if code == wanted else "")
        if state.running is not None:
            self._buttons["print"].setEnabled(False)

    def _way(self) -> QWidget:
        t = self._look.t
        pane = Pane(self._look.theme, shadow=False, margin=14)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.timeline)
        empty = Guide(
            self._look,
            [
                GuideStep(
                    "bag",
                    t("No card has moved yet"),
                    t("Print a label with F2, then record who hands over how many cards with F4."),
                )
            ],
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(empty)
        self._pages.addWidget(self._scroll)
        hint = label(t("↑ ↓ choose · Enter prints its slip"), "small")
        pane.column.setSpacing(S)
        pane.column.addLayout(row(label(t("The way of the bag"), "heading"), 0, hint))
        pane.column.addWidget(self._pages, 1)
        return pane

    def _where(self) -> QWidget:
        t = self._look.t
        pane = Pane(self._look.theme, shadow=False, margin=18)
        pane.column.setSpacing(10)
        pane.column.addLayout(row(label(t("Where the cards are"), "heading"), 0, self._stage))
        pane.column.addWidget(self._seals)
        pane.column.addWidget(self.tally)
        pane.column.addStretch(1)
        pane.column.addLayout(row(self.photo, 0))
        pane.column.addLayout(row(self.receipts, 0))
        pane.column.addWidget(self._progress)
        pane.column.addWidget(self._printing)
        return pane

    def _made_buttons(self) -> dict[str, QPushButton]:
        model, t = self._model, self._look.t
        actions: tuple[tuple[str, str, str, Callable[[], None]], ...] = (
            ("back", t("Batch"), "Esc", model.leave),
            ("label", t("Label"), "F2", model.print_label),
            ("collect", t("Collect"), "F3", self._collect),
            ("receive", t("Receive"), "F4", self._receive),
            ("return", t("Return cards"), "F6", self._give_back),
            ("explain", t("Explain"), "F8", self._explain),
            ("print", t("Print return"), "F7", self._print_return),
            ("close", t("Close batch"), "F9", model.close_batch),
        )
        model.printed_already.connect(self._ask_again)
        press_key(self, "F11", model.print_annex)
        return {code: button(text, act, key=key) for code, text, key, act in actions}

    def _print_return(self) -> None:
        self._model.print_return()

    def _ask_again(self) -> None:
        why = ask_why_again(self, self._look)
        if why:
            self._model.print_return(why)

    def _collect(self) -> None:
        self._hand_over(((Party.MANAGER, Party.TEAM),))

    def _receive(self) -> None:
        self._hand_over(ARRIVALS)

    def _give_back(self) -> None:
        standing = self._model.state.standing
        home = standing is not None and standing.custody.kept
        ways = (*_BACK, (Party.DESK, Party.RESIDENT)) if home else _BACK
        asked = None if standing is None else ask_hand_over(self, self._look, standing, ways)
        if asked is not None:
            self._model.give_back(asked)

    def _hand_over(self, ways: tuple[tuple[Party, Party], ...]) -> None:
        standing = self._model.state.standing
        asked = None if standing is None else ask_hand_over(self, self._look, standing, ways)
        if asked is not None:
            self._model.hand_over(asked)

    def _photograph(self) -> None:
        chosen = ask_picture()
        if chosen is not None:
            self._model.photograph(chosen.read_bytes())

    def _explain(self) -> None:
        standing = self._model.state.standing
        told = None if standing is None else ask_explanation(self, self._look, standing)
        if standing is None or told is None:
            return
        if not standing.needs_two(told):
            self._model.explain(told)
            return
        why = word(f"why.{told.why.value}", self._look.t)
        what = self._look.t("{n} cards of this bag: {why}.", n=len(told.places), why=why)
        asked = ask_second_person(self, self._look, self._model.approver, what)
        if asked is not None:
            self._model.explain(told, asked[0])
