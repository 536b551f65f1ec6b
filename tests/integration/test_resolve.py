"""What is open on a card is settled at its next insertion: the crash table, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.topup import TopUpRequest
from cardstation.domain.transitions import TopUpEvent
from cardstation.domain.volume import Volume
from cardstation.errors import CardServiceGone, CodeRefused, LinkFailed, OutcomeUnknown, Refusal
from cardstation.ports.payment import PaymentAnswer
from cardstation.services import top_up as selling
from cardstation.services.answer_payment import answer_payment
from cardstation.services.intent.records import record_move
from cardstation.services.read_card import read_card
from cardstation.services.recover import recover
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from drivers.layouts.open4442 import OPEN4442
from drivers.virtual import Moment, Tear, VirtualCard, every_tear
from tests.kit import cards
from tests.kit.station import Desk, card_of, neighbours, nobody, open_desk, repeat_chance, take

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

HOME = cards.household()
CODE_STEPS = 5
"""Sub-steps of presenting the code: counter bit, three compares, and the counter's erase."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path)
    yield opened
    opened.station.store.close()


def torn_sale(desk: Desk, card: VirtualCard, tear: Tear) -> None:
    """A sale during which the card is pulled; the code's own steps come first."""
    repeat_chance()
    card.chip.arm(tear)
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        desk.sell(card)
    card.chip.arm(None)


def resolved(desk: Desk, card: VirtualCard) -> Any:
    inserted = desk.insert(card)
    try:
        return resolve_card(desk.station, inserted)
    finally:
        inserted.close()


def steps_of_a_sale(tmp_path: Path) -> int:
    repeat_chance()
    desk, card = open_desk(tmp_path / "count"), card_of(HOME)
    card.chip.arm(None)
    desk.sell(card)
    desk.station.store.close()
    return card.chip.steps


def mark_of_card(card: VirtualCard) -> bytes:
    credit = OPEN4442.decode(card.image).credit
    assert credit is not None
    return credit.mark


def test_a_card_torn_at_every_sub_step(tmp_path: Path) -> None:
    """The meter sees the old load or the new one, and the next insertion brings the end."""
    torn = 0
    for number, tear in enumerate(every_tear(steps_of_a_sale(tmp_path))):
        desk, card = open_desk(tmp_path / str(number)), card_of(HOME)
        before = mark_of_card(card)
        torn_sale(desk, card, tear)
        old = OPEN4442.decode(card.image).credit
        assert old is not None
        assert old.mark == before or old.quantity == Volume.of_m3("29")
        twin = card.copy()
        assert take(twin).credited in (Volume(0), Volume.of_m3("29"))
        if card.chip.security[0] == 7 or tear.step < CODE_STEPS:
            found = resolved(desk, card)
            assert found.outcome is Outcome.SEALED
            assert take(card).credited == Volume.of_m3("29")
            assert verify(desk.station).ok
            torn += 1
        desk.station.store.close()
    assert torn > 40


@pytest.mark.parametrize("seed", range(3))
def test_a_byte_that_reads_differently_each_time(desk: Desk, seed: int) -> None:
    card = card_of(HOME)
    torn_sale(desk, card, Tear(CODE_STEPS + 6, Moment.INSIDE, seed, flaky=True))
    assert resolved(desk, card).outcome is Outcome.SEALED
    assert verify(desk.station).ok


def test_all_written_but_not_sealed_is_not_written_again(desk: Desk) -> None:
    card = card_of(HOME)
    torn_sale(desk, card, Tear(steps_done(desk) - 1, Moment.AFTER))
    wear = list(card.chip.wear)
    assert resolved(desk, card).outcome is Outcome.SEALED
    assert card.chip.wear == wear
    assert desk.states()[-2:] == ["outcome_unknown", "sealed"]


def steps_done(desk: Desk) -> int:
    return steps_of_a_sale(desk.station.store.home / "probe")


def test_the_meter_took_it_meanwhile(desk: Desk) -> None:
    card = card_of(HOME)
    torn_sale(desk, card, Tear(steps_done(desk) - 1, Moment.AFTER))
    assert take(card).credited == Volume.of_m3("29")
    assert resolved(desk, card).outcome is Outcome.SEALED
    assert verify(desk.station).gas_terms["taken_by_meters_litres"] == 29_000


def test_a_torn_card_that_met_its_meter_is_finished_all_the_same(desk: Desk) -> None:
    card = card_of(HOME)
    torn_sale(desk, card, Tear(CODE_STEPS + 9))
    assert take(card).credited == Volume(0)
    assert resolved(desk, card).outcome is Outcome.SEALED
    assert take(card).credited == Volume.of_m3("29")
    assert desk.kinds() == ["paid", "armed", "sealed"]


