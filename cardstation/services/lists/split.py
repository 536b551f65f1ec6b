"""Splits a text file into cells; a stray quotation mark swallows no row.

A quoted cell may hold line breaks and delimiters. A mark that nobody closed looks the same until
the next one: lines that are rows by themselves are read as rows.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from cardstation.services.lists.cells import clean
from cardstation.services.lists.header import Column, find_header

_HEADER_WITHIN = 60
_ROW_FROM = 3
"""Cells from which a line of a file that wide can be a household: two say who, one how much."""


def split(text: str, delimiter: str, learned: Mapping[str, Column]) -> list[list[str]]:
    """The cleaned cells of every row.

    Raises:
        csv.Error: a cell is longer than any cell.
    """
    lines = list(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")))
    if '"' not in text:
        return _cleaned(csv.reader(lines, delimiter=delimiter))
    return _cleaned(_Lines(lines, delimiter, learned).rows())


def _cleaned(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    return [[clean(cell) for cell in row] for row in rows]


class _Lines:
    """The lines of a file with quotation marks, and how wide its table is."""

    def __init__(self, lines: list[str], delimiter: str, learned: Mapping[str, Column]) -> None:
        self._lines, self._delimiter = lines, delimiter
        self._width = self._table_width(learned)

    def rows(self) -> list[list[str]]:
        """Every row, over several lines where its cells are."""
        rows: list[list[str]] = []
        at = 0
        while at < len(self._lines):
            cells, taken = self._record(at)
            rows.append(cells)
            at += taken
        return rows

    def _record(self, at: int) -> tuple[list[str], int]:
        """The row that begins in a line, and how many lines it takes."""
        if '"' in self._lines[at]:
            below = (self._lines[place] for place in range(at, len(self._lines)))
            reader = csv.reader(below, delimiter=self._delimiter)
            with suppress(csv.Error):
                cells = next(reader)
                span = self._lines[at : at + reader.line_num]
                if len(span) > 1 and not self._swallows(cells, span):
                    return cells, len(span)
        return self._row(self._lines[at]), 1

    def _swallows(self, cells: Sequence[str], span: Sequence[str]) -> bool:
        """Whether a row over several lines is several rows: its marks only seem to be a pair."""
        tails = (cell.partition("\n")[2] for cell in cells)
        if len(cells) <= self._width and not any(self._delimiter in tail for tail in tails):
            return False
        wide = self._width if self._is_whole(span) else min(_ROW_FROM, self._width)
        return sum(len(self._row(line)) >= wide for line in span) > 1

    def _is_whole(self, lines: Sequence[str]) -> bool:
        """Every mark opens or closes a cell."""
        with suppress(csv.Error):
            return bool(next(csv.reader(lines, delimiter=self._delimiter, strict=True)))
        return False

    def _row(self, line: str) -> list[str]:
        """One line as a row: a mark in it that belongs to no other is only a sign."""
        cells = next(csv.reader([line], delimiter=self._delimiter))
        bare = self._bare(line)
        return bare if len(bare) <= self._width and not self._is_whole([line]) else cells

    def _bare(self, line: str) -> list[str]:
        return [cell.strip().strip('"') for cell in line.split(self._delimiter)]

    def _table_width(self, learned: Mapping[str, Column]) -> int:
        """Of the header, else of most lines."""
        quoted: list[list[str]] = []
        with suppress(csv.Error):
            quoted.extend(csv.reader(self._lines, delimiter=self._delimiter))
        bare = [self._bare(line) for line in self._lines]
        for rows in (_cleaned(quoted[:_HEADER_WITHIN]), _cleaned(bare[:_HEADER_WITHIN])):
            if header := find_header(rows, learned):
                return len(rows[header.first - 1])
        return Counter(map(len, bare)).most_common(1)[0][0]
