"""A household that stands on a list twice has one card, and every paper says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest

from cardstation.domain.batch import LineState, ListRow, ManifestLine, Verdict, Whose
from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Party, Where
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.trays import Tray
from cardstation.services.bag_papers import (
    manager_sheet,
    not_done_list,
    receipt_strips,
    receipts_by_door,
)
from cardstation.services.batch_state import batch_state
from cardstation.services.card_trays import card_trays
from cardstation.services.custody_state import custody_state
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.handover_sheet import handover_sheet
from cardstation.services.leave_out import leave_out
from cardstation.services.lists.taking import take_in
from cardstation.services.pay_batch import pay_batch
from cardstation.services.refund_list import refund_list
from cardstation.services.settle_line import settle_line
from cardstation.services.verify import verify
from tests.kit.handing import go_back, hand
from tests.kit.lists import lines_of, list_row, made_list, taken
from tests.kit.station import Desk, card_of, neighbours, open_desk

TWICE, ONCE = neighbours(2)
AMOUNT = Money(10_000)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=[TWICE, ONCE])
    yield opened
    opened.reader.pull()
    opened.station.store.close()


def without_numbers(row: ListRow) -> ListRow:
    """Nothing but name and door: it points at its household, and is not certain."""
    return replace(row, account_no="", card_no="")


def taken_here(desk: Desk, rows: list[ListRow]) -> str:
    whose = Whose(community=TWICE.address.community)
    return take_in(desk.station, made_list(rows), whose).batch_id


def run(desk: Desk, rows: list[ListRow], *, decide: int = 0) -> tuple[str, int]:
    """The list is taken in, decided where it must be, paid and loaded; the loaded row's place."""
    batch = taken_here(desk, rows)
    place = 1
    if decide:
        place = settle_line(desk.station, batch, decide, TWICE.account_no, AMOUNT)
    hand(desk.station, batch, Party.MANAGER, Party.DESK)
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(20_000))
    desk.load(batch, card_of(TWICE))
    desk.load(batch, card_of(ONCE))
    return batch, place


def exact(desk: Desk) -> tuple[str, int]:
    return run(desk, [list_row(TWICE), list_row(TWICE), list_row(ONCE)])


def exact_without_numbers(desk: Desk) -> tuple[str, int]:
    rows = [list_row(TWICE), without_numbers(list_row(TWICE)), list_row(ONCE)]
    return run(desk, rows)


def first_decided(desk: Desk) -> tuple[str, int]:
    return run(desk, [list_row(TWICE), list_row(TWICE, "200"), list_row(ONCE)], decide=1)


def second_decided(desk: Desk) -> tuple[str, int]:
    return run(desk, [list_row(TWICE, "200"), list_row(TWICE), list_row(ONCE)], decide=2)


def differing_without_numbers(desk: Desk) -> tuple[str, int]:
    rows = [without_numbers(list_row(TWICE, "200")), list_row(TWICE), list_row(ONCE)]
    return run(desk, rows, decide=2)


class Story(Protocol):
    """A list with a double, run at a desk: its batch, and the place of the row that was loaded."""

    def __call__(self, desk: Desk) -> tuple[str, int]: ...


CASES: list[Story] = [
    exact,
    exact_without_numbers,
    first_decided,
    second_decided,
    differing_without_numbers,
]


@pytest.mark.parametrize("story", CASES)
def test_every_paper_says_that_the_card_was_loaded(desk: Desk, story: Story) -> None:
    batch, place = story(desk)
    door = TWICE.address.door
    assert [row.door for row in not_done_list(desk.station, batch).rows] == []
    strips = [
        row.door for floor in receipt_strips(desk.station, batch).floors for row in floor.rows
    ]
    assert sorted(strips) == sorted([door, ONCE.address.door])
    assert len(receipts_by_door(desk.station, batch)) == 2
    assert [(row.door, row.done) for row in manager_sheet(desk.station, batch).rows] == [
        (TWICE.address.door, True),
        (ONCE.address.door, True),
    ]
    assert refund_list(desk.station, batch).not_loaded == ()
    found = batch_state(desk.station, batch)
    loaded = found.outcomes[place - 1]
    [other] = [one for one in found.outcomes if one.see_row]
    assert (loaded.state, other.see_row) == (LineState.DONE, loaded.line.row.row)
    assert verify(desk.station).ok


