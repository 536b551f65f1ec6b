"""The zone-pair layout: where answers go, what is carried, and what a second answer does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cardstation.domain.card import Span
from cardstation.domain.meter import MeterKind
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from drivers.chips import at88sc102_map as sc102
from drivers.chips.at88sc102_map import Erase, changes
from drivers.keys import DemoCardKeys
from drivers.layouts.open102 import OPEN102
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard
from drivers.virtual.maker import make_card
from drivers.virtual.meter import VirtualMeter
from tests.kit import cards

RULES = next(rules for rules in MAKERS if rules.layout == OPEN102.code)


def load(card: VirtualCard, litres: int, mark: bytes) -> None:
    credit = cards.next_load(card.image, litres, mark, OPEN102)
    cards.put(card, OPEN102.plan_load(card.image, credit))


@pytest.fixture
def card() -> VirtualCard:
    return make_card(cards.household(), RULES, OPEN102, DemoCardKeys())


@pytest.fixture
def meter(card: VirtualCard) -> VirtualMeter:
    return VirtualMeter.of_card(OPEN102.decode(card.image), OPEN102)


def erased(card: VirtualCard) -> list[int]:
    """How often each zone was erased."""
    return [card.chip.wear[zone.start] for zone in sc102.ZONES]


def test_loads_take_turns_and_answers_need_no_erase(card: VirtualCard, meter: VirtualMeter) -> None:
    before = erased(card)
    for number in range(4):
        load(card, 10_000, bytes([1, 2, 3, number]))
        spent = sum(erased(card))
        assert meter.take(card).written
        assert sum(erased(card)) == spent
    assert sum(erased(card)) - sum(before) == 3
    assert meter.state.residual == 3_500 + 40_000


def test_a_second_answer_is_written_for_news_only_and_loses_nothing(
    card: VirtualCard, meter: VirtualMeter
) -> None:
    load(card, 10_000, b"abcd")
    meter.take(card)
    first, image = OPEN102.decode(card.image), card.image
    meter.consume(Volume.of_m3("1"))
    assert meter.take(card).written
    assert card.image == image
    meter.state = replace(meter.state, faults=frozenset({"magnet"}))
    assert meter.take(card).written
    again = OPEN102.decode(card.image)
    assert again.credit is not None
    assert first.credit == replace(again.credit, sequence=again.credit.sequence - 1)
    assert again.returned is not None
    assert again.returned.residual.m3 == "12.5"
    assert again.returned.flags == {"magnet"}


def test_the_only_answer_is_carried_before_its_zone_is_erased(
    card: VirtualCard, meter: VirtualMeter
) -> None:
    load(card, 10_000, b"abcd")
    meter.take(card)
    load(card, 20_000, b"efgh")
    answer = OPEN102.returned(card.image)
    plan = OPEN102.plan_clear(card.image, cards.clearing(card.image, layout=OPEN102))
    carried, *_ = plan.spans
    assert not [one for one in changes(card.image, carried) if isinstance(one, Erase)]
    cards.put(card, plan)
    assert OPEN102.returned(card.image) == answer
    assert OPEN102.decode(card.image).pending is None


def test_an_answer_torn_at_the_meter_stops_the_desk_until_the_meter_wrote_it_anew(
    card: VirtualCard, meter: VirtualMeter
) -> None:
    load(card, 10_000, b"abcd")
    meter.take(card)
    load(card, 20_000, b"efgh")
    at = OPEN102.declaration.place("answer_b").address
    place = at if card.image[at] == 0xFF else OPEN102.declaration.place("answer_a").address
    card.chip.main[place + 2] = 0x00
    with pytest.raises(Refusal, match="no_return_block"):
        OPEN102.plan_load(card.image, cards.next_load(card.image, layout=OPEN102))
    assert meter.take(card).written
    load(card, 5_000, b"ijkl")


def test_a_money_card_and_a_price_do_not_fit() -> None:
    with pytest.raises(Refusal, match="field_does_not_fit"):
        make_card(cards.household(MeterKind.MONEY), RULES, OPEN102, DemoCardKeys())


def test_a_change_without_a_rising_bit_takes_no_erase() -> None:
    image = bytearray(b"\xff" * sc102.SIZE)
    image[0x20] = 0x0F
    zone = Span(0x20, b"\x01")
    assert list(changes(bytes(image), zone)) == [zone]
    rising = list(changes(bytes(image), Span(0x21, b"\x01\x02")))
    assert rising == [Span(0x21, b"\x01\x02")]
    first, *rest = changes(bytes(image), Span(0x20, b"\xf0"))
    assert first == Erase(sc102.ZONES[0], 0)
    assert rest == [Span(0x20, b"\xf0")]
    word, *_ = changes(bytes(image)[:0x0E] + b"\x00" + bytes(image)[0x0F:], Span(0x0E, b"\x01"))
    assert word == Erase(range(0x0E, 0x10), None)
