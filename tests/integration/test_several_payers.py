"""What a row drew of whose money is written down: what it gives free is theirs again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.add_row import add_row
from cardstation.services.batch_account import BatchAccount, batch_account
from cardstation.services.begin_remainder import begin_remainder
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.refund_list import refund_list
from cardstation.services.rejoin import rejoin
from cardstation.services.release_line import release_line
from cardstation.services.return_load import return_load
from cardstation.services.return_remainder import return_remainder
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from tests.integration.test_lost_list import OURS, Day
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.paper_sums import papers_agree
from tests.kit.station import card_of, line, neighbours, nobody, open_desk, put_batch
from tests.kit.tamper import forged
from tests.kit.two_desks import proved, with_card

HOMES = neighbours(5)
SECOND = Approval("supervisor")
FIRST, NEXT = "阳光物业 赵", "钱会计"


class Sums:
    """Three rows of ¥100, paid by two sums of ¥150 of two payers: the second row by both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.desk = open_desk(folder, households=HOMES)
        rows = [line(home, row) for row, home in enumerate(HOMES[:3], start=1)]
        self.batch = put_batch(self.desk, rows)
        self.pay(15_000, FIRST)
        self.pay(15_000, NEXT)

    def pay(self, fen: int, payer: str, line: int = 0) -> None:
        self.desk.clock.at += timedelta(minutes=1)
        how = {"tender": Tender.CASH, "payer": payer, "line": line}
        pay_batch(self.desk.station, self.batch, money=Money(fen), **how)  # type: ignore[arg-type]

    def release(self, place: int) -> None:
        self.desk.clock.at += timedelta(minutes=1)
        release_line(self.desk.station, self.batch, place, "absent")

    def back(self, payer: str, fen: int) -> None:
        (one,) = [one for one in self.account.payments if one.payer == payer]
        payment_id = one.payment.payment_id
        return_remainder(self.desk.station, self.batch, payment_id, Money(fen), SECOND)

    def again(self) -> None:
        """Switched off and on."""
        self.desk.station.store.close()
        self.desk = open_desk(self.folder, households=HOMES, clock=self.desk.clock)

    @property
    def account(self) -> BatchAccount:
        return batch_account(self.desk.station, self.batch)

    @property
    def remains(self) -> list[int]:
        return [one.remains.fen for one in self.account.payments]

    @property
    def sheets(self) -> list[tuple[str, int, int, int]]:
        """By payer: what rows hold of it, what of that is on no card, what goes back."""
        return [
            (
                part.payer,
                sum(one.held.fen for one in part.payments),
                part.waits.fen,
                part.remains.fen,
            )
            for part in refund_list(self.desk.station, self.batch).parts
        ]


@pytest.fixture
def sums(tmp_path: Path) -> Iterator[Sums]:
    opened = Sums(tmp_path)
    yield opened
    proof = verify(opened.desk.station)
    papers_agree(opened.desk.station)
    opened.desk.station.store.close()
    assert proof.ok, proof.disagreements


@pytest.mark.parametrize("restart", [False, True])
def test_a_released_row_gives_back_to_whom_its_money_came_from(sums: Sums, restart: bool) -> None:
    assert sums.sheets == [(FIRST, 15_000, 15_000, 0), (NEXT, 15_000, 15_000, 0)]
    sums.release(1)
    if restart:
        sums.again()
    assert sums.sheets == [(FIRST, 5_000, 5_000, 10_000), (NEXT, 15_000, 15_000, 0)]
    with pytest.raises(Refusal, match="more_than_remains"):
        sums.back(NEXT, 1)
    sums.back(FIRST, 10_000)
    sums.release(2)
    assert sums.sheets == [(FIRST, 0, 0, 5_000), (NEXT, 10_000, 10_000, 5_000)]
    sums.release(3)
    assert sums.sheets == [(FIRST, 0, 0, 5_000), (NEXT, 0, 0, 15_000)]


def test_every_order_of_releases_ends_the_same(sums: Sums) -> None:
    for place in (2, 3, 1):
        sums.release(place)
    assert sums.remains == [15_000, 15_000]


def test_what_came_free_pays_for_another_row_and_stays_its_payers(sums: Sums) -> None:
    sums.release(1)
    place = add_row(sums.desk.station, sums.batch, HOMES[3].account_no, Money(10_000))
    assert [held.fen for held in sums.account.lines[place - 1].drawn.values()] == [10_000]
    assert sums.sheets == [(FIRST, 15_000, 15_000, 0), (NEXT, 15_000, 15_000, 0)]
    sums.release(place)
    assert sums.remains == [10_000, 0]


def test_a_loaded_row_keeps_what_it_drew(sums: Sums) -> None:
    sums.desk.load(sums.batch, card_of(HOMES[1]))
    sums.release(1)
    sums.release(3)
    assert sums.sheets == [(FIRST, 5_000, 0, 10_000), (NEXT, 5_000, 0, 10_000)]


