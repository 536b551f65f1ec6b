"""A household refuses its card: the load comes off and is paid back, or the household keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from cardstation.domain.batch import LineState
from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Explanation, Party, Where, Why
from cardstation.domain.exception_case import Act, Proof, Who
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.transitions import TopUpState
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.papers import handover_sheet as draw_own
from cardstation.papers import refund_list as draw_refunds
from cardstation.papers.manager_sheet import manager_sheet as draw_sheet
from cardstation.services import return_load as returning
from cardstation.services.bag_papers import manager_sheet
from cardstation.services.batch_account import batch_account
from cardstation.services.batch_state import batch_state, money_open
from cardstation.services.begin_remainder import begin_remainder
from cardstation.services.close_batch import close_batch
from cardstation.services.custody_state import custody_state
from cardstation.services.dispute import dispute
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.explain_card import explain_card
from cardstation.services.hand_over import likely_way
from cardstation.services.handover_sheet import handover_sheet
from cardstation.services.intent.cases import Case
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.refund_list import refund_list
from cardstation.services.resolve import resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.return_remainder import return_remainder
from cardstation.services.settle_dispute import Finding, settle_dispute
from cardstation.services.verify import verify
from drivers.virtual import VirtualCard
from tests.kit.handing import hand
from tests.kit.paper_sums import papers_agree
from tests.kit.papers import pages_of
from tests.kit.power import PowerCut
from tests.kit.shifts import CHIEF, RestartableClock, desk_on_duty
from tests.kit.station import Desk, card_of, line, neighbours, nobody, put_batch
from tests.kit.two_desks import TORN_IN_PAYLOAD

HOMES = neighbours(2)
SECOND = Approval(CHIEF)
REFUSED, KEEPS = Explanation(Why.REFUSED, (2,)), Explanation(Why.KEEPS_GAS, (2,))
HOME = (Party.DESK, Party.RESIDENT)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = desk_on_duty(tmp_path, households=HOMES)
    yield opened
    proof = verify(opened.station)
    assert proof.ok, proof.disagreements
    papers_agree(opened.station)
    opened.station.store.close()


def refused(desk: Desk, *, loaded: bool = True) -> tuple[str, VirtualCard]:
    """A bag went home; the household of its second card refuses it. Batch, and that card."""
    batch = put_batch(desk, [line(home, row) for row, home in enumerate(HOMES, 1)])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(20_000 if loaded else 10_000))
    hand(desk.station, batch, Party.MANAGER, Party.DESK)
    cards = [card_of(home) for home in HOMES]
    for card in cards if loaded else cards[:1]:
        desk.load(batch, card)
    hand(desk.station, batch, Party.DESK, Party.MANAGER)
    explain_card(desk.station, batch, REFUSED)
    return batch, cards[1]


def case(desk: Desk) -> Case:
    [one] = [one for one in exceptions_state(desk.station) if one.code == "kept_refused"]
    return one


def take_off(desk: Desk, card: VirtualCard) -> str:
    inserted = desk.insert(card)
    taken = return_load(desk.station, inserted, SECOND, nobody, reading="photo 4711")
    inserted.close()
    return taken.topup_id


def test_neither_the_card_goes_home_nor_the_batch_ends_before_its_load_is_answered(
    desk: Desk,
) -> None:
    batch, _card = refused(desk)
    for giver, taker in ((Party.DESK, Party.RESIDENT), (Party.DESK, Party.MANAGER)):
        with pytest.raises(Refusal, match="refused_load_open"):
            hand(desk.station, batch, giver, taker, places=(2,))
    with pytest.raises(Refusal, match="refused_load_open"):
        close_batch(desk.station, batch)


@pytest.mark.parametrize("why", [Why.FOUND, Why.ABSENT])
def test_one_clerk_does_not_say_alone_that_it_was_not_refused(desk: Desk, why: Why) -> None:
    batch, _card = refused(desk)
    explain_card(desk.station, batch, Explanation(why, (2,)))
    assert custody_state(desk.station, batch).custody.refused == {2}
    assert case(desk).actions == (Act.TAKE_OFF, Act.EXPLAIN)
    with pytest.raises(Refusal, match="refused_load_open"):
        hand(desk.station, batch, Party.DESK, Party.MANAGER, places=(2,))


def test_the_load_comes_off_then_the_money_goes_back_then_the_household_signs(desk: Desk) -> None:
    batch, card = refused(desk)
    first = case(desk)
    assert [(one.act, one.who, one.proof) for one in first.guide.steps] == [
        (Act.TAKE_OFF, Who.TWO, Proof.CARD_READ),
        (Act.PAY_OUT, Who.TWO, Proof.SECOND_APPROVAL),
        (Act.HAND_BACK, Who.CLERK, Proof.SIGNATURE),
    ]
    assert (first.guide.at, first.actions) == (0, (Act.TAKE_OFF, Act.EXPLAIN))
    returned = take_off(desk, card)
    second = case(desk)
    assert (second.guide.at, second.actions) == (1, (Act.PAY_OUT, Act.EXPLAIN))
    owed = second.money
    assert (second.intent_id, owed) == (returned, Money(9_744)), "its balance stays the household's"
    pay_out(desk.station, returned, SECOND)
    assert case(desk).guide.step.act is Act.HAND_BACK
    hand(desk.station, batch, *HOME, places=(2,))
    with pytest.raises(Refusal, match="batch_money_open"):
        close_batch(desk.station, batch)
    [paid] = batch_account(desk.station, batch).payments
    assert paid.remains == owed
    assert not begin_remainder(desk.station, batch, paid.payment.payment_id, paid.remains)
    return_remainder(desk.station, batch, paid.payment.payment_id, paid.remains, SECOND)
    assert custody_state(desk.station, batch).stage is Stage.CLOSED
    assert money_open(batch_state(desk.station, batch)) == NO_MONEY


def test_the_papers_say_what_stays_with_the_household_of_a_load_taken_off(desk: Desk) -> None:
    """What bought no whole step is on no card and goes back to nobody: a term of its own."""
    batch, card = refused(desk)
    pay_out(desk.station, take_off(desk, card), SECOND)
    kept, loaded, left = Money(256), Money(10_000), Money(9_744)
    sheet, own = manager_sheet(desk.station, batch), handover_sheet(desk.station, batch)
    refunds = refund_list(desk.station, batch)
    [row] = refunds.parts[0].payments
    assert (sheet.loaded, sheet.kept, sheet.remainder) == (loaded, kept, left)
    assert (own.loaded, own.kept, own.remainder) == (loaded, kept, left)
    assert (row.held, row.kept, row.remains) == (loaded, kept, left)
    for pdf in (draw_sheet(sheet, "zh_CN"), draw_own(own, "zh_CN"), draw_refunds(refunds, "zh_CN")):
        assert "转入用户结余 ¥2.56" in "".join(pages_of(pdf))


def test_two_persons_say_that_the_household_keeps_the_gas(desk: Desk) -> None:
    batch, _card = refused(desk)
    with pytest.raises(Refusal, match="explanation_needs_two"):
        explain_card(desk.station, batch, KEEPS)
    state = explain_card(desk.station, batch, KEEPS, SECOND)
    assert state.custody.where[2] is Where.REFUSED, "the card lies here all the same"
    assert case(desk).guide.step.act is Act.HAND_BACK
    hand(desk.station, batch, *HOME, places=(2,))
    assert close_batch(desk.station, batch).stage is Stage.CLOSED


@pytest.mark.parametrize("taker", [Party.MANAGER, Party.TEAM])
def test_of_a_card_that_is_kept_none_goes_to_anybody_but_its_household(
    desk: Desk, taker: Party
) -> None:
    batch, _card = refused(desk)
    explain_card(desk.station, batch, KEEPS, SECOND)
    before = custody_state(desk.station, batch)
    ways = ((Party.DESK, Party.MANAGER), (Party.DESK, Party.TEAM), HOME)
    assert likely_way(before.custody, ways) == HOME
    for arrived, extras in ((1, ()), (0, ()), (1, ("4073",))):
        with pytest.raises(Refusal, match="nothing_to_hand_over"):
            hand(desk.station, batch, Party.DESK, taker, arrived=arrived, extras=extras)
    assert custody_state(desk.station, batch).timeline == before.timeline
    hand(desk.station, batch, *HOME, places=(2,))
    assert close_batch(desk.station, batch).stage is Stage.CLOSED


def test_a_bag_of_kept_cards_alone_ends_with_an_empty_return(desk: Desk) -> None:
    batch = put_batch(desk, [line(home, row) for row, home in enumerate(HOMES, 1)])
    hand(desk.station, batch, Party.MANAGER, Party.DESK)
    explain_card(desk.station, batch, Explanation(Why.ABSENT, (1, 2)))
    with pytest.raises(Refusal, match="nothing_to_hand_over"):
        hand(desk.station, batch, Party.DESK, Party.MANAGER, arrived=1)
    assert hand(desk.station, batch, Party.DESK, Party.MANAGER).stage is Stage.RETURNED


def test_a_refused_card_without_a_load_asks_for_its_household_only(desk: Desk) -> None:
    batch, _card = refused(desk, loaded=False)
    assert case(desk).guide.step.act is Act.HAND_BACK
    with pytest.raises(Refusal, match="explanation_does_not_fit"):
        explain_card(desk.station, batch, KEEPS, SECOND)
    hand(desk.station, batch, *HOME, places=(2,))
    assert close_batch(desk.station, batch).stage is Stage.CLOSED


def test_refused_once_more_it_is_asked_once_more(desk: Desk) -> None:
    batch, _card = refused(desk)
    explain_card(desk.station, batch, KEEPS, SECOND)
    state = explain_card(desk.station, batch, REFUSED)
    assert state.custody.refused == {2}


def test_refused_before_it_was_loaded_it_is_a_card_as_any_other(desk: Desk) -> None:
    """The household agreed after all; only what is refused with gas on it waits for two people."""
    batch, card = refused(desk, loaded=False)
    later(desk)
    explain_card(desk.station, batch, Explanation(Why.FOUND, (2,)))
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(10_000))
    desk.load(batch, card)
    assert custody_state(desk.station, batch).custody.refused == frozenset()
    assert "kept_refused" not in [one.code for one in exceptions_state(desk.station)]
    later(desk)
    explain_card(desk.station, batch, REFUSED)
    assert custody_state(desk.station, batch).custody.refused == {2}
    later(desk)
    explain_card(desk.station, batch, Explanation(Why.FOUND, (2,)))
    with pytest.raises(Refusal, match="refused_load_open"):
        hand(desk.station, batch, *HOME, places=(2,))
    explain_card(desk.station, batch, KEEPS, SECOND)
    hand(desk.station, batch, *HOME, places=(2,))
    assert close_batch(desk.station, batch).stage is Stage.CLOSED


def later(desk: Desk) -> None:
    clock = desk.station.clock
    assert isinstance(clock, RestartableClock)
    clock.run(minutes=5)


STATES = (TopUpState.REQUESTED, TopUpState.ARMED, TopUpState.OUTCOME_UNKNOWN)


def taking_off(desk: Desk, card: VirtualCard, state: TopUpState) -> str:
    """The load of this card is being taken off, and was cut short there."""
    inserted = desk.insert(card)
    if state is TopUpState.OUTCOME_UNKNOWN:
        card.chip.arm(TORN_IN_PAYLOAD)
        with pytest.raises(OutcomeUnknown):
            return_load(desk.station, inserted, SECOND, nobody, reading="photo 4711")
        card.chip.arm(None)
    else:
        cut = "arm_return" if state is TopUpState.REQUESTED else "write_and_prove"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(returning, cut, Mock(side_effect=PowerCut))
            with pytest.raises(PowerCut):
                return_load(desk.station, inserted, SECOND, nobody, reading="photo 4711")
    inserted.close()
    [begun] = [one for one in open_intents(desk.station) if one.direction == "return"]
    assert begun.state == state.value
    return begun.intent_id


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_settled_while_its_load_is_being_taken_off(
    desk: Desk, state: TopUpState
) -> None:
    """Nobody knows what is on the card: neither signs the household, nor goes it home, nor ends
    the batch."""
    batch, card = refused(desk)
    taking_off(desk, card, state)
    found = batch_state(desk.station, batch)
    assert found.outcomes[1].state is LineState.UNKNOWN
    assert money_open(found) == NO_MONEY
    for why in (Why.KEEPS_GAS, Why.MADE_GOOD):
        with pytest.raises(Refusal, match="batch_not_certain"):
            explain_card(desk.station, batch, Explanation(why, (2,)), SECOND)
    for why in (Why.NEVER_GIVEN, Why.OTHER_BATCH):
        with pytest.raises(Refusal, match="explanation_does_not_fit"):
            explain_card(desk.station, batch, Explanation(why, (2,)), SECOND)
    with pytest.raises(Refusal, match="refused_load_open"):
        hand(desk.station, batch, *HOME, places=(2,))
    with pytest.raises(Refusal, match="batch_not_certain"):
        close_batch(desk.station, batch)
    inserted = desk.insert(card)
    resolve_card(desk.station, inserted, nobody)
    inserted.close()
    assert batch_state(desk.station, batch).outcomes[1].state is LineState.DONE, "it still stands"
    explain_card(desk.station, batch, KEEPS, SECOND)
    hand(desk.station, batch, *HOME, places=(2,))
    assert close_batch(desk.station, batch).stage is Stage.CLOSED


@pytest.mark.parametrize("said", ["keeps", "lost and found"])
def test_a_half_cleared_card_does_not_go_home_whatever_was_said_of_it(
    desk: Desk, said: str
) -> None:
    """Only that card says what is on it; no two people's earlier word does."""
    batch, card = refused(desk)
    if said == "keeps":
        explain_card(desk.station, batch, KEEPS, SECOND)
    taking_off(desk, card, TopUpState.OUTCOME_UNKNOWN)
    if said != "keeps":
        explain_card(desk.station, batch, Explanation(Why.LOST, (2,)), SECOND)
        explain_card(desk.station, batch, Explanation(Why.FOUND, (2,)))
    for taker in (Party.RESIDENT, Party.TEAM, Party.MANAGER):
        with pytest.raises(Refusal, match="batch_not_certain"):
            hand(desk.station, batch, Party.DESK, taker, places=(2,))
    inserted = desk.insert(card)
    resolve_card(desk.station, inserted, nobody)
    inserted.close()
    hand(desk.station, batch, *HOME, places=(2,))


def test_its_card_is_lost_while_its_load_is_being_taken_off(desk: Desk) -> None:
    """The batch waits for what two people settle: still loaded, its household is owed the gas."""
    batch, card = refused(desk)
    begun = taking_off(desk, card, TopUpState.OUTCOME_UNKNOWN)
    explain_card(desk.station, batch, Explanation(Why.LOST, (2,)), SECOND)
    with pytest.raises(Refusal, match="batch_not_certain"):
        close_batch(desk.station, batch)
    dispute(desk.station, begun, SECOND, lost="its card is lost")
    settle_dispute(desk.station, begun, Finding.LOADED, "photo of the meter", SECOND)
    with pytest.raises(Refusal, match="load_on_lost_card"):
        close_batch(desk.station, batch)
    explain_card(desk.station, batch, Explanation(Why.MADE_GOOD, (2,)), SECOND)
    assert close_batch(desk.station, batch).stage is Stage.CLOSED
