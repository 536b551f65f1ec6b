"""Who paid is on record with the money: what is left goes back to that person, whoever is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch import Whose
from cardstation.domain.ledger import EntryKind
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.batch_account import batch_account
from cardstation.services.begin_remainder import begin_remainder
from cardstation.services.file_batch import file_batch
from cardstation.services.pay_batch import pay_batch
from cardstation.services.refund_list import refund_list
from cardstation.services.reopen_line import reopen_line
from cardstation.services.return_remainder import return_remainder
from cardstation.services.settle_line import settle_line
from cardstation.services.verify import verify
from tests.integration.test_lost_list import Day
from tests.kit.lists import list_row, taken
from tests.kit.paper_sums import papers_agree
from tests.kit.station import Desk, neighbours, open_desk

OWES, OTHER, THIRD = neighbours(3)
MONEY = Money(10_000)
SECOND = Approval("017")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    owes = replace(OWES, arrears=Money(1_000))
    opened = open_desk(tmp_path / "desk", households=[owes, OTHER, THIRD])
    yield opened
    opened.reader.pull()
    papers_agree(opened.station)
    opened.station.store.close()


def listed(desk: Desk, manager: str = "阳光物业 赵") -> str:
    batch = taken(desk.station, [list_row(OWES), list_row(OTHER)]).batch_id
    file_batch(desk.station, batch, Whose(manager=manager))
    return batch


def pay(desk: Desk, batch: str, fen: int, payer: str = "", line: int = 0) -> None:
    desk.clock.at += timedelta(minutes=1)
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(fen), payer=payer, line=line)


def payers(desk: Desk, batch: str) -> list[tuple[str, str, int]]:
    parts = refund_list(desk.station, batch).parts
    return [(part.payer, part.door, part.remains.fen) for part in parts]


@pytest.mark.parametrize(("payer", "recorded"), [("", "阳光物业 赵"), ("  钱  会计 ", "钱 会计")])
def test_the_refund_list_names_who_paid_not_who_is_on_file_now(
    desk: Desk, payer: str, recorded: str
) -> None:
    batch = listed(desk)
    pay(desk, batch, 13_000, payer)
    file_batch(desk.station, batch, Whose(manager="新物业 孙"))
    assert payers(desk, batch) == [(recorded, "", 3_000)]
    [paid] = batch_account(desk.station, batch).payments
    assert (paid.payer, paid.payment.payer) == (recorded, recorded)
    with desk.station.store.reading() as reading:
        [made] = reading.lump_sums.of_batch(batch).values()
    assert made.payer == recorded


def test_everybody_who_paid_has_a_sheet_of_their_own(desk: Desk) -> None:
    batch = listed(desk)
    pay(desk, batch, 12_000)
    pay(desk, batch, 500, "钱会计")
    pay(desk, batch, 700, "钱会计")
    pay(desk, batch, 900, line=1)
    assert payers(desk, batch) == [
        ("阳光物业 赵", "", 2_000),
        ("钱会计", "", 1_200),
        (OWES.name, OWES.address.door, 900),
    ]
    first = batch_account(desk.station, batch).payments[0].payment.payment_id
    return_remainder(desk.station, batch, first, Money(2_000), SECOND)
    assert payers(desk, batch)[0] == ("阳光物业 赵", "", 0)
    assert verify(desk.station).ok


def test_one_clerk_gives_no_envelope_to_another_household(desk: Desk) -> None:
    batch = listed(desk)
    pay(desk, batch, 13_000, line=1)
    with pytest.raises(Refusal, match="envelope_needs_two"):
        settle_line(desk.station, batch, 1, THIRD.account_no, MONEY)
    with pytest.raises(Refusal, match="second_person_same"):
        settle_line(desk.station, batch, 1, THIRD.account_no, MONEY, Approval("demo"))
    assert payers(desk, batch)[1:] == [(OWES.name, OWES.address.door, 13_000)]


def test_what_two_people_let_pay_for_another_is_still_its_payers(desk: Desk) -> None:
    batch = listed(desk)
    pay(desk, batch, 13_000, line=1)
    place = settle_line(desk.station, batch, 1, THIRD.account_no, MONEY, SECOND)
    assert batch_account(desk.station, batch).lines[place - 1].held == MONEY
    assert payers(desk, batch)[1:] == [(OWES.name, OWES.address.door, 3_000)]
    with desk.station.store.reading() as reading:
        step = reading.journal.last_about(batch, EntryKind.BATCH)
    assert step is not None
    assert step.entry.approver == SECOND.name
    assert verify(desk.station).ok


def test_a_decision_taken_back_gives_no_envelope_away_either(desk: Desk) -> None:
    """A row was decided for a household that then paid; judged anew, its money is still its own."""
    batch = taken(desk.station, [replace(list_row(OTHER), note="请核实")]).batch_id
    place = settle_line(desk.station, batch, 1, THIRD.account_no, MONEY)
    pay(desk, batch, 5_000, line=place)
    place = reopen_line(desk.station, batch, place)
    with pytest.raises(Refusal, match="envelope_needs_two"):
        settle_line(desk.station, batch, place, OTHER.account_no, MONEY)
    place = settle_line(desk.station, batch, place, THIRD.account_no, Money(5_000))
    assert batch_account(desk.station, batch).lines[place - 1].held == Money(5_000)
    assert (THIRD.name, THIRD.address.door, 0) in payers(desk, batch)


def test_who_paid_comes_back_with_lost_records(tmp_path: Path) -> None:
    with ExitStack() as opened:
        day = Day(tmp_path, opened)
        pay_batch(day.desk.station, day.batch_id, tender=Tender.CASH, money=MONEY, payer="钱会计")
        day.restored()
        standing = batch_account(day.desk.station, day.batch_id).payments
        assert [one.payer for one in standing] == ["", "钱会计"]
        assert ("钱会计", "", 10_000) in payers(day.desk, day.batch_id)


def test_an_older_record_names_whom_its_acknowledgement_names(desk: Desk) -> None:
    """Before payers were kept, the acknowledgement alone said who paid."""
    batch = listed(desk)
    pay(desk, batch, 13_000)
    with desk.station.store.unit() as unit:
        unit._connection.exec_driver_sql("DROP TRIGGER keep_payment_update")
        unit._connection.exec_driver_sql("UPDATE payment SET payer = ''")
        unit.commit()
    assert payers(desk, batch) == [("阳光物业 赵", "", 3_000)]


@pytest.mark.parametrize("payer", ["钱 会计", "阳光物业 赵"], ids=["another", "the same"])
def test_what_was_begun_for_one_payer_is_not_left_to_a_later_sum(desk: Desk, payer: str) -> None:
    """The oldest sum is used first, but for what its payer may have in hand."""
    batch = taken(desk.station, [list_row(OTHER), list_row(THIRD)]).batch_id
    pay(desk, batch, 15_000)
    [first] = batch_account(desk.station, batch).payments
    begin_remainder(desk.station, batch, first.payment.payment_id, first.remains)
    pay(desk, batch, 10_000, payer)
    assert [one.remains.fen for one in batch_account(desk.station, batch).payments] == [5_000, 0]
    return_remainder(desk.station, batch, first.payment.payment_id, first.remains, SECOND)
    account = batch_account(desk.station, batch)
    assert [one.remains.fen for one in account.payments] == [0, 0]
    assert [one.held.fen for one in account.lines] == [10_000, 10_000]
    assert verify(desk.station).ok
