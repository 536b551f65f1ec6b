"""One list of what is open, worst first; and no shift closes over the unknown on one signature."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.bootstrap.entry import doors
from cardstation.cli.commands import COMMANDS
from cardstation.cli.run import main
from cardstation.domain.batch import LineState
from cardstation.domain.custody import Explanation, Party, Why
from cardstation.domain.exception_case import Act, Kind
from cardstation.domain.ledger import Order
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval, Role, ShiftClose
from cardstation.domain.trays import Tray
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.services.add_clerk import add_clerk
from cardstation.services.close_shift import close_shift
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.explain_card import explain_card
from cardstation.services.intent.cases import Case
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_batch import pay_batch
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_remainder import return_remainder
from cardstation.services.route_card import route_card
from cardstation.services.shift_state import shift_state
from cardstation.services.verify import verify
from drivers.keys import KeptDeviceKey
from drivers.virtual import PullAfter, VirtualCard
from tests.kit import cards
from tests.kit.bag import bag_at
from tests.kit.handing import hand
from tests.kit.shifts import (
    ANNA,
    BEN,
    CHIEF,
    FLOAT,
    PINS,
    PlainPins,
    RestartableClock,
    desk_on_duty,
)
from tests.kit.station import Desk, card_of, line, neighbours, nobody, open_desk, put_batch, take

HOME = cards.household()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = desk_on_duty(tmp_path)
    yield opened
    opened.station.store.close()


def torn(desk: Desk, card: VirtualCard) -> None:
    """A cash sale whose card is pulled while it is written."""
    card.chip.arm(PullAfter(9))
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        desk.sell(card)
    card.chip.arm(None)


def later(desk: Desk, **by: float) -> None:
    clock = desk.station.clock
    assert isinstance(clock, RestartableClock)
    clock.run(**by)


def close(desk: Desk, yuan: str, **how: str) -> ShiftClose:
    return close_shift(desk.station, PINS[ANNA], counted=Money.of_yuan(yuan), **how)


def resolved(desk: Desk, card: VirtualCard) -> Outcome:
    inserted = desk.insert(card)
    try:
        return resolve_card(desk.station, inserted, nobody).outcome
    finally:
        inserted.close()


def test_one_signature_does_not_close_over_an_unknown_and_nothing_is_counted(desk: Desk) -> None:
    torn(desk, card_of(HOME))
    with pytest.raises(Refusal, match="unknown_not_signed"):
        close(desk, "600")
    state = shift_state(desk.station)
    assert state.open is not None
    assert not state.counted


class SlowPins(PlainPins):
    """A PIN takes its time; a lane is at work meanwhile."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self._meanwhile = [meanwhile]

    def matches(self, kept: str, pin: str) -> bool:
        while self._meanwhile:
            self._meanwhile.pop()()
        return super().matches(kept, pin)


def test_what_became_unknown_while_the_pin_was_proven_is_not_signed_by_one(desk: Desk) -> None:
    plain = desk.station
    desk.station = replace(plain, pins=SlowPins(lambda: torn(desk, card_of(HOME))))
    with pytest.raises(Refusal, match="unknown_not_signed"):
        close(desk, "600")
    assert not shift_state(desk.station).counted


def test_two_signatures_close_over_it_and_the_card_still_ends_it(desk: Desk) -> None:
    card = card_of(HOME)
    torn(desk, card)
    closed = close(desk, "600", handed_to=BEN, handed_pin=PINS[BEN])
    assert [one.code for one in closed.open_items] == ["outcome_unknown"]
    assert closed.handed_to == BEN
    opened = open_shift(desk.station, BEN, PINS[BEN], float_money=FLOAT)
    assert len(opened.taken_over) == 1
    assert resolved(desk, card) is Outcome.SEALED
    assert exceptions_state(desk.station) == ()
    assert verify(desk.station).ok


def test_the_wrong_pin_of_the_second_signs_for_nothing(desk: Desk) -> None:
    torn(desk, card_of(HOME))
    with pytest.raises(Refusal, match="pin_wrong"):
        close(desk, "600", handed_to=BEN, handed_pin="000000")
    assert shift_state(desk.station).open is not None