@pytest.mark.parametrize("story", CASES)
def test_the_sheet_names_the_row_that_tells_of_the_card(desk: Desk, story: Story) -> None:
    batch, _place = story(desk)
    sheet = handover_sheet(desk.station, batch)
    assert (sheet.expected, sheet.done) == (2, 2)
    [twin] = [row for row in sheet.rows if row.twin_of]
    assert twin.reason == "listed_twice"
    told = sheet.rows[twin.twin_of - 1]
    assert (told.door, told.state) == (TWICE.address.door, "done")


@pytest.mark.parametrize("story", CASES)
def test_one_card_is_counted_once(desk: Desk, story: Story) -> None:
    batch, place = story(desk)
    bag = custody_state(desk.station, batch).custody
    assert (bag.cards, bag.tally[Where.DONE], bag.where[place]) == (2, 2, Where.DONE)
    assert (bag.lacking, bag.left_over) == (0, 0)
    assert [one.tray for one in card_trays(desk.station, batch)] == [Tray.A, Tray.A]


def test_an_exact_double_asks_nobody_and_its_bag_goes_home(desk: Desk) -> None:
    batch, _place = exact(desk)
    assert exceptions_state(desk.station) == ()
    assert go_back(desk.station, batch).stage is Stage.CLOSED


@pytest.mark.parametrize(("story", "left"), [(first_decided, 2), (second_decided, 1)])
def test_a_differing_double_stays_a_question_until_a_person_leaves_it_out(
    desk: Desk, story: Story, left: int
) -> None:
    batch, _place = story(desk)
    [case] = exceptions_state(desk.station)
    assert (case.place, case.code) == (left, "differing_duplicate")
    leave_out(desk.station, batch, left, "twice")
    assert exceptions_state(desk.station) == ()
    assert custody_state(desk.station, batch).custody.cards == 2


def test_before_anybody_decided_the_card_is_told_of_once(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(TWICE), list_row(TWICE, "200")]).batch_id
    [row] = not_done_list(desk.station, batch).rows
    assert row.reason in ("differing_duplicate", "card_not_seen")
    assert [one.see_row for one in batch_state(desk.station, batch).outcomes] == [0, 1]
    assert len(exceptions_state(desk.station)) == 2


def test_a_row_whose_numbers_contradict_is_another_card(desk: Desk) -> None:
    """The account of one household with another card: nobody knows whose card came for it."""
    rows = [list_row(TWICE), replace(list_row(TWICE), card_no="99999999", name="别人")]
    batch = taken(desk.station, rows).batch_id
    lines: tuple[ManifestLine, ...] = lines_of(desk.station, batch)
    assert [one.verdict for one in lines] == [Verdict.READY, Verdict.HUMAN]
    assert custody_state(desk.station, batch).custody.cards == 2
    assert [one.see_row for one in batch_state(desk.station, batch).outcomes] == [0, 0]


def test_a_row_that_a_person_decided_keeps_its_card(desk: Desk) -> None:
    """It was handed over as a row nobody could match: its card is in the bag all the same."""
    unknown = ListRow(1, "", "谁", "", "", "100", "")
    batch = taken(desk.station, [unknown, list_row(ONCE)]).batch_id
    hand(desk.station, batch, Party.MANAGER, Party.DESK)
    became = settle_line(desk.station, batch, 1, TWICE.account_no, AMOUNT)
    bag = custody_state(desk.station, batch).custody
    assert (bag.cards, bag.where[became]) == (2, Where.WAITING)
