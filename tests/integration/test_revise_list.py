"""A second list is a revision: shown line by line, and what money or a card is in stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.batch import ListRow, Verdict
from cardstation.domain.batch_life import Step
from cardstation.domain.list_steps import Revised
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.revision import ChangeKind, Comparison
from cardstation.errors import Refusal
from cardstation.services.batch_state import batch_state
from cardstation.services.compare_list import compare_list
from cardstation.services.pay_batch import pay_batch
from cardstation.services.release_line import release_line
from cardstation.services.revise_list import revise_list
from cardstation.services.settle_line import settle_line
from cardstation.services.verify import verify
from cardstation.store.frozen import thaw
from tests.kit.lists import lines_of, list_row, made_list, taken
from tests.kit.station import Desk, card_of, neighbours, open_desk

HOMES = neighbours(6)
A, B, C, D, E, F = HOMES


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    yield opened
    opened.station.store.close()


def kinds(found: Comparison) -> list[tuple[str, int]]:
    return [(change.kind.value, change.place) for change in found.changes]


def test_a_second_list_is_compared_line_by_line_and_taken(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A), list_row(B), list_row(C)])
    newer = made_list([list_row(D), list_row(C), list_row(A, "150")])
    shown = compare_list(desk.station, batch.batch_id, newer)
    assert kinds(shown) == [("new", 0), ("unchanged", 3), ("changed", 1), ("gone", 2)]
    changed = shown.changes[2]
    assert changed.old is not None
    assert changed.new is not None
    assert (changed.old.money, changed.new.money) == (Money(10_000), Money(15_000))
    assert lines_of(desk.station, batch.batch_id) == batch.lines, "comparing changes nothing"

    revise_list(desk.station, batch.batch_id, newer, shown)
    lines = lines_of(desk.station, batch.batch_id)
    assert [(one.account_no, one.withdrawn, one.revision) for one in lines] == [
        (A.account_no, "revised", 1),
        (B.account_no, "revised", 1),
        (C.account_no, "", 1),
        (D.account_no, "", 2),
        (A.account_no, "", 2),
    ]
    assert batch_state(desk.station, batch.batch_id).money.expected == Money(35_000)
    with desk.station.store.reading() as reading:
        (step,) = reading.steps.of_kind(Step.REVISED)
    told = thaw(Revised, step.detail)
    assert (told.revision, told.unchanged, told.new, told.changed, told.gone, told.kept) == (
        (2, 1, 1, 1, 1, 0)
    )
    assert told.digest == newer.digest
    assert verify(desk.station).ok


def test_what_is_funded_or_done_is_named_and_stays(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A), list_row(B), list_row(C)])
    pay_batch(desk.station, batch.batch_id, tender=Tender.CASH, money=Money(20_000))
    desk.load(batch.batch_id, card_of(A))
    newer = made_list([list_row(A, "300"), list_row(C, "70")])
    shown = revise_list(desk.station, batch.batch_id, newer)
    assert kinds(shown) == [("kept", 1), ("changed", 3), ("kept", 2)]
    lines = lines_of(desk.station, batch.batch_id)
    assert [(one.account_no, one.withdrawn) for one in lines] == [
        (A.account_no, ""),
        (B.account_no, ""),
        (C.account_no, "revised"),
        (C.account_no, ""),
    ]
    desk.load(batch.batch_id, card_of(B))
    state = batch_state(desk.station, batch.batch_id)
    assert [one.state.value for one in state.outcomes] == ["done", "done", "withdrawn", "unfunded"]
    assert verify(desk.station).ok


def test_a_card_stays_in_its_envelope_through_a_revision(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A)])
    with desk.station.store.unit() as unit:
        unit.batches.put_in_envelope(batch.batch_id, 1, "17")
        unit.commit()
    revise_list(desk.station, batch.batch_id, made_list([list_row(A, "50")]))
    assert lines_of(desk.station, batch.batch_id)[1].envelope == "17"


def test_a_list_that_says_the_same_is_no_revision(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A), list_row(B)])
    respelled = made_list([list_row(B), list_row(A, "100元")])
    with pytest.raises(Refusal, match="nothing_to_revise"):
        revise_list(desk.station, batch.batch_id, respelled)


def test_the_list_of_another_batch_is_none_of_this_one(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A)])
    other = taken(desk.station, [list_row(B)])
    with pytest.raises(Refusal) as refused:
        compare_list(desk.station, batch.batch_id, made_list([list_row(B)]))
    assert (refused.value.code, refused.value.values["batch_id"]) == (
        "same_list_again",
        other.batch_id,
    )


def test_who_waits_in_another_open_batch_is_for_a_person(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A), list_row(B), list_row(C)])
    pay_batch(desk.station, batch.batch_id, tender=Tender.CASH, money=Money(30_000))
    desk.load(batch.batch_id, card_of(B))
    release_line(desk.station, batch.batch_id, 3, "absent")
    again = taken(desk.station, [list_row(one, "120") for one in (A, B, C, D)])
    doubted = [one.reasons for one in again.lines]
    assert doubted == [("in_other_batch",), (), (), ()]
    assert again.lines[0].verdict is Verdict.HUMAN
    settle_line(desk.station, again.batch_id, 1, A.account_no, Money(12_000))
    assert lines_of(desk.station, again.batch_id)[-1].verdict is Verdict.READY
    own = compare_list(desk.station, batch.batch_id, made_list([list_row(A), list_row(E)]))
    assert [one.new.reasons for one in own.changes if one.new] == [("in_other_batch",), ()]


def test_a_revision_is_not_taken_in_again_as_a_batch_of_its_own(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A)])
    revise_list(desk.station, batch.batch_id, made_list([list_row(A), list_row(B)]))
    with pytest.raises(Refusal) as refused:
        taken(desk.station, [list_row(A), list_row(B)])
    assert refused.value.values["batch_id"] == batch.batch_id


def test_what_changed_since_it_was_shown_is_shown_again(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A)])
    newer = made_list([list_row(A, "150")])
    shown = compare_list(desk.station, batch.batch_id, newer)
    pay_batch(desk.station, batch.batch_id, tender=Tender.CASH, money=Money(10_000))
    with pytest.raises(Refusal, match="comparison_outdated"):
        revise_list(desk.station, batch.batch_id, newer, shown)
    assert lines_of(desk.station, batch.batch_id) == batch.lines


def test_a_decision_stands_while_the_row_says_the_same(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A, name="谁家")])
    settle_line(desk.station, batch.batch_id, 1, A.account_no, Money(9_000))
    newer = made_list([list_row(A, name="谁家"), list_row(B)])
    shown = revise_list(desk.station, batch.batch_id, newer)
    assert kinds(shown) == [("unchanged", 2), ("new", 0)]


def test_no_household_counts_twice_after_a_revision(desk: Desk) -> None:
    """Row 1 was decided to mean B; a newer list that also names B does not load B twice."""
    batch = taken(desk.station, [list_row(A, name="谁家")])
    settle_line(desk.station, batch.batch_id, 1, B.account_no, Money(9_000))
    shown = revise_list(
        desk.station, batch.batch_id, made_list([list_row(A, name="谁家"), list_row(B)])
    )
    assert shown.changes[1].kind is ChangeKind.NEW
    lines = lines_of(desk.station, batch.batch_id)
    ready = [one.account_no for one in lines if one.verdict == "ready" and not one.withdrawn]
    assert ready == [B.account_no]
    assert lines[2].reasons[0] == "differing_duplicate"


def test_a_newer_list_may_come_after_everything_was_loaded(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A)])
    pay_batch(desk.station, batch.batch_id, tender=Tender.CASH, money=Money(10_000))
    desk.load(batch.batch_id, card_of(A))
    revise_list(desk.station, batch.batch_id, made_list([list_row(A), list_row(B)]))
    pay_batch(desk.station, batch.batch_id, tender=Tender.CASH, money=Money(10_000))
    desk.load(batch.batch_id, card_of(B))
    assert verify(desk.station).ok


def test_the_directory_may_change_what_a_row_means(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A), list_row(B)])
    with desk.station.store.unit() as unit:
        unit.households.update(replace(A, arrears=Money(1)))
        unit.commit()
    shown = compare_list(desk.station, batch.batch_id, made_list([list_row(A), list_row(B, "1")]))
    assert kinds(shown) == [("changed", 1), ("changed", 2)]
    assert shown.changes[0].new is not None
    assert shown.changes[0].new.reasons == ("arrears",)


def test_no_row_falls_beside_a_sheet_that_is_not_understood(desk: Desk) -> None:
    both = made_list([list_row(A), list_row(B, sheet="2")])
    batch = taken(desk.station, [list_row(A), list_row(B), list_row(C, name="", door="")])
    shown = (
        (list_row(B, "", sheet="2", name="", door=""), list_row(C, name="", door="")),
        (list_row(B), ListRow(1, "", "", "", "", "", "2:1", "2")),
    )
    for rows in shown:
        newer = replace(made_list([list_row(A), *rows]), unread=("2",))
        with pytest.raises(Refusal, match="sheet_not_understood") as refused:
            compare_list(desk.station, batch.batch_id, newer)
        assert refused.value.values == {"sheet": "2", "file": "list"}
    assert compare_list(desk.station, batch.batch_id, both).count(ChangeKind.GONE) == 1


def test_a_sheet_that_nobody_reads_is_asked_about_once(desk: Desk) -> None:
    said = ListRow(1, "", "", "", "", "", "2:1", "2")
    newer = replace(made_list([list_row(A), list_row(C), said]), unread=("2",))
    batch = taken(desk.station, [list_row(A)])
    assert compare_list(desk.station, batch.batch_id, newer).count(ChangeKind.NEW) == 2
    revise_list(desk.station, batch.batch_id, newer)
    left = replace(made_list([list_row(A), said]), unread=("2",))
    assert compare_list(desk.station, batch.batch_id, left).count(ChangeKind.GONE) == 1
