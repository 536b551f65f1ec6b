"""The way back: refunds of what never came onto a card, loads taken off again, money paid out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.charge import Original
from cardstation.domain.meter import CounterSchool
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUp, TopUpRequest
from cardstation.domain.transitions import TopUpState
from cardstation.domain.volume import Volume
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.services import return_load as returning
from cardstation.services import top_up as selling
from cardstation.services.dispute import dispute
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_out import pay_out
from cardstation.services.refund import request_refund
from cardstation.services.refund_slip import refund_slip
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_load import return_load, withdraw_return
from cardstation.services.station import Station
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from drivers.layouts.open4442 import OPEN4442
from drivers.makers import MAKERS
from drivers.virtual import Tear, VirtualCard, every_tear
from drivers.virtual.meter import VirtualMeter
from tests.kit import cards
from tests.kit.station import Desk, card_of, nobody, open_desk, repeat_chance, take

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

HOME = cards.household()
SECOND = Approval("supervisor")
CODE_STEPS = 5
SCHOOLS = [maker for maker in MAKERS if maker.training and maker.layout == "open4442"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path)
    yield opened
    opened.station.store.close()


def with_card(desk: Desk, card: VirtualCard, work: Any, *args: Any, **named: Any) -> Any:
    inserted = desk.insert(card)
    try:
        return work(desk.station, inserted, *args, **named)
    finally:
        inserted.close()


def sold_and_taken_back(desk: Desk, card: VirtualCard) -> Any:
    """A sale and its return while the card never leaves the lane."""
    inserted = desk.insert(card)
    try:
        top_up(desk.station, inserted, TopUpRequest(money=Money(10_000)), nobody)
        return return_load(desk.station, inserted, SECOND, nobody)
    finally:
        inserted.close()


def counters(card: VirtualCard) -> tuple[int, int]:
    credit = OPEN4442.decode(card.image).credit
    assert credit is not None
    cumulative = credit.cumulative
    assert isinstance(cumulative, Volume)
    return credit.purchase_counter, cumulative.litres


def ok(desk: Desk) -> Any:
    found = verify(desk.station)
    assert found.ok, found.disagreements
    return found


def test_a_load_is_taken_back_and_its_money_paid_out(desk: Desk) -> None:
    card = card_of(HOME)
    before = counters(card)
    back = sold_and_taken_back(desk, card)
    assert back.state is TopUpState.SEALED
    assert counters(card) == before
    assert desk.household().purchase_counter == HOME.purchase_counter
    assert desk.household().bought_this_year == HOME.bought_this_year
    assert ok(desk).money_terms["paid_not_loaded"] == back.quote.total.fen
    assert [one.code for one in open_intents(desk.station)] == ["payout_pending"]
    paid = pay_out(desk.station, back.topup_id, SECOND, original=Original.LOST)
    assert paid.state is TopUpState.REFUNDED
    assert refund_slip(desk.station, back.topup_id).original == "lost"
    found = ok(desk)
    assert found.money_terms["refunds"] == back.quote.total.fen
    assert found.money_terms["paid_not_loaded"] == 0
    assert found.gas_terms["returned_litres"] == 29_000
    assert not open_intents(desk.station)
    assert desk.kinds() == ["paid", "armed", "sealed", "armed", "returned", "refunded"]
    with pytest.raises(Refusal) as twice:
        pay_out(desk.station, back.topup_id, SECOND)
    assert twice.value.code == "nothing_owed"


@pytest.mark.parametrize("maker", SCHOOLS, ids=lambda maker: maker.school.value)
def test_the_counter_is_used_again_by_the_next_sale(tmp_path: Path, maker: Any) -> None:
    desk, card = open_desk(tmp_path), card_of(HOME, maker)
    start = counters(card)
    sold_and_taken_back(desk, card)
    assert take(card, maker).credited == Volume(0)
    desk.sell(card, "100")
    counted = maker.school is not CounterSchool.NONE
    assert counters(card)[0] == start[0] + counted
    assert take(card, maker).credited == Volume.of_m3("29")
    ok(desk)
    desk.station.store.close()


def test_a_card_that_was_out_of_the_lane_needs_the_meters_word(desk: Desk) -> None:
    card = card_of(HOME)
    desk.sell(card)
    with pytest.raises(Refusal) as refused:
        with_card(desk, card, return_load, SECOND, nobody)
    assert refused.value.code == "meter_may_have_taken"
    back = with_card(desk, card, return_load, SECOND, nobody, reading="photo 17")
    assert back.state is TopUpState.SEALED
    ok(desk)


def test_what_the_meter_took_is_not_taken_back(desk: Desk) -> None:
    card = card_of(HOME)
    desk.sell(card)
    take(card)
    with pytest.raises(Refusal) as refused:
        with_card(desk, card, return_load, SECOND, nobody, reading="photo 17")
    assert refused.value.code == "nothing_to_return"


def test_another_desks_load_is_not_taken_back(desk: Desk) -> None:
    card = card_of(HOME)
    card.chip.main[:] = OPEN4442.plan_load(card.image, cards.next_load(card.image, 5_000)).target
    with pytest.raises(Refusal) as refused:
        with_card(desk, card, return_load, SECOND, nobody, reading="photo 17")
    assert refused.value.code == "load_not_ours"


def steps_of_a_return(folder: Path) -> int:
    repeat_chance()
    desk, card = open_desk(folder / "count"), card_of(HOME)
    desk.sell(card)
    card.chip.arm(None)
    with_card(desk, card, return_load, SECOND, nobody, reading="photo 17")
    desk.station.store.close()
    return card.chip.steps


def test_a_return_torn_at_every_sub_step(folder: Path) -> None:
    """The meter takes the old load or nothing; the next insertion brings the end, never both."""
    steps = steps_of_a_return(folder)
    finished = given_up = 0
    for number, tear in enumerate(every_tear(steps)):
        repeat_chance()
        desk, card = open_desk(folder / str(number)), card_of(HOME)
        desk.sell(card)
        card.chip.arm(tear)
        with pytest.raises((OutcomeUnknown, LinkFailed)):
            with_card(desk, card, return_load, SECOND, nobody, reading="photo 17")
        card.chip.arm(None)
        twin = card.copy()
        meter = VirtualMeter.of_card(OPEN4442.decode(card.image), OPEN4442)
        shown = meter.take(twin).credited
        assert shown in (Volume(0), Volume.of_m3("29"))
        if card.chip.security[0] == 7 or tear.step < CODE_STEPS:
            found = with_card(desk, card, resolve_card)
            off = found.outcome is Outcome.RETURNED
            assert off or found.outcome is Outcome.VOIDED
            assert take(card).credited == (Volume(0) if off else Volume.of_m3("29"))
            finished, given_up = finished + off, given_up + (not off)
            ok(desk)
        desk.station.store.close()
    assert finished
    assert given_up > 20


def test_a_torn_return_whose_old_load_the_meter_took_meanwhile_pays_nothing(desk: Desk) -> None:
    card = card_of(HOME)
    desk.sell(card)
    card.chip.arm(Tear(CODE_STEPS + 3))
    with pytest.raises(OutcomeUnknown):
        with_card(desk, card, return_load, SECOND, nobody, reading="photo 17")
    card.chip.arm(None)
    assert take(card).credited == Volume.of_m3("29")
    assert with_card(desk, card, resolve_card).outcome is Outcome.VOIDED
    assert not open_intents(desk.station)
    assert ok(desk).gas_terms["returned_litres"] == 0
    desk.sell(card)


def stopped_before_writing(desk: Desk, card: VirtualCard, tender: Tender = Tender.CASH) -> None:
    """Paid and armed, then the card's tries turn out to be low: proven not loaded."""
    card.chip.security[0] = 3
    inserted = desk.insert(card)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selling, "ensure_unlockable", lambda *_: None)
        with pytest.raises(Refusal):
            top_up(desk.station, inserted, TopUpRequest(money=Money(10_000), tender=tender), nobody)
    inserted.close()


