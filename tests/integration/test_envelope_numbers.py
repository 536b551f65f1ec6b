"""A household keeps its envelope number through newer lists and rows that are added again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cardstation.domain.batch import LineState
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.errors import Refusal
from cardstation.services.add_row import add_row
from cardstation.services.compare_list import compare_list
from cardstation.services.leave_out import leave_out
from cardstation.services.load_line import load_line
from cardstation.services.pay_batch import pay_batch
from cardstation.services.put_in_envelope import put_in_envelope
from cardstation.services.revise_list import revise_list
from cardstation.services.run_batch import start_batch
from cardstation.services.settle_line import settle_line
from cardstation.services.verify import verify
from tests.kit.lists import lines_of, list_row, made_list, taken
from tests.kit.station import Desk, card_of, neighbours, nobody, open_desk
from tests.kit.two_desks import SECOND

A, B, C = neighbours(3)
MONEY = Money.of_yuan("100")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=(A, B, C))
    with closing(opened.station.store):
        yield opened
        opened.reader.pull()


@pytest.fixture
def batch(desk: Desk) -> str:
    """A lies in E1, B in E2; nothing is paid."""
    rows = [list_row(home, envelope=at) for home, at in ((A, "E1"), (B, "E2"))]
    return taken(desk.station, rows).batch_id


def stopped(desk: Desk, batch: str, envelope: str) -> str:
    with closing(desk.insert(card_of(A))) as card, pytest.raises(Refusal) as stop:
        load_line(desk.station, batch, card, nobody, envelope)
    return stop.value.code


def relied_on(desk: Desk, batch: str, how: str) -> None:
    """Cards are held against the numbers of this batch from now on, or this card was."""
    if how == "run":
        start_batch(desk.station, batch)
    else:
        assert stopped(desk, batch, "E7") == "card_in_other_envelope"


@pytest.mark.parametrize("how", ["run", "stop"])
@pytest.mark.parametrize("number", ["E7", ""])
def test_a_newer_list_changes_no_number_that_is_relied_on(
    desk: Desk, batch: str, how: str, number: str
) -> None:
    relied_on(desk, batch, how)
    newer = made_list([list_row(A, "150", envelope=number), list_row(B, envelope="E2")])
    shown = compare_list(desk.station, batch, newer)
    assert [one.number_left for one in shown.changes] == [number, ""]
    revise_list(desk.station, batch, newer, shown)
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money.of_yuan("250"))
    assert stopped(desk, batch, "E7") == "card_in_other_envelope"
    assert stopped(desk, batch, "") == "envelope_not_scanned"
    with closing(desk.insert(card_of(A))) as card:
        assert load_line(desk.station, batch, card, nobody, "e1").state is LineState.DONE
    assert verify(desk.station).ok


def test_after_it_was_stopped_and_listed_anew_one_clerk_still_changes_nothing(
    desk: Desk, batch: str
) -> None:
    relied_on(desk, batch, "stop")
    revise_list(desk.station, batch, made_list([list_row(A, "150")]))
    with pytest.raises(Refusal, match="envelope_change_needs_two"):
        put_in_envelope(desk.station, batch, 3, "E7")


def test_a_row_that_left_with_a_newer_list_comes_back_with_its_number(
    desk: Desk, batch: str
) -> None:
    start_batch(desk.station, batch)
    revise_list(desk.station, batch, made_list([list_row(B)]))
    revise_list(desk.station, batch, made_list([list_row(A, envelope="E7"), list_row(B)]))
    assert lines_of(desk.station, batch)[2].envelope == "E1"


@pytest.mark.parametrize("started", [True, False])
def test_a_row_left_out_and_added_again_has_its_number(
    desk: Desk, batch: str, started: bool
) -> None:
    if started:
        start_batch(desk.station, batch)
    leave_out(desk.station, batch, 1, "unclear")
    place = add_row(desk.station, batch, A.account_no, MONEY)
    assert lines_of(desk.station, batch)[place - 1].envelope == "E1"


@pytest.mark.parametrize(("started", "number"), [(True, "E1"), (False, "E2")])
def test_a_row_that_becomes_a_household_has_its_number(
    desk: Desk, batch: str, started: bool, number: str
) -> None:
    """Before the run the row's number is right: there the card lies, the other row was a slip."""
    if started:
        start_batch(desk.station, batch)
    leave_out(desk.station, batch, 1, "twice")
    place = settle_line(desk.station, batch, 2, A.account_no, MONEY)
    assert lines_of(desk.station, batch)[place - 1].envelope == number


def test_before_the_run_a_newer_list_says_another_number(desk: Desk, batch: str) -> None:
    newer = made_list([list_row(A, "150", envelope="E7"), list_row(B, "150")])
    shown = revise_list(desk.station, batch, newer)
    assert [one.envelope for one in lines_of(desk.station, batch)] == ["E1", "E2", "E7", "E2"]
    assert [one.number_left for one in shown.changes] == ["", ""]


def test_a_number_for_a_row_that_says_nothing_else_is_said_to_be_left(
    desk: Desk, batch: str
) -> None:
    newer = made_list([list_row(A, envelope="E7"), list_row(B), list_row(C, envelope="E9")])
    shown = compare_list(desk.station, batch, newer)
    assert [one.number_left for one in shown.changes] == ["E7", "", ""]


def test_first_numbers_and_those_two_people_gave_hold(desk: Desk, batch: str) -> None:
    start_batch(desk.station, batch)
    put_in_envelope(desk.station, batch, 1, "E5", SECOND, "the envelope was torn")
    put_in_envelope(desk.station, batch, 2, "", SECOND, "the envelope was torn")
    rows = [list_row(home, "150", envelope=at) for home, at in ((A, "E1"), (B, "E6"), (C, "E9"))]
    revise_list(desk.station, batch, made_list(rows))
    assert [one.envelope for one in lines_of(desk.station, batch)[2:]] == ["E5", "E6", "E9"]


WRITTEN = ("Ｅ１", "E 1", "e1\u200b")
"""E1, as an input method, a hand, and a scanner write it."""


@pytest.mark.parametrize("written", WRITTEN)
def test_one_number_is_one_envelope_however_it_is_typed(
    desk: Desk, batch: str, written: str
) -> None:
    with pytest.raises(Refusal, match="envelope_taken"):
        put_in_envelope(desk.station, batch, 2, written)
    assert put_in_envelope(desk.station, batch, 1, written).envelope == "E1"
    assert put_in_envelope(desk.station, batch, 2, "\uff25 ９\u200b").envelope == "E 9"


@pytest.mark.parametrize("written", WRITTEN)
def test_a_scan_in_another_width_is_no_false_stop(desk: Desk, batch: str, written: str) -> None:
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money.of_yuan("200"))
    relied_on(desk, batch, "run")
    assert stopped(desk, batch, "\u200b") == "envelope_not_scanned"
    with closing(desk.insert(card_of(A))) as card:
        assert load_line(desk.station, batch, card, nobody, written).state is LineState.DONE


@pytest.mark.parametrize("written", WRITTEN)
def test_a_newer_list_with_the_same_number_says_nothing_of_another(
    desk: Desk, batch: str, written: str
) -> None:
    relied_on(desk, batch, "run")
    newer = made_list([list_row(A, "150", envelope=written), list_row(B, envelope="E2")])
    assert [one.number_left for one in compare_list(desk.station, batch, newer).changes] == ["", ""]
