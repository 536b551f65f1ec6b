"""Reads the clerks that two people of the centre publish: a row per person and station."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from cardstation.domain.fed_clerk import FedClerk, fed_clerk
from cardstation.errors import Refusal

COLUMNS = ("station", "name", "number", "display", "roles", "from", "until")


def read_clerks(file: Path) -> list[tuple[str, FedClerk]]:
    """Every row of a CSV file, each clerk with the station; one that is wrong refuses all.

    Raises:
        Refusal: `clerk_row_bad` naming row and field, `file_unreadable`.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as source:
            rows = list(csv.DictReader(source))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refusal("file_unreadable") from error
    found = [_clerk(number, row) for number, row in enumerate(rows, start=2)]
    counts = Counter((station, one.name) for station, one in found)
    for number, (station, one) in enumerate(found, start=2):
        if counts[station, one.name] > 1:
            raise Refusal("clerk_row_bad", row=number, field="name")
    if not found:
        raise Refusal("clerk_row_bad", row=2, field="station")
    return found


def _clerk(number: int, row: dict[str, str | None]) -> tuple[str, FedClerk]:
    said = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if not said["station"]:
        raise Refusal("clerk_row_bad", row=number, field="station")
    roles = said["roles"].replace(";", " ").replace(",", " ").split()
    try:
        display = said["display"] or said["name"]
        return said["station"], fed_clerk(
            said["name"], {**said, "display": display, "roles": roles}
        )
    except ValueError as error:
        raise Refusal("clerk_row_bad", row=number, field=str(error)) from error