def test_untouched_is_proven_and_the_same_intent_goes_on(desk: Desk) -> None:
    card = card_of(HOME)
    torn_sale(desk, card, Tear(CODE_STEPS, Moment.BEFORE))
    resolved(desk, card)
    assert desk.states()[3:] == ["armed", "outcome_unknown", "not_loaded", "armed", "sealed"]
    assert desk.kinds() == ["paid", "armed", "not_loaded", "armed", "sealed"]
    credit = OPEN4442.decode(card.image).credit
    assert credit is not None
    assert credit.purchase_counter == 51


def test_what_is_neither_before_nor_after_nor_ours_waits_for_a_human(desk: Desk) -> None:
    card = card_of(HOME)
    torn_sale(desk, card, Tear(CODE_STEPS + 9))
    foreign = card_of(HOME)
    foreign.chip.main[:] = OPEN4442.plan_load(
        foreign.image, cards.next_load(foreign.image, 5_000)
    ).target
    inserted = desk.insert(foreign)
    before = foreign.image
    with pytest.raises(OutcomeUnknown) as unknown:
        resolve_card(desk.station, inserted)
    inserted.close()
    assert unknown.value.code == "card_not_as_left"
    assert foreign.image == before
    assert resolved(desk, card).outcome is Outcome.SEALED


def test_what_is_proven_not_loaded_stays_so_when_the_card_was_loaded_elsewhere(desk: Desk) -> None:
    """Armed again it could never be given back."""
    card = card_of(HOME)
    card.chip.security[0] = 3
    inserted = desk.insert(card)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selling, "ensure_unlockable", nobody_asks)
        with pytest.raises(Refusal):
            top_up(desk.station, inserted, TopUpRequest(money=Money(10_000)), nobody)
    inserted.close()
    assert desk.states()[-1] == "not_loaded"
    card.chip.main[:] = OPEN4442.plan_load(card.image, cards.next_load(card.image, 5_000)).target
    with pytest.raises(OutcomeUnknown):
        resolved(desk, card)
    assert desk.states()[-1] == "not_loaded"


def nobody_asks(*_: object) -> None: ...


def test_the_anchor_stands_before_a_byte_after_a_cut_too(desk: Desk) -> None:
    card, anchor = card_of(HOME), desk.station.store.anchor

    class Cut(Exception): ...

    def cut(*_: object) -> None:
        raise Cut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(anchor), "write", cut)
        with pytest.raises(Cut):
            desk.sell(card)
    assert desk.states()[-1] == "armed"
    assert anchor.read() is None
    card.chip.arm(Tear(CODE_STEPS + 3))
    with pytest.raises(OutcomeUnknown):
        resolved(desk, card)
    mark = anchor.read()
    assert mark is not None
    assert mark.seq == 2


def test_another_card_never_gets_the_open_bytes(tmp_path: Path) -> None:
    homes = neighbours(2)
    desk = open_desk(tmp_path, households=homes)
    first, second = card_of(homes[0]), card_of(homes[1])
    torn_sale(desk, first, Tear(CODE_STEPS + 3))
    before = second.image
    assert resolved(desk, second).outcome is Outcome.NOTHING
    assert second.image == before
    assert resolved(desk, first).outcome is Outcome.SEALED
    desk.station.store.close()


def test_a_code_cut_short_once_is_tried_again_once(desk: Desk) -> None:
    card = card_of(HOME)
    torn_sale(desk, card, Tear(2))
    assert card.chip.security[0] == 3
    assert resolved(desk, card).outcome is Outcome.SEALED
    assert card.chip.security[0] == 7


def test_a_code_cut_short_twice_waits_for_the_supervisor(desk: Desk) -> None:
    card = card_of(HOME)
    torn_sale(desk, card, Tear(2))
    card.chip.arm(Tear(2))
    with pytest.raises(LinkFailed):
        resolved(desk, card)
    card.chip.arm(None)
    for _ in range(2):
        with pytest.raises(Refusal) as stop:
            resolved(desk, card)
        assert stop.value.code == "code_tries_low"
        assert card.chip.security[0] == 1
    assert verify(desk.station).ok


def test_two_tries_left_by_a_stranger_are_not_touched(desk: Desk) -> None:
    card = card_of(HOME)
    card.chip.security[0] = 3
    with pytest.raises(Refusal) as stop:
        desk.sell(card)
    assert stop.value.code == "code_tries_low"
    assert card.chip.security[0] == 3
    assert desk.states() == []


def test_a_refused_code_is_never_presented_again(desk: Desk) -> None:
    card = card_of(HOME)
    card.chip.security[1] ^= 0xFF
    with pytest.raises(CodeRefused):
        desk.sell(card)
    assert card.chip.security[0] == 3
    with pytest.raises(Refusal):
        resolved(desk, card)
    assert card.chip.security[0] == 3
    assert desk.kinds()[:3] == ["paid", "armed", "not_loaded"]


