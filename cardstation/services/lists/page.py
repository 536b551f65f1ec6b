"""Tables of a web page as rows of cells: what many property systems save as .xls."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_WIDEST = 100
"""Columns of one cell: no list has more, and a page may say any number."""
_UNSEEN = ("script", "style")
_GAPS = ("br", "p", "div")


@dataclass(slots=True)
class PageTable:
    """One table, each cell at its place.

    Attributes:
        merged: As of a sheet: cells over several rows or columns.
    """

    rows: list[list[str]] = field(default_factory=list)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    _held: dict[int, int] = field(default_factory=dict)
    _cell: int | None = None

    def begin_row(self) -> None:
        """A row below the others."""
        self.rows.append([])
        self._cell = None

    def begin_cell(self, across: int, down: int) -> None:
        """A cell at the next place that no cell from above reaches down to."""
        if not self.rows:
            self.begin_row()
        top, row = len(self.rows) - 1, self.rows[-1]
        while self._held.get(len(row), -1) >= top:
            row.append("")
        left, right, bottom = len(row), len(row) + across - 1, top + down - 1
        row += [""] * across
        self._held |= dict.fromkeys(range(left, right + 1), bottom)
        self.merged.append(((top, left), (bottom, right)))
        self._cell = left

    def end_cell(self) -> None:
        """What follows is in no cell."""
        self._cell = None

    def write(self, text: str) -> None:
        """More text of the open cell."""
        if self._cell is not None:
            self.rows[-1][self._cell] += text

    def even(self) -> None:
        """Every row as wide as the widest."""
        width = max(map(len, self.rows), default=0)
        for row in self.rows:
            row.extend([""] * (width - len(row)))


def tables_of(text: str) -> list[PageTable]:
    """Every table of a page, in the order in which they begin; one within another is its own."""
    reader = _PageReader()
    reader.feed(text)
    reader.close()
    for table in reader.tables:
        table.even()
    return reader.tables


class _PageReader(HTMLParser):
    """Nothing of a page is run or fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[PageTable] = []
        self._open: list[PageTable] = []
        self._unseen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """As the parser asks."""
        self._unseen = tag in _UNSEEN
        if tag == "table":
            self._open.append(PageTable())
            self.tables.append(self._open[-1])
        elif self._open and tag == "tr":
            self._open[-1].begin_row()
        elif self._open and tag in ("td", "th"):
            said = dict(attrs)
            across, down = _span(said.get("colspan")), _span(said.get("rowspan"))
            self._open[-1].begin_cell(min(across, _WIDEST), down)
        elif tag in _GAPS:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        """As the parser asks."""
        self._unseen = False
        if self._open and tag == "table":
            self._open.pop()
        elif self._open and tag in ("td", "th", "tr"):
            self._open[-1].end_cell()

    def handle_data(self, data: str) -> None:
        """As the parser asks."""
        if self._open and not self._unseen:
            self._open[-1].write(data)


def _span(said: str | None) -> int:
    return max(int(said), 1) if said and said.isdecimal() and len(said) < 6 else 1
