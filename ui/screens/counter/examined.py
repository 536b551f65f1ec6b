"""What the counter shows of a card that was examined: known or not, in the words of its paper."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QSizePolicy, QWidget

from cardstation.sentences.card_told import Row, card_told
from ui.look import Look
from ui.parts.facts import Facts
from ui.parts.words import Pane, label, row
from ui.screens.counter.state import State

_LONG = 30
"""Letters of a value that has a line of its own below the others."""


class _Group:
    """A heading and its facts, gone while there are none."""

    def __init__(self, heading: str, rows: int) -> None:
        self._heading, self._facts = label(heading, "heading"), Facts(rows)
        self._long = label("", "muted", wrap=True)
        self.parts = (self._heading, self._facts, self._long)

    def show_rows(self, rows: Sequence[Row]) -> None:
        long = [f"{name}  {value}" for name, value in rows if len(value) > _LONG]
        self._facts.show_rows([one for one in rows if len(one[1]) <= _LONG])
        self._long.setText("\n".join(long))
        self._long.setVisible(bool(long))
        self._heading.setVisible(bool(rows))


class ExaminedPage(QWidget):
    """Beside each other: reader and chip, the card, what is said of it and of the meter.

    However much that is, the window keeps its height: the whole of it is on the paper.
    """

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, t = look, look.t
        self._what, self._sale = label("", "words", wrap=True), label("", "warn", wrap=True)
        self._broken = label("", "error", wrap=True)
        self._chip = _Group(t("Reader and chip"), 6)
        self._desk = _Group(t("At this station"), 10)
        self._content = _Group(t("Card content"), 14)
        self._meter = _Group(t("Written back by the meter"), 6)
        said = self._pane(self._meter)
        for place, part in enumerate((self._what, self._sale, self._broken)):
            said.column.insertWidget(place, part)
        self._middle = self._pane(self._content)
        self.setLayout(row(self._pane(self._chip, self._desk), self._middle, said))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)

    def show_state(self, state: State) -> None:
        """Draw another state; without an examination nothing."""
        t = self._look.t
        told = card_told(state.report, t) if state.report else None
        sale = t("Not sold to: {why}", why=told.sale) if told and told.sale else ""
        broken = "\n".join(told.broken) if told else ""
        for part, text in ((self._sale, sale), (self._broken, broken)):
            part.setText(text)
            part.setVisible(bool(text))
        self._what.setText(told.verdict.what if told else "")
        self._chip.show_rows(told.chip if told else ())
        traps = [(t("To know"), trap) for trap in told.traps] if told else []
        self._desk.show_rows([*told.desk, *traps] if told else ())
        self._content.show_rows(told.content if told else ())
        self._middle.setVisible(bool(told and told.content))
        self._meter.show_rows(told.meter if told else ())

    def _pane(self, *groups: _Group) -> Pane:
        made = Pane(self._look.theme)
        made.column.setSpacing(8)
        for part in (part for group in groups for part in group.parts):
            made.column.addWidget(part)
        made.column.addStretch(1)
        return made
