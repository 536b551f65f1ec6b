"""The shift while it runs, and how it came out: figures, and what is open with its owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QTableView, QVBoxLayout, QWidget

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.shift import OpenItem, ShiftClose
from cardstation.i18n import Translator
from cardstation.sentences import sentence
from cardstation.services.shift_state import BagName
from ui.look import Look, picture
from ui.parts.age import age, grouped
from ui.parts.guide import Guide, GuideStep
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.tile import Tile
from ui.parts.words import Pane, column, label, restyle
from ui.screens.shift.state import State
from ui.theme import M


class OnPage(QWidget):
    """Who is on duty, since when, and what would be signed over."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        t = look.t
        self._who = Tile(look, "user", t("On duty"), "brand")
        self._since = Tile(look, "clock", t("Since"))
        self._open = Tile(look, "exceptions", t("Open items"))
        self._rows: Rows[Row] = Rows(_open(t))
        self.table = Table(look, t("What is open"), self._rows)
        tiles = QHBoxLayout()
        tiles.setSpacing(M)
        for tile in (self._who, self._since, self._open):
            tiles.addWidget(tile, 1)
        calm = GuideStep(
            "shield", t("Nothing is open"), t("Every sale and every card is finished.")
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(Guide(look, [calm]))
        self._pages.addWidget(_framed(look, t("Signed over with the shift"), self.table))
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addLayout(tiles)
        body.addWidget(self._pages, 1)

    def show_state(self, state: State) -> None:
        """Draw another state."""
        shift = state.found.open if state.found else None
        self._who.show_state(shift.clerk if shift else "—", "brand")
        self._since.show_state(f"{shift.opened_at:%m-%d  %H:%M}" if shift else "—")
        rows = rows_of(state, self._look.t)
        self._open.show_state(str(len(rows)), "warn" if rows else "ok")
        self._rows.show_items(rows)
        self._pages.setCurrentIndex(1 if rows else 0)


class ResultPage(QWidget):
    """How the count came out; shown only after it was committed."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        t = look.t
        self._expected = Tile(look, "sheet", t("Expected in the till"))
        self._counted = Tile(look, "coins", t("Counted"), "brand")
        self._verdict = VerdictPane(look)
        self._rows: Rows[Row] = Rows(_signed(t))
        self.table = Table(look, t("Signed over"), self._rows)
        self._over = label("", "muted", wrap=True)
        self._calm = Guide(
            look,
            [
                GuideStep(
                    "shield", t("Nothing is open"), t("Every sale and every card is finished.")
                )
            ],
        )
        tiles = QHBoxLayout()
        tiles.setSpacing(M)
        tiles.addWidget(self._expected, 3)
        tiles.addWidget(self._counted, 3)
        tiles.addWidget(self._verdict, 4)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._calm)
        self._pages.addWidget(_framed(look, t("Signed over"), self.table))
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addLayout(tiles)
        body.addWidget(self._over)
        body.addWidget(self._pages, 1)

    def show_state(self, state: State) -> None:
        """Draw another state; without a result nothing."""
        t, closed = self._look.t, state.closed
        if closed is None:
            self._rows.show_items(())
            for tile in (self._expected, self._counted):
                tile.show_state("—")
            self._verdict.show_result(None)
            return
        self._expected.show_state(str(closed.expected))
        self._counted.show_state(str(closed.counted), "brand")
        self._verdict.show_result(closed.over_short)
        bags = state.found.bags if state.found else {}
        self._rows.show_items([_row(one, bags) for one in closed.open_items])
        self._pages.setCurrentIndex(1 if closed.open_items else 0)
        self._over.setText(_handed(closed, t))


class VerdictPane(Pane):
    """Over, short or right: icon, words and colour say the same."""

    def __init__(self, look: Look) -> None:
        super().__init__(look.theme, margin=20)
        self._look = look
        self._mark = QLabel()
        self._mark.setFixedSize(36, 36)
        self._figure, self._words = label("", "figure"), label("", "muted")
        line = QHBoxLayout()
        line.setSpacing(M)
        line.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addLayout(column(self._figure, self._words, spacing=0))
        line.addStretch(1)
        self.column.setContentsMargins(18, 10, 14, 12)
        self.column.addLayout(line)
        self.setFixedHeight(82)

    def show_result(self, over: Money | None) -> None:
        """Over (+), short (−), right (0), or nothing."""
        t = self._look.t
        if over is None:
            self._figure.clear()
            self._words.clear()
            self._mark.clear()
            return
        tone, icon, figure, words = "ok", "ok", t("It is right"), t("nothing over, nothing short")
        if over > NO_MONEY:
            tone, icon, figure = "warn", "warn", t("Over by {money}", money=over)
            words = t("more in the till than on record")
        elif over < NO_MONEY:
            tone, icon, figure = "error", "error", t("Short by {money}", money=NO_MONEY - over)
            words = t("less in the till than on record")
        ink = self._look.theme.tone(tone)[0]
        self._mark.setPixmap(picture(icon, ink, 36, self.devicePixelRatioF()))
        restyle(self._figure, "tone", tone)
        self._figure.setText(figure)
        self._words.setText(words)
        self.setAccessibleName(f"{figure}, {words}")


def _handed(closed: ShiftClose, t: Translator) -> str:
    if closed.handed_to:
        return t("{clerk} handed over to {heir}.", clerk=closed.clerk, heir=closed.handed_to)
    return t("{clerk} closed alone; whoever opens next signs for what is open.", clerk=closed.clerk)


def _framed(look: Look, title: str, table: QTableView) -> Pane:
    made = Pane(look.theme, shadow=False, margin=6)
    made.column.setContentsMargins(6, 12, 6, 6)
    heading = label(title, "heading")
    heading.setContentsMargins(12, 0, 0, 0)
    made.column.addWidget(heading)
    made.column.addWidget(WholeRows(table), 1)
    return made


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is open: of a bag `what` is its seal and its community, else its card."""

    code: str
    what: str
    batch_id: str
    money: Money
    since: str
    age: str = ""
    owner: str = ""


def rows_of(state: State, t: Translator) -> list[Row]:
    """What would be signed over: begun by somebody, with owner and age; then the rest."""
    rows = [
        Row(
            one.code,
            grouped(one.card_no),
            one.batch_id,
            one.money,
            "",
            age(one.age_min, t),
            one.owner,
        )
        for one in state.waiting
    ]
    known = {one.intent_id for one in state.waiting}
    found = state.found
    items = found.open_items if found else ()
    bags = found.bags if found else {}
    return rows + [_row(one, bags) for one in items if one.subject not in known]


def _row(one: OpenItem, bags: Mapping[str, BagName]) -> Row:
    bag = bags[one.batch_id].words if one.batch_id in bags else ""
    what = grouped(one.card_no) if one.card_no or not bag else bag
    since = f"{one.since:%Y-%m-%d %H:%M}"
    return Row(one.code, what, one.batch_id, one.money, since, f"{one.since:%m-%d %H:%M}")


def _what(t: Translator) -> list[Column[Row]]:
    return [
        Column(t("What"), 0, lambda r: Cell(sentence(r.code, {}, t).brief, "warn")),
        Column(t("Card or bag"), 260, lambda r: Cell(r.what, quiet=True)),
        Column(t("Batch"), 170, lambda r: Cell(r.batch_id or t("Counter"), quiet=True)),
        Column(t("Money"), 130, lambda r: Cell(str(r.money)), right=True),
    ]


def _open(t: Translator) -> list[Column[Row]]:
    return [
        *_what(t),
        Column(t("Age"), 110, lambda r: Cell(r.age), right=True),
        Column(t("Owner"), 140, lambda r: Cell(r.owner or "—", quiet=True)),
    ]


def _signed(t: Translator) -> list[Column[Row]]:
    return [*_what(t), Column(t("Since"), 160, lambda r: Cell(r.since, quiet=True))]
