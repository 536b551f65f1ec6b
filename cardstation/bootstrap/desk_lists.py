"""Gives the window its callables for lists: every one is a service call."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.revision import Comparison
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.add_row import add_row
from cardstation.services.begin_door_list import begin_door_list
from cardstation.services.compare_list import compare_list
from cardstation.services.count_entry import count_entry
from cardstation.services.file_batch import file_batch
from cardstation.services.import_list import import_list
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_on_duty
from cardstation.services.leave_out import leave_out
from cardstation.services.lists.chat import read_chat
from cardstation.services.lists.entry import EntryState, KeyedRow, entry_state
from cardstation.services.lists.learning import headings_of_manager, read_of_manager
from cardstation.services.lists.reading import HouseholdList
from cardstation.services.look_at_line import look_at_line, offer
from cardstation.services.paste_list import paste_list
from cardstation.services.reopen_line import reopen_line
from cardstation.services.revise_list import revise_list
from cardstation.services.settle_line import settle_line
from cardstation.services.station import Station
from ui.desk_services import ListServices


def list_services(station: Station) -> ListServices:
    """Lists and their rows."""
    return ListServices(
        take_in=partial(import_list, station),
        headings=partial(headings_of_manager, station),
        paste=partial(paste_list, station),
        compare=partial(_compare, station),
        revise=partial(revise_list, station),
        look=partial(look_at_line, station),
        household=partial(_household, station),
        price=partial(offer, station),
        settle=partial(settle_line, station),
        leave_out=partial(leave_out, station),
        reopen=partial(reopen_line, station),
        entry=partial(_entry, station),
        count=partial(_count, station),
        file=partial(file_batch, station),
        begin_door=partial(begin_door_list, station),
        add_row=partial(_add_row, station),
    )


def _compare(
    station: Station, batch_id: str, source: Path | str, columns: Mapping[str, str]
) -> tuple[HouseholdList, Comparison]:
    if isinstance(source, str):
        ensure_on_duty(station)
        found = read_chat(source)
    else:
        with station.store.reading() as reading:
            manager = batch_of(reading, batch_id).manager
        found = read_of_manager(station, source, manager, columns)
    return found, compare_list(station, batch_id, found)


def _household(station: Station, number: str) -> Household:
    with station.store.reading() as reading:
        found = reading.households.get(number)
        by_card = () if found else reading.households.of_card(number)
    if found is None and len(by_card) == 1:
        return by_card[0]
    if found is None:
        code = "card_on_two" if by_card else "unknown_household"
        raise Refusal(code, account_no=number, card_no=number)
    return found


def _entry(station: Station, batch_id: str) -> EntryState:
    with station.store.reading() as reading:
        return entry_state(station, reading, batch_of(reading, batch_id))


def _count(station: Station, batch_id: str, rows: tuple[KeyedRow, ...], approval: Approval) -> None:
    count_entry(station, batch_id, rows=rows, approval=approval)


def _add_row(
    station: Station, batch_id: str, number: str, money: Money | None, card_no: str
) -> int:
    return add_row(station, batch_id, number, money, card_no=card_no)
