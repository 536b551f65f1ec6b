"""A dead card becomes a blank again, over every layout that can, and no other card is touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.batch_life import Step
from cardstation.domain.card import CardType
from cardstation.domain.household import Household
from cardstation.domain.ledger import PEOPLE
from cardstation.domain.meter import MakerRules
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Work
from cardstation.errors import LedgerUnreachable, LinkFailed, Refusal
from cardstation.services.intent.steps import record_step
from cardstation.services.lay_aside import lay_aside
from cardstation.services.recover import recover
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from drivers.virtual import Tear, Torn, VirtualCard
from drivers.virtual.maker import CardStory, make_card
from tests.kit import cards
from tests.kit.clearing import (
    CLEARABLE,
    SECOND,
    WHY,
    clear,
    closed,
    is_blank,
    loaded,
    not_cleared,
    put,
)
from tests.kit.issuing import blank, desk_for, issue, meter_for, newcomer, stopped_by
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.station import Desk, card_of, layout_of, line, open_desk, put_batch

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

RULES = MAKERS[0]


@pytest.mark.parametrize("rules", CLEARABLE, ids=lambda rules: rules.code)
def test_a_card_of_a_closed_account_is_cleared_and_issued_to_another(
    tmp_path: Path, rules: MakerRules
) -> None:
    home = closed(rules)
    desk, card = desk_for(tmp_path, home, rules), card_of(home, rules)
    slip = clear(desk, card)
    assert (slip.work, slip.card_no, slip.counter) == (Work.CLEAR, home.card_no, 50)
    assert slip.approver == SECOND.name
    assert is_blank(card, rules)
    assert not recover(desk.station)
    assert desk.kinds()[-2:] == ["card_armed", "card_written"]
    with desk.station.store.reading() as reading:
        armed = [one.entry for one in reading.journal.every() if one.entry.kind == "card_armed"]
    assert (armed[-1].approver, armed[-1].witness) == (SECOND.name, PEOPLE + WHY)
    assert desk.household().purchase_counter == home.purchase_counter
    new = replace(newcomer(rules), account_no="220104000999", card_no="88013025000999")
    put(desk, new)
    assert issue(desk, card, new, rules.code).card_no == new.card_no
    assert layout_of(rules).decode(card.image).identity.account_no == new.account_no
    assert verify(desk.station).ok
    desk.station.store.close()


def test_a_card_that_was_replaced_is_cleared(tmp_path: Path) -> None:
    home = cards.household()
    desk, old = desk_for(tmp_path, replace(home, generation=1)), card_of(home)
    assert clear(desk, old).generation == 0
    assert is_blank(old)
    desk.station.store.close()


def test_a_new_card_that_was_given_up_and_found_is_cleared_and_the_next_one_lives(
    tmp_path: Path,
) -> None:
    home = newcomer(RULES)
    desk, lost, second = desk_for(tmp_path, home), blank(), blank()
    meter = meter_for(home, RULES)
    issue(desk, lost, home)
    meter.take(lost)
    issue(desk, lost, home)
    sync(desk.station)
    assert not_cleared(desk, lost) == "card_still_live"
    lay_aside(desk.station, home.account_no, SECOND, "lost on the way home")
    issue(desk, second, home)
    meter.take(second)
    issue(desk, second, home)
    sync(desk.station)
    assert not_cleared(desk, second) == "card_still_live"
    other = open_desk(
        tmp_path / "two", households=[home], ledger=MemoryLedger("S002", desk.ledger.centre)
    )
    other.station = replace(other.station, name="S002", number=2)
    assert not_cleared(other, second) == "card_still_live"
    assert clear(other, lost).card_no == home.card_no, "another desk hears who gave it up"
    assert is_blank(lost)
    sync(other.station)
    desk.sell(second, "100")
    assert meter.take(second).credited
    assert stopped_by(desk, blank(), home) == "card_issued_already"
    for one in (desk, other):
        sync(one.station)
        assert verify(one.station).ok
        one.station.store.close()


def test_what_was_cleared_keeps_its_household_from_no_new_card(tmp_path: Path) -> None:
    home = newcomer(RULES)
    desk, lost = desk_for(tmp_path, home), blank()
    issue(desk, lost, home)
    lay_aside(desk.station, home.account_no, SECOND, "lost on the way home")
    clear(desk, lost)
    sync(desk.station)
    assert issue(desk, lost, home).work == Work.ISSUE
    assert verify(desk.station).ok
    desk.station.store.close()


def refused(desk: Desk, card: VirtualCard, **named: object) -> str:
    before, kinds = card.image, desk.kinds()
    with pytest.raises(Refusal) as stop:
        clear(desk, card, **named)  # type: ignore[arg-type]  # as the test says
    assert (card.image, desk.kinds()) == (before, kinds)
    return stop.value.code


def half_loaded(home: Household) -> VirtualCard:
    card = card_of(home)
    layout = layout_of(RULES)
    card.chip.arm(Tear(12))
    with pytest.raises(Torn):
        cards.put(card, layout.plan_load(card.image, cards.next_load(card.image)))
    card.chip.arm(None)
    assert layout.is_torn(card.image)
    return card


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: card_of(cards.household()), "card_still_live"),
        (lambda: card_of(replace(closed(), generation=1)), "card_differs_from_file"),
        (lambda: card_of(replace(closed(), card_no="88013025000777")), "card_differs_from_file"),
        (lambda: card_of(replace(closed(), account_no="220104000777")), "unknown_household"),
        (lambda: loaded(closed()), "clear_gas_on_card"),
        (lambda: half_loaded(closed()), "clear_not_readable"),
        (blank, "blank_card"),
    ],
)
def test_no_other_card_is_cleared(
    tmp_path: Path, made: Callable[[], VirtualCard], code: str
) -> None:
    live = code == "card_still_live"
    desk = desk_for(tmp_path, cards.household() if live else closed())
    assert refused(desk, made()) == code
    desk.station.store.close()


def test_a_card_that_keeps_its_number_for_ever_is_not_cleared(tmp_path: Path) -> None:
    rules = next(one for one in MAKERS if one.layout == "open102")
    home = closed(rules)
    desk = desk_for(tmp_path, home, rules)
    assert refused(desk, card_of(home, rules)) == "card_not_clearable"
    desk.station.store.close()


def test_two_persons_agree_in_writing(tmp_path: Path) -> None:
    home = closed()
    desk, card = desk_for(tmp_path, home), card_of(home)
    assert refused(desk, card, approval=Approval("demo")) == "second_person_same"
    assert refused(desk, card, why="gone") == "proof_missing"
    desk.station.store.close()


def test_what_waits_for_a_card_is_ended_before_it_is_cleared(tmp_path: Path) -> None:
    home = cards.household()
    desk, card = desk_for(tmp_path, home), card_of(home)
    card.chip.arm(Tear(1))
    with pytest.raises(LinkFailed):
        desk.sell(card, "100")
    card.chip.arm(None)
    put(desk, closed())
    assert refused(desk, card) == "clear_intent_open"
    desk.station.store.close()


def test_a_card_that_another_desk_began_a_load_on_is_not_cleared(tmp_path: Path) -> None:
    home = cards.household()
    desk, card = desk_for(tmp_path / "one", home), card_of(home)
    other = open_desk(
        tmp_path / "two", households=[closed()], ledger=MemoryLedger("S002", desk.ledger.centre)
    )
    other.station = replace(other.station, name="S002", number=2)
    card.chip.arm(Tear(1))
    with pytest.raises(LinkFailed):
        desk.sell(card, "100")
    card.chip.arm(None)
    sync(desk.station)
    assert refused(other, card) == "clear_open_elsewhere"
    other.ledger.boundary = unheard
    assert refused(other, card) == "clear_needs_ledger"
    for one in (desk, other):
        one.station.store.close()


def unheard(_name: str) -> None:
    raise LedgerUnreachable


def test_an_opening_card_shows_what_it_was(tmp_path: Path) -> None:
    home = replace(newcomer(RULES), generation=1)
    story = CardStory(card_type=CardType.OPENING, counter=0)
    old = make_card(
        replace(home, generation=0), RULES, layout_of(RULES), cards.DemoCardKeys(), story=story
    )
    desk = desk_for(tmp_path, home)
    assert clear(desk, old).work == Work.CLEAR
    desk.station.store.close()


def test_a_card_of_a_bag_that_is_out_goes_back_first(tmp_path: Path) -> None:
    home = closed()
    desk, card = desk_for(tmp_path, home), card_of(home)
    batch_id = put_batch(desk, [line(home, 1)])
    assert refused(desk, card) == "clear_card_of_bag"
    with desk.station.store.unit() as unit:
        record_step(desk.station, unit, batch_id, Step.CLOSED)
        unit.commit()
    assert clear(desk, card).work == Work.CLEAR
    desk.station.store.close()
