"""Reads the utility's household directory: one CSV row per account, bad rows set aside."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from cardstation.domain.household import Address, Household, HouseholdStatus
from cardstation.domain.meter import Meter, MeterKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services.lists.cells import clean

_NEEDED = frozenset(
    {
        "account_no",
        "name",
        "community",
        "building",
        "unit",
        "room",
        "card_no",
        "meter_no",
        "meter_kind",
        "chip",
        "tariff",
        "status",
    }
)
COLUMNS = _NEEDED | {
    "phone",
    "zone",
    "team",
    "persons",
    "relief_m3_month",
    "bought_this_year_m3",
    "purchase_counter",
    "arrears_yuan",
    "meter_installed",
}
AS_OF = "arrears_date"
"""Optional: the day up to which the arrears and the gas of a row were counted."""
RELIEF_UNTIL = "relief_until"
"""Optional: the last day of a relief."""
_STATUS = {
    "正常": HouseholdStatus.ACTIVE,
    "在用": HouseholdStatus.ACTIVE,
    "停用": HouseholdStatus.STOPPED,
    "报停": HouseholdStatus.STOPPED,
    "销户": HouseholdStatus.CLOSED,
    "注销": HouseholdStatus.CLOSED,
    **{status.value: status for status in HouseholdStatus},
}
_KIND = {
    "气量": MeterKind.VOLUME,
    "气量表": MeterKind.VOLUME,
    "金额": MeterKind.MONEY,
    "金额表": MeterKind.MONEY,
    **{kind.value: kind for kind in MeterKind},
}


_Member = TypeVar("_Member", MeterKind, HouseholdStatus)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A directory row that was not taken in.

    Attributes:
        row: 1-based row of the file, the header is row 1.
        code: `field_missing`, `field_not_readable` or `account_repeated`.
        field: Name of the column.
    """

    row: int
    code: str
    field: str


class _Unusable(ValueError):
    def __init__(self, code: str, field: str) -> None:
        self.code, self.field = code, field
        super().__init__(code)


def read_directory(path: Path, year: int) -> Iterator[Household | RejectedRow]:
    """Read a directory, UTF-8 with or without BOM, row by row.

    Args:
        path: The file.
        year: The tier year `bought_this_year_m3` belongs to, where its row says no day.

    Raises:
        Refusal: `directory_not_readable` (not UTF-8, not CSV, a column missing).
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, restval="")
            lacking = set(COLUMNS) - set(rows.fieldnames or ())
            if lacking:
                names = " ".join(sorted(lacking))
                raise Refusal("directory_not_readable", file=path.name, columns=names)
            seen: set[str] = set()
            for number, row in enumerate(rows, start=2):
                cells = {name: clean(row[name]) for name in COLUMNS}
                cells |= {name: clean(row.get(name) or "") for name in (AS_OF, RELIEF_UNTIL)}
                yield _read(number, cells, year, seen)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refusal("directory_not_readable", file=path.name) from error


def _read(
    number: int, row: Mapping[str, str], year: int, seen: set[str]
) -> Household | RejectedRow:
    try:
        household = _household(row, year)
    except _Unusable as unusable:
        return RejectedRow(number, unusable.code, unusable.field)
    if household.account_no in seen:
        return RejectedRow(number, "account_repeated", "account_no")
    seen.add(household.account_no)
    return household


def _household(row: Mapping[str, str], year: int) -> Household:
    for name in sorted(_NEEDED):
        if not row[name]:
            raise _Unusable("field_missing", name)
    counted = _day(row, AS_OF)
    return Household(
        account_no=row["account_no"],
        name=row["name"],
        phone=row["phone"],
        address=Address(row["community"], row["building"], row["unit"], row["room"]),
        zone=row["zone"],
        team=row["team"],
        card_no=row["card_no"],
        generation=0,
        meter=Meter(row["meter_no"], _word(row, "meter_kind", _KIND), _day(row, "meter_installed")),
        chip=row["chip"].lower(),
        tariff=row["tariff"],
        persons=_count(row, "persons"),
        relief_per_month=_volume(row, "relief_m3_month"),
        bought_this_year=_volume(row, "bought_this_year_m3"),
        purchase_counter=_count(row, "purchase_counter"),
        arrears=_arrears(row),
        balance=NO_MONEY,
        status=_word(row, "status", _STATUS),
        tier_year=counted.year if counted else year,
        arrears_as_of=counted,
        relief_until=_day(row, RELIEF_UNTIL),
    )


def _word(row: Mapping[str, str], name: str, words: Mapping[str, _Member]) -> _Member:
    found = words.get(row[name].lower())
    if found is None:
        raise _Unusable("field_not_readable", name)
    return found


def _count(row: Mapping[str, str], name: str) -> int:
    text = row[name] or "0"
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise _Unusable("field_not_readable", name)
    return int(text)


def _volume(row: Mapping[str, str], name: str) -> Volume:
    try:
        volume = Volume.of_m3(row[name] or "0")
    except ValueError:
        raise _Unusable("field_not_readable", name) from None
    if volume.litres < 0:
        raise _Unusable("field_not_readable", name)
    return volume


def _arrears(row: Mapping[str, str]) -> Money:
    try:
        arrears = Money.of_yuan(row["arrears_yuan"] or "0")
    except ValueError:
        raise _Unusable("field_not_readable", "arrears_yuan") from None
    if arrears < NO_MONEY:
        raise _Unusable("field_not_readable", "arrears_yuan")
    return arrears


def _day(row: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(row[name]) if row[name] else None
    except ValueError:
        raise _Unusable("field_not_readable", name) from None
