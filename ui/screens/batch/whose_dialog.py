"""Asks whose bag it is: community, property manager, team and zone."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from cardstation.domain.batch import Batch, Whose, Zone
from cardstation.sentences import word
from ui.look import Look
from ui.parts.buttons import Segments
from ui.parts.sheet import Sheet
from ui.parts.words import label


class WhoseDialog(Sheet):
    """Four fields with what is known; an emptied one stays as it was."""

    def __init__(self, parent: QWidget, look: Look, batch: Batch) -> None:
        t = look.t
        super().__init__(parent, look, t("Whose bag it is"), t("Keep"))
        self._zone = batch.zone
        self._fields: list[QLineEdit] = []
        for name, known in (
            (t("Community"), batch.community),
            (t("Property manager"), batch.manager),
            (t("Service team"), batch.team),
        ):
            field = QLineEdit(known)
            field.setAccessibleName(name)
            field.setMaxLength(60)
            self.column.addWidget(label(name, "small"))
            self.column.addWidget(field)
            self._fields.append(field)
        zones = [(zone.value, word(f"zone.{zone.value}", t)) for zone in Zone]
        segments = Segments(t("Zone"), zones, batch.zone.value)
        segments.chosen.connect(self._choose)
        self.column.addWidget(label(t("Zone"), "small"))
        self.column.addWidget(segments)
        self.setMinimumWidth(600)
        self._fields[0].setFocus()

    @property
    def whose(self) -> Whose:
        """What was entered."""
        community, manager, team = (field.text().strip() for field in self._fields)
        return Whose(community, manager, team, self._zone)

    def _choose(self, zone: str) -> None:
        self._zone = Zone(zone)