def test_what_never_came_onto_the_card_is_refunded(desk: Desk) -> None:
    card = card_of(HOME)
    stopped_before_writing(desk, card)
    asked = with_card(desk, card, request_refund, SECOND)
    assert asked.state is TopUpState.REFUND_REQUESTED
    assert [one.code for one in open_intents(desk.station)] == ["refund_requested"]
    assert desk.household().balance != NO_MONEY
    pay_out(desk.station, asked.topup_id, SECOND)
    found = ok(desk)
    assert found.money_terms["refunds"] == 10_000
    assert found.taken_fen == found.loaded_fen == 0
    assert desk.household().balance == HOME.balance


def test_no_refund_of_a_load_that_is_on_its_card(desk: Desk, monkeypatch: Any) -> None:
    card = card_of(HOME)
    repeat_chance()
    steps = len(list(every_tear(1))) and steps_of_a_sale(desk)
    card.chip.arm(Tear(steps - 1))
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        desk.sell(card)
    card.chip.arm(None)
    with pytest.raises(Refusal) as refused:
        with_card(desk, card, request_refund, SECOND)
    assert refused.value.code in ("load_is_on_card", "card_torn")
    assert with_card(desk, card, resolve_card).outcome is Outcome.SEALED


def steps_of_a_sale(desk: Desk) -> int:
    other = open_desk(desk.station.store.home / "count")
    card = card_of(HOME)
    card.chip.arm(None)
    other.sell(card)
    other.station.store.close()
    return card.chip.steps


