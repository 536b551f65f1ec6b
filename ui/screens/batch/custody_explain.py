"""Asks why cards are missing, left over or kept."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from cardstation.domain.custody import OF_EXTRAS, Explanation, Why
from cardstation.sentences import word
from cardstation.services.custody_state import CustodyState
from ui.look import Look
from ui.parts.buttons import Choice
from ui.parts.facts import Facts
from ui.parts.sheet import Sheet
from ui.parts.words import label
from ui.screens.batch.custody_places import meant, plain, typed

_ORDER = (
    Why.NEVER_GIVEN,
    Why.FOUND,
    Why.LOST,
    Why.DESTROYED,
    Why.REFUSED,
    Why.ABSENT,
    Why.SEALED_OFF,
    Why.KEEPS_GAS,
    Why.OTHER_BATCH,
    Why.GIVEN_BACK,
    Why.COUNTED_AGAIN,
    Why.MADE_GOOD,
)


class ExplainDialog(Sheet):
    """What happened, and to which cards; `chosen` places are filled in, else those that lack."""

    def __init__(
        self, parent: QWidget, look: Look, standing: CustodyState, chosen: tuple[int, ...] = ()
    ) -> None:
        t = look.t
        super().__init__(parent, look, t("Explain cards"), t("Record it"))
        self._look, self._standing = look, standing
        custody = standing.custody
        first = Why.OTHER_BATCH if custody.left_over and not custody.lacking else Why.NEVER_GIVEN
        if chosen:
            first = Why.KEEPS_GAS if custody.refused.intersection(chosen) else Why.LOST
            first = Why.DESTROYED if custody.found_again.intersection(chosen) else first
        keeps = custody.refused | custody.found_again
        shown = [why for why in _ORDER if why is not Why.KEEPS_GAS or keeps]
        words = [(why.value, word(f"why.{why.value}", t)) for why in shown]
        self.why = Choice(look, t("What happened"), words, first.value)
        self.rows, self.extras, self.count = QLineEdit(), QLineEdit(), QLineEdit()
        self._filled_in = chosen or custody.lacking_places or custody.lost_loads
        self.rows.setText(typed(self._filled_in, standing))
        self.extras.setText(" ".join((*custody.extras, *("?",) * custody.unnamed_extras)))
        self.extras.setPlaceholderText(t("last digits, with spaces; ? for one nobody looked at"))
        facts = Facts(2)
        facts.show_rows(
            (
                (t("Missing or never came"), str(custody.lacking)),
                (t("Cards on no line"), str(custody.left_over)),
            )
        )
        self.column.addWidget(facts)
        self._named: list[tuple[QWidget, QLineEdit]] = []
        self.column.addWidget(label(t("What happened"), "small"))
        self.column.addWidget(self.why)
        for name, field in (
            (t("Which rows"), self.rows),
            (t("Cards on no line, last digits"), self.extras),
            (t("Cards that lie at the desk"), self.count),
        ):
            said = label(name, "small")
            field.setAccessibleName(name)
            field.textChanged.connect(lambda _text: self._judge())
            self.column.addWidget(said)
            self.column.addWidget(field)
            self._named.append((said, field))
        second = t("Nobody says this alone: next, a second person confirms with their own PIN.")
        self._second = label(second, "warn", wrap=True)
        self.column.addWidget(self._second)
        self.why.picked.connect(lambda _code: self._judge())
        self._judge()
        self.why.setFocus()

    @property
    def told(self) -> Explanation | None:
        """What was entered, None while it says nothing."""
        why = Why(str(self.why.currentData()))
        if why is Why.COUNTED_AGAIN:
            count = plain(self.count.text())
            good = count.isascii() and count.isdecimal() and len(count) < 6
            return Explanation(why, counted=int(count)) if good else None
        rows = "" if why is Why.GIVEN_BACK else self.rows.text()
        places = meant(rows, self._standing, self._filled_in)
        typed_extras = plain(self.extras.text()).split() if why in OF_EXTRAS else []
        extras = tuple("" if one == "?" else one for one in typed_extras)
        if places is None or not (places or extras):
            return None
        return Explanation(why, places, extras)

    def _judge(self) -> None:
        """Show only the fields that this reason needs."""
        why = Why(str(self.why.currentData()))
        counted = why is Why.COUNTED_AGAIN
        wanted = (not counted and why is not Why.GIVEN_BACK, why in OF_EXTRAS, counted)
        for (said, field), shown in zip(self._named, wanted, strict=True):
            said.setVisible(shown)
            field.setVisible(shown)
        self._second.setVisible(self._standing.needs_two(self.told or Explanation(why)))
        self.accept_button.setEnabled(self.told is not None)


def ask_explanation(
    parent: QWidget, look: Look, standing: CustodyState, chosen: tuple[int, ...] = ()
) -> Explanation | None:
    """Ask; None when thought better of."""
    dialog = ExplainDialog(parent, look, standing, chosen)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    told = dialog.told
    dialog.deleteLater()
    return told if accepted else None
