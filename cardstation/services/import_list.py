"""Takes in a property manager's list: reads it, judges every row, and stores it as a batch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cardstation.domain.batch import Batch, Whose
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.lists.learning import read_of_manager
from cardstation.services.lists.taking import AS_WRITTEN, take_in
from cardstation.services.station import Station

NOBODYS = Whose()


def import_list(
    station: Station,
    path: Path,
    whose: Whose = NOBODYS,
    columns: Mapping[str, str] = AS_WRITTEN,
) -> Batch:
    """Take in a list as a new batch; no money and no card is touched.

    Args:
        station: The desk.
        path: The file.
        whose: Community, manager, team and zone; what is empty is taken from the directory.
        columns: Headings that a person explained (`{"车位号": "account"}`); they are remembered
            for this manager.

    Raises:
        Refusal: `list_not_readable`, `list_without_header`, `list_empty`, `column_unknown`,
            `no_tariff`, `same_list_again` (with the `batch_id` that holds this content already),
            and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    found = read_of_manager(station, path, whose.manager, columns)
    return take_in(station, found, whose, columns)
