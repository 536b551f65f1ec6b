"""Lists typed by hand: pasted or made at the door, counted by a second person, then paid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.batch import Verdict, Whose
from cardstation.domain.household import Household
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.add_row import add_row
from cardstation.services.approve import approve
from cardstation.services.batch_state import batch_state
from cardstation.services.begin_door_list import begin_door_list
from cardstation.services.close_shift import close_shift
from cardstation.services.count_entry import count_entry
from cardstation.services.leave_out import leave_out
from cardstation.services.lists.entry import read_keyed
from cardstation.services.lists.taking import take_in
from cardstation.services.open_shift import open_shift
from cardstation.services.paste_list import paste_list
from cardstation.services.pay_batch import pay_batch
from cardstation.services.quote_batch import quote_batch
from cardstation.services.revise_list import revise_list
from cardstation.services.settle_line import settle_line
from cardstation.services.verify import verify
from tests.kit.full_desk import FIRST, OTHER_PIN, PIN, SECOND
from tests.kit.lists import lines_of, list_row, made_list, taken, with_people
from tests.kit.station import Desk, card_of, neighbours, open_desk

NAMES = ("孟远思", "区子", "孔堃丽", "欧阳喆", "赵敏", "周静")
HOMES = [replace(home, name=name) for home, name in zip(neighbours(6), NAMES, strict=True)]
A, B, C, D, E, F = HOMES


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    with_people(opened)
    yield opened
    opened.station.store.close()


def counted(desk: Desk, batch_id: str, *keyed: tuple[Household, str]) -> None:
    by = approve(desk.station, FIRST, PIN)
    text = "\n".join(f"{home.address.door} {yuan}" for home, yuan in keyed)
    count_entry(desk.station, batch_id, rows=read_keyed(text), approval=by)


def pay(desk: Desk, batch_id: str, fen: int) -> None:
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money(fen))


def test_a_door_list_from_cards_to_loads(desk: Desk) -> None:
    batch_id = begin_door_list(desk.station, "上门").batch_id
    assert add_row(desk.station, batch_id, A.account_no, Money(10_000), card_no=A.card_no) == 1
    assert add_row(desk.station, batch_id, B.account_no, None, card_no=B.card_no) == 2
    assert add_row(desk.station, batch_id, C.card_no, Money(5_000)) == 3
    lines = lines_of(desk.station, batch_id)
    assert [(one.verdict, one.ground) for one in lines] == [
        (Verdict.READY, "card_read"),
        (Verdict.HUMAN, "card_read"),
        (Verdict.READY, "decided"),
    ]
    assert lines[1].reasons == ("no_amount",)
    assert add_row(desk.station, batch_id, B.account_no, Money(2_000)) == 4
    with pytest.raises(Refusal, match="entry_not_checked"):
        pay(desk, batch_id, 17_000)
    with pytest.raises(Refusal, match="entry_not_checked"):
        quote_batch(desk.station, batch_id)
    counted(desk, batch_id, (A, "100"), (B, "20"), (C, "50"))
    pay(desk, batch_id, 17_000)
    for home in (A, B, C):
        assert desk.load(batch_id, card_of(home)).state == "done"
    assert verify(desk.station).ok


def test_the_same_household_at_the_door_again(desk: Desk) -> None:
    batch_id = begin_door_list(desk.station, "上门").batch_id
    add_row(desk.station, batch_id, A.account_no, Money(10_000), card_no=A.card_no)
    for money in (None, Money(10_000), Money(500)):
        with pytest.raises(Refusal, match="already_on_list"):
            add_row(desk.station, batch_id, A.account_no, money)
    assert len(lines_of(desk.station, batch_id)) == 1


@pytest.mark.parametrize(
    ("number", "card_no", "fen", "code"),
    [
        ("999", "", 100, "unknown_household"),
        (A.account_no, B.card_no, 100, "card_differs_from_file"),
        (A.account_no, "", 0, "zero_amount"),
    ],
)
def test_what_the_door_refuses(desk: Desk, number: str, card_no: str, fen: int, code: str) -> None:
    batch_id = begin_door_list(desk.station, "上门").batch_id
    with pytest.raises(Refusal) as refused:
        add_row(desk.station, batch_id, number, Money(fen), card_no=card_no)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("keyed", "rows", "left"),
    [
        ([(A, "500"), (B, "100")], [A, B], 2),
        ([(A, "100"), (C, "500")], [C], 1),
        ([(A, "100")], [], 1),
        ([(A, "100"), (B, "500"), (B, "500")], [B], 0),
        ([(A, "100"), (B, "")], [B], 1),
    ],
    ids=["two amounts swapped", "wrong household", "not all", "twice", "no amount"],
)
def test_a_second_entry_that_differs_says_which_rows_and_nothing_else(
    desk: Desk, keyed: list[tuple[Household, str]], rows: list[Household], left: int
) -> None:
    batch = taken(desk.station, [list_row(A), list_row(B, "500")], typed=True)
    with pytest.raises(Refusal) as refused:
        counted(desk, batch.batch_id, *keyed)
    doors = ", ".join(home.address.door for home in rows) or "—"
    assert (refused.value.code, refused.value.values) == (
        "entry_differs",
        {"batch_id": batch.batch_id, "rows": doors, "count": left},
    )
    with pytest.raises(Refusal, match="entry_not_checked"):
        pay(desk, batch.batch_id, 60_000)


def test_rows_typed_on_top_of_a_file_are_keyed_again_and_no_other(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A), list_row(F, "一百五")])
    add_row(desk.station, batch.batch_id, B.account_no, Money(50_000))
    add_row(desk.station, batch.batch_id, C.account_no, Money(20_000), card_no=C.card_no)
    with pytest.raises(Refusal, match="entry_not_checked"):
        pay(desk, batch.batch_id, 80_000)
    counted(desk, batch.batch_id, (B, "500"), (C, "200"))
    pay(desk, batch.batch_id, 80_000)


def test_an_amount_that_a_hand_gave_a_row_of_a_file_is_keyed_again(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A, "一百五"), list_row(B)])
    settle_line(desk.station, batch.batch_id, 1, A.account_no, Money(15_000))
    with pytest.raises(Refusal, match="entry_not_checked"):
        pay(desk, batch.batch_id, 25_000)
    counted(desk, batch.batch_id, (A, "150"))
    pay(desk, batch.batch_id, 25_000)


def test_a_keyed_row_that_still_waits_for_a_person_is_passed_over(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A), list_row(B, "一百五")], typed=True)
    counted(desk, batch.batch_id, (A, "100"), (B, "150"))
    pay(desk, batch.batch_id, 10_000)


def test_number_or_door_in_other_signs_name_the_same_row(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A), list_row(B), list_row(C)], typed=True)
    home = A.address
    door = f"{home.building}栋{home.unit}单元{home.room}"
    text = f"{door} １００元\n{B.card_no} 100\n{C.account_no} 100.00"
    by = approve(desk.station, FIRST, PIN)
    count_entry(desk.station, batch.batch_id, rows=read_keyed(text), approval=by)
    pay(desk, batch.batch_id, 30_000)


def test_only_another_person_counts(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A)], typed=True)
    for name in ("", SECOND):
        with pytest.raises(Refusal, match="second_person_same"):
            count_entry(
                desk.station,
                batch.batch_id,
                rows=read_keyed(f"{A.account_no} 100"),
                approval=Approval(name),
            )


def test_what_comes_after_the_count_is_counted_again(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A), list_row(B, "一百五")], typed=True)
    counted(desk, batch.batch_id, (A, "100"))
    settle_line(desk.station, batch.batch_id, 2, B.account_no, Money(15_000))
    with pytest.raises(Refusal, match="entry_not_checked"):
        pay(desk, batch.batch_id, 25_000)
    counted(desk, batch.batch_id, (B, "150"))
    pay(desk, batch.batch_id, 25_000)


def test_a_file_needs_no_count_until_a_typed_revision_comes(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A)])
    with pytest.raises(Refusal, match="nothing_typed"):
        counted(desk, batch.batch_id, (A, "100"))
    pay(desk, batch.batch_id, 10_000)
    revise_list(desk.station, batch.batch_id, made_list([list_row(A), list_row(B)], typed=True))
    with pytest.raises(Refusal, match="entry_not_checked"):
        pay(desk, batch.batch_id, 10_000)


def test_pasted_text_is_judged_like_a_list(desk: Desk) -> None:
    text = (
        "#接龙\n收卡\n"
        f"1. {A.account_no} {A.card_no} {A.name} {A.address.door} 100\n"
        f"2、{B.address.door} {B.name} 200元\n"
        "3. 我也要\n"
    )
    batch = paste_list(desk.station, text)
    assert [(one.verdict, one.account_no) for one in batch.lines] == [
        (Verdict.READY, A.account_no),
        (Verdict.BLOCKED, ""),
        (Verdict.HUMAN, ""),
    ]
    assert batch.lines[2].row.note == "我也要"
    assert batch.lines[2].reasons[0] == "row_not_readable"
    with pytest.raises(Refusal, match="same_list_again"):
        paste_list(desk.station, text)
    with pytest.raises(Refusal, match="entry_not_checked"):
        pay(desk, batch.batch_id, 100)


def test_who_waits_in_another_batch_is_said_at_the_door_in_a_paste_and_when_decided(
    desk: Desk,
) -> None:
    other = taken(desk.station, [list_row(one) for one in (A, B, C)])
    batch_id = begin_door_list(desk.station, "上门").batch_id
    add_row(desk.station, batch_id, A.account_no, Money(10_000), card_no=A.card_no)
    add_row(desk.station, batch_id, D.account_no, Money(10_000), card_no=D.card_no)
    pasted = paste_list(
        desk.station, f"1. {B.address.door} {B.name} {B.account_no} 100元\n2. 说好了 50元"
    )
    doubted = [
        one.reasons
        for batch in (batch_id, pasted.batch_id)
        for one in lines_of(desk.station, batch)
    ]
    assert [found[:1] for found in doubted[:3]] == [("in_other_batch",), (), ("in_other_batch",)]

    said = settle_line(desk.station, pasted.batch_id, 2, C.account_no, Money(5_000))
    told = lines_of(desk.station, pasted.batch_id)[said - 1]
    assert (told.verdict, told.reasons) == (Verdict.HUMAN, ("in_other_batch",))
    again = settle_line(desk.station, pasted.batch_id, said, C.account_no, Money(5_000))
    assert lines_of(desk.station, pasted.batch_id)[again - 1].verdict is Verdict.READY
    sure = settle_line(desk.station, batch_id, 1, A.account_no, Money(10_000))
    assert lines_of(desk.station, batch_id)[sure - 1].verdict is Verdict.READY

    for place in (1, 2, 3):
        leave_out(desk.station, other.batch_id, place, "twice")
    assert settle_line(desk.station, pasted.batch_id, 1, B.account_no, Money(10_000))
    assert lines_of(desk.station, pasted.batch_id)[-1].verdict is Verdict.READY


def test_a_chat_without_numbers_is_of_the_community_its_manager_had_the_last_time(
    desk: Desk,
) -> None:
    chat = f"1. {A.address.door} {A.name} 100元"
    nobodys = paste_list(desk.station, chat, Whose(manager="新来的物业"))
    assert nobodys.lines[0].reasons[0] == "unknown_household"
    rows = [list_row(one) for one in (B, C, D)]
    take_in(desk.station, made_list(rows), Whose(manager="老物业"))
    again = paste_list(desk.station, f"1. {A.address.door} {A.name} 90元", Whose(manager="老物业"))
    assert again.community == A.address.community
    (row,) = again.lines
    assert (row.verdict, row.reasons[0]) == (Verdict.HUMAN, "household_not_certain")


def changed_shift(desk: Desk) -> None:
    """Who typed so far hands over, and would be another person than the clerk from here on."""
    close_shift(desk.station, OTHER_PIN, counted=NO_MONEY, handed_to=FIRST, handed_pin=PIN)
    open_shift(desk.station, FIRST, PIN, float_money=NO_MONEY)


def key_again(desk: Desk, batch_id: str, home: Household, yuan: str, name: str) -> None:
    rows = read_keyed(f"{home.address.door} {yuan}")
    count_entry(desk.station, batch_id, rows=rows, approval=Approval(name))


@pytest.mark.parametrize("way", ["door", "pasted", "decided", "revised"])
def test_who_typed_it_in_an_earlier_shift_is_no_second_person(desk: Desk, way: str) -> None:
    if way == "door":
        batch_id = begin_door_list(desk.station, "上门").batch_id
        add_row(desk.station, batch_id, A.account_no, Money(15_000))
    else:
        said = "一百五" if way == "decided" else "150"
        first = [list_row(B)] if way == "revised" else [list_row(A, said)]
        batch_id = taken(desk.station, first, typed=way == "pasted").batch_id
        if way == "decided":
            settle_line(desk.station, batch_id, 1, A.account_no, Money(15_000))
        elif way == "revised":
            revise_list(
                desk.station, batch_id, made_list([list_row(B), list_row(A, "150")], typed=True)
            )
    changed_shift(desk)
    with pytest.raises(Refusal, match="second_person_typed"):
        key_again(desk, batch_id, A, "150", SECOND)
    key_again(desk, batch_id, A, "150", "周主管")
    pay(desk, batch_id, 15_000)


def test_who_typed_only_what_was_checked_long_ago_may_check_the_rest(desk: Desk) -> None:
    batch_id = begin_door_list(desk.station, "上门").batch_id
    add_row(desk.station, batch_id, A.account_no, Money(10_000))
    key_again(desk, batch_id, A, "100", FIRST)
    changed_shift(desk)
    add_row(desk.station, batch_id, B.account_no, Money(5_000))
    key_again(desk, batch_id, B, "50", SECOND)
    pay(desk, batch_id, 15_000)


def test_a_typed_row_that_another_changed_is_of_both(desk: Desk) -> None:
    batch_id = begin_door_list(desk.station, "上门").batch_id
    add_row(desk.station, batch_id, A.account_no, Money(10_000))
    changed_shift(desk)
    settle_line(desk.station, batch_id, 1, A.account_no, Money(20_000))
    with pytest.raises(Refusal, match="second_person_typed"):
        key_again(desk, batch_id, A, "200", SECOND)


def test_who_left_a_row_out_typed_nothing_of_the_next(desk: Desk) -> None:
    batch_id = begin_door_list(desk.station, "上门").batch_id
    place = add_row(desk.station, batch_id, A.account_no, Money(10_000))
    leave_out(desk.station, batch_id, place, "unclear")
    changed_shift(desk)
    add_row(desk.station, batch_id, B.account_no, Money(10_000))
    key_again(desk, batch_id, B, "100", SECOND)
    pay(desk, batch_id, 10_000)


TYPED: dict[str, Callable[[Desk, str], object]] = {
    "pasted": lambda desk, _list: paste_list(desk.station, f"1. {A.account_no} {A.name} 150"),
    "begun": lambda desk, _list: begin_door_list(desk.station, "上门"),
    "added": lambda desk, batch: add_row(desk.station, batch, A.account_no, Money(15_000)),
    "decided": lambda desk, batch: settle_line(desk.station, batch, 1, B.account_no, Money(5_000)),
    "revised": lambda desk, batch: revise_list(
        desk.station, batch, made_list([list_row(B, "一百五"), list_row(A)], typed=True)
    ),
}


@pytest.mark.parametrize("way", TYPED)
def test_nothing_is_typed_while_nobody_is_on_duty(desk: Desk, way: str) -> None:
    batch_id = taken(desk.station, [list_row(B, "一百五")]).batch_id
    close_shift(desk.station, OTHER_PIN, counted=NO_MONEY, handed_to=FIRST, handed_pin=PIN)
    with pytest.raises(Refusal, match="no_shift"):
        TYPED[way](desk, batch_id)
    open_shift(desk.station, FIRST, PIN, float_money=NO_MONEY)
    TYPED[way](desk, batch_id)


def test_files_are_taken_in_and_revised_while_nobody_is_on_duty(desk: Desk) -> None:
    close_shift(desk.station, OTHER_PIN, counted=NO_MONEY, handed_to=FIRST, handed_pin=PIN)
    batch_id = taken(desk.station, [list_row(B)]).batch_id
    revise_list(desk.station, batch_id, made_list([list_row(B), list_row(A)]))
    standing = batch_state(desk.station, batch_id).batch.lines
    assert {one.account_no for one in standing if not one.withdrawn} == {A.account_no, B.account_no}
