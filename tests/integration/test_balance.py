"""A household's balance: sales out of it, their way back, and money that is paid out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.charge import Original
from cardstation.domain.ledger import EntryKind, postings_of
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUpRequest
from cardstation.domain.transitions import TopUpState
from cardstation.domain.volume import Volume
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.services.begin_balance_payout import begin_balance_payout
from cardstation.services.begin_charge_reversal import begin_charge_reversal
from cardstation.services.charge_fee import charge_fee
from cardstation.services.charges_of import charges_of
from cardstation.services.deposit import deposit
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.pay_out import pay_out
from cardstation.services.pay_out_balance import pay_out_balance
from cardstation.services.refund import request_refund
from cardstation.services.return_load import return_load
from cardstation.services.reverse_charge import reverse_charge
from cardstation.services.shift_state import shift_state
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from cardstation.services.withdraw_payout import withdraw_payout
from drivers.virtual import Tear, VirtualCard
from tests.kit.charging import ACCOUNT, HOME, counter_desk
from tests.kit.station import Desk, card_of, nobody

SECOND = Approval("second")
SEEN = "slip and till were looked at"
HUNDRED = Money(10_000)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = counter_desk(tmp_path / "desk")
    deposit(desk.station, ACCOUNT, HUNDRED, tender=Tender.CASH)
    yield desk
    proof = verify(desk.station)
    desk.station.store.close()
    assert proof.ok, proof.disagreements


@pytest.fixture
def card() -> VirtualCard:
    return card_of(HOME)


def left(desk: Desk) -> Money:
    return desk.household(ACCOUNT).balance


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as stop:
        act()
    return stop.value.code


def test_a_sale_out_of_the_balance_takes_no_money(desk: Desk, card: VirtualCard) -> None:
    receipt = desk.sell(card, "60", tender=Tender.BALANCE)
    assert (receipt.tender, receipt.paid) == ("balance", Money(6_000))
    assert left(desk) == HUNDRED - receipt.gas
    assert "armed" in desk.kinds()
    proof = verify(desk.station)
    assert proof.taken_fen == proof.loaded_fen == 10_000
    assert proof.money_terms["balances"] == left(desk).fen


def test_a_balance_that_does_not_reach_buys_nothing(desk: Desk, card: VirtualCard) -> None:
    assert refused(lambda: desk.sell(card, "101", tender=Tender.BALANCE)) == "balance_too_small"
    assert desk.kinds() == ["charged"]
    desk.sell(card, "100", tender=Tender.BALANCE)


def test_money_goes_back_to_the_balance_it_came_from(desk: Desk, card: VirtualCard) -> None:
    desk.sell(card, "60", tender=Tender.BALANCE)
    inserted = desk.insert(card)
    back = return_load(desk.station, inserted, SECOND, nobody, reading="photo 1")
    inserted.close()
    paid = pay_out(desk.station, back.topup_id, SECOND)
    assert paid.state is TopUpState.REFUNDED
    assert left(desk) == HUNDRED
    assert verify(desk.station).money_terms["refunds"] == 0
    with desk.station.store.reading() as reading:
        refund = list(reading.journal.every())[-1].entry
        assert not reading.payouts.unfinished(back.topup_id)
    assert refund.kind is EntryKind.REFUNDED
    assert dict(postings_of(refund))[f"balance:{ACCOUNT}"] == -back.quote.total.fen


def test_what_never_came_onto_its_card_is_in_the_balance_again(
    desk: Desk, card: VirtualCard
) -> None:
    card.chip.arm(Tear(0))
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        desk.sell(card, "60", tender=Tender.BALANCE)
    card.chip.arm(None)
    inserted = desk.insert(card)
    asked = request_refund(desk.station, inserted, SECOND)
    inserted.close()
    pay_out(desk.station, asked.topup_id, SECOND)
    assert left(desk) == HUNDRED


def test_the_rest_of_a_load_that_may_go_back_is_kept_for_it(desk: Desk, card: VirtualCard) -> None:
    card.chip.arm(Tear(0))
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        desk.sell(card, "60")
    card.chip.arm(None)
    account = charges_of(desk.station, ACCOUNT)
    assert account.balance > account.free == HUNDRED
    inserted = desk.insert(card)
    asked = request_refund(desk.station, inserted, SECOND)
    inserted.close()
    pay_out(desk.station, asked.topup_id, SECOND)
    assert charges_of(desk.station, ACCOUNT).balance == HUNDRED


def test_a_balance_is_paid_out_by_two(desk: Desk) -> None:
    assert not begin_balance_payout(desk.station, ACCOUNT, HUNDRED)
    paid = pay_out_balance(desk.station, ACCOUNT, HUNDRED, SECOND, tender=Tender.BANK_TRANSFER)
    assert (paid.money, left(desk)) == (HUNDRED, NO_MONEY)
    terms = verify(desk.station).money_terms
    assert (terms["refunds"], terms["tenders"], terms["balances"]) == (10_000, 10_000, 0)
    more = lambda: pay_out_balance(desk.station, ACCOUNT, Money(1), SECOND)  # noqa: E731
    assert refused(more) == "balance_too_small"


def test_what_must_not_be_paid_out_is_refused(desk: Desk) -> None:
    station = desk.station

    def wrong(fen: int, **more: object) -> str:
        given = {"approval": SECOND, **more}
        return refused(lambda: pay_out_balance(station, ACCOUNT, Money(fen), **given))  # type: ignore[arg-type]

    assert wrong(0) == refused(lambda: begin_balance_payout(station, ACCOUNT, NO_MONEY))
    assert wrong(10_001) == "balance_too_small"
    assert wrong(1, tender=Tender.BALANCE) == "tender_unknown"
    assert wrong(1, approval=Approval("demo")) == "second_person_same"


def test_a_payout_that_was_begun_before_a_cut_is_asked_about(desk: Desk) -> None:
    station = desk.station
    begin_balance_payout(station, ACCOUNT, Money(4_000))
    station.store.begun.clear()  # the program was started anew
    assert begin_balance_payout(station, ACCOUNT, Money(4_000))
    pay = lambda: pay_out_balance(station, ACCOUNT, Money(4_000), SECOND)  # noqa: E731
    assert refused(pay) == "payout_in_doubt"
    pay_out_balance(station, ACCOUNT, Money(4_000), SECOND, found=SEEN)
    assert not begin_balance_payout(station, ACCOUNT, Money(4_000))


def test_a_reversal_that_was_begun_before_a_cut_is_asked_about(desk: Desk) -> None:
    station = desk.station
    receipt_no = "S001-2026-000001"
    assert not begin_charge_reversal(station, receipt_no)
    station.store.begun.clear()
    assert begin_charge_reversal(station, receipt_no)
    why = "typed for the wrong household"

    def undo(found: str = "") -> object:
        return reverse_charge(station, receipt_no, SECOND, why, original=Original.LOST, found=found)

    assert refused(undo) == "payout_in_doubt"
    undo(SEEN)
    assert left(desk) == NO_MONEY


def test_a_deposit_that_was_spent_is_not_taken_back(desk: Desk, card: VirtualCard) -> None:
    desk.sell(card, "60", tender=Tender.BALANCE)
    assert refused(lambda: begin_charge_reversal(desk.station, "S001-2026-000001")) == (
        "balance_too_small"
    )


def test_the_balance_pays_for_what_it_paid_for_when_the_load_was_agreed(
    desk: Desk, card: VirtualCard
) -> None:
    """Spent between the look and the commit, nothing is begun."""
    inserted = desk.insert(card)
    request = TopUpRequest(volume=Volume.of_m3("20"), tender=Tender.BALANCE)

    def watch(step: object) -> None:
        if step == "pay":
            pay_out_balance(desk.station, ACCOUNT, HUNDRED, SECOND)

    with pytest.raises(Refusal, match="balance_too_small"):
        top_up(desk.station, inserted, request, watch)
    inserted.close()
    assert replace(desk.household(ACCOUNT), balance=HUNDRED).purchase_counter == (
        HOME.purchase_counter
    )


def test_what_may_be_handed_over_is_a_case_until_two_people_said_what_became_of_it(
    desk: Desk,
) -> None:
    station = desk.station
    fee = charge_fee(station, ACCOUNT, "CARD", tender=Tender.CASH).receipt_no
    begin_balance_payout(station, ACCOUNT, Money(4_000))
    begin_charge_reversal(station, fee)
    assert [one.account_no for one in shift_state(station).open_items] == [ACCOUNT, ACCOUNT]
    assert exceptions_state(station) == (), "this shift has it in hand"
    station.store.begun.clear()  # the program was started anew
    cases = exceptions_state(station)
    assert [(one.code, one.guide.step.code, one.money) for one in cases] == [
        ("payout_in_doubt", "pay_out_again", Money(4_000)),
        ("payout_in_doubt", "pay_out_again", Money(1_000)),
    ]
    withdraw_payout(station, fee, SECOND)
    assert not begin_charge_reversal(station, fee)
    withdraw_payout(station, fee, SECOND)
    pay_out_balance(station, ACCOUNT, Money(4_000), SECOND, found=SEEN)
    assert (exceptions_state(station), shift_state(station).open_items) == ((), ())
    for named in (ACCOUNT, fee):
        nothing = lambda named=named: withdraw_payout(station, named, SECOND)  # noqa: E731
        assert refused(nothing) == "payout_not_begun"
