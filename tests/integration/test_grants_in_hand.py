"""A grant that ends or is used up while money and cards are in hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.transitions import TopUpState
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.ports.payment import PaymentAnswer
from cardstation.services import top_up as topping_up
from cardstation.services.answer_payment import answer_payment
from cardstation.services.load_line import load_line
from cardstation.services.pay_batch import pay_batch
from cardstation.services.refund import request_refund
from cardstation.services.resolve import resolve_card
from cardstation.services.sync import sync
from drivers.virtual import Moment, Tear, VirtualReader
from tests.kit.granted_desk import (
    HOMES,
    clock_of,
    granted,
    granted_desk,
    heard,
    refused,
    standing,
)
from tests.kit.grants import terms
from tests.kit.station import Desk, card_of, line, nobody, put_batch


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = granted_desk(tmp_path)
    yield found
    found.station.store.close()


class LatePayment:
    """A QR service whose answer comes when it is over."""

    tender = Tender.QR_CODE

    def __init__(self) -> None:
        self.answer = PaymentAnswer.UNKNOWN

    def take(self, payment_id: str, money: Money, reference: str) -> PaymentAnswer:  # noqa: ARG002
        return self.answer

    def query(self, payment_id: str) -> PaymentAnswer:  # noqa: ARG002
        return self.answer


def late_money(desk: Desk, card: object) -> LatePayment:
    """Money that is in doubt while the grant runs, and becomes certain when it is over."""
    payment = LatePayment()
    desk.station = replace(desk.station, payments=(payment, *desk.station.payments))
    granted(desk, terms(hours=1))
    with pytest.raises(OutcomeUnknown):
        desk.sell(card, tender=Tender.QR_CODE)  # type: ignore[arg-type]  # a virtual card
    clock_of(desk).run(hours=2)
    payment.answer = PaymentAnswer.TAKEN
    return payment


def test_late_money_waits_as_paid_and_is_loaded_once_the_ledger_answers(desk: Desk) -> None:
    card = card_of(HOMES[0])
    late_money(desk, card)
    for _ in range(2):
        with closing(desk.insert(card)) as inserted, pytest.raises(Refusal) as stop:
            resolve_card(desk.station, inserted)
        assert stop.value.code == "paid_without_grant"
        assert stop.value.values["reason"] == "grant_over"
    assert desk.states()[-1] == "paid"
    assert desk.kinds().count("paid") == 1
    desk.ledger.boundary = heard
    with closing(desk.insert(card)) as inserted:
        assert resolve_card(desk.station, inserted).receipt is not None
    assert desk.kinds() == ["paid", "armed", "sealed"]


def test_late_money_that_a_clerk_answers_for_waits_too(desk: Desk) -> None:
    card = card_of(HOMES[0])
    late_money(desk, card)
    with desk.station.store.reading() as reading:
        (intent,) = reading.topups.open_intents()
    answer_payment(desk.station, intent.topup_id, taken=True)
    with closing(desk.insert(card)) as inserted, pytest.raises(Refusal) as stop:
        resolve_card(desk.station, inserted)
    assert stop.value.code == "paid_without_grant"


def test_late_money_goes_back_where_no_ledger_answers(desk: Desk) -> None:
    card = card_of(HOMES[0])
    late_money(desk, card)
    with closing(desk.insert(card)) as inserted, pytest.raises(Refusal):
        resolve_card(desk.station, inserted)
    with closing(desk.insert(card)) as inserted:
        request_refund(desk.station, inserted, Approval("chief"))
    assert desk.states()[-1] == "refund_requested"


@pytest.mark.parametrize("step", [6, 12])
def test_what_was_armed_once_goes_to_its_end_without_a_grant(desk: Desk, step: int) -> None:
    granted(desk, terms(hours=1))
    card = card_of(HOMES[0])
    card.chip.arm(Tear(step, Moment.BEFORE))
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        desk.sell(card)
    card.chip.arm(None)
    clock_of(desk).run(hours=2)
    clock_of(desk).restart()
    with closing(desk.insert(card)) as inserted:
        resolve_card(desk.station, inserted)
    assert desk.states()[-1] == "sealed"


def test_several_lanes_at_once_do_not_pass_it(desk: Desk) -> None:
    """Each looks before any of them arms: the commit that arms counts, one after another."""
    granted(desk, terms(150))
    batch_id = put_batch(desk, [line(HOMES[n], 4 + n) for n in range(3)])
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money(30_000))
    both = threading.Barrier(3)
    codes: list[str] = []

    def lane(home: int) -> None:
        beside = open_lane(desk)
        with closing(beside.insert(card_of(HOMES[home]))) as card:
            both.wait()
            try:
                load_line(beside.station, batch_id, card, nobody)
                codes.append("")
            except Refusal as stop:
                codes.append(stop.code)

    hands = [threading.Thread(target=lane, args=(home,)) for home in range(3)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(codes) == ["", "grant_used_up", "grant_used_up"]


def open_lane(desk: Desk) -> Desk:
    """Another reader of the same desk."""
    return Desk(desk.station, VirtualReader(), desk.clock, desk.ledger)


class Slow:
    """A QR service; something happens at the desk while it is asked."""

    tender = Tender.QR_CODE

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self.meanwhile = meanwhile

    def take(self, payment_id: str, money: Money, reference: str) -> PaymentAnswer:  # noqa: ARG002
        self.meanwhile()
        return PaymentAnswer.TAKEN

    def query(self, payment_id: str) -> PaymentAnswer:  # noqa: ARG002
        return PaymentAnswer.TAKEN


def slow(desk: Desk, meanwhile: Callable[[], None]) -> None:
    payments = (Slow(meanwhile), *desk.station.payments)
    desk.station = replace(desk.station, payments=payments)


def test_money_that_is_asked_for_in_another_lane_counts_before_money_is_taken(desk: Desk) -> None:
    granted(desk, terms(150))
    batch_id = put_batch(desk, [line(HOMES[2], 4)])
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money(10_000))
    seen: list[str] = []

    def beside() -> None:
        seen.append(refused(open_lane(desk), 1))
        with pytest.raises(Refusal) as stop:
            open_lane(desk).load(batch_id, card_of(HOMES[2]))
        seen.append(stop.value.code)

    slow(desk, beside)
    desk.sell(card_of(HOMES[0]), tender=Tender.QR_CODE)
    assert seen == ["grant_used_up", "grant_used_up"]


def test_money_that_was_taken_counts_until_it_is_armed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One lane stands between paid and armed: another takes no money that it would need."""
    granted(desk, terms(150))
    real, seen = topping_up.arm, []

    def arm(*what: object) -> object:
        monkeypatch.setattr(topping_up, "arm", real)
        seen.append(refused(open_lane(desk), 1))
        assert standing(desk).left == NO_MONEY
        return real(*what)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(topping_up, "arm", arm)
    desk.sell(card_of(HOMES[0]))
    assert seen == ["grant_used_up"]


