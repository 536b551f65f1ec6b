"""What can be done about the list of an open batch: solve, newer list, count, door, envelopes."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from ui.look import Look
from ui.parts.buttons import button
from ui.parts.words import Chip, row
from ui.screens.batch.count_dialog import CountDialog
from ui.screens.batch.lists_model import ListsModel
from ui.screens.batch.whose_dialog import WhoseDialog


class ListBar(QWidget):
    """One line of chips and keys; hidden while cards run.

    Attributes:
        solve: The key to the rows that somebody has to decide. count: The second count's.
    """

    def __init__(self, model: ListsModel, look: Look, envelopes: QPushButton) -> None:
        super().__init__()
        self._model, self._look, t = model, look, look.t
        self._needs, self._unchecked = Chip(), Chip()
        self.solve = button(t("Solve"), model.row.solve, key="F4")
        self.count = button(t("Second count"), self._ask_count, key="F11")
        self._newer = button(t("Newer list"), model.newer_file, key="F3")
        self._paste = button(t("Newer chat"), model.paste, key="F2")
        self._door = button(t("At the door"), lambda: model.open_door(t("Door list")), key="F12")
        self._whose = button(t("Whose bag"), self._ask_whose, key="Ctrl+B")
        line = row(
            self._needs,
            self.solve,
            self._unchecked,
            self.count,
            0,
            envelopes,
            self._whose,
            self._door,
            self._paste,
            self._newer,
            spacing=8,
        )
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)
        for tool in self.findChildren(QPushButton):
            tool.setProperty("look", "tool")
        model.changed.connect(self._changed)
        self._changed()

    def _changed(self) -> None:
        state, t = self._model.state, self._look.t
        needing, unchecked = len(state.needing), state.entry.unchecked
        self._needs.show_state(t("{n} to solve", n=needing), "warn")
        self._unchecked.show_state(t("{n} to count", n=unchecked), "warn")
        for part in (self._needs, self.solve):
            part.setVisible(bool(needing))
        for part in (self._unchecked, self.count):
            part.setVisible(bool(unchecked))

    def _ask_count(self) -> None:
        dialog = CountDialog(self, self._look, self._model.approver)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        counted, approval = dialog.counted, dialog.approval
        dialog.deleteLater()
        if accepted and approval is not None:
            self._model.count(counted, approval)

    def _ask_whose(self) -> None:
        standing = self._model.state.standing
        if standing is None:
            return
        dialog = WhoseDialog(self, self._look, standing.batch)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        whose = dialog.whose
        dialog.deleteLater()
        if accepted:
            self._model.file(whose)
