"""Lists as values, for tests that need no file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cardstation.domain.batch import Batch, ListRow, ManifestLine, Whose
from cardstation.domain.household import Household
from cardstation.domain.money import NO_MONEY
from cardstation.domain.shift import Approval, Role
from cardstation.services.add_clerk import add_clerk
from cardstation.services.lists.reading import HouseholdList, digest_of
from cardstation.services.lists.taking import take_in
from cardstation.services.lists.totals import Stated
from cardstation.services.open_shift import open_shift
from cardstation.services.station import Station
from tests.kit.full_desk import FIRST, OTHER_PIN, PIN, SECOND, PlainPins
from tests.kit.station import Desk


def list_row(home: Household, yuan: str = "100", **changed: str) -> ListRow:
    """A sound row of a household, changed."""
    row = ListRow(1, home.account_no, home.name, home.address.door, home.card_no, yuan, "")
    return replace(row, **changed)


def made_list(rows: Sequence[ListRow], *, typed: bool = False) -> HouseholdList:
    """Rows as a list, numbered from 1."""
    numbered = tuple(replace(row, row=at) for at, row in enumerate(rows, start=1))
    return HouseholdList("list", numbered, Stated(), (), digest_of(numbered), typed)


def taken(station: Station, rows: Sequence[ListRow], *, typed: bool = False) -> Batch:
    """A list taken in."""
    return take_in(station, made_list(rows, typed=typed), Whose())


def lines_of(station: Station, batch_id: str) -> tuple[ManifestLine, ...]:
    """Every line of a batch as it is on file."""
    with station.store.reading() as reading:
        batch = reading.batches.get(batch_id)
    assert batch is not None
    return batch.lines


def with_people(desk: Desk) -> None:
    """A supervisor who may confirm, and another clerk on duty."""
    desk.station = replace(desk.station, pins=PlainPins())
    add_clerk(desk.station, FIRST, PIN, {Role.TELLER, Role.SUPERVISOR}, by=None)
    add_clerk(desk.station, SECOND, OTHER_PIN, {Role.TELLER}, by=Approval(FIRST))
    open_shift(desk.station, SECOND, OTHER_PIN, float_money=NO_MONEY)
