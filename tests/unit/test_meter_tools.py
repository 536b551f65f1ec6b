"""Meters and fitters' tool cards: what each does, for which meter, until when and how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cardstation.domain.meter import CounterSchool, MeterKind
from cardstation.domain.tool_card import Tool, ToolContent
from cardstation.domain.volume import NO_GAS, Volume
from drivers.layouts.open4428 import OPEN4428
from drivers.layouts.open4442 import OPEN4442
from drivers.layouts.open_tools import TOOL_LAYOUTS
from drivers.layouts.records import amount
from drivers.makers import TRAINING
from drivers.virtual import VirtualCard
from drivers.virtual.card import new_chip
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_errors import MeterError
from drivers.virtual.meter_life import tampered
from drivers.virtual.meter_rules import MeterState
from drivers.virtual.tool_maker import VALID, make_tool_card
from tests.kit import cards

HOME = cards.household()
METER = HOME.meter.meter_no


def content(card: VirtualCard) -> ToolContent:
    [layout] = [one for one in TOOL_LAYOUTS if one.recognises(card.image)]
    return layout.decode(card.image)


def tool(kind: Tool, meter_no: str = METER, uses: int = 0, litres: int = 0) -> VirtualCard:
    return make_tool_card(kind, meter_no, cards.AT, uses=uses, test_gas=Volume(litres))


def test_a_test_card_lets_gas_through_that_nobody_pays_as_often_as_it_says() -> None:
    meter, card = cards.meter(cards.card()), tool(Tool.TEST, uses=2, litres=50)
    before = meter.state
    assert [meter.use(card, at=cards.AT).tested for _ in range(2)] == [Volume(50)] * 2
    assert meter.state.residual == before.residual
    assert meter.state.used_litres == before.used_litres + 100
    spent = meter.use(card, at=cards.AT)
    assert (spent.error, spent.tested) == (MeterError.NOT_AUTHORISED, NO_GAS)
    assert content(card).let_through == Volume(100)


def test_a_check_card_shows_what_every_meter_it_saw_has() -> None:
    card = tool(Tool.CHECK, meter_no="", uses=2)
    first = cards.meter(cards.card())
    second = VirtualMeter(replace(first.state, meter_no="QM0000000002", residual=-7), OPEN4442)
    for meter in (first, second):
        assert meter.use(card, at=cards.AT).error == MeterError.NONE
    seen = content(card).uses
    assert [(one.meter_no, amount(one.residual), one.done) for one in seen] == [
        (METER, first.state.residual, True),
        ("QM0000000002", -7, True),
    ]
    assert seen[0].purchase_counter == first.state.purchase_counter
    assert not content(card).unfinished


def test_an_unlocking_card_opens_and_forgets_the_magnet() -> None:
    meter = cards.meter(cards.card())
    meter.state = tampered(meter.state, "magnet")
    card = tool(Tool.UNLOCK)
    assert meter.use(card, at=cards.AT).did
    assert (meter.state.locked, meter.state.faults) == (False, frozenset())
    assert content(card).uses[0].flags == ("magnet", "valve_closed")


@pytest.mark.parametrize("kind", list(Tool))
def test_a_tool_card_for_another_meter_does_nothing(kind: Tool) -> None:
    meter, card = cards.meter(cards.card()), tool(kind, meter_no="QM0000000000")
    before, image = meter.state, card.image
    assert meter.use(card, at=cards.AT).error == MeterError.METER_NO
    assert replace(meter.state, error=0, battery=0) == replace(before, error=0, battery=0)
    assert card.image == image


@pytest.mark.parametrize("kind", list(Tool))
def test_after_its_last_day_no_meter_takes_it(kind: Tool) -> None:
    meter, card = cards.meter(cards.card()), tool(kind)
    image = card.image
    late = cards.AT + VALID + timedelta(minutes=1)
    assert meter.use(card, at=late).error == MeterError.NOT_AUTHORISED
    assert card.image == image


def test_a_cleared_meter_is_as_new_and_its_gas_is_void_and_told() -> None:
    meter, card = cards.meter(cards.card()), tool(Tool.CLEAR, uses=1)
    residual = meter.state.residual
    assert meter.use(card, at=cards.AT).void == residual > 0
    assert (meter.state.residual, meter.state.account_no) == (0, "")
    home = content(card).brought_home
    assert home is not None
    assert amount(home.residual) == residual
    assert meter.use(card, at=cards.AT).error == MeterError.NOT_AUTHORISED


@pytest.mark.parametrize("kind", list(MeterKind))
@pytest.mark.parametrize("school", list(CounterSchool))
def test_what_a_change_card_takes_out_it_puts_in_once(
    school: CounterSchool, kind: MeterKind
) -> None:
    maker = next(one for one in TRAINING if one.school is school)
    old = cards.meter(cards.card(kind=kind, rules=maker), maker)
    old.state = replace(old.state, alarm=5, tier_litres=1_234, tier_year=2026, part_e5=99_999)
    had = old.state
    new = VirtualMeter(MeterState("QM0000000002", kind, school, used_litres=5), OPEN4442)
    card = tool(Tool.CHANGE)
    assert old.use(card, at=cards.AT).did
    assert (old.state.residual, old.state.account_no) == (0, "")
    assert content(card).on_the_way
    assert new.use(card, at=cards.AT).did
    assert not content(card).on_the_way
    same = replace(
        new.state, meter_no=had.meter_no, used_litres=had.used_litres, battery=had.battery
    )
    assert replace(same, tool_mark=b"", tool_place=0, faults=had.faults, error=had.error) == had
    assert (new.state.meter_no, new.state.used_litres) == ("QM0000000002", 5)
    spare, image = VirtualMeter(MeterState("QM0000000003", kind, school), OPEN4442), card.image
    for other in (spare, old, new):
        assert not other.use(card, at=cards.AT).did
    assert card.image == image
    home = content(card).brought_home
    assert home is not None
    assert (home.meter_no, amount(home.residual)) == (METER, had.residual)


def test_a_change_card_fits_only_an_empty_meter_of_its_kind_and_school() -> None:
    card = tool(Tool.CHANGE)
    cards.meter(cards.card()).use(card, at=cards.AT)
    image = card.image
    for other, error in (
        (MeterState("QM0000000002", MeterKind.MONEY), MeterError.FORMAT),
        (MeterState("QM0000000002", school=CounterSchool.NONE), MeterError.FORMAT),
        (MeterState("QM0000000002", account_no="220104000018"), MeterError.CUSTOMER_NO),
    ):
        assert VirtualMeter(other, OPEN4442).use(card, at=cards.AT).error == error
    assert card.image == image


def test_a_meter_that_nobody_opened_has_nothing_to_give() -> None:
    spare = VirtualMeter(MeterState(METER), OPEN4442)
    assert spare.use(tool(Tool.CHANGE), at=cards.AT).error == MeterError.NOT_OPENED_BUY


def test_what_is_no_tool_card_of_its_chip_is_refused() -> None:
    meter = cards.meter(cards.card())
    large = make_tool_card(Tool.CHECK, "", cards.AT, chip="sle4428")
    for card in (cards.card(), VirtualCard(), large):
        image = card.image
        assert meter.use(card, at=cards.AT).error == MeterError.FORMAT
        assert card.image == image
    assert VirtualMeter(meter.state, OPEN4428).use(large, at=cards.AT).error == MeterError.NONE


def test_a_card_whose_uses_cannot_be_read_is_written_no_more() -> None:
    meter, card = cards.meter(cards.card()), tool(Tool.TEST, litres=50)
    meter.use(card, at=cards.AT)
    [layout] = [one for one in TOOL_LAYOUTS if one.recognises(card.image)]
    assert layout.code == "tool4442"
    card.chip.main[0x64] ^= 1
    assert content(card).broken == (1,)
    assert content(card).uses == ()
    assert meter.use(card, at=cards.AT).error == MeterError.FORMAT


def test_a_code_the_meter_does_not_know_writes_nothing() -> None:
    meter, card = cards.meter(cards.card()), tool(Tool.CHECK)
    card.chip.security[0] = 0
    assert meter.use(card, at=cards.AT).error == MeterError.COMMUNICATION
    assert content(card).uses == ()


def test_no_tool_card_is_for_a_chip_without_a_format() -> None:
    assert new_chip("at24c02").image
    with pytest.raises(Exception, match="no_tool_layout"):
        make_tool_card(Tool.CHECK, "", cards.AT, chip="at24c02")
