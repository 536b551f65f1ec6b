"""What a household laid in its envelope pays for another only where two people said so."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch import ListRow, Verdict
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services.add_row import add_row
from cardstation.services.batch_account import batch_account
from cardstation.services.judge_again import judge_again
from cardstation.services.leave_out import leave_out
from cardstation.services.pay_batch import pay_batch
from cardstation.services.refund_list import refund_list
from cardstation.services.rejoin import rejoin
from cardstation.services.release_amount import release_amount
from cardstation.services.reopen_line import reopen_line
from cardstation.services.return_remainder import return_remainder
from cardstation.services.revise_list import revise_list
from cardstation.services.settle_arrears import settle_arrears
from cardstation.services.settle_line import settle_line
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from tests.kit.lists import list_row, made_list, taken
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.paper_sums import papers_agree
from tests.kit.station import DESK_RULES, RESIDENTIAL, Desk, card_of, neighbours, open_desk
from tests.kit.tamper import forged
from tests.kit.two_desks import proved
from tests.unit.test_journal import codes

OWES, OTHER, THIRD = neighbours(3)
MONEY = Money(10_000)
DEBT = Money(1_000)
SECOND = Approval("017")
UNCLEAR = replace(list_row(OTHER), note="请核实")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    owes = replace(OWES, arrears=DEBT)
    opened = open_desk(tmp_path / "desk", households=[owes, OTHER, THIRD])
    yield opened
    proof = verify(opened.station)
    papers_agree(opened.station)
    opened.station.store.close()
    assert proof.ok, proof.disagreements


class Envelope:
    """A row was decided for THIRD, who paid in its envelope; as written it means another."""

    def __init__(self, desk: Desk, row: ListRow = UNCLEAR) -> None:
        self.desk = desk
        self.batch = taken(desk.station, [row]).batch_id
        self.place = settle_line(desk.station, self.batch, 1, THIRD.account_no, Money(20_000))
        self.pay(15_000, line=self.place)
        self.place = reopen_line(desk.station, self.batch, self.place)

    def pay(self, fen: int, line: int = 0) -> None:
        how = {"tender": Tender.CASH, "again": True}
        pay_batch(self.desk.station, self.batch, money=Money(fen), line=line, **how)  # type: ignore[arg-type]

    def settle(self, account_no: str, approval: Approval | None = None, fen: int = 10_000) -> int:
        self.place = settle_line(
            self.desk.station, self.batch, self.place, account_no, Money(fen), approval
        )
        return self.place

    def held(self, place: int) -> Money:
        return batch_account(self.desk.station, self.batch).lines[place - 1].held

    @property
    def remains(self) -> list[int]:
        return [one.remains.fen for one in batch_account(self.desk.station, self.batch).payments]

    @property
    def paid(self) -> str:
        return batch_account(self.desk.station, self.batch).payments[0].payment.payment_id

    @property
    def papers(self) -> list[tuple[str, int]]:
        parts = refund_list(self.desk.station, self.batch).parts
        return [(part.payer, part.remains.fen) for part in parts if part.payments]


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as stop:
        work()
    return stop.value.code


def test_a_row_left_out_and_added_takes_nothing_from_it(desk: Desk) -> None:
    one = Envelope(desk)
    leave_out(desk.station, one.batch, one.place, "unclear")
    place = add_row(desk.station, one.batch, OTHER.account_no, MONEY)
    assert (one.held(place), one.remains) == (NO_MONEY, [15_000])
    one.pay(10_000)
    assert (one.held(place), one.remains) == (MONEY, [15_000, 0])
    assert one.papers == [("", 0), (THIRD.name, 15_000)]


def test_a_newer_list_takes_nothing_from_it(desk: Desk) -> None:
    one = Envelope(desk)
    revise_list(desk.station, one.batch, made_list([list_row(OTHER)]))
    account = batch_account(desk.station, one.batch)
    assert [held.held for held in account.lines if held.held] == []
    assert one.remains == [15_000]
    revise_list(desk.station, one.batch, made_list([list_row(THIRD), list_row(OTHER)]))
    account = batch_account(desk.station, one.batch)
    [paid] = [held.place for held in account.lines if held.held]
    assert account.state.outcomes[paid - 1].line.account_no == THIRD.account_no
    assert one.remains == [5_000]


def test_it_pays_no_debt_of_another(desk: Desk) -> None:
    one = Envelope(desk, replace(list_row(OWES), note="请核实"))
    account = batch_account(desk.station, one.batch)
    assert account.payments_for(one.place) == ()
    work = lambda: settle_arrears(desk.station, one.batch, one.place, one.paid, "signed")  # noqa: E731
    assert refused(work) == "unknown_payment"


def test_who_lent_it_for_gas_lent_it_for_no_debt(desk: Desk) -> None:
    one = Envelope(desk)
    one.settle(OTHER.account_no, SECOND, fen=18_000)
    for household in (OTHER, THIRD):
        with desk.station.store.unit() as unit:
            unit.households.update(replace(household, arrears=Money(12_000)))
            unit.commit()
    assert batch_account(desk.station, one.batch).payments_for(one.place) == ()
    work = lambda place: settle_arrears(desk.station, one.batch, place, one.paid, "spoken")  # noqa: E731
    assert refused(lambda: work(one.place)) == "unknown_payment"
    assert one.remains == [15_000]
    [own] = batch_account(desk.station, one.batch).payments_for(2)
    assert (own.payment.payment_id, work(2).money) == (one.paid, Money(12_000))


def test_the_two_who_release_an_amount_say_nothing_of_an_envelope(desk: Desk) -> None:
    with desk.station.store.unit() as unit:
        most = {OTHER.tariff: Volume.of_m3("500")}
        unit.tariffs.replace((RESIDENTIAL,), replace(DESK_RULES, plausible_per_load=most))
        unit.commit()
    one = Envelope(desk, list_row(OTHER, "2000"))
    line = batch_account(desk.station, one.batch).state.outcomes[one.place - 1].line
    assert (line.account_no, line.verdict) == (OTHER.account_no, Verdict.HUMAN)
    one.pay(200_000)
    work = lambda: release_amount(desk.station, one.batch, one.place, SECOND)  # noqa: E731
    assert refused(work) == "envelope_needs_two"
    return_remainder(desk.station, one.batch, one.paid, Money(15_000), SECOND)
    place = work()
    assert (one.held(place), one.remains) == (Money(200_000), [0, 0])


def test_two_people_let_it_pay_and_one_more_exchange_ends_that(desk: Desk) -> None:
    one = Envelope(desk)
    assert refused(lambda: one.settle(OTHER.account_no)) == "envelope_needs_two"
    one.settle(OTHER.account_no, SECOND, fen=18_000)
    account = batch_account(desk.station, one.batch)
    assert (one.held(one.place), account.payments[0].stands) == (NO_MONEY, one.place)
    assert refused(lambda: one.settle(OTHER.account_no)) == "envelope_needs_two"
    leave_out(desk.station, one.batch, one.place, "unclear")
    place = add_row(desk.station, one.batch, OTHER.account_no, MONEY)
    assert (one.held(place), one.remains) == (NO_MONEY, [15_000])


def test_what_two_people_let_it_pay_is_paid_and_the_rest_is_its_payers(desk: Desk) -> None:
    one = Envelope(desk)
    one.settle(OTHER.account_no, SECOND)
    assert (one.held(one.place), one.remains) == (MONEY, [5_000])
    assert one.papers == [(THIRD.name, 5_000)]


def test_it_comes_back_to_its_own_household_by_one_clerk(desk: Desk) -> None:
    one = Envelope(desk)
    one.settle(THIRD.account_no, fen=15_000)
    assert (one.held(one.place), one.remains) == (Money(15_000), [0])


def test_it_is_for_the_other_row_of_its_own_household(desk: Desk) -> None:
    one = Envelope(desk)
    place = add_row(desk.station, one.batch, THIRD.account_no, MONEY)
    assert (one.held(place), one.remains) == (MONEY, [5_000])
    assert judge_again(desk.station, one.batch, one.place) == one.place
    leave_out(desk.station, one.batch, one.place, "unclear")
    assert one.held(add_row(desk.station, one.batch, OTHER.account_no, MONEY)) == NO_MONEY


def test_it_comes_back_to_a_row_that_another_envelope_paid_for(desk: Desk) -> None:
    """By which sum a row was paid is proven by what lay there then, not by what lies there now."""
    station, third = desk.station, THIRD.account_no
    batch = taken(station, [UNCLEAR, replace(list_row(THIRD), note="请核实")]).batch_id

    def paid(place: int, asked: int, fen: int) -> int:
        place = settle_line(station, batch, place, third, Money(asked))
        desk.clock.at += timedelta(minutes=2)
        pay_batch(station, batch, tender=Tender.CASH, money=Money(fen), line=place)
        return reopen_line(station, batch, place)

    own, lent = paid(2, 20_000, 10_000), paid(1, 30_000, 15_000)
    leave_out(station, batch, own, "unclear")
    lent = settle_line(station, batch, lent, OTHER.account_no, Money(18_000), SECOND)
    desk.clock.at += timedelta(minutes=2)
    place = add_row(station, batch, third, MONEY)
    desk.clock.at += timedelta(minutes=2)
    leave_out(station, batch, lent, "unclear")
    account = batch_account(station, batch)
    assert account.lines[place - 1].drawn == {account.payments[0].payment.payment_id: MONEY}
    assert [(one.stands, one.remains.fen) for one in account.payments] == [
        (place, 0),
        (place, 15_000),
    ]


def test_a_row_that_another_envelope_paid_and_nobody_lent_is_named(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, households=[OWES, OTHER, THIRD])
    with closing(desk.station.store):
        one = Envelope(desk)
        leave_out(desk.station, one.batch, one.place, "unclear")
        add_row(desk.station, one.batch, OTHER.account_no, MONEY)
        one.pay(10_000)
        assert not codes(desk)
        for touched in (
            "UPDATE funded_line SET drawn = json_object('{}', 10000)",
            "UPDATE funded_line SET payment_id = '{}'",
        ):
            forged(tmp_path, touched.format(one.paid))
            assert "funding_disagrees" in codes(desk)


@pytest.mark.parametrize("approved", [True, False])
def test_what_two_people_said_comes_back_with_lost_records(tmp_path: Path, approved: bool) -> None:
    """Neither who let it pay for another is forgotten, nor does it pay where nobody did."""
    ledger, folder, given = MemoryLedger(), tmp_path, {"households": [OWES, OTHER, THIRD]}
    desk = open_desk(folder / "desk", ledger=ledger, **given)
    one = Envelope(desk)
    desk.sell(card_of(OWES))
    sync(desk.station)
    desk.station.store.close()
    shutil.copytree(folder / "desk", folder / "backup")
    one.desk = desk = open_desk(folder / "desk", ledger=ledger, clock=desk.clock, **given)
    if approved:
        one.settle(OTHER.account_no, SECOND)
    else:
        leave_out(desk.station, one.batch, one.place, "unclear")
        add_row(desk.station, one.batch, OTHER.account_no, MONEY)
        one.pay(10_000)
    desk.load(one.batch, card_of(OTHER))
    left = [5_000] if approved else [15_000, 0]
    assert one.remains == left
    sync(desk.station)
    desk.station.store.close()
    one.desk = desk = open_desk(folder / "backup", ledger=ledger, clock=desk.clock, **given)
    with closing(desk.station.store):
        rejoin(desk.station, SECOND)
        assert one.remains == left
        proved(desk)