class Answering:
    """A QR service: the first answer is lost, later it knows."""

    tender = Tender.QR_CODE

    def __init__(self, later: PaymentAnswer) -> None:
        self.later = later
        self.taken = 0

    def take(self, *_: object) -> PaymentAnswer:
        self.taken += 1
        return PaymentAnswer.UNKNOWN

    def query(self, _: str) -> PaymentAnswer:
        return self.later


@pytest.mark.parametrize(
    ("later", "outcome"),
    [
        (PaymentAnswer.TAKEN, Outcome.SEALED),
        (PaymentAnswer.NOT_TAKEN, Outcome.VOIDED),
        (PaymentAnswer.UNKNOWN, Outcome.QUESTION),
    ],
)
def test_a_payment_whose_answer_was_lost_is_asked_for_and_never_charged_again(
    tmp_path: Path, later: PaymentAnswer, outcome: Outcome
) -> None:
    service = Answering(later)
    desk, card = open_desk(tmp_path, payments=(service,)), card_of(HOME)
    with pytest.raises(OutcomeUnknown):
        desk.sell(card, tender=Tender.QR_CODE)
    assert resolved(desk, card).outcome is outcome
    if outcome is Outcome.QUESTION:
        with pytest.raises(Refusal) as stop:
            desk.sell(card, tender=Tender.QR_CODE)
        assert stop.value.code == "payment_question"
    assert service.taken == 1
    desk.station.store.close()


@pytest.mark.parametrize(("taken", "outcome"), [(True, Outcome.SEALED), (False, Outcome.NOTHING)])
def test_the_clerk_answers_for_cash(desk: Desk, taken: bool, outcome: Outcome) -> None:
    card = card_of(HOME)
    inserted = desk.insert(card)
    begun(desk, inserted)
    facts = read_card(desk.station, inserted)
    inserted.close()
    assert facts.intent is not None
    [question] = recover(desk.station)
    assert (question.code, question.intent_id) == ("payment_question", facts.intent.intent_id)
    assert resolved(desk, card).outcome is Outcome.QUESTION
    answer_payment(desk.station, question.intent_id, taken=taken)
    assert resolved(desk, card).outcome is outcome
    with pytest.raises(Refusal):
        answer_payment(desk.station, question.intent_id, taken=taken)
    assert recover(desk.station) == ()


def begun(desk: Desk, inserted: Any, *, asked: bool = True) -> None:
    """Begin a sale as far as the question for the money."""
    from cardstation.domain.admission import admit
    from cardstation.services.intent.begin import Purpose, begin
    from cardstation.services.quote import quote

    offer = quote(desk.station, HOME, money=Money(10_000))
    admitted = admit(inserted.content, inserted.rules)
    purpose = Purpose(Tender.CASH)
    intent = begin(desk.station, inserted, HOME, admitted, offer, purpose=purpose)
    if asked:
        record_move(desk.station, intent, TopUpEvent.MONEY_ASKED)


def test_a_quote_that_was_cut_short_is_void(desk: Desk) -> None:
    card = card_of(HOME)
    inserted = desk.insert(card)
    begun(desk, inserted, asked=False)
    inserted.close()
    assert resolved(desk, card).outcome is Outcome.VOIDED
    inserted = desk.insert(card)
    begun(desk, inserted, asked=False)
    inserted.close()
    assert recover(desk.station) == ()
    assert desk.states() == ["quoted", "voided"] * 2


def test_the_card_service_dies_between_write_and_proof(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = card_of(HOME)
    inserted = desk.insert(card)

    def gone() -> bytes:
        raise CardServiceGone

    monkeypatch.setattr(inserted, "power_cycle", gone)
    with pytest.raises(OutcomeUnknown) as unknown:
        top_up(desk.station, inserted, TopUpRequest(money=Money(10_000)), nobody)
    inserted.close()
    assert unknown.value.values["reason"] == "card_service_gone"
    assert resolved(desk, card).outcome is Outcome.SEALED
    assert desk.states()[-2:] == ["outcome_unknown", "sealed"]


def test_a_paid_sale_goes_on_with_the_same_card(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = card_of(HOME)
    inserted = desk.insert(card)

    def stopped(*_: object) -> None:
        raise CardServiceGone

    with monkeypatch.context() as patch:
        patch.setattr(selling, "arm", stopped)
        with pytest.raises(CardServiceGone):
            top_up(desk.station, inserted, TopUpRequest(money=Money(10_000)), nobody)
    inserted.close()
    assert [one.code for one in recover(desk.station)] == ["paid_not_loaded"]
    assert verify(desk.station).money_terms["paid_not_loaded"] == 9744
    assert resolved(desk, card).outcome is Outcome.SEALED
    assert take(card).credited == Volume.of_m3("29")
