"""Tables: rows of 38 px over a list of values, updated by row, with state pills painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ui.look import Look, font
from ui.theme import ROW_HEIGHT

Item = TypeVar("Item")
Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_PAD = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell; `tone` makes it a pill, `quiet` paler, `ink` a token of its own."""

    text: str
    tone: str = ""
    quiet: bool = False
    ink: str = ""


@dataclass(frozen=True, slots=True)
class Column(Generic[Item]):
    """One column.

    Attributes:
        width: Pixels; 0 = takes what is left.
        right: Numbers stand at the right edge.
    """

    title: str
    width: int
    cell: Callable[[Item], Cell]
    right: bool = False


class Rows(QAbstractTableModel, Generic[Item]):
    """Values as rows; cells are made when they are seen."""

    def __init__(self, columns: Sequence[Column[Item]]) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self._items: list[Item] = []

    @property
    def items(self) -> Sequence[Item]:
        """What is shown."""
        return self._items

    @property
    def columns(self) -> tuple[Column[Item], ...]:
        """The columns, left to right."""
        return self._columns

    def show_items(self, items: Sequence[Item]) -> None:
        """Show other values; only rows that differ are drawn again."""
        new, old = list(items), self._items
        if len(new) != len(old):
            self.beginResetModel()
            self._items = new
            self.endResetModel()
            return
        self._items = new
        last = len(self._columns) - 1
        for row, (before, now) in enumerate(zip(old, new, strict=True)):
            if before is not now and before != now:
                self.dataChanged.emit(self.index(row, 0), self.index(row, last))

    def replace(self, row: int, item: Item) -> None:
        """Show another value in one row."""
        if self._items[row] != item:
            self._items[row] = item
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(self._columns) - 1))

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """As Qt asks."""
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """As Qt asks."""
        return 0 if parent.isValid() else len(self._columns)

    def cell(self, index: Index) -> Cell:
        """What stands at an index."""
        return self._columns[index.column()].cell(self._items[index.row()])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """As Qt asks."""
        if not index.isValid():
            return None
        if role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            return self.cell(index).text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(right=self._columns[index.column()].right)
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """As Qt asks."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(right=self._columns[section].right)
        return None


class RowPainter(QStyledItemDelegate):
    """Paints cells: words, numbers and pills, on stripes and the selection."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._theme = look.theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """As Qt asks."""
        rows = index.model()
        if not isinstance(rows, Rows):
            return
        cell: Cell = rows.cell(index)
        box = QRectF(option.rect)
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        striped = self._theme.stripe if index.row() % 2 else self._theme.surface
        painter.fillRect(box, QColor(self._theme.selection if chosen else striped))
        inner = box.adjusted(_PAD, 0, -_PAD, 0)
        if cell.tone:
            self._pill(painter, cell, inner)
        else:
            ink = getattr(self._theme, cell.ink or ("ink2" if cell.quiet else "ink"))
            painter.setFont(font(14))
            painter.setPen(QColor(ink))
            right = rows.columns[index.column()].right
            text = QFontMetricsF(font(14)).elidedText(
                cell.text, Qt.TextElideMode.ElideRight, inner.width()
            )
            painter.drawText(inner, _side(right=right), text)
        painter.restore()

    def _pill(self, painter: QPainter, cell: Cell, box: QRectF) -> None:
        ink, ground = self._theme.tone(cell.tone)
        metrics = QFontMetricsF(font(13))
        text = metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, box.width() - 34)
        pill = QRectF(box.left(), box.center().y() - 12.5, metrics.horizontalAdvance(text) + 36, 25)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(pill, 12.5, 12.5)
        painter.setBrush(QColor(ink))
        painter.drawEllipse(QRectF(pill.left() + 10, pill.center().y() - 3.5, 7, 7))
        painter.setFont(font(13))
        painter.setPen(QColor(ink))
        words = pill.adjusted(24, 0, 0, 0)
        painter.drawText(words, _side(right=False), text)


class Table(QTableView):
    """A table of `Rows` with keyboard, one selected row, no grid and no shadow."""

    opened = Signal(int)

    def __init__(self, look: Look, name: str, rows: Rows[Item]) -> None:
        super().__init__()
        self._painter = RowPainter(look)
        self.setAccessibleName(name)
        self.setModel(rows)
        self.setItemDelegate(self._painter)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._columns(rows)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))

    def select(self, row: int) -> None:
        """Select a row and bring it into view."""
        model = self.model()
        if 0 <= row < model.rowCount():
            index = model.index(row, 0)
            how = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(index, how.ClearAndSelect | how.Rows)
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def unselect(self) -> None:
        """No row is selected; what is in view stays in view."""
        self.selectionModel().clear()

    @property
    def row(self) -> int:
        """The selected row, −1 = none."""
        return self.currentIndex().row()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As Qt asks; Enter opens the selected row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.row >= 0:
            self.opened.emit(self.row)
            return
        super().keyPressEvent(event)

    def _columns(self, rows: Rows[Item]) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(20)
        for place, column in enumerate(rows.columns):
            if column.width:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
                self.setColumnWidth(place, column.width)
            else:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)


class WholeRows(QWidget):
    """Room for a table, which takes of its height what whole rows need."""

    def __init__(self, table: QTableView) -> None:
        super().__init__()
        self._table = table
        table.setParent(self)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """As Qt asks."""
        table, header = self._table, self._table.horizontalHeader()
        around = header.sizeHint().height() + 2 * table.frameWidth()
        rows = max(0, self.height() - around) // ROW_HEIGHT
        table.setGeometry(0, 0, self.width(), around + rows * ROW_HEIGHT)


def _side(*, right: bool) -> int:
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
