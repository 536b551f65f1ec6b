"""Asks, before a price is made or money taken, whether rows with a relief on file pay in full."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QWidget

from cardstation.services.list_reliefs import Relief
from ui.look import Look
from ui.parts.facts import Facts
from ui.parts.relief import relief_words
from ui.parts.sheet import Sheet
from ui.parts.words import label

MOST_SHOWN = 8


class ReliefDialog(Sheet):
    """The rows, each with its relief; Enter says that they pay the full price."""

    def __init__(self, parent: QWidget, look: Look, reliefs: Sequence[Relief]) -> None:
        t = look.t
        super().__init__(parent, look, t("Relief on file"), t("Full price"))
        said = t(
            "{n} households on this list have a monthly relief on file that has not ended. "
            "This program does not take it off: at the full price the relief is not used up, and "
            "is settled at the hall.",
            n=len(reliefs),
        )
        self.column.addWidget(label(said, "muted", wrap=True))
        rows = Facts(MOST_SHOWN)
        rows.show_rows(
            [
                (
                    f"{one.door}  {one.name}",
                    f"{one.money}    {relief_words(one.a_month, one.until, t)}",
                )
                for one in reliefs[:MOST_SHOWN]
            ]
        )
        self.column.addWidget(rows)
        if len(reliefs) > MOST_SHOWN:
            more = t("and {n} more", n=len(reliefs) - MOST_SHOWN)
            self.column.addWidget(label(more, "muted"))
        todo = t("Esc goes back: leave such a row out, and send the household to the hall.")
        self.column.addWidget(label(todo, "muted", wrap=True))


def ask_full_price(parent: QWidget, look: Look, reliefs: Sequence[Relief]) -> bool:
    """Ask where there is anything to ask; False when thought better of."""
    if not reliefs:
        return True
    dialog = ReliefDialog(parent, look, reliefs)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return accepted
