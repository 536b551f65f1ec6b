"""Reads a file row by row: what cannot be read is said with its line, and the others are taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from cardstation.central.reconcile.cells import (
    as_text,
    cell_of,
    header_in,
    lines_of,
    too_wide,
    total_line,
)
from cardstation.central.reconcile.values import NotReadable
from cardstation.errors import Refusal

Headings = dict[str, tuple[str, ...]]
Said = Mapping[str, str]


class Row(Protocol):
    """One row of a file; `ref` is the sender's own number of it."""

    @property
    def ref(self) -> str:
        """As written."""


R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was not taken: why, and what stands there."""

    line: int
    code: str
    said: str


def rows_of(
    raw: bytes,
    headings: Headings,
    row_of: Callable[[int, Said], R],
    *,
    needed: Sequence[str],
    one_of: Sequence[str],
) -> tuple[tuple[R, ...], tuple[BadRow, ...]]:
    """Read a file whose rows have a number of their own.

    Args:
        raw: The file.
        headings: What each field may be called, the surest word first.
        row_of: A row from its line and its fields; raises `NotReadable`.
        needed: Fields without which it is no such file.
        one_of: Fields of which one must be there; the first is named when none is.

    Raises:
        Refusal: `file_unreadable`, `file_too_large`, `file_columns` naming what is missing.
    """
    lines = lines_of(raw)
    at, columns = header_in(lines, headings)
    missing = [name for name in needed if name not in columns]
    if columns.keys().isdisjoint(one_of):
        missing.append(one_of[0])
    if missing:
        raise Refusal("file_columns", missing=", ".join(headings[name][0] for name in missing))
    rows: dict[str, R] = {}
    bad: list[BadRow] = []
    for number, cells in lines[at + 1 :]:
        try:
            if too_wide(cells, lines[at][1]):
                raise NotReadable("row_cells")
            if total_line(cells):
                continue
            said = {name: cell_of(cells, columns, name) for name in headings}
            if not said["ref"]:
                raise NotReadable("row_number_missing")
            row = row_of(number, said)
            if rows.setdefault(row.ref, row) is not row:
                raise NotReadable("row_number_twice")
        except NotReadable as why:
            bad.append(BadRow(number, why.code, as_text(cells)))
    return tuple(rows.values()), tuple(bad)
