"""The panes of the counter: who, what is on the card, and what is bought."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import Receipt, TierLine
from cardstation.domain.tariff import Quote
from cardstation.domain.volume import NO_GAS
from cardstation.sentences import of_error, word
from ui.look import Look
from ui.parts.buttons import Segments
from ui.parts.facts import Facts
from ui.parts.tier_bar import TierBar, TierBarState
from ui.parts.words import Chip, OneLine, Pane, column, label, row, rule
from ui.screens.counter.state import TENDERS, Phase, State, Unit
from ui.screens.counter.wording import card_facts, meter_facts, person_facts, warning_words
from ui.theme import S


class PersonPane(Pane):
    """Who this is."""

    def __init__(self, look: Look) -> None:
        super().__init__(look.theme)
        self._look = look
        self._name = label("", "name")
        self._address = label("", "muted", wrap=True)
        self._status = Chip("", "ok")
        self._facts = Facts(9)
        self._facts.setMinimumWidth(200)
        self._warnings = label("", "warn", wrap=True)
        self._traps = OneLine("muted")
        self.column.addLayout(row(self._name, 0, self._status))
        self.column.addWidget(self._address)
        self.column.addWidget(rule())
        self.column.addWidget(self._facts)
        self.column.addStretch(1)
        self.column.addWidget(self._warnings)
        self.column.addWidget(self._traps)

    def show_state(self, state: State) -> None:
        """Draw another state."""
        t, home = self._look.t, state.household
        self._name.setText(home.name if home else "")
        place = f"{home.address.community} {home.address.door}" if home else ""
        self._address.setText(place)
        self._status.setVisible(home is not None)
        active = home is not None and home.status == "active"
        words = word(f"status.{home.status}", t) if home else ""
        self._status.show_state(words, "ok" if active else "error")
        self._facts.show_rows(person_facts(state, t))
        known = state.facts.warnings if state.facts else ()
        warnings = [warning_words(code, t) for code in known]
        self._warnings.setText(" · ".join(warnings))
        self._warnings.setVisible(bool(warnings))
        traps = state.facts.rules.traps if state.facts else ()
        self._traps.show_text(" · ".join(map(t, traps)))


class CardPane(Pane):
    """What is on the card, and what the meter wrote back."""

    def __init__(self, look: Look) -> None:
        super().__init__(look.theme)
        self._look = look
        self._taken = Chip("", "ok")
        self._card, self._meter = Facts(4), Facts(6)
        self._meter.setMinimumWidth(230)
        t = look.t
        self.column.addLayout(row(label(t("Card content"), "heading"), 0, self._taken))
        self.column.addWidget(self._card)
        self.column.addWidget(rule())
        self.column.addWidget(label(t("Written back by the meter"), "heading"))
        self.column.addWidget(self._meter)
        self.column.addStretch(1)

    def show_state(self, state: State) -> None:
        """Draw another state."""
        t, content = self._look.t, state.content
        credit = content.credit if content else None
        returned = content.returned if content else None
        self._taken.setVisible(credit is not None and returned is not None)
        waits = content is not None and content.pending is not None
        words = t("Still on the card") if waits else t("Taken by the meter")
        self._taken.show_state(words, "warn" if waits else "ok")
        self._card.show_rows(card_facts(state, t))
        self._meter.show_rows(meter_facts(state, t))


class PriceLines(QWidget):
    """Why it costs that: one line per tier, and their sum."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        self._cells: list[list[QLabel]] = []
        for line in range(5):
            cells = [label("", "muted"), *(label("", "", right=True) for _ in range(3))]
            for place, cell in enumerate(cells):
                grid.addWidget(cell, line, place)
            self._cells.append(cells)

    def show_quote(self, quote: Quote | None) -> None:
        """Show a quote, or nothing."""
        self._show(self._rows(quote.lines, quote.total, quote.remainder) if quote else [])

    def show_receipt(self, made: Receipt | None) -> None:
        """Show what a receipt says, or nothing."""
        self._show(self._rows(made.tiers, made.gas, made.to_balance) if made else [])

    def _show(self, rows: list[tuple[str, str, str, str]]) -> None:
        for index, cells in enumerate(self._cells):
            texts = rows[index] if index < len(rows) else ("", "", "", "")
            for cell, text in zip(cells, texts, strict=True):
                cell.setText(text)
                cell.setVisible(index < len(rows))

    def _rows(
        self, lines: tuple[TierLine, ...], total: Money, rest: Money
    ) -> list[tuple[str, str, str, str]]:
        t = self._look.t
        rows = [
            (
                t("Tier {n}", n=one.tier),
                str(one.volume),
                f"× ¥{one.price_e4 / 10_000:.2f}",
                str(one.amount),
            )
            for one in lines
        ]
        if len(rows) > 1 or rest:
            rows.append((t("Gas in all"), "", "", str(total)))
        if rest:
            rows.append((t("Kept as balance"), "", "", str(rest)))
        return rows


