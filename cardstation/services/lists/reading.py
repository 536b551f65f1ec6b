"""Reads a list file into rows, with its name, its claims and a digest of its content."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cardstation.domain.batch import ListRow
from cardstation.domain.doors import read_door
from cardstation.errors import Refusal
from cardstation.services.lists.files import open_sheets
from cardstation.services.lists.header import find_header
from cardstation.services.lists.rows import rows_of
from cardstation.services.lists.totals import Stated


@dataclass(frozen=True, slots=True)
class HouseholdList:
    """A list as read, not yet judged.

    Attributes:
        name: The file's name without its ending.
        hints: Texts that may name the community: file, sheets, title lines.
        digest: SHA-256 over what the rows say, whatever the file kind, order and layout.
    """

    name: str
    rows: tuple[ListRow, ...]
    stated: Stated
    hints: tuple[str, ...]
    digest: str


def read_list(path: Path) -> HouseholdList:
    """Read every sheet that has a header.

    Raises:
        Refusal: `list_not_readable`, `list_without_header`, `list_empty`.
    """
    name = unicodedata.normalize("NFC", path.stem)
    found = [(sheet, header) for sheet in open_sheets(path) if (header := find_header(sheet.rows))]
    if not found:
        raise Refusal("list_without_header", file=path.name)
    read = [
        (rows_of(sheet, header, sheet.name if len(found) > 1 else ""), sheet, header)
        for sheet, header in found
    ]
    rows = tuple(row for part, _, _ in read for row in part.rows)
    if not rows:
        raise Refusal("list_empty", file=path.name)
    titles = [
        cell for _, sheet, header in read for row in sheet.rows[: header.first - 1] for cell in row
    ]
    hints = (name, *(sheet.name for _, sheet, _ in read), *titles)
    return HouseholdList(
        name, rows, _stated([part.stated for part, _, _ in read]), hints, digest_of(rows)
    )


def digest_of(rows: Sequence[ListRow]) -> str:
    """SHA-256 over the rows' content, sorted; row numbers and spellings of a door do not count."""
    said = sorted(
        [row.account_no, row.card_no, row.name.replace(" ", ""), _door(row), row.amount, row.note]
        for row in rows
    )
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _door(row: ListRow) -> str:
    door = read_door(row.door)
    return "-".join(door.key) if door is not None and door.key else row.door


def _stated(parts: Sequence[Stated]) -> Stated:
    """The claims of one sheet, or the sum of several that all claim something."""
    counts = [part.count for part in parts]
    totals = [part.total for part in parts]
    count = sum(n for n in counts if n is not None) if None not in counts else None
    total = totals[0]
    for more in totals[1:]:
        total = total + more if total is not None and more is not None else None
    return Stated(count, total)