def test_the_card_itself_makes_one_signature_enough(desk: Desk) -> None:
    card = card_of(HOME)
    torn(desk, card)
    assert resolved(desk, card) is Outcome.SEALED
    assert close(desk, "600").open_items == ()


def test_where_nobody_else_works_the_shift_can_still_be_closed(tmp_path: Path) -> None:
    alone = open_desk(tmp_path, clock=RestartableClock())
    alone.station = replace(alone.station, pins=PlainPins())
    add_clerk(alone.station, ANNA, PINS[ANNA], {Role.SUPERVISOR}, by=None)
    open_shift(alone.station, ANNA, PINS[ANNA], float_money=FLOAT)
    torn(alone, card_of(HOME))
    closed = close(alone, "600")
    assert [one.code for one in closed.open_items] == ["outcome_unknown"]
    again = open_shift(alone.station, ANNA, PINS[ANNA], float_money=FLOAT, signs_unknown=True)
    assert len(again.taken_over) == 1
    alone.station.store.close()


def test_an_unknown_is_due_at_the_shifts_end_and_overdue_afterwards(desk: Desk) -> None:
    torn(desk, card_of(HOME))
    later(desk, hours=3)
    [one] = exceptions_state(desk.station)
    assert (one.kind, one.code, one.owner) == (Kind.INTENT, "outcome_unknown", ANNA)
    assert (one.until_shift_ends, one.due, one.overdue) == (True, None, False)
    assert one.age_min == 180
    assert one.who.startswith(HOME.name)
    assert one.guide.step.act is Act.CARD
    close(desk, "600", handed_to=BEN, handed_pin=PINS[BEN])
    later(desk, minutes=1)
    assert exceptions_state(desk.station)[0].overdue


def stopped(desk: Desk) -> str:
    """A batch of two lines."""
    homes = neighbours(2)
    return put_batch(desk, [line(homes[0], 1), line(homes[1], 2)])


def test_a_bag_that_lacks_a_card_is_asked_about_until_it_is_explained(desk: Desk) -> None:
    batch = stopped(desk)
    assert of_kind(exceptions_state(desk.station), Kind.BAG) == []
    later(desk, minutes=5)
    hand(desk.station, batch, Party.MANAGER, Party.DESK, arrived=1)
    [one] = of_kind(exceptions_state(desk.station), Kind.BAG)
    assert (one.values, one.guide.step.code) == ({"missing": 1, "extra": 0}, "count_bag")
    later(desk, hours=49)
    assert of_kind(exceptions_state(desk.station), Kind.BAG)[0].overdue
    explain_card(desk.station, batch, Explanation(Why.NEVER_GIVEN, (2,)), Approval(CHIEF))
    assert of_kind(exceptions_state(desk.station), Kind.BAG) == []


def test_money_owed_to_a_payer_and_a_bag_in_hand_are_somebodys(desk: Desk) -> None:
    batch = put_batch(desk, [line(HOME, 1)])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(25_000))
    later(desk, minutes=5)
    hand(desk.station, batch, Party.MANAGER, Party.DESK)
    desk.load(batch, card_of(HOME))
    assert of_kind(exceptions_state(desk.station), Kind.MONEY) == []
    assert [one.code for one in shift_state(desk.station).open_items] == ["cards_not_back"]
    later(desk, minutes=5)
    hand(desk.station, batch, Party.DESK, Party.MANAGER)
    [one] = of_kind(exceptions_state(desk.station), Kind.MONEY)
    assert (one.code, one.money, one.guide.step.code) == (
        "batch_money_open",
        Money(15_000),
        "give_back",
    )
    [item] = shift_state(desk.station).open_items
    assert (item.code, item.money, item.batch_id) == ("batch_money_open", Money(15_000), batch)
    later(desk, hours=25)
    assert of_kind(exceptions_state(desk.station), Kind.MONEY)[0].overdue
    with desk.station.store.reading() as reading:
        (paid,) = reading.funds.payments(batch)
    return_remainder(desk.station, batch, paid.payment_id, Money(15_000), Approval(CHIEF))
    assert of_kind(exceptions_state(desk.station), Kind.MONEY) == []
    assert shift_state(desk.station).open_items == ()


