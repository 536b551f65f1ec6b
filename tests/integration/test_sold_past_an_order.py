"""A paid order and a sale to the same card: said before, and a case of somebody's at once after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch import LineKind, Verdict
from cardstation.domain.exception_case import Act
from cardstation.domain.ledger import Order
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.add_row import add_row
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.intent.cases import Case
from cardstation.services.judge_again import judge_again
from cardstation.services.load_prepaid import load_prepaid
from cardstation.services.look_at_line import look_at_line
from cardstation.services.orders_state import orders_state
from cardstation.services.pay_batch import pay_batch
from cardstation.services.return_load import return_load
from cardstation.services.settle_line import settle_line
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.virtual import VirtualCard
from tests.kit.full_desk import FIRST, SECOND
from tests.kit.lists import lines_of, list_row, taken, with_people
from tests.kit.memory_ledger import Centre, MemoryLedger
from tests.kit.station import Desk, card_of, neighbours, nobody, open_desk, take

HOME, OTHER, THIRD = neighbours(3)
ORDER = Order(
    "D1", HOME.account_no, 5600, 20_000, "residential@2026-01-01", HOME.purchase_counter, "",
    paid_at=datetime(2026, 11, 22, 3, tzinfo=UTC),
)  # fmt: skip


@pytest.fixture
def centre() -> Centre:
    return Centre()


@pytest.fixture
def desk(tmp_path: Path, centre: Centre) -> Iterator[Desk]:
    made = open_desk(tmp_path, households=[HOME, OTHER, THIRD], ledger=MemoryLedger("S001", centre))
    with_people(made)
    centre.sell_online(ORDER)
    sync(made.station)
    yield made
    made.station.store.close()


def order_cases(desk: Desk) -> list[Case]:
    return [one for one in exceptions_state(desk.station) if one.kind.value == "order"]


def loaded(desk: Desk, card: VirtualCard) -> str:
    inserted = desk.insert(card)
    try:
        return load_prepaid(desk.station, inserted, None, nobody).order_id
    except Refusal as refused:
        return refused.code
    finally:
        inserted.close()


def test_a_row_of_a_household_with_a_waiting_order_is_for_a_person(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(HOME), list_row(OTHER)])
    assert [one.verdict for one in batch.lines] == [Verdict.HUMAN, Verdict.READY]
    assert batch.lines[0].reasons == ("order_waits",)
    assert look_at_line(desk.station, batch.batch_id, 1).orders == (ORDER,)
    assert look_at_line(desk.station, batch.batch_id, 2).orders == ()
    assert judge_again(desk.station, batch.batch_id, 1) == 1


def test_the_order_is_loaded_in_its_stead_without_money(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(HOME), list_row(OTHER)])
    place = settle_line(desk.station, batch.batch_id, 1, HOME.account_no, None)
    line = lines_of(desk.station, batch.batch_id)[place - 1]
    assert (line.verdict, line.kind, line.order_id) == (Verdict.READY, LineKind.PREPAID, "D1")
    assert desk.load(batch.batch_id, card_of(HOME)).state == "done"
    sync(desk.station)
    assert order_cases(desk) == []


def test_sold_beside_it_knowingly_it_is_a_case_at_once(desk: Desk, centre: Centre) -> None:
    batch = taken(desk.station, [list_row(HOME)])
    settle_line(desk.station, batch.batch_id, 1, HOME.account_no, Money(10_000))
    assert lines_of(desk.station, batch.batch_id)[1].verdict is Verdict.READY
    pay_batch(desk.station, batch.batch_id, tender=Tender.CASH, money=Money(10_000))
    card = card_of(HOME)
    assert desk.load(batch.batch_id, card).state == "done"
    (case,) = order_cases(desk)
    assert (case.code, case.key, case.owner, case.overdue) == ("order_passed", "D1", SECOND, False)
    assert case.since == desk.clock.at
    assert [step.code for step in case.guide.steps] == ["bind_anew", "load_card"]
    assert (case.guide.at, case.actions) == (0, ())
    take(card)
    sync(desk.station)
    assert loaded(desk, card) == "order_loaded_elsewhere"
    counter = HOME.purchase_counter + 1
    centre.held["D1"] = replace(centre.held["D1"], expected_counter=counter)
    sync(desk.station)
    assert order_cases(desk) == []
    assert loaded(desk, card) == "D1"
    assert verify(desk.station).ok


def test_a_row_whose_household_a_person_named_says_it_once(desk: Desk) -> None:
    """What could not be said of a row nobody knew is said when its household is named."""
    batch = taken(
        desk.station, [list_row(HOME, account_no="", card_no="", name="住户9"), list_row(OTHER)]
    )
    place = settle_line(desk.station, batch.batch_id, 1, HOME.account_no, Money(10_000))
    line = lines_of(desk.station, batch.batch_id)[place - 1]
    assert (line.verdict, line.reasons) == (Verdict.HUMAN, ("order_waits",))
    again = settle_line(desk.station, batch.batch_id, place, HOME.account_no, Money(10_000))
    assert lines_of(desk.station, batch.batch_id)[again - 1].verdict is Verdict.READY


def test_what_was_said_of_one_household_is_not_said_of_another(desk: Desk, centre: Centre) -> None:
    centre.sell_online(replace(ORDER, order_id="D2", account_no=OTHER.account_no))
    sync(desk.station)
    batch = taken(desk.station, [list_row(HOME)])
    place = settle_line(desk.station, batch.batch_id, 1, OTHER.account_no, Money(10_000))
    line = lines_of(desk.station, batch.batch_id)[place - 1]
    assert (line.verdict, line.reasons) == (Verdict.HUMAN, ("order_waits",))


def test_a_row_that_is_typed_at_the_door_waits_too(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(OTHER)])
    place = add_row(desk.station, batch.batch_id, HOME.account_no, Money(10_000))
    assert lines_of(desk.station, batch.batch_id)[place - 1].reasons == ("order_waits",)


def test_a_sale_at_the_counter_past_an_order_is_a_case_until_it_is_taken_back(
    desk: Desk,
) -> None:
    assert order_cases(desk) == []
    card = card_of(HOME)
    desk.sell(card)
    (case,) = order_cases(desk)
    assert (case.code, case.owner) == ("order_passed", SECOND)
    assert not {Act.HOLD_ORDER, Act.CARD} & set(case.guide.now)
    (waits,) = orders_state(desk.station, warn_days=30)
    assert (waits.passed, waits.warns, waits.passed_at) == (True, False, desk.clock.at)
    inserted = desk.insert(card)
    return_load(desk.station, inserted, Approval(FIRST), nobody, reading="1203.5")
    inserted.close()
    assert order_cases(desk) == []
    assert loaded(desk, card) == "D1"


def test_an_order_that_was_sold_past_offers_after_thirty_days_what_can_work(desk: Desk) -> None:
    desk.sell(card_of(HOME))
    desk.clock.at += timedelta(days=40)
    (case,) = order_cases(desk)
    assert (case.code, case.overdue) == ("order_passed", True)
    assert Act.HOLD_ORDER not in case.guide.now


def test_a_load_of_another_desk_leaves_the_case_to_whoever_is_on_duty(desk: Desk) -> None:
    with desk.station.store.unit() as unit:
        unit.households.update(replace(HOME, purchase_counter=HOME.purchase_counter + 1))
        unit.commit()
    (case,) = order_cases(desk)
    assert (case.code, case.owner, case.since) == ("order_passed", SECOND, ORDER.paid_at)


def test_an_order_of_a_household_not_on_file_is_listed_and_its_age_is_a_case(
    desk: Desk, centre: Centre
) -> None:
    for name, days in (("D8", 96), ("D9", 40)):
        paid_at = desk.clock.at - timedelta(days=days)
        centre.sell_online(replace(ORDER, order_id=name, account_no="999", paid_at=paid_at))
    sync(desk.station)
    shown = [(one.order.order_id, one.on_file) for one in orders_state(desk.station, warn_days=30)]
    assert shown == [("D8", False), ("D9", False), ("D1", True)]
    (case,) = order_cases(desk)
    assert (case.code, case.overdue, case.money) == ("orders_not_on_file", True, Money(11_200))
    assert case.values == {"count": 2, "days": 96}
