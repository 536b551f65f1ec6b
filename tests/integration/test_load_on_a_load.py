"""More for a card whose load waits: refused by every maker; taken back, both are sold as one."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.meter import MakerRules, MeterKind, WaitingLoad
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from tests.kit.reissuing import desk_at, home_of, meter_of, refused, taken_back
from tests.kit.station import card_of, layout_of

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

EACH = [
    (rules, kind)
    for rules in MAKERS
    for kind in MeterKind
    if kind in rules.kinds and rules.training
]
_STOPS = {
    MeterKind.VOLUME: "load_still_on_card",
    MeterKind.MONEY: "load_still_on_card_money",
}


@pytest.mark.parametrize(
    ("rules", "kind"), EACH, ids=[f"{rules.code} {kind}" for rules, kind in EACH]
)
def test_no_load_is_put_on_top_and_the_sum_goes_by_the_same_counter(
    tmp_path: Path, rules: MakerRules, kind: MeterKind
) -> None:
    home = home_of(rules, kind)
    desk, card = desk_at(tmp_path, home, rules), card_of(home, rules)
    layout, meter = layout_of(rules), meter_of(card, rules)
    desk.sell(card, "100")
    desk.reader.pull()
    first = layout.decode(card.image).credit
    before, kinds = card.image, desk.kinds()
    assert refused(desk, card, "60") == _STOPS[kind]
    assert (card.image, desk.kinds()) == (before, kinds), "no money was asked for"
    assert rules.on_waiting_load is WaitingLoad.TAKEN_BACK
    assert taken_back(desk, card) == ""
    desk.sell(card, "160")
    desk.reader.pull()
    second = layout.decode(card.image).credit
    assert first is not None
    assert second is not None
    assert second.purchase_counter == first.purchase_counter
    assert meter.take(card).credited == second.quantity
    assert not meter.take(card).credited
    assert refused(desk, card, "60") == ""
    assert verify(desk.station).ok
    desk.station.store.close()
