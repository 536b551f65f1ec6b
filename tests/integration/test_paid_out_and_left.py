"""Money is in the payer's hands and its clerk goes home before that is on record."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.money import Money
from cardstation.domain.shift import Approval
from cardstation.domain.transitions import TopUpState
from cardstation.errors import Refusal
from cardstation.services.begin_pay_out import begin_pay_out
from cardstation.services.close_shift import close_shift
from cardstation.services.open_intents import open_intents
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_out import pay_out
from cardstation.services.return_load import return_load
from cardstation.services.verify import verify
from tests.kit import cards
from tests.kit.shifts import ANNA, BEN, CHIEF, FLOAT, PINS, desk_on_duty
from tests.kit.station import card_of, nobody
from tests.kit.two_desks import with_card

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")


@pytest.mark.parametrize("recorded", [True, False])
def test_the_next_shift_asks_before_it_pays_again(tmp_path: Path, recorded: bool) -> None:
    desk = desk_on_duty(tmp_path)
    card, station = card_of(cards.household()), desk.station
    desk.sell(card)
    back = with_card(desk, card, return_load, Approval(CHIEF), nobody, reading="photo 1")
    assert not begin_pay_out(station, back.topup_id)
    if recorded:
        pay_out(station, back.topup_id, Approval(CHIEF))
    left = FLOAT + Money(10_000) - back.quote.total
    closed = close_shift(station, PINS[ANNA], counted=left, handed_to=BEN, handed_pin=PINS[BEN])
    assert [one.code for one in closed.open_items] == ([] if recorded else ["payout_in_doubt"])
    open_shift(station, BEN, PINS[BEN], float_money=left)
    if not recorded:
        assert [one.code for one in open_intents(station)] == ["payout_in_doubt"]
        assert begin_pay_out(station, back.topup_id)
        with pytest.raises(Refusal) as refused:
            pay_out(station, back.topup_id, Approval(CHIEF))
        assert refused.value.code == "payout_in_doubt"
        paid = pay_out(station, back.topup_id, Approval(CHIEF), found="the slip is signed")
        assert paid.state is TopUpState.REFUNDED
    assert not open_intents(station)
    assert verify(station).ok
    station.store.close()
