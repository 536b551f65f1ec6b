"""What every registered maker must hold."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import replace

import pytest

import drivers.makers
from cardstation.domain.card import WritePlan
from cardstation.domain.meter import (
    Clearing,
    CounterSchool,
    MakerRules,
    MeterKind,
    Reissue,
    WaitingLoad,
)
from cardstation.domain.volume import NO_GAS
from cardstation.errors import Refusal
from drivers.keys import CombinedCardKeys
from drivers.layouts import LAYOUTS
from drivers.makers import MAKERS
from drivers.makers.purse_cards import PURSE_CARDS
from drivers.virtual.card import new_chip
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


@each
def test_the_card_carries_what_the_table_says(rules: MakerRules) -> None:
    """Counter and reissue count to their ends, and not beyond; the smallest load to the litre."""
    layout = LAYOUT[rules.layout]
    last = replace(cards.household(), generation=rules.generation_max)
    card = make_card(last, rules, layout, KEYS)
    assert layout.decode(card.image).identity.generation == rules.generation_max
    load = replace(
        cards.next_load(card.image, layout=layout),
        purchase_counter=rules.counter_max,
        quantity=rules.volume_step,
    )
    shown = layout.decode(layout.plan_load(card.image, load).target).credit
    assert shown is not None
    assert (shown.purchase_counter, shown.quantity) == (rules.counter_max, rules.volume_step)
    assert rules.kinds
    with pytest.raises(Refusal, match="field_does_not_fit"):
        make_card(replace(last, generation=rules.generation_max + 1), rules, layout, KEYS)
    with pytest.raises(Refusal, match="field_does_not_fit"):
        layout.plan_load(card.image, replace(load, purchase_counter=rules.counter_max + 1))


@each
def test_a_service_is_in_the_table_if_the_layout_has_it(rules: MakerRules) -> None:
    layout = LAYOUT[rules.layout]
    card = make_card(cards.household(), rules, layout, KEYS)
    content = layout.decode(card.image)
    credit, returned = content.credit, content.returned
    assert credit is not None
    assert returned is not None
    blank = new_chip(layout.chip).image
    parts = (content.identity, credit, content.limits, content.price, returned)
    assert works(lambda: layout.plan_issue(blank, *parts)) is rules.issues
    wiped = layout.plan_wipe(card.image, bytes(4)).target
    assert layout.is_blank(wiped) is (rules.clears is Clearing.BLANK)
    assert not layout.recognises(wiped)
    empty = replace(credit, quantity=NO_GAS, mark=b"back")
    taken_back = rules.on_waiting_load is WaitingLoad.TAKEN_BACK
    assert works(lambda: layout.plan_clear(card.image, empty)) is taken_back
    assert (rules.reissue is Reissue.ELSEWHERE) is not rules.issues


def test_a_purse_is_loaded_by_a_desk_and_nothing_else() -> None:
    """That its layout refuses the rest is in tests/unit/test_purse_facts.py."""
    found = (PURSE_CARDS.issues, PURSE_CARDS.clears, PURSE_CARDS.reissue)
    assert found == (False, Clearing.NEVER, Reissue.ELSEWHERE)
    assert PURSE_CARDS.on_waiting_load is WaitingLoad.METER_FIRST


@each
def test_no_meter_that_counts_nothing_gets_a_load_twice_unseen(rules: MakerRules) -> None:
    assert rules.school is not CounterSchool.NONE or rules.reissue is not Reissue.LOADED


def works(plan: Callable[[], WritePlan]) -> bool:
    try:
        plan()
    except Refusal:
        return False
    return True


@each
def test_a_counter_near_its_end_is_said_years_ahead(rules: MakerRules) -> None:
    counts = rules.school is not CounterSchool.NONE
    assert rules.nears_end(rules.counter_max) == counts
    assert rules.nears_end(rules.counter_max - rules.warn_loads + 1) == counts
    assert not rules.nears_end(rules.counter_max - rules.warn_loads)


@each
def test_the_last_cards_of_a_meter_are_said_ahead(rules: MakerRules) -> None:
    assert rules.nears_last_card(rules.generation_max)
    assert rules.nears_last_card(rules.generation_max - rules.warn_cards + 1)
    assert not rules.nears_last_card(rules.generation_max - rules.warn_cards)


def test_every_table_of_the_room_is_registered() -> None:
    """Purses are no members: a desk has them with their keys only."""
    found = []
    for module in pkgutil.iter_modules(drivers.makers.__path__, "drivers.makers."):
        for value in vars(importlib.import_module(module.name)).values():
            tables = value if isinstance(value, tuple) else (value,)
            found += [one for one in tables if isinstance(one, MakerRules) and one.code]
    assert {one.code for one in found} == {rules.code for rules in (*MAKERS, PURSE_CARDS)}
