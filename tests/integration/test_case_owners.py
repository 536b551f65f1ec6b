"""Whose an open thing is stands on record: who was on duty when it opened, who signed for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch import Verdict
from cardstation.domain.custody import Explanation, Party, Why
from cardstation.domain.ledger import Order
from cardstation.services.close_shift import close_shift
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.explain_card import explain_card
from cardstation.services.open_shift import open_shift
from tests.integration.test_exceptions_state import torn
from tests.kit.bag import Bag, bag_at
from tests.kit.handing import hand
from tests.kit.shifts import ANNA, BEN, CHIEF, FLOAT, PINS, RestartableClock, desk_with_clerks
from tests.kit.station import Desk, card_of, neighbours, open_desk, put_batch
from tests.kit.station import line as row_of

HOMES = neighbours(3)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = desk_with_clerks(tmp_path, households=HOMES)
    begin(opened, ANNA)
    yield opened
    opened.station.store.close()


def later(desk: Desk, minutes: float = 5) -> None:
    clock = desk.station.clock
    assert isinstance(clock, RestartableClock)
    clock.run(minutes=minutes)


def begin(desk: Desk, name: str) -> None:
    later(desk)
    open_shift(desk.station, name, PINS[name], float_money=FLOAT)
    later(desk)


def end(desk: Desk, name: str, to: str = "") -> None:
    later(desk)
    close_shift(
        desk.station, PINS[name], counted=FLOAT, handed_to=to, handed_pin=PINS[to] if to else ""
    )
    later(desk)


def short_bag(desk: Desk) -> Bag:
    """Of three cards two came."""
    bag = bag_at(desk, HOMES)
    hand(desk.station, bag.batch_id, Party.MANAGER, Party.DESK, arrived=2)
    return bag


def whose(desk: Desk, code: str = "cards_not_explained") -> tuple[str, str]:
    """Who opened the one case of this kind, and whose it is."""
    [one] = [one for one in exceptions_state(desk.station) if one.code == code]
    return one.opened_by, one.owner


def test_a_case_goes_over_with_the_list_that_the_next_clerk_signs(desk: Desk) -> None:
    short_bag(desk)
    assert whose(desk) == (ANNA, ANNA)
    end(desk, ANNA)
    assert whose(desk) == (ANNA, ANNA), "nobody is on duty: it is still hers"
    begin(desk, BEN)
    assert whose(desk) == (ANNA, BEN)
    end(desk, BEN, to=CHIEF)
    assert whose(desk) == (ANNA, CHIEF), "who took it over at the close signed for it"
    begin(desk, ANNA)
    assert whose(desk) == (ANNA, ANNA)


def test_who_looks_owns_nothing(desk: Desk) -> None:
    """A row that a person decides is on no signed list: it stays with who took the list in."""
    put_batch(desk, [row_of(HOMES[0], 1, verdict=Verdict.HUMAN, reasons=("note_to_read",))])
    assert whose(desk, "note_to_read") == (ANNA, ANNA)
    end(desk, ANNA)
    begin(desk, BEN)
    assert whose(desk, "note_to_read") == (ANNA, ANNA)


def test_it_stays_with_who_signed_for_it_when_later_lists_lack_it(desk: Desk) -> None:
    bag = short_bag(desk)
    end(desk, ANNA)
    begin(desk, BEN)
    explain_card(desk.station, bag.batch_id, Explanation(Why.ABSENT, (1,)))
    assert whose(desk, "kept_absent") == (BEN, BEN)
    assert whose(desk) == (ANNA, BEN)


def test_what_was_begun_goes_over_too(desk: Desk) -> None:
    torn(desk, card_of(HOMES[0]))
    assert whose(desk, "outcome_unknown") == (ANNA, ANNA)
    later(desk)
    close_shift(
        desk.station,
        PINS[ANNA],
        counted=FLOAT,
        handed_to=BEN,
        handed_pin=PINS[BEN],
    )
    assert whose(desk, "outcome_unknown") == (ANNA, BEN)


def old_order(desk: Desk, days: int) -> None:
    paid_at = desk.station.clock.now() - timedelta(days=days)
    home = HOMES[0]
    order = Order("D7", home.account_no, 10_000, 30_000, "", home.purchase_counter, "", paid_at)
    with desk.station.store.unit() as unit:
        unit.orders.put((order,))
        unit.commit()


def test_an_order_that_grew_old_at_night_is_the_next_clerks(desk: Desk) -> None:
    old_order(desk, 29)
    end(desk, ANNA)
    later(desk, minutes=26 * 60)
    assert whose(desk, "order_old") == (ANNA, ANNA), "nobody came since"
    begin(desk, BEN)
    assert whose(desk, "order_old") == (BEN, BEN)
    end(desk, BEN)
    begin(desk, ANNA)
    assert whose(desk, "order_old") == (BEN, BEN)


def test_what_is_older_than_the_first_shift_is_its_clerks(desk: Desk) -> None:
    old_order(desk, 90)
    assert whose(desk, "order_old") == (ANNA, ANNA)


def test_a_desk_without_shifts_has_its_own_name_on_it(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, households=HOMES)
    short_bag(desk)
    assert whose(desk) == (desk.station.clerk, desk.station.clerk)
    desk.station.store.close()
