"""What every registered maker must hold."""

from __future__ import annotations

import pytest

from cardstation.domain.meter import CounterSchool, MakerRules, MeterKind
from cardstation.domain.volume import NO_GAS
from cardstation.errors import Refusal
from drivers.keys import CombinedCardKeys
from drivers.layouts import LAYOUTS
from drivers.makers import MAKERS
from drivers.virtual.maker import make_card
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import Taking
from tests.kit import cards

LAYOUT = {layout.code: layout for layout in LAYOUTS}
KEYS = CombinedCardKeys(bytes(range(32)))
each = pytest.mark.parametrize("rules", MAKERS, ids=lambda rules: rules.code)


def test_codes_are_unique() -> None:
    assert len({rules.code for rules in MAKERS}) == len(MAKERS)


def test_the_training_area_is_as_agreed() -> None:
    cs01 = MAKERS[0]
    assert (cs01.code, cs01.school, cs01.training) == ("CS01", CounterSchool.EXACT, True)
    assert (cs01.counter_max, cs01.volume_step.m3, cs01.per_load_max.m3) == (65_535, "1", "800")
    assert {rules.school for rules in MAKERS if rules.training} == set(CounterSchool)
    assert any(not rules.training for rules in MAKERS)


@each
def test_a_capability_table_makes_sense(rules: MakerRules) -> None:
    assert len(rules.code) == 4
    assert rules.code.isascii()
    assert rules.layout in {layout.code for layout in LAYOUTS}
    assert rules.volume_step > NO_GAS
    assert rules.per_load_max.litres % rules.volume_step.litres == 0
    assert 0 < rules.counter_max <= 65_535


@each
@pytest.mark.parametrize("kind", list(MeterKind))
def test_its_cards_can_be_made_loaded_and_taken(rules: MakerRules, kind: MeterKind) -> None:
    if kind not in rules.kinds:
        with pytest.raises(Refusal, match="field_does_not_fit"):
            make_card(cards.household(kind), rules, LAYOUT[rules.layout], KEYS)
        return
    layout = LAYOUT[rules.layout]
    home = cards.household(kind)
    card = make_card(home, rules, layout, KEYS)
    shown = layout.decode(card.image)
    assert shown.identity.maker == rules.code
    assert shown.pending is None
    assert shown.credit is not None
    assert shown.returned is not None
    assert shown.credit.purchase_counter == home.purchase_counter
    assert shown.returned.taken_mark == shown.credit.mark
    code = card.chip.secret
    assert not code or code == KEYS.code_for(rules.code, home.card_no, len(code))
    load = cards.next_load(card.image, layout=layout)
    cards.put(card, layout.plan_load(card.image, load))
    meter = VirtualMeter.of_card(layout.decode(card.image), layout, rules.school)
    assert meter.take(card).taking is Taking.CREDITED
    assert layout.decode(card.image).pending is None