class PurchasePane(Pane):
    """The amount, the tiers, and why it costs that."""

    typed = Signal(str)
    referred = Signal(str)
    unit_chosen = Signal(str)
    tender_chosen = Signal(str)

    def __init__(self, look: Look, state: State) -> None:
        super().__init__(look.theme, shadow=False)
        self._look = look
        t = look.t
        units = [("money", t("Yuan")), ("volume", t("Cubic metres"))]
        self._unit = Segments(t("Unit"), units, state.unit)
        every = (*TENDERS, Tender.BALANCE.value)
        tenders = [(code, word(f"tender.{code}", t)) for code in every]
        self._tender = Segments(t("Paid by"), tenders, state.tender)
        self.amount = self._field(t("Amount"), state.text, "amount")
        self._reference = self._field(t("Payment number"), state.reference, "")
        self._reference.setPlaceholderText(t("Number of the payment"))
        self._buys = label("", "big", right=True)
        self._pays = label("", "muted", right=True)
        self._bar = TierBar(look)
        self._lines = PriceLines(look)
        self._doubt = label("", "error", wrap=True)
        self._build()
        self._unit.chosen.connect(self.unit_chosen)
        self._tender.chosen.connect(self.tender_chosen)
        self.amount.textEdited.connect(self.typed)
        self._reference.textEdited.connect(self.referred)

    def show_state(self, state: State) -> None:
        """Draw another state; the text being typed is only replaced when the model changed it."""
        open_ = state.phase is Phase.READY
        for field, text in ((self.amount, state.text), (self._reference, state.reference)):
            if field.text() != text:
                field.setText(text)
            field.setEnabled(open_)
        self._unit.setEnabled(open_)
        self._tender.setEnabled(open_)
        self._unit.show_state(state.unit)
        self._tender.show_state(state.tender)
        self._tender.button(Tender.BALANCE).setVisible(Tender.BALANCE in state.tenders)
        self._reference.setVisible(state.needs_reference)
        self._show_quote(state)
        found = state.doubt or state.short
        doubt = of_error(found.as_error(), self._look.t) if found else None
        self._doubt.setText(doubt.advice if doubt else "")
        self._doubt.setVisible(doubt is not None)

    def _show_quote(self, state: State) -> None:
        t, quote = self._look.t, state.quote
        by_money = state.unit is Unit.MONEY
        self._buys.setText("" if quote is None else _bought(quote, by_money=by_money))
        known = quote is not None and quote.volume is not None
        self._pays.setText((t("is bought") if by_money else t("to pay")) if known else "")
        buying = quote.volume if quote is not None and quote.volume is not None else NO_GAS
        before = state.household.bought_this_year if state.household else NO_GAS
        tiers = state.facts.tiers if state.facts else ()
        self._bar.show_state(TierBarState(tiers, before, buying))
        self._bar.setVisible(bool(tiers))
        self._lines.show_quote(quote)

    def _field(self, name: str, text: str, look: str) -> QLineEdit:
        made = QLineEdit(text)
        made.setAccessibleName(name)
        made.setProperty("look", look)
        made.setMaxLength(40)
        return made

    def _build(self) -> None:
        t = self._look.t
        self.column.addLayout(row(label(t("Purchase"), "heading"), 0, self._unit))
        figures = column(self._buys, self._pays, spacing=0)
        self.amount.setMinimumWidth(180)
        self.amount.setMaximumWidth(260)
        line = row(spacing=S)
        line.addWidget(self.amount, 3)
        line.addStretch(1)
        line.addLayout(figures)
        self.column.addLayout(line)
        self.column.addWidget(self._bar)
        self.column.addWidget(self._lines)
        self.column.addWidget(self._doubt)
        self.column.addStretch(1)
        paid = row(self._tender)
        paid.addWidget(self._reference, 1)
        paid.addStretch(0)
        self.column.addLayout(paid)
        self.column.setSpacing(S)
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight)


def _bought(quote: Quote, *, by_money: bool) -> str:
    if by_money:
        return str(quote.volume) if quote.volume is not None else str(quote.total)
    return str(quote.money)