def test_two_lanes_that_look_at_once_do_not_both_take_money(desk: Desk) -> None:
    """What is left is looked at in the commit that begins a sale."""
    granted(desk, terms(150))
    both, codes = threading.Barrier(2), list[str]()

    def lane(home: int) -> None:
        beside = open_lane(desk)
        both.wait()
        try:
            beside.sell(card_of(HOMES[home]))
            codes.append("")
        except Refusal as stop:
            codes.append(stop.code)

    hands = [threading.Thread(target=lane, args=(home,)) for home in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(codes) == ["", "grant_used_up"]
    assert desk.kinds() == ["paid", "armed", "sealed"]


def test_money_that_comes_when_the_grant_is_over_waits_as_paid(desk: Desk) -> None:
    granted(desk, terms(hours=1))
    slow(desk, lambda: clock_of(desk).run(hours=2))
    card = card_of(HOMES[0])
    with pytest.raises(Refusal) as stop:
        desk.sell(card, tender=Tender.QR_CODE)
    assert stop.value.code == "paid_without_grant"
    with desk.station.store.reading() as reading:
        (waits,) = reading.topups.open_intents()
    assert (waits.state, desk.kinds()) == (TopUpState.PAID, ["paid"])
    desk.ledger.boundary = heard
    with closing(desk.insert(card)) as inserted:
        assert resolve_card(desk.station, inserted).receipt is not None


def test_money_whose_card_went_away_keeps_no_other_card_waiting(desk: Desk) -> None:
    """It is looked at anew when its card comes back."""
    granted(desk, terms(hours=1))
    slow(desk, lambda: clock_of(desk).run(hours=2))
    card = card_of(HOMES[0])
    with pytest.raises(Refusal):
        desk.sell(card, tender=Tender.QR_CODE)
    granted(desk, terms(150))
    assert standing(desk).left == Money(10_000)
    desk.sell(card_of(HOMES[1]))
    with closing(desk.insert(card)) as inserted, pytest.raises(Refusal) as stop:
        resolve_card(desk.station, inserted)
    assert (stop.value.code, stop.value.values["reason"]) == ("paid_without_grant", "grant_used_up")
    desk.ledger.boundary = heard
    with closing(desk.insert(card)) as inserted:
        assert resolve_card(desk.station, inserted).receipt is not None


def test_money_that_was_taken_when_the_station_is_stopped_waits_as_paid(desk: Desk) -> None:
    granted(desk, terms(hours=1))
    desk.ledger.boundary = heard

    def stopped() -> None:
        clock_of(desk).run(hours=2)
        desk.ledger.centre.chains["S001"].status = "suspended"

    slow(desk, stopped)
    card = card_of(HOMES[0])
    with pytest.raises(Refusal) as stop:
        desk.sell(card, tender=Tender.QR_CODE)
    assert (stop.value.code, desk.kinds()) == ("selling_frozen", ["paid"])
    desk.ledger.centre.chains["S001"].status = "active"
    sync(desk.station)
    with closing(desk.insert(card)) as inserted:
        assert resolve_card(desk.station, inserted).receipt is not None