def test_a_card_that_asks_stands_on_the_list_until_it_lies_in_another_tray(desk: Desk) -> None:
    batch = stopped(desk)
    code = "counter_past_expected"
    route_card(desk.station, batch, Tray.B, place=1, card_no="", code=code)
    [one] = of_kind(exceptions_state(desk.station), Kind.LINE)
    assert (one.batch_id, one.row, one.guide.step.code) == (batch, 1, "ask_elsewhere")
    route_card(desk.station, batch, Tray.C, place=1, card_no="", code=code)
    assert of_kind(exceptions_state(desk.station), Kind.LINE) == []


def test_a_card_with_gas_on_it_stands_on_the_list_and_is_loaded_once_its_meter_took_it(
    tmp_path: Path,
) -> None:
    """Its money waits: nobody has to remember that the card lay in tray C."""
    people = neighbours(2)
    desk = open_desk(tmp_path, households=people)
    with closing(desk.station.store):
        card = card_of(people[1])
        desk.sell(card)
        bag = bag_at(desk, people)
        bag.cards[1] = card
        bag.load(0)
        assert bag.refused(1) == "load_still_on_card"
        [one] = of_kind(exceptions_state(desk.station), Kind.LINE)
        assert (one.place, one.code, Act.CARD in one.guide.now) == (2, "load_still_on_card", True)
        desk.reader.pull()
        assert take(card).taking.value == "credited"
        bag.load(1)
        assert bag.states == [LineState.DONE, LineState.DONE]
        assert of_kind(exceptions_state(desk.station), Kind.LINE) == []


def test_a_card_that_a_clerk_let_go_without_a_load_stands_on_the_list_no_more(desk: Desk) -> None:
    bag = bag_at(desk, [HOME])
    desk.sell(bag.cards[0])
    code = bag.refused(0)
    assert len(of_kind(exceptions_state(desk.station), Kind.LINE)) == 1
    route_card(desk.station, bag.batch_id, Tray.C, place=1, card_no="", code=code)
    assert of_kind(exceptions_state(desk.station), Kind.LINE) == []


def of_kind(cases: tuple[Case, ...], kind: Kind) -> list[Case]:
    return [one for one in cases if one.kind is kind]


def test_the_verdict_comes_first_then_what_is_overdue_then_the_worse(desk: Desk) -> None:
    torn(desk, card_of(HOME))
    with desk.station.store.unit() as unit:
        unit.outbox.judge("ledger_ahead", desk.station.clock.now())
        unit.commit()
    later(desk, hours=60)
    kinds = [one.kind for one in exceptions_state(desk.station)]
    assert kinds[0] is Kind.VERDICT
    assert exceptions_state(desk.station)[0].actions == (Act.REJOIN,)


def test_the_command_lists_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    desk = desk_on_duty(home)
    desk.station = replace(desk.station, device_key=KeptDeviceKey(home, training=True))
    torn(desk, card_of(HOME))
    desk.station.store.close()
    monkeypatch.setenv("CARDSTATION_HOME", str(home))
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    assert main(doors(), COMMANDS, ["exceptions", "--json"]) == 0
    [one] = json.loads(capsys.readouterr().out)["exceptions"]
    assert (one["code"], one["owner"], one["until_shift_ends"]) == ("outcome_unknown", ANNA, True)
    assert one["opened_by"] == ANNA
    assert (one["step"], one["steps"], one["next"]["proof"]) == (1, 3, "card_read")
    assert one["now"] == ["card", "refund", "dispute"]
    assert main(doors(), COMMANDS, ["exceptions"]) == 0
    assert HOME.name in capsys.readouterr().out


def test_a_paid_order_that_nobody_loads_is_on_the_list(desk: Desk) -> None:
    paid_at = desk.station.clock.now()
    order = Order("W1", HOME.account_no, 10_000, 30_000, "", HOME.purchase_counter, "", paid_at)
    with desk.station.store.unit() as unit:
        unit.orders.put([order])
        unit.commit()
    later(desk, days=29)
    assert exceptions_state(desk.station) == ()
    [one] = exceptions_state(desk.station, order_warn_days=29)
    assert (one.kind, one.key, one.overdue) == (Kind.ORDER, "W1", True)
    assert (one.money, one.values["days"]) == (Money(10_000), 29)
