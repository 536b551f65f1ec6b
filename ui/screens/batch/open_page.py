"""One batch: tiles, its lines as a table, how far it is, and the keys of the loop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cardstation.domain.batch import LineOutcome, LineState
from cardstation.domain.batch_life import Stage
from cardstation.domain.trays import Tray
from cardstation.sentences import word
from ui.look import Look, font
from ui.parts.buttons import button
from ui.parts.footer import Footer
from ui.parts.second_person import ask_second_person
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.tile import Tile
from ui.parts.words import Chip, Pane, label, restyle, row
from ui.screens.batch.envelope_dialog import ask_envelopes
from ui.screens.batch.lane_grid import IN_A_ROW, LaneGrid
from ui.screens.batch.list_bar import ListBar
from ui.screens.batch.lists_model import ListsModel
from ui.screens.batch.lists_state import GONE, order_of
from ui.screens.batch.model import BatchModel
from ui.screens.batch.not_held_dialog import tell_not_held
from ui.screens.batch.state import State, quotes_first
from ui.screens.batch.take_money import take_money
from ui.screens.batch.wording import duration, scan_pill, state_pill, why
from ui.screens.counter.state import Phase
from ui.theme import M


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line as the table shows it; `scan` while its card waits for its envelope."""

    outcome: LineOutcome
    seconds: float | None
    writing: bool
    scan: Cell | None


