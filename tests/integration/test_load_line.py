"""A bag of cards: funding in list order, the identity lock, prepaid orders, and the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.batch import LineState, Verdict
from cardstation.domain.ledger import Order
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.errors import LedgerUnreachable, LinkFailed, OutcomeUnknown, Refusal
from cardstation.ports.payment import PaymentAnswer
from cardstation.services.answer_payment import answer_payment
from cardstation.services.batch_state import batch_state
from cardstation.services.follow_orders import follow_orders
from cardstation.services.handover_sheet import handover_sheet
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.recover import recover
from cardstation.services.refund import request_refund
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.payments.stated import cash
from drivers.virtual import Tear, VirtualCard
from tests.kit.station import card_of, line, neighbours, open_desk, put_batch, take
from tests.kit.two_desks import with_card

HOMES = neighbours(4)
ORDER = Order("D1", HOMES[2].account_no, 5600, 20_000, "residential@2026-01-01", 50, "S001")


class Silent:
    """A QR service that never answers."""

    tender = Tender.QR_CODE

    def take(self, *_: object) -> PaymentAnswer:
        return PaymentAnswer.UNKNOWN

    def query(self, _: str) -> PaymentAnswer:
        return PaymentAnswer.UNKNOWN


class Bag:
    """A batch of three lines (sale, sale, paid order) and the cards of four households."""

    def __init__(self, home: Path) -> None:
        self.desk = open_desk(home, households=HOMES)
        self.cards = [card_of(one) for one in HOMES]
        lines = [line(HOMES[0], 4), line(HOMES[1], 5, yuan="50"), line(HOMES[2], 6, order=ORDER)]
        self.batch_id = put_batch(self.desk, lines)
        self.put_order(ORDER)

    def put_order(self, order: Order) -> None:
        with self.desk.station.store.unit() as unit:
            unit.orders.put([order])
            unit.commit()

    def pay(self, fen: int) -> None:
        pay_batch(self.desk.station, self.batch_id, tender=Tender.CASH, money=Money(fen))

    def load(self, card: VirtualCard) -> LineState:
        state: LineState = self.desk.load(self.batch_id, card).state
        return state

    def stopped(self, card: VirtualCard) -> str:
        before = card.image
        with pytest.raises(Refusal) as stop:
            self.load(card)
        assert card.image == before
        return stop.value.code

    def states(self) -> list[str]:
        return [one.state.value for one in batch_state(self.desk.station, self.batch_id).outcomes]


@pytest.fixture
def bag(tmp_path: Path) -> Iterator[Bag]:
    opened = Bag(tmp_path)
    yield opened
    opened.desk.station.store.close()


def test_a_whole_bag(bag: Bag) -> None:
    bag.pay(15_000)
    assert bag.states() == ["waiting", "waiting", "waiting"]
    assert [bag.load(card) for card in bag.cards[:3]] == [LineState.DONE] * 3
    state = batch_state(bag.desk.station, bag.batch_id)
    assert [one.receipt_no[-6:] for one in state.outcomes] == ["000001", "000002", "000003"]
    assert state.money.received == state.money.funded == state.money.expected == Money(15_000)
    assert (state.money.loaded, state.money.orders) == (Money(20_600), Money(5600))
    with bag.desk.station.store.reading() as reading:
        kinds = [one.kind for one in reading.receipts.of_batch(bag.batch_id)]
    assert kinds == ["receipt", "receipt", "loading_slip"]
    sync(bag.desk.station)
    found = verify(bag.desk.station)
    assert found.ok
    assert found.taken_fen == found.loaded_fen == found.posted_fen == 20_600
    assert found.money_terms["unallocated"] == 0
    for card, m3 in zip(bag.cards[:3], ("29", "14", "20"), strict=True):
        assert take(card).credited == Volume.of_m3(m3)


def test_lines_are_funded_whole_and_in_order(bag: Bag) -> None:
    bag.pay(5_000)
    assert bag.states() == ["unfunded", "unfunded", "waiting"]
    assert bag.stopped(bag.cards[1]) == "line_unfunded"
    bag.pay(9_000)
    assert bag.states() == ["waiting", "unfunded", "waiting"]
    bag.pay(3_000)
    assert bag.states() == ["waiting", "waiting", "waiting"]
    assert batch_state(bag.desk.station, bag.batch_id).money.remainder == Money(2_000)
    assert verify(bag.desk.station).money_terms["unallocated"] == 17_000


def test_the_price_is_the_one_of_the_day_the_money_came(bag: Bag) -> None:
    bag.pay(15_000)
    with bag.desk.station.store.unit() as unit:
        unit.households.update(replace(HOMES[0], bought_this_year=Volume.of_m3("900")))
        unit.commit()
    assert bag.load(bag.cards[0]) is LineState.DONE
    assert take(bag.cards[0]).credited == Volume.of_m3("29")


def test_the_identity_lock(bag: Bag) -> None:
    bag.pay(15_000)
    assert bag.stopped(bag.cards[3]) == "card_not_in_batch"
    put_batch(bag.desk, [line(HOMES[3], 4)], "2026-11-24-02")
    with pytest.raises(Refusal) as stop:
        bag.load(bag.cards[3])
    assert stop.value.code == "card_of_other_batch"
    assert stop.value.values["batch_id"] == "2026-11-24-02"
    bag.load(bag.cards[0])
    assert bag.stopped(bag.cards[0]) == "line_already_done"
    take(bag.cards[0])
    assert bag.stopped(bag.cards[0]) == "line_already_done"
    state = batch_state(bag.desk.station, bag.batch_id)
    assert [stray.code for stray in state.strays] == ["card_not_in_batch", "card_of_other_batch"]
    assert bag.states()[0] == "done"


def test_a_line_is_never_loaded_past_its_counter(bag: Bag) -> None:
    bag.pay(15_000)
    bag.desk.sell(bag.cards[0], "50")
    take(bag.cards[0])
    assert bag.stopped(bag.cards[0]) == "counter_past_expected"
    bag.desk.sell(bag.cards[1], "50")
    assert bag.stopped(bag.cards[1]) == "load_still_on_card"
    outcomes = batch_state(bag.desk.station, bag.batch_id).outcomes
    assert [one.reason for one in outcomes[:2]] == ["counter_past_expected", "load_still_on_card"]


def test_lines_that_are_not_certain_are_stops(tmp_path: Path) -> None:
    bag = Bag(tmp_path)
    lines = [
        line(HOMES[0], 4, verdict=Verdict.HUMAN, reasons=("name_differs",)),
        line(HOMES[1], 5, verdict=Verdict.BLOCKED, reasons=("account_stopped",), money=None),
    ]
    bag.batch_id = put_batch(bag.desk, lines, "2026-11-24-05")
    bag.pay(15_000)
    assert bag.states() == ["stopped", "stopped"]
    assert bag.stopped(bag.cards[0]) == "line_needs_human"
    assert bag.stopped(bag.cards[1]) == "line_blocked"
    assert batch_state(bag.desk.station, bag.batch_id).money.remainder == Money(15_000)
    bag.desk.station.store.close()


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (replace(ORDER, account_no="1"), "prepaid_order_missing"),
        (replace(ORDER, expected_counter=49), "counter_past_expected"),
        (replace(ORDER, expected_counter=51), "counter_below_expected"),
        (replace(ORDER, leased_to=""), "order_not_waiting"),
    ],
)
def test_an_order_is_loaded_only_where_and_when_it_may_be(
    bag: Bag, order: Order, code: str
) -> None:
    bag.put_order(order)
    assert bag.stopped(bag.cards[2]) == code


def test_an_order_without_lease_needs_the_ledgers_word(bag: Bag) -> None:
    free = replace(ORDER, leased_to="")
    bag.put_order(free)

    def cut_off(name: str) -> None:
        raise LedgerUnreachable

    bag.desk.ledger.boundary = cut_off
    assert bag.stopped(bag.cards[2]) == "order_needs_ledger"
    bag.put_order(replace(ORDER, leased_to="S002"))
    assert bag.stopped(bag.cards[2]) == "order_leased_elsewhere"
    bag.put_order(free)
    bag.desk.ledger.boundary = lambda _: None
    bag.desk.ledger.centre.sell_online(free)
    assert bag.load(bag.cards[2]) is LineState.DONE


def test_a_row_follows_its_order_when_the_centre_binds_it_anew(bag: Bag) -> None:
    desk, centre = bag.desk, bag.desk.ledger.centre
    free = replace(ORDER, leased_to="")
    centre.sell_online(free)
    sync(desk.station)
    centre.bind_order(ORDER.order_id, replace(free, order_id=f"{ORDER.order_id}/2"))
    sync(desk.station)
    lines = batch_state(desk.station, bag.batch_id).batch.lines
    moved = [one.order_id for one in lines if one.account_no == ORDER.account_no]
    assert (moved, lines[2].withdrawn) == ([ORDER.order_id, f"{ORDER.order_id}/2"], "order_moved")
    assert bag.load(bag.cards[2]) is LineState.DONE
    assert follow_orders(desk.station) == 0
    sync(desk.station)
    assert verify(desk.station).ok
    assert not centre.chains["S001"].exceptions


def test_a_row_whose_order_went_to_another_household_needs_a_person(bag: Bag) -> None:
    desk, centre = bag.desk, bag.desk.ledger.centre
    free = replace(ORDER, leased_to="")
    centre.sell_online(free)
    sync(desk.station)
    other = replace(free, order_id=f"{ORDER.order_id}/2", account_no=HOMES[0].account_no)
    centre.bind_order(ORDER.order_id, other)
    sync(desk.station)
    last = batch_state(desk.station, bag.batch_id).batch.lines[-1]
    assert (last.verdict, last.reasons) == (Verdict.HUMAN, ("prepaid_order_missing",))
    assert bag.stopped(bag.cards[2]) == "line_needs_human"


def test_an_order_is_loaded_once_wherever_it_stands(bag: Bag) -> None:
    bag.load(bag.cards[2])
    bag.batch_id = put_batch(bag.desk, [line(HOMES[2], 9, order=ORDER)], "2026-11-24-03")
    take(bag.cards[2])
    assert bag.stopped(bag.cards[2]) == "order_already_loaded"


def test_money_that_nobody_answers_for_is_a_question(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, households=HOMES, payments=(Silent(),))
    batch_id = put_batch(desk, [line(HOMES[0], 4)])

    def pay() -> None:
        pay_batch(desk.station, batch_id, tender=Tender.QR_CODE, money=Money(10_000))

    with pytest.raises(OutcomeUnknown):
        pay()
    with pytest.raises(Refusal) as question:
        pay()
    assert question.value.code == "payment_question"
    assert [one.code for one in recover(desk.station)] == ["payment_question"]
    with pytest.raises(Refusal) as unknown:
        pay_batch(desk.station, batch_id, tender=Tender.BATCH, money=Money(1))
    assert unknown.value.code == "tender_unknown"
    desk.station.store.close()


def test_a_counter_sale_in_question_stops_the_card_in_a_bag_too(tmp_path: Path) -> None:
    """Its money may be here: nothing else is begun on this card before a human has answered."""
    desk = open_desk(tmp_path, households=HOMES, payments=(Silent(), cash()))
    card = card_of(HOMES[0])
    with pytest.raises(OutcomeUnknown):
        desk.sell(card, tender=Tender.QR_CODE)
    batch_id = put_batch(desk, [line(HOMES[0], 4)])
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money(10_000))
    with pytest.raises(Refusal) as question:
        desk.load(batch_id, card)
    assert question.value.code == "payment_question"
    [intent] = recover(desk.station)
    answer_payment(desk.station, intent.intent_id, taken=False)
    assert desk.load(batch_id, card).state is LineState.DONE
    desk.station.store.close()


def test_a_line_whose_refund_was_asked_for_says_so(bag: Bag) -> None:
    bag.pay(15_000)
    card = bag.cards[0]
    card.chip.arm(Tear(0))
    with pytest.raises(LinkFailed):
        bag.load(card)
    card.chip.arm(None)
    sync(bag.desk.station)
    owed = with_card(bag.desk, card, request_refund, Approval("supervisor"))
    assert bag.stopped(card) == "refund_requested"
    sync(bag.desk.station)
    pay_out(bag.desk.station, owed.topup_id, Approval("supervisor"))
    assert verify(bag.desk.station).ok


def test_the_sheet_explains_every_line(bag: Bag) -> None:
    bag.pay(16_000)
    bag.load(bag.cards[1])
    bag.load(bag.cards[2])
    sheet = handover_sheet(bag.desk.station, bag.batch_id)
    assert (sheet.expected, sheet.done) == (3, 2)
    assert [row.state for row in sheet.rows] == ["waiting", "done", "done"]
    assert sheet.received + sheet.orders == sheet.loaded + sheet.waiting + sheet.remainder
    assert (sheet.waiting, sheet.remainder) == (Money(10_000), Money(1_000))
    assert sheet.volume == Volume.of_m3("34")


def test_a_copy_of_a_card_that_went_on_is_not_loaded_by_an_order(bag: Bag) -> None:
    """The order still expects the counter that the copy shows; the household is further on."""
    copied = bag.cards[2].copy()
    bag.desk.sell(bag.cards[2])
    assert bag.stopped(copied) == "counter_below_expected"
