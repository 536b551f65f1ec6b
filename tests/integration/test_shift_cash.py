"""Each till's count is true by itself: cash of one shift is in no other's count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.errors import OutcomeUnknown
from cardstation.services.answer_payment import answer_payment
from cardstation.services.close_shift import close_shift
from cardstation.services.open_intents import open_intents
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_batch import pay_batch
from cardstation.services.shift_state import shift_state
from tests.integration.test_shifts import HOME, asked_and_lost, close, ok, refused
from tests.kit.power import Cut, Power, Till, When
from tests.kit.shifts import BEN, FLOAT, PINS, desk_on_duty
from tests.kit.station import Desk, card_of, line, put_batch


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = desk_on_duty(tmp_path)
    yield opened
    opened.station.store.close()


@pytest.mark.parametrize("of_a_batch", [False, True])
def test_cash_is_answered_for_before_the_till_is_counted(desk: Desk, *, of_a_batch: bool) -> None:
    """Answered in the next shift, it would be over in this till and short in that one."""
    if of_a_batch:
        till = Till(Tender.CASH, answers=False, power=Power(Cut(0, When.LOST)))
        desk.station = replace(desk.station, payments=(till,))
        batch = put_batch(desk, [line(HOME, 1)])
        with pytest.raises(OutcomeUnknown):
            pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(10_000))
    else:
        asked_and_lost(desk, Tender.CASH)
    to_ben = {"handed_to": BEN, "handed_pin": PINS[BEN]}
    assert refused(lambda: close(desk, "600", **to_ben)) == "cash_not_answered"
    assert not shift_state(desk.station).counted
    (asked,) = open_intents(desk.station)
    answer_payment(desk.station, asked.intent_id, taken=True)
    assert close(desk, "600", **to_ben).over_short == NO_MONEY
    open_shift(desk.station, BEN, PINS[BEN], float_money=Money.of_yuan("600"))
    counted = close_shift(desk.station, PINS[BEN], counted=Money.of_yuan("600"))
    assert counted.over_short == NO_MONEY
    ok(desk)


def test_what_went_between_a_count_and_the_next_float_is_shown(desk: Desk) -> None:
    desk.sell(card_of(HOME))
    assert shift_state(desk.station).moved == NO_MONEY
    close(desk, "600")
    open_shift(desk.station, BEN, PINS[BEN], float_money=FLOAT)
    assert shift_state(desk.station).moved == Money(-10_000)