class OpenPage(QWidget):
    """Draws an open batch."""

    def __init__(self, model: BatchModel, lists: ListsModel, look: Look) -> None:
        super().__init__()
        self._model, self._look = model, look
        self._order: tuple[int, ...] = ()
        self._lists = lists
        self._envelopes = button(look.t("Envelopes"), self._ask_envelopes, key="Ctrl+E")
        self.list_bar = ListBar(lists, look, self._envelopes)
        self._shown = 0
        self._at_hand: frozenset[int] = frozenset()
        self.lanes = LaneGrid(look)
        self.envelope = self._made_envelope()
        self._outcomes: tuple[LineOutcome, ...] = ()
        self._tiles = self._made_tiles()
        self._rows: Rows[LineRow] = Rows(_columns(look))
        self.table = Table(look, look.t("Rows of the list"), self._rows)
        self.table.opened.connect(self._look_at)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(look.t("Cards done"))
        self._count, self._percent = label("", "muted"), label("", "muted")
        self._unlocked = Chip()
        self._build()

    def show_state(self, state: State) -> None:
        """Draw another state."""
        standing = state.standing
        if standing is None:
            self._rows.show_items(())
            self._outcomes, self._shown, self._at_hand = (), 0, frozenset()
            self.lanes.hide()
            return
        self.lanes.show_state(state)
        self.list_bar.setVisible(not state.running)
        self._show_lines(state, standing.outcomes)
        self._show_figures(state)
        if state.shown != self._shown:
            self._follow(state.shown)
        self._shown = state.shown
        counts, t = state.counts, self._look.t
        self._run.setText(f"{t('Pause') if state.running else t('Start')}  F5")
        self._run.setAccessibleName(t("Pause") if state.running else t("Start"))
        closed = standing.stage is Stage.CLOSED
        self._run.setEnabled(state.running or (counts.runs > 0 and not closed))
        self._mark_next(state)
        still = not state.running and not state.busy and not self._model.at_work
        self._pay.setEnabled(still and not closed)
        self._money.setEnabled(still)
        self._bag.setEnabled(not state.running)
        self._envelopes.setEnabled(not state.running and not state.busy)
        self._orders.setVisible(state.orders > 0 and not state.running)
        self._orders.setEnabled(still)
        self._back.setEnabled(state.running or not self._model.at_work)
        self._aside.setVisible(state.may_lay_aside)
        self._release.setVisible(state.held is not None)
        if state.held is not None:
            said = t("Load all the same") if state.held.needs_reading else t("Release the amount")
            self._release.setText(f"{said}  Alt+R")
            self._release.setAccessibleName(said)
        for tray, made in self._trays.items():
            made.setVisible(tray in state.offered)
            made.setProperty("look", "primary" if _tray_of(state) is tray else "")
            made.style().polish(made)
        self._show_envelope(state)

    def _mark_next(self, state: State) -> None:
        """The key of the next act stands out."""
        wanted = self._run if state.running else self._next(state)
        for made in (self._run, self._money, self._pay, self._sheet, self._bag):
            restyle(made, "look", "primary" if made is wanted else "")
        for made in (self.list_bar.solve, self.list_bar.count):
            restyle(made, "look", "primary" if made is wanted else "tool")

    def _next(self, state: State) -> QPushButton | None:
        """The key that the banner names: run, quote, money, rows to decide, then the papers."""
        counts, standing, bar = state.counts, state.standing, self.list_bar
        if standing is not None and standing.stage in GONE and not counts.unknown:
            return self._bag if standing.stage is Stage.RETURNED else None
        first = self._lists.state.before_money if counts.wants_money else ""
        if first:
            return bar.solve if first == "solve" else bar.count
        if counts.runs:
            return self._run
        if standing is not None and counts.unfunded:
            return self._money if quotes_first(standing) else self._pay
        if counts.needs:
            return bar.solve
        return self._sheet if counts.done else None

    def _follow(self, place: int) -> None:
        """Mark the row of the card that lies there; of one that is gone nothing stays marked."""
        if place:
            self.table.select(self._order.index(place))
        else:
            self.table.unselect()

    def _look_at(self, at: int) -> None:
        """One row in full; never over a run, whose cards must be seen."""
        if not self._model.state.running:
            self._lists.row.look_at(self._order[at])

    def _show_envelope(self, state: State) -> None:
        """The field of the scanner has the keys while cards in envelopes run."""
        wanted = state.running and state.envelopes
        for part in (self._envelope_name, self.envelope):
            part.setVisible(wanted)
        self._lane_row.setVisible(wanted or state.asking is not None or state.may_lay_aside)
        if wanted and not self.envelope.hasFocus() and self.isVisible():
            self.envelope.setFocus()

    def _show_lines(self, state: State, outcomes: tuple[LineOutcome, ...]) -> None:
        """All rows when the lines changed, else only those of the card in hand."""
        at_hand = state.at_hand
        if outcomes is not self._outcomes:
            self._outcomes = outcomes
            self._order = order_of(tuple(one.line for one in outcomes))
            self._rows.show_items([self._row_of(state, place) for place in self._order])
        else:
            for place in (self._at_hand | at_hand | {state.shown, self._shown}) - {0}:
                self._rows.replace(self._order.index(place), self._row_of(state, place))
        self._at_hand = at_hand

    def _row_of(self, state: State, place: int) -> LineRow:
        """The row of a line; where its card lies in a reader, as the reader says it."""
        one, lane = self._outcomes[place - 1], state.halted.get(place)
        if lane is not None and one.state in (LineState.WAITING, LineState.UNFUNDED):
            pulled = lane.phase is Phase.PULLED
            now = LineState.UNKNOWN if pulled else LineState.STOPPED
            one = replace(one, state=now, reason=lane.code)
        scan = scan_pill(state.to_scan.get(place), state, self._look.t)
        return LineRow(one, state.seconds.get(place), place in state.writing, scan)

    def _show_figures(self, state: State) -> None:
        counts, standing = state.counts, state.standing
        if standing is None:
            return
        done, needs, left, money, time = self._tiles
        done.show_state(str(counts.done), "ok" if counts.done else "ink")
        needs.show_state(str(counts.needs), "error" if counts.needs else "ink")
        left.show_state(str(counts.left + counts.unfunded))
        money.show_state(str(standing.money.received or standing.money.expected), "brand")
        time.show_state(duration(state.seconds_left, self._look.t))
        share = round(counts.done * 100 / counts.todo) if counts.todo else 0
        self._progress.setValue(share)
        aside = f"    {self._look.t('{n} not loaded', n=counts.aside)}" if counts.aside else ""
        self._count.setText(f"{counts.done} / {counts.todo}{aside}")
        told = self._look.t("Envelope not locked: {n} rows without a number", n=state.unlocked)
        self._unlocked.show_state(told, "warn")
        self._unlocked.setVisible(state.unlocked > 0)
        rest = duration(state.seconds_left, self._look.t)
        crowded = len(state.lanes) > IN_A_ROW
        self._figures.setVisible(not crowded)
        self._percent.setText(f"{share} %    {rest}" if crowded else f"{share} %")

    def _made_tiles(self) -> tuple[Tile, ...]:
        look, t = self._look, self._look.t
        return (
            Tile(look, "ok", t("Finished")),
            Tile(look, "error", t("Need you")),
            Tile(look, "bag", t("Left")),
            Tile(look, "money", t("Batch amount"), "brand"),
            Tile(look, "clock", t("Time left")),
        )

    def _build(self) -> None:
        self._figures = QWidget()
        tiles = QHBoxLayout(self._figures)
        tiles.setContentsMargins(0, 0, 0, 0)
        tiles.setSpacing(M)
        for tile, share in zip(self._tiles, (10, 10, 10, 20, 20), strict=True):
            tiles.addWidget(tile, share)
        pane = Pane(self._look.theme, shadow=False, margin=6)
        pane.column.setContentsMargins(6, 6, 6, 12)
        pane.column.setSpacing(8)
        pane.column.addWidget(WholeRows(self.table), 1)
        progress = row(self._count, spacing=8)
        progress.setContentsMargins(12, 0, 12, 0)
        progress.addWidget(self._progress, 1)
        progress.addWidget(self._percent)
        progress.addWidget(self._unlocked)
        pane.column.addLayout(progress)
        self._lane_row = self._made_lane_row()
        pane.column.addWidget(self._lane_row)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addWidget(self.lanes)
        body.addWidget(self._figures)
        body.addWidget(self.list_bar)
        body.addWidget(pane, 1)
        body.addWidget(self._footer())

    def _footer(self) -> Footer:
        model, t = self._model, self._look.t
        self._back = button(t("Lists"), model.leave, key="Esc")
        self._pay = button(t("Take lump sum"), self._ask_money, key="F6")
        self._money = button(t("Batch money"), model.show_money, key="F9")
        self._sheet = button(t("Hand-over sheet"), model.print_sheet, key="F7")
        self._run = button(t("Start"), model.start_or_pause, key="F5", look="primary")
        hints = (t("F5 start or pause"), t("F1 all keys"))
        self._orders = button(t("Hold orders"), self._hold_orders, key="Ctrl+O")
        self._bag = button(t("Bag"), model.show_bag, key="F10")
        money = (self._pay, self._money, self._orders)
        bag = (self._bag, self._sheet, self._run)
        return Footer(hints, (self._back, *money, *bag))

    def _made_lane_row(self) -> QWidget:
        """What belongs to the cards in the readers: envelopes, trays, laying aside."""
        model, t, made = self._model, self._look.t, QWidget()
        self._trays = {
            tray: button(
                f"{tray.value} {word(f'tray.{tray}', t)}",
                partial(model.choose_tray, tray),
                key=f"Alt+{tray.value}",
            )
            for tray in Tray
        }
        self._aside = button(t("Lay the card aside"), model.lay_aside, key="F8")
        self._envelope_name = label(t("Envelope"), "muted")
        self._release = button(t("Release the amount"), self._ask_release, key="Alt+R")
        keys = (*self._trays.values(), self._release, self._aside)
        line = row(self._envelope_name, self.envelope, 0, *keys)
        line.setContentsMargins(12, 0, 12, 0)
        made.setLayout(line)
        return made

    def _made_envelope(self) -> QLineEdit:
        field, hint = QLineEdit(), self._look.t("Scan or type, then Enter")
        field.setMinimumWidth(round(QFontMetricsF(font(14)).horizontalAdvance(hint)) + 34)
        field.setAccessibleName(self._look.t("Envelope"))
        field.setPlaceholderText(hint)

        def entered() -> None:
            self._model.scan(field.text())
            field.clear()

        field.returnPressed.connect(entered)
        return field

    def _ask_release(self) -> None:
        held = self._model.state.held
        one = None if held is None else self._model.state.line(held.place)
        if held is None or one is None:
            return
        whose, told = f"{one.line.door} {one.line.name}", one.line.money or ""
        what = self._look.t(
            "{amount} for {who}: far more gas than such a household uses.", amount=told, who=whose
        )
        note = ""
        if held.needs_reading:
            what = self._look.t("{who}: loaded elsewhere. Look at the meter first.", who=whose)
            note = self._look.t("What the meter reads, or the photo's number")
        asked = ask_second_person(self, self._look, self._model.approver, what, note=note)
        if asked is not None:
            self._model.release(*asked)

    def _ask_envelopes(self) -> None:
        giving = self._model.envelopes()
        if giving is not None:
            ask_envelopes(self, self._look, giving)
            self._model.look()

    def _hold_orders(self) -> None:
        self._model.hold_orders(partial(tell_not_held, self, self._look))

    def _ask_money(self) -> None:
        standing = self._model.state.standing
        if standing is not None:
            take_money(self, self._look, self._model.money, standing, self._model.pay)


def _tray_of(state: State) -> Tray | None:
    return None if state.asking is None else state.asking.tray


def _columns(look: Look) -> list[Column[LineRow]]:
    t = look.t
    return [
        Column("#", 48, lambda r: Cell(str(r.outcome.line.row.row), quiet=True), right=True),
        Column(t("Card"), 170, lambda r: Cell(_grouped(r.outcome.line.card_no), quiet=True)),
        Column(t("Household"), 168, lambda r: Cell(r.outcome.line.name)),
        Column(t("Room"), 104, lambda r: Cell(r.outcome.line.door)),
        Column(t("Volume"), 92, lambda r: Cell(str(r.outcome.volume or "—")), right=True),
        Column(t("Amount"), 104, lambda r: Cell(str(r.outcome.line.money or "—")), right=True),
        Column(t("Time"), 64, lambda r: Cell(_time(r.seconds), quiet=True), right=True),
        Column(t("State"), 146, lambda r: r.scan or state_pill(r.outcome, t, writing=r.writing)),
        Column(t("Why"), 0, lambda r: why(r.outcome, t)),
    ]


def _grouped(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4)) or "—"


def _time(seconds: float | None) -> str:
    return "—" if seconds is None else f"{seconds:.1f} s"