@pytest.mark.parametrize("step", [CODE_STEPS + 4, CODE_STEPS + 9])
def test_no_refund_of_a_torn_card(desk: Desk, step: int) -> None:
    card = card_of(HOME)
    card.chip.arm(Tear(step))
    with pytest.raises(OutcomeUnknown):
        desk.sell(card)
    card.chip.arm(None)
    with pytest.raises(Refusal) as refused:
        with_card(desk, card, request_refund, SECOND)
    assert refused.value.code == "card_torn"
    ok(desk)


def test_nothing_to_refund_on_a_settled_card(desk: Desk) -> None:
    card = card_of(HOME)
    desk.sell(card)
    with pytest.raises(Refusal) as refused:
        with_card(desk, card, request_refund, SECOND)
    assert refused.value.code == "no_paid_load"


def test_a_return_that_did_not_touch_the_card_is_withdrawn(desk: Desk) -> None:
    card = card_of(HOME)
    desk.sell(card)
    card.chip.security[0] = 3
    with pytest.raises(Refusal):
        with_card(desk, card, return_load, SECOND, nobody, reading="photo 17")
    card.chip.security[0] = 7
    assert not open_intents(desk.station)
    with pytest.raises(Refusal) as refused:
        withdraw_return(desk.station, "nothing")
    assert refused.value.code == "not_withdrawable"
    back = with_card(desk, card, return_load, SECOND, nobody, reading="photo 17")
    assert back.state is TopUpState.SEALED
    ok(desk)


def test_a_return_at_work_in_its_lane_is_not_withdrawn(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, begin, said = card_of(HOME), returning.record_begun, []
    desk.sell(card)

    def begun(station: Station, intent: TopUp, **facts: str) -> TopUp:
        made = begin(station, intent, **facts)
        with pytest.raises(Refusal) as refused:
            withdraw_return(station, made.topup_id)
        said.append(refused.value.code)
        return made

    monkeypatch.setattr(returning, "record_begun", begun)
    back = with_card(desk, card, return_load, SECOND, nobody, reading="photo 17")
    assert (said, back.state) == (["card_at_work"], TopUpState.SEALED)
    ok(desk)


def test_a_desk_that_may_not_write_withdraws_nothing(desk: Desk) -> None:
    with desk.station.store.unit() as unit:
        unit.outbox.judge("ledger_fork", desk.clock.now())
        unit.commit()
    with pytest.raises(Refusal, match="selling_frozen"):
        withdraw_return(desk.station, "nothing")


def test_a_card_that_shows_neither_goes_into_dispute(desk: Desk) -> None:
    card, copied = card_of(HOME), card_of(HOME)
    copied.chip.main[:] = OPEN4442.plan_load(
        copied.image, cards.next_load(copied.image, 5_000)
    ).target
    card.chip.arm(Tear(CODE_STEPS + 9))
    with pytest.raises(OutcomeUnknown):
        desk.sell(card)
    with pytest.raises(OutcomeUnknown) as unknown:
        with_card(desk, copied, request_refund, SECOND)
    assert unknown.value.code == "card_not_as_left"
    (waiting,) = open_intents(desk.station)
    assert dispute(desk.station, waiting.intent_id, SECOND).state is TopUpState.DISPUTED
    with pytest.raises(Refusal) as refused:
        dispute(desk.station, waiting.intent_id, SECOND)
    assert refused.value.code == "not_disputable"
    with pytest.raises(Refusal) as stopped:
        with_card(desk, copied, resolve_card)
    assert stopped.value.code == "disputed"
    ok(desk)


def paid_and_cut(desk: Desk, card: VirtualCard) -> None:
    """The power goes when the money is in the till and nothing is armed."""

    class Cut(BaseException): ...

    def cut(*_: object) -> None:
        raise Cut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selling, "arm", cut)
        with pytest.raises(Cut):
            desk.sell(card)


def test_paid_and_never_armed_is_refunded_with_its_card(desk: Desk) -> None:
    card = card_of(HOME)
    paid_and_cut(desk, card)
    assert desk.states()[-1] == "paid"
    asked = with_card(desk, card, request_refund, SECOND)
    pay_out(desk.station, asked.topup_id, SECOND)
    assert ok(desk).money_terms["refunds"] == 10_000
    desk.sell(card)
    ok(desk)
