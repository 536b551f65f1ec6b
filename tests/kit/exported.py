"""A directory file as a utility exports it."""

from __future__ import annotations

import csv
from pathlib import Path

from cardstation.domain.household import Household
from cardstation.services.lists.directory_file import AS_OF, COLUMNS, RELIEF_UNTIL


def exported(path: Path, *homes: Household, day: str = "") -> Path:
    """Write these households; `day` is up to when they were counted."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*sorted(COLUMNS), AS_OF, RELIEF_UNTIL])
        writer.writeheader()
        for one in homes:
            writer.writerow(
                {
                    "account_no": one.account_no,
                    "name": one.name,
                    "community": one.address.community,
                    "building": one.address.building,
                    "unit": one.address.unit,
                    "room": one.address.room,
                    "card_no": one.card_no,
                    "meter_no": one.meter.meter_no,
                    "meter_kind": one.meter.kind.value,
                    "chip": one.chip,
                    "tariff": one.tariff,
                    "status": one.status.value,
                    "bought_this_year_m3": one.bought_this_year.litres / 1000,
                    "purchase_counter": one.purchase_counter,
                    "arrears_yuan": one.arrears.yuan,
                    AS_OF: day,
                    "relief_m3_month": one.relief_per_month.litres / 1000,
                    RELIEF_UNTIL: one.relief_until,
                }
            )
    return path
