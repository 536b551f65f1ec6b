"""A bag and its money: what a closed batch takes, what keeps one open, and sheets that add up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Why
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.bag_papers import manager_sheet
from cardstation.services.batch_state import batch_state
from cardstation.services.close_batch import close_batch
from cardstation.services.custody_state import custody_state
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.handover_sheet import handover_sheet
from cardstation.services.intent.funding import answered
from cardstation.services.load_line import load_line
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.quote_batch import quote_batch
from cardstation.services.release_line import release_line
from cardstation.services.return_load import return_load
from cardstation.services.return_remainder import return_remainder
from cardstation.services.verify import verify
from cardstation.store.funds import AskedPayment
from tests.integration.test_custody import HOMES, Bag, closed
from tests.kit.paper_sums import papers_agree
from tests.kit.station import card_of, line, nobody


@pytest.fixture
def bag(tmp_path: Path) -> Iterator[Bag]:
    made = Bag(tmp_path / "home")
    yield made
    papers_agree(made.station)
    made.station.store.close()


def test_a_closed_batch_takes_no_money_and_no_quote(bag: Bag) -> None:
    closed(bag)
    with pytest.raises(Refusal, match="batch_closed_already"):
        bag.pay(1)
    with pytest.raises(Refusal, match="batch_closed_already"):
        quote_batch(bag.station, bag.batch_id)
    assert batch_state(bag.station, bag.batch_id).money.remainder == NO_MONEY


def test_a_batch_with_an_unanswered_payment_is_not_closed(bag: Bag) -> None:
    bag.pay(4)
    bag.run(1, 2, 3, 4)
    asked = AskedPayment(
        "p-open", bag.batch_id, Tender.CASH, Money(100), "", "asked", bag.desk.clock.now()
    )
    with bag.station.store.unit() as unit:
        unit.funds.note(asked)
        unit.commit()
    assert bag.go_back().stage is Stage.RETURNED
    with pytest.raises(Refusal, match="payment_question"):
        close_batch(bag.station, bag.batch_id)


def test_money_in_a_closed_batch_funds_no_line_and_is_named(bag: Bag) -> None:
    bag.pay(3)
    bag.run(1, 2, 3)
    bag.explain(Why.NEVER_GIVEN, 4)
    bag.go_back()
    assert custody_state(bag.station, bag.batch_id).stage is Stage.CLOSED
    late = AskedPayment(
        "p-late", bag.batch_id, Tender.CASH, Money(10_000), "", "asked", bag.desk.clock.now()
    )
    with bag.station.store.unit() as unit:
        unit.funds.note(late)
        unit.commit()
    answered(bag.station, late, taken=True)
    assert batch_state(bag.station, bag.batch_id).money.remainder == Money(10_000)
    assert [one.money for one in exceptions_state(bag.station)] == [Money(10_000)]
    named = [one.values for one in verify(bag.station).disagreements]
    assert named == [{"batch_id": bag.batch_id, "fen": 10_000}]
    return_remainder(bag.station, bag.batch_id, "p-late", Money(10_000), Approval("supervisor"))
    assert exceptions_state(bag.station) == ()
    assert verify(bag.station).ok


def test_the_sheets_add_up_and_count_cards_not_rows(bag: Bag) -> None:
    bag.pay(4)
    bag.run(1, 2)
    release_line(bag.station, bag.batch_id, 4, "absent")
    with bag.station.store.unit() as unit:
        (paid,) = unit.funds.payments(bag.batch_id)
        unit.batches.withdraw(bag.batch_id, (4,), "left_out")
        unit.commit()
    with bag.station.store.unit() as unit:
        unit.batches.add_lines(bag.batch_id, [replace(line(HOMES[3], 5), withdrawn="left_out")])
        unit.commit()
    return_remainder(
        bag.station, bag.batch_id, paid.payment_id, Money(4_000), Approval("supervisor")
    )
    sheet, own = manager_sheet(bag.station, bag.batch_id), handover_sheet(bag.station, bag.batch_id)
    assert (sheet.received, sheet.loaded, sheet.waiting) == tuple(
        map(Money, (40_000, 20_000, 10_000))
    )
    assert (sheet.given_back, sheet.arrears, sheet.remainder) == tuple(
        map(Money, (4_000, 0, 6_000))
    )
    assert (own.received, own.given_back, own.remainder) == tuple(
        map(Money, (40_000, 4_000, 6_000))
    )
    assert own.received == own.loaded + own.waiting + own.given_back + own.remainder
    cards = custody_state(bag.station, bag.batch_id).custody.cards
    assert (own.expected, own.done, len(own.rows)) == (cards, 2, 4)
    assert len(sheet.rows) == cards


def test_the_papers_agree_after_a_load_was_taken_back(bag: Bag) -> None:
    """The household keeps what its load left as a balance; the rest is the payer's again."""
    pay_batch(bag.station, bag.batch_id, tender=Tender.BANK_TRANSFER, money=Money(40_000))
    card = card_of(HOMES[0])
    inserted = bag.desk.insert(card)
    load_line(bag.station, bag.batch_id, inserted, nobody)
    papers_agree(bag.station)
    back = return_load(bag.station, inserted, Approval("supervisor"), nobody)
    inserted.close()
    papers_agree(bag.station)
    kept = back.quote.remainder
    assert kept > NO_MONEY
    pay_out(bag.station, back.topup_id, Approval("supervisor"))
    sheet = manager_sheet(bag.station, bag.batch_id)
    assert (sheet.loaded, sheet.kept, sheet.waiting) == (NO_MONEY, kept, Money(30_000))
    own = handover_sheet(bag.station, bag.batch_id)
    theirs = (sheet.received, sheet.loaded, sheet.waiting, sheet.remainder, sheet.given_back)
    assert theirs == (own.received, own.loaded, own.waiting, own.remainder, own.given_back)
