"""The money of a batch: quote, payments, envelopes, released lines, remainders, proofs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch import LineState, Verdict
from cardstation.domain.batch_life import Stage, Step
from cardstation.domain.ledger import Entry, EntryKind, Order
from cardstation.domain.list_steps import Decided
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.quotation import BatchQuote, QuoteFact
from cardstation.domain.shift import Approval, cash_of
from cardstation.errors import Refusal
from cardstation.services.batch_account import batch_account
from cardstation.services.batch_state import BatchMoney, batch_state, money_open
from cardstation.services.intent.steps import record_step
from cardstation.services.issue_acknowledgement import issue_acknowledgement
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.quote_batch import quote_batch
from cardstation.services.refund_list import refund_list
from cardstation.services.release_line import release_line
from cardstation.services.return_load import return_load
from cardstation.services.return_remainder import return_remainder
from cardstation.services.verify import verify
from cardstation.store.frozen import thaw
from tests.kit.paper_sums import papers_agree
from tests.kit.station import Desk, card_of, line, neighbours, nobody, open_desk, put_batch

HOMES = neighbours(5)
ORDER = Order("D1", HOMES[4].account_no, 5600, 20_000, "residential@2026-01-01", 50, "S001")
SECOND = Approval("supervisor")


class Bag:
    """A batch of four sales (rooms 104, 101, 103, 102 in list order) and a paid order."""

    def __init__(self, home: Path) -> None:
        self.desk = open_desk(home, households=HOMES)
        order = (3, 0, 2, 1)
        self.lines = [line(HOMES[at], row, yuan="100") for row, at in enumerate(order, start=2)]
        self.batch_id = put_batch(self.desk, [*self.lines, line(HOMES[4], 6, order=ORDER)])

    def pay(self, yuan: str, **how: object) -> BatchMoney:
        how = {"tender": Tender.CASH, **how}
        return pay_batch(self.desk.station, self.batch_id, money=Money.of_yuan(yuan), **how)  # type: ignore[arg-type]

    def quote(self) -> BatchQuote:
        return quote_batch(self.desk.station, self.batch_id)

    def release(self, place: int, reason: str = "absent") -> None:
        release_line(self.desk.station, self.batch_id, place, reason)

    def give_back(self, yuan: str, number: int = 0, approval: Approval = SECOND) -> None:
        money = Money.of_yuan(yuan)
        return_remainder(self.desk.station, self.batch_id, self.payment(number), money, approval)

    def payment(self, number: int) -> str:
        with self.desk.station.store.reading() as reading:
            return reading.funds.payments(self.batch_id)[number].payment_id

    def funded(self) -> list[int]:
        with self.desk.station.store.reading() as reading:
            return sorted(reading.funds.funded(self.batch_id))

    @property
    def money(self) -> BatchMoney:
        return batch_state(self.desk.station, self.batch_id).money

    def entries(self, kind: EntryKind) -> list[Entry]:
        with self.desk.station.store.reading() as reading:
            every = [stored.entry for stored in reading.journal.every()]
        return [entry for entry in every if entry.kind is kind]


@pytest.fixture
def bag(tmp_path: Path) -> Bag:
    return Bag(tmp_path)


@pytest.fixture(autouse=True)
def proven(bag: Bag) -> Iterator[None]:
    """After every story the books hold, to the fen."""
    yield
    proof = verify(bag.desk.station)
    papers_agree(bag.desk.station)
    bag.desk.station.store.close()
    assert proof.ok, proof.disagreements


@pytest.fixture
def other_desk(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(tmp_path / "other", households=HOMES)
    yield desk
    desk.station.store.close()


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as stop:
        work()
    return stop.value.code


# ── the quote ──


def test_a_quote_prices_every_live_line_in_the_order_of_the_doors(bag: Bag) -> None:
    quote = bag.quote()
    assert [one.place for one in quote.lines] == [2, 4, 3, 1, 5]
    assert quote.total == Money.of_yuan("400")
    assert quote.lines[-1].offer is None
    for one in quote.lines[:-1]:
        assert one.offer is not None
        assert sum((tier.amount for tier in one.offer.lines), NO_MONEY) == one.offer.total
    assert quote.quote_no == f"{bag.batch_id}-Q1"
    assert quote.valid_until == quote.made_at.date() + timedelta(days=7)


def test_the_ledger_hears_of_a_quote_without_a_name(bag: Bag) -> None:
    quote = bag.quote()
    (entry,) = bag.entries(EntryKind.BATCH)
    with bag.desk.station.store.reading() as reading:
        (step,) = reading.steps.of_batch(bag.batch_id)
        assert reading.steps.stage(bag.batch_id) is Stage.QUOTED
    fact = thaw(QuoteFact, step.detail)
    assert (fact.order, fact.fen, fact.digest) == ((2, 4, 3, 1), 40_000, quote.digest)
    assert entry.proof == quote.digest
    for home in HOMES:
        assert home.name not in entry.detail
        assert home.account_no not in entry.detail


def test_what_is_not_possible_is_on_the_quote_with_its_reason(other_desk: Desk) -> None:
    desk = other_desk
    owing = replace(line(HOMES[1], 3), verdict=Verdict.HUMAN, reasons=("arrears",))
    small = line(HOMES[2], 4, yuan="1")
    batch_id = put_batch(desk, [line(HOMES[0], 2), owing, small])
    quote = quote_batch(desk.station, batch_id)
    assert [(one.place, one.reason) for one in quote.refused] == [
        (2, "arrears"),
        (3, "amount_too_small"),
    ]
    assert quote.total == Money.of_yuan("100")


def test_nothing_to_quote_is_refused(other_desk: Desk) -> None:
    desk = other_desk
    batch_id = put_batch(desk, [replace(line(HOMES[0], 2), verdict=Verdict.BLOCKED)])
    assert refused(lambda: quote_batch(desk.station, batch_id)) == "nothing_to_quote"
    assert refused(lambda: quote_batch(desk.station, "2026-11-24-09")) == "unknown_batch"


def test_the_same_quote_is_given_again_and_a_changed_one_gets_the_next_number(bag: Bag) -> None:
    first = bag.quote()
    bag.desk.clock.at += timedelta(hours=2)
    assert bag.quote() == first
    with bag.desk.station.store.unit() as unit:
        unit.batches.withdraw(bag.batch_id, (3,), "revised")
        told = Decided(3, 0, "revised")
        record_step(bag.desk.station, unit, bag.batch_id, Step.REVISED, value=told)
        unit.commit()
    second = bag.quote()
    assert second.quote_no.endswith("-Q2")
    assert second.reference != first.reference
    assert second.total == Money.of_yuan("300")


def test_a_quote_out_of_date_is_made_anew(bag: Bag) -> None:
    bag.quote()
    bag.desk.clock.at += timedelta(days=8)
    assert bag.quote().quote_no.endswith("-Q2")


# ── payments ──


def test_money_is_divided_in_the_signed_order(bag: Bag) -> None:
    bag.quote()
    bag.pay("250")
    assert bag.funded() == [2, 4]
    assert bag.money.remainder == Money.of_yuan("50")
    bag.pay("60", tender=Tender.BANK_TRANSFER, reference="9931")
    assert bag.funded() == [2, 3, 4]
    assert bag.money.remainder == Money.of_yuan("10")


def test_without_a_quote_the_list_is_the_order(bag: Bag) -> None:
    bag.pay("250")
    assert bag.funded() == [1, 2]


def test_an_envelope_pays_its_line_and_keeps_what_is_left(bag: Bag) -> None:
    bag.pay("130", line=3)
    assert bag.funded() == [3]
    bag.pay("100")
    assert bag.funded() == [1, 3]
    assert bag.money.remainder == Money.of_yuan("30")
    assert refused(lambda: bag.pay("1", line=3)) == "line_paid_already"


def test_two_sums_in_one_envelope_pay_together(bag: Bag) -> None:
    bag.pay("60", line=2)
    assert bag.funded() == []
    bag.pay("40", line=2)
    assert bag.funded() == [2]


def test_an_envelope_for_no_payable_line_is_refused(bag: Bag) -> None:
    assert refused(lambda: bag.pay("100", line=5)) == "envelope_not_payable"
    assert refused(lambda: bag.pay("100", line=9)) == "unknown_line"
    assert bag.money.received == NO_MONEY


def test_a_transfer_with_another_batchs_reference_is_refused(bag: Bag) -> None:
    other = put_batch(bag.desk, [line(HOMES[0], 2)], "2026-11-24-02")
    theirs = quote_batch(bag.desk.station, other)
    ours = bag.quote()
    how = {"tender": Tender.BANK_TRANSFER}
    text = f"附言 {theirs.reference}"
    assert refused(lambda: bag.pay("100", reference=text, **how)) == "payment_of_other_batch"
    bag.pay("100", reference=f"9931 {ours.reference}", **how)
    assert bag.money.received == Money.of_yuan("100")


# ── acknowledgements ──


def test_a_wrong_reference_and_a_void_quote_are_said(bag: Bag) -> None:
    def doubts() -> list[tuple[bool, str]]:
        account = batch_account(bag.desk.station, bag.batch_id)
        return [(one.matches, one.doubt) for one in account.payments]

    bag.pay("1", tender=Tender.BANK_TRANSFER, reference="9931")
    assert doubts() == [(False, "")], "nothing was quoted"
    reference = bag.quote().reference
    bag.pay("1", tender=Tender.BANK_TRANSFER, reference=f"9932 {reference}")
    bag.pay("1")
    assert doubts() == [(False, "reference_differs"), (True, ""), (False, "")]
    with bag.desk.station.store.unit() as unit:
        unit.batches.withdraw(bag.batch_id, (4,), "left_out")
        unit.commit()
    assert doubts()[1] == (False, "quote_void")


def test_acknowledgements_have_their_own_series_without_a_gap(bag: Bag) -> None:
    bag.quote()
    for yuan in ("100", "50", "25"):
        bag.pay(yuan)
    with bag.desk.station.store.reading() as reading:
        made = list(reading.lump_sums.acknowledgements().values())
    assert [one.ack_no[-7:] for one in made] == ["A000001", "A000002", "A000003"]
    assert made[0].money == Money.of_yuan("100")
    assert made[0].quote_no == f"{bag.batch_id}-Q1"
    (first, *_) = bag.entries(EntryKind.RECEIVED)
    assert made[0].check_code == first_hash(bag, first)[:8].upper()


def first_hash(bag: Bag, entry: Entry) -> str:
    with bag.desk.station.store.reading() as reading:
        stored = reading.journal.at(entry.seq)
    assert stored is not None
    return stored.hash


def test_a_second_paper_is_a_reprint(bag: Bag) -> None:
    bag.pay("100", line=1)
    ack_no = "S001-2026-A000001"
    assert issue_acknowledgement(bag.desk.station, ack_no).paper_no == 1
    again = issue_acknowledgement(bag.desk.station, ack_no)
    assert again.paper_no == 2
    assert again.acknowledgement.envelope == bag.lines[0].door
    assert refused(lambda: issue_acknowledgement(bag.desk.station, "x")) == (
        "unknown_acknowledgement"
    )


# ── released lines ──


def test_a_released_line_pays_for_the_next_that_waits(bag: Bag) -> None:
    bag.pay("300")
    bag.release(2, "destroyed")
    assert bag.funded() == [1, 2, 3, 4]
    outcomes = batch_state(bag.desk.station, bag.batch_id).outcomes
    assert (outcomes[1].state, outcomes[1].reason) == (LineState.STOPPED, "released_destroyed")
    assert outcomes[3].state is LineState.WAITING
    assert bag.money.remainder == NO_MONEY
    assert refused(lambda: bag.desk.load(bag.batch_id, card_of(HOMES[0]))) == "line_released"


def test_money_of_an_envelope_never_goes_to_another_line(bag: Bag) -> None:
    bag.pay("100", line=1)
    bag.release(1)
    assert bag.funded() == [1]
    assert bag.money.remainder == Money.of_yuan("100")


def test_what_lay_in_an_envelope_is_its_households_and_nobody_elses(bag: Bag) -> None:
    bag.pay("130", line=1)
    bag.pay("100")
    with bag.desk.station.store.reading() as reading:
        papers = reading.lump_sums.of_batch(bag.batch_id)
    own, lump = papers[bag.payment(0)], papers[bag.payment(1)]
    assert (own.payer, lump.payer) == (HOMES[3].name, "")
    manager, household = refund_list(bag.desk.station, bag.batch_id).parts
    assert (manager.door, household.door) == ("", HOMES[3].address.door)
    assert household.payer == HOMES[3].name
    assert (manager.remains, household.remains) == (NO_MONEY, Money.of_yuan("30"))


def test_a_begun_or_loaded_line_is_never_released(bag: Bag) -> None:
    bag.pay("400")
    bag.desk.load(bag.batch_id, card_of(HOMES[3]))
    assert refused(lambda: bag.release(1)) == "line_begun"
    bag.release(2)
    assert refused(lambda: bag.release(2)) == "line_released"
    assert refused(lambda: bag.release(5)) == "line_unfunded"
    assert refused(lambda: bag.release(7)) == "unknown_line"
    assert refused(lambda: bag.release(3, "bored")) == "release_reason_unknown"


def test_a_load_taken_back_leaves_its_money_to_the_payer(bag: Bag) -> None:
    bag.pay("100")
    card = card_of(HOMES[3])
    bag.desk.load(bag.batch_id, card)
    loaded = batch_state(bag.desk.station, bag.batch_id).money
    inserted = bag.desk.insert(card)
    back = return_load(bag.desk.station, inserted, SECOND, nobody, reading="photo 1")
    inserted.close()
    pay_out(bag.desk.station, back.topup_id, SECOND)
    money = bag.money
    assert money.remainder == money.received - loaded.to_balance
    assert money.funded == money.loaded == money.to_balance == loaded.to_balance
    assert refused(lambda: bag.desk.load(bag.batch_id, card)) == "load_returned"
    bag.give_back(money.remainder.yuan)
    assert bag.money.remainder == NO_MONEY
    assert money_open(batch_state(bag.desk.station, bag.batch_id)) == NO_MONEY


# ── what is left goes back ──


def test_a_remainder_goes_back_by_its_tender_to_the_fen(bag: Bag) -> None:
    bag.pay("430.50", tender=Tender.BANK_TRANSFER, reference="9931")
    bag.pay("12", tender=Tender.CASH)
    assert refused(lambda: bag.give_back("30.51")) == "more_than_remains"
    bag.give_back("30.50")
    bag.give_back("2", 1)
    (first, second) = bag.entries(EntryKind.GIVEN_BACK)
    assert (first.tender, first.fen, first.approver) == ("bank_transfer", 3050, "supervisor")
    assert cash_of([second]) == Money(-200)
    assert cash_of([first]) == NO_MONEY
    assert bag.money.remainder == Money.of_yuan("10")
    terms = verify(bag.desk.station).money_terms
    assert (terms["refunds"], terms["unallocated"]) == (3250, 41_000)


def test_nothing_goes_back_twice_or_without_another_person(bag: Bag) -> None:
    bag.pay("410")
    assert refused(lambda: bag.give_back("10", approval=Approval("demo"))) == "second_person_same"
    assert refused(lambda: bag.give_back("0")) == "zero_amount"
    bag.give_back("10")
    assert refused(lambda: bag.give_back("10")) == "more_than_remains"
    unknown = lambda: return_remainder(  # noqa: E731
        bag.desk.station, bag.batch_id, "nobody", Money(1), SECOND
    )
    assert refused(unknown) == "unknown_payment"


def test_money_given_back_funds_no_line_any_more(bag: Bag) -> None:
    bag.pay("150")
    bag.give_back("50")
    bag.pay("50")
    assert bag.funded() == [1]
    assert bag.money.remainder == Money.of_yuan("50")


def test_a_load_never_uses_more_than_came(tmp_path: Path) -> None:
    """A store whose funding says more than its payments loads nothing, and is found."""
    other = Bag(tmp_path / "other")
    other.pay("100")
    with other.desk.station.store.unit() as unit:
        funded = unit.funds.funded(other.batch_id)[1]
        unit.funds.fund(replace(funded, line=2))
        unit.commit()
    assert refused(lambda: other.desk.load(other.batch_id, card_of(HOMES[3]))) == "batch_overspent"
    assert not verify(other.desk.station).ok
    other.desk.station.store.close()