def test_what_a_household_keeps_of_a_load_taken_off_is_the_first_that_it_drew(sums: Sums) -> None:
    card = card_of(HOMES[1])
    sums.desk.load(sums.batch, card)
    how = {"reading": "photo 1"}
    back = with_card(sums.desk, card, return_load, SECOND, nobody, **how)
    pay_out(sums.desk.station, back.topup_id, SECOND)
    kept = (Money(10_000) - back.quote.total).fen
    assert 0 < kept < 5_000
    assert sums.remains == [5_000 - kept, 5_000]


def test_what_is_begun_for_one_payer_is_drawn_for_no_row(sums: Sums) -> None:
    sums.release(1)
    [first, _] = sums.account.payments
    begin_remainder(sums.desk.station, sums.batch, first.payment.payment_id, Money(10_000))
    place = add_row(sums.desk.station, sums.batch, HOMES[3].account_no, Money(10_000))
    sums.pay(10_000, NEXT)
    assert sums.account.lines[place - 1].held == Money(10_000)
    assert sums.remains == [10_000, 0, 0]
    sums.back(FIRST, 10_000)
    assert sums.remains == [0, 0, 0]


def test_two_who_paid_in_one_envelope_each_get_back_what_was_theirs(sums: Sums) -> None:
    place = add_row(sums.desk.station, sums.batch, HOMES[3].account_no, Money(10_000))
    for fen, payer in ((6_000, "儿子"), (7_000, "女儿")):
        sums.pay(fen, payer, line=place)
    assert sums.remains == [0, 0, 0, 3_000]
    sums.release(place)
    assert sums.remains == [0, 0, 6_000, 7_000]
    assert sums.sheets[2:] == [("儿子", 0, 0, 6_000), ("女儿", 0, 0, 7_000)]


def test_what_comes_back_from_the_ledger_is_right_in_all(tmp_path: Path) -> None:
    """Entries do not say of whose money a row was paid; nothing is lost or doubled by that."""
    with ExitStack() as opened:
        day = Day(tmp_path, opened)
        station = day.desk.station
        pay_batch(station, day.batch_id, tender=Tender.CASH, money=Money(5_000), payer=NEXT)
        day.desk.load(day.batch_id, card_of(OURS[1]))
        release_line(station, day.batch_id, 1, "absent")
        left = [one.remains.fen for one in batch_account(station, day.batch_id).payments]
        assert left == [10_000, 5_000]
        day.restored()
        assert day.listed(OURS).batch_id == day.batch_id
        account = batch_account(day.desk.station, day.batch_id)
        assert sum(one.remains.fen for one in account.payments) == sum(left)
        for part in refund_list(day.desk.station, day.batch_id).parts:
            [row] = part.payments
            loaded = row.held - part.waits
            assert (row.held + row.remains, loaded >= Money(0)) == (row.money, True)
        proved(day.desk)


def test_rows_of_older_records_are_divided_as_before(sums: Sums) -> None:
    sums.desk.station.store.close()
    forged(sums.folder, "UPDATE funded_line SET drawn = '{}'")
    sums.desk = open_desk(sums.folder, households=HOMES, clock=sums.desk.clock)
    assert sums.sheets == [(FIRST, 15_000, 15_000, 0), (NEXT, 15_000, 15_000, 0)]
    sums.release(1)
    assert sums.sheets == [(FIRST, 15_000, 15_000, 0), (NEXT, 5_000, 5_000, 10_000)]


def test_an_envelope_that_went_back_pays_for_no_row_that_comes_back(tmp_path: Path) -> None:
    """The row was loaded out of the sum for all; its entry does not say so."""
    ledger = MemoryLedger()
    desk = open_desk(tmp_path / "desk", households=HOMES, ledger=ledger)
    batch = put_batch(desk, [line(home, row) for row, home in enumerate(HOMES[:2], start=1)])
    desk.sell(card_of(HOMES[4]))
    sync(desk.station)
    desk.station.store.close()
    shutil.copytree(tmp_path / "desk", tmp_path / "backup")
    desk = open_desk(tmp_path / "desk", households=HOMES, ledger=ledger, clock=desk.clock)
    for fen, place in ((2_000, 1), (20_000, 0)):
        how = {"tender": Tender.CASH, "line": place}
        pay_batch(desk.station, batch, money=Money(fen), **how)  # type: ignore[arg-type]
        if place:
            [paid] = batch_account(desk.station, batch).payments
            return_remainder(desk.station, batch, paid.payment.payment_id, Money(fen), SECOND)
    desk.load(batch, card_of(HOMES[0]))
    before = batch_account(desk.station, batch)
    sync(desk.station)
    desk.station.store.close()
    desk = open_desk(tmp_path / "backup", households=HOMES, ledger=ledger, clock=desk.clock)
    with closing(desk.station.store):
        rejoin(desk.station, SECOND)
        after = batch_account(desk.station, batch)
        assert [one.held for one in after.lines] == [one.held for one in before.lines]
        assert [one.remains for one in after.payments] == [Money(0), Money(0)]
        proved(desk)
