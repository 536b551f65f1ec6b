"""A debt is paid out of a batch's money and its row judged again, or no money moves at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch import ManifestLine, Verdict
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.errors import Refusal
from cardstation.services import pay_debt as paying
from cardstation.services.bag_papers import receipt_strips
from cardstation.services.batch_account import batch_account
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_debt import DebtPaid, pay_debt
from cardstation.services.verify import verify
from tests.kit.handing import go_back
from tests.kit.paper_sums import papers_agree
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch
from ui.messages import MessageBoard
from ui.money_services import say_paid

PAYS, OWES = neighbours(2)
OWES = replace(OWES, arrears=Money(3_000))
ASKS = replace(line(OWES, 3), verdict=Verdict.HUMAN, reasons=("arrears",))
LINES = (line(PAYS, 2), ASKS)
BATCH = "2026-11-24-01"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(tmp_path, households=[PAYS, OWES])
    yield desk
    proof = verify(desk.station)
    papers_agree(desk.station)
    desk.station.store.close()
    assert proof.ok, proof.disagreements


def asked(desk: Desk, place: int = 2) -> DebtPaid:
    [paid] = batch_account(desk.station, BATCH).payments
    return pay_debt(desk.station, BATCH, place, paid.payment.payment_id, "signed")


def come(desk: Desk, lines: Sequence[ManifestLine] = LINES) -> None:
    put_batch(desk, list(lines), BATCH)
    pay_batch(desk.station, BATCH, tender=Tender.CASH, money=Money(25_000))
    desk.clock.at += timedelta(minutes=5)


def _withdrawn(desk: Desk) -> None:
    come(desk, [line(PAYS, 2), replace(ASKS, withdrawn="left_out_unclear")])


def _paid_for(desk: Desk) -> None:
    come(desk, [line(PAYS, 2), line(OWES, 3)])


def _twice(desk: Desk) -> None:
    come(desk, [line(OWES, 2), ASKS])


def _gone_back(desk: Desk) -> None:
    come(desk)
    desk.load(BATCH, card_of(PAYS))
    desk.reader.pull()
    desk.clock.at += timedelta(minutes=5)
    go_back(desk.station, BATCH)


@pytest.mark.parametrize(
    ("bring", "code"),
    [
        (_withdrawn, "line_withdrawn"),
        (_paid_for, "line_fixed"),
        (_twice, "already_on_list"),
        (_gone_back, "batch_not_so_far"),
    ],
)
def test_no_money_moves_for_a_row_that_cannot_be_judged(
    desk: Desk, bring: Callable[[Desk], None], code: str
) -> None:
    bring(desk)
    with pytest.raises(Refusal, match=code):
        asked(desk)
    [paid] = batch_account(desk.station, BATCH).payments
    assert paid.arrears == NO_MONEY
    assert desk.household(OWES.account_no).arrears == OWES.arrears


def test_the_debt_is_paid_and_the_row_judged(desk: Desk) -> None:
    come(desk)
    done = asked(desk)
    assert (done.paid.money, done.place, done.judged) == (OWES.arrears, 3, True)


def test_the_household_reads_of_its_debt_on_its_own_part_of_the_strip(desk: Desk) -> None:
    come(desk)
    asked(desk)
    for home in (PAYS, OWES):
        desk.load(BATCH, card_of(home))
        desk.reader.pull()
    rows = [row for floor in receipt_strips(desk.station, BATCH).floors for row in floor.rows]
    told = {row.account: (row.arrears, row.to_balance, row.sealed_at) for row in rows}
    with desk.station.store.reading() as reading:
        found = {one.account_no[-4:]: one for one in reading.receipts.of_batch(BATCH)}
    debts = {PAYS.account_no[-4:]: NO_MONEY, OWES.account_no[-4:]: OWES.arrears}
    assert told == {
        tail: (debts[tail], one.to_balance, one.issued_at) for tail, one in found.items()
    }


def test_paid_is_said_where_the_row_cannot_be_judged_after_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another page did something to the row between the two commits."""

    def meanwhile(*_: object) -> int:
        raise Refusal("line_fixed", batch_id=BATCH, place=2)

    come(desk)
    monkeypatch.setattr(paying, "judge_again", meanwhile)
    done = asked(desk)
    assert (done.place, done.judged) == (2, False)
    [paid] = batch_account(desk.station, BATCH).payments
    assert paid.arrears == done.paid.money == OWES.arrears
    assert desk.household(OWES.account_no).arrears == NO_MONEY
    board = MessageBoard()
    said = []
    for one in (done, replace(done, judged=True)):
        say_paid(board, one)
        assert board.note is not None
        said.append((board.note.text.split("; ")[1], board.note.tone))
    assert said == [("the row stays as it was.", "warn"), ("the row was judged again.", "ok")]
