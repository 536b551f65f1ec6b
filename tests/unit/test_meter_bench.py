"""A bench of meters: batteries, magnets, valves, tool cards, days, and the published errors."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from cardstation.domain.card import CardType
from cardstation.domain.meter import CounterSchool, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.tool_card import Tool
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal
from drivers.layouts.codec import Owner
from drivers.layouts.open102 import OPEN102
from drivers.layouts.open4442 import OPEN4442
from drivers.makers import MAKERS, TRAINING
from drivers.virtual import VirtualCard
from drivers.virtual.maker import CardStory
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_bench import MeterBench
from drivers.virtual.meter_errors import MeterError, shown_as
from drivers.virtual.meter_life import new_battery, tampered
from drivers.virtual.meter_rules import FLAT, LOW, Taking
from drivers.virtual.tool_maker import make_tool_card
from tests.kit import cards

DAY = date(2026, 11, 24)
HOME = cards.household()


def loaded(litres: int = 35_000, kind: MeterKind = MeterKind.VOLUME) -> VirtualCard:
    card = cards.card(kind=kind)
    cards.put(card, OPEN4442.plan_load(card.image, cards.next_load(card.image, litres)))
    return card


def bench() -> MeterBench:
    return MeterBench((OPEN4442,), MAKERS)


def unlocking(meter: VirtualMeter) -> VirtualCard:
    return make_tool_card(Tool.UNLOCK, meter.state.meter_no, cards.AT)


@pytest.mark.parametrize(
    ("error", "shown"),
    [(0, ""), (1, "Err-31"), (4, "Err-32"), (8, "Err-32"), (11, "Err-33"), (13, "Err-33"),
     (14, "Err-34"), (17, "Err-34"), (18, "Err-34"), (19, "Err-35"), (20, "Err-35"),
     (21, "Err-36")],
)  # fmt: skip
def test_errors_are_shown_in_the_published_groups(error: int, shown: str) -> None:
    assert shown_as(error) == shown


def test_every_school_and_kind_hangs_on_one_bench() -> None:
    hung = bench()
    for maker in TRAINING:
        for kind in MeterKind:
            home = cards.household(kind)
            number = f"QM{maker.code}{kind.value[0]}000000"[:12]
            own = replace(home, meter=replace(home.meter, meter_no=number))
            card = cards.make_card(own, maker, OPEN4442, cards.DemoCardKeys())
            assert hung.hang(card) is hung.hang(card)
            assert hung[number].meter.state.school is maker.school
    assert hung.kinds == {(school, kind) for school in CounterSchool for kind in MeterKind}


def test_what_is_no_card_of_a_known_maker_hangs_no_meter() -> None:
    with pytest.raises(Refusal, match="foreign_card"):
        bench().hang(VirtualCard())
    with pytest.raises(Refusal, match="no_maker_rules"):
        MeterBench((OPEN4442,), ()).hang(cards.card())


def test_a_day_burns_gas_and_battery_in_every_meter() -> None:
    hung = bench()
    meter = hung.hang(cards.card())
    assert hung.day(DAY, lambda _: Volume(1_200)) == Volume(1_200)
    assert meter.state.residual == 2_300
    assert meter.state.battery < 1000
    assert hung[HOME.meter.meter_no].burnt == Volume(1_200)
    assert hung.day(DAY + timedelta(1), lambda _: Volume(9_000)) == Volume(2_300)
    assert meter.state.flags == {"valve_closed"}


def test_a_flat_battery_closes_the_valve_and_takes_no_card() -> None:
    card, hung = loaded(), bench()
    meter = hung.hang(card)
    meter.state = replace(meter.state, battery=LOW + 1)
    assert meter.state.flags == set()
    meter.live(DAY, NO_GAS)
    assert meter.state.flags == {"low_battery"}
    for day in range(60):
        meter.live(DAY + timedelta(day), NO_GAS)
    assert meter.state.battery < FLAT
    assert meter.state.flags == {"low_battery", "valve_closed"}
    assert meter.consume(Volume(100)) == NO_GAS
    before = card.image
    verdict = hung.take(card, at=cards.AT)
    assert (verdict.taking, verdict.error) == (Taking.REFUSED, MeterError.VOLTAGE)
    assert not verdict.written
    assert card.image == before
    assert meter.use(unlocking(meter)).error == MeterError.VOLTAGE
    meter.state = new_battery(meter.state)
    assert hung.take(card, at=cards.AT).taking is Taking.CREDITED
    assert meter.state.flags == set()


@pytest.mark.parametrize("how", ["magnet", "metal_plate"])
def test_who_tampers_has_no_gas_until_an_own_card_comes_and_it_is_reported(how: str) -> None:
    card, hung = loaded(), bench()
    meter = hung.hang(card)
    meter.state = tampered(meter.state, how)
    assert meter.consume(Volume(100)) == NO_GAS
    assert meter.state.flags == {how, "valve_closed"}
    hung.take(card, at=cards.AT)
    returned = cards.content(card).returned
    assert returned is not None
    assert returned.flags == {how}
    assert meter.consume(Volume(100)) == Volume(100)
    meter.use(unlocking(meter), at=cards.AT)
    assert meter.state.flags == set()


def test_a_card_of_the_neighbour_opens_nothing() -> None:
    card, hung = loaded(), bench()
    meter = hung.hang(card)
    meter.state = replace(tampered(meter.state, "magnet"), meter_no="QM0000000000")
    assert meter.take(card).error == MeterError.METER_NO
    assert meter.state.locked


def test_backwards_is_an_error_and_nothing_else() -> None:
    card, hung = loaded(), bench()
    before = card.image
    verdict = hung.take(card, at=cards.AT, backwards=True)
    assert (verdict.error, verdict.written) == (MeterError.CARD_RESET, False)
    assert card.image == before
    assert hung.take(card, at=cards.AT).taking is Taking.CREDITED


def test_an_answer_that_was_lost_is_written_anew_by_its_own_meter() -> None:
    """A zone torn twice at the meter: the desk sells nothing to such a card, the meter mends it."""
    maker = next(one for one in MAKERS if one.layout == OPEN102.code)
    home = cards.household()
    card = cards.make_card(home, maker, OPEN102, cards.DemoCardKeys())
    meter = VirtualMeter.of_card(OPEN102.decode(card.image), OPEN102, maker.school)
    cards.put(card, OPEN102.plan_load(card.image, cards.next_load(card.image, layout=OPEN102)))
    for place in OPEN102.declaration.owned_by(Owner.METER):
        card.chip.main[place.start : place.stop] = b"\xff" * len(place)
    assert OPEN102.decode(card.image).returned is None
    other = VirtualMeter(replace(meter.state, meter_no="QM0000000001"), OPEN102)
    assert other.take(card).error == MeterError.METER_NO
    verdict = meter.take(card)
    assert (verdict.taking, verdict.written) == (Taking.CREDITED, True)
    returned = OPEN102.decode(card.image).returned
    assert returned is not None
    assert returned.taken_mark == meter.state.taken_mark


def test_a_blank_card_was_never_issued() -> None:
    meter, blank = cards.meter(cards.card()), VirtualCard()
    before = blank.image
    assert meter.take(blank).error == MeterError.NOT_ISSUED
    assert blank.image == before


def test_a_card_in_anothers_meter_is_refused_unchanged() -> None:
    card, hung = loaded(), bench()
    home = replace(HOME, meter=replace(HOME.meter, meter_no="QM0000000001"))
    other = cards.make_card(home, MAKERS[0], OPEN4442, cards.DemoCardKeys())
    hung.hang(other)
    before = card.image
    verdict = hung.take(card, at=cards.AT, into="QM0000000001")
    assert verdict.error == MeterError.METER_NO
    assert card.image == before


def test_what_a_refused_card_says_is_not_believed() -> None:
    """Reference cards 6.3, steps 6 and 7: over the hoard limit nothing is changed, no household
    is bound, no price taken over."""
    card = cards.card(CardStory(card_type=CardType.OPENING, counter=1, taken=False))
    meter = cards.meter(card)
    meter.state = replace(meter.state, hoard=1_000, overdraft=77)
    assert meter.take(card).error == MeterError.OVER_HOARD
    assert (meter.state.account_no, meter.state.overdraft) == ("", 77)
    meter.state = replace(meter.state, hoard=None)
    assert meter.take(card).taking is Taking.CREDITED
    assert meter.state.account_no == HOME.account_no


def test_an_opening_card_carries_the_first_load_or_none() -> None:
    card = cards.card(CardStory(card_type=CardType.OPENING, counter=2, taken=False))
    meter = cards.meter(card)
    meter.state = replace(meter.state, purchase_counter=1)
    assert meter.take(card).error == MeterError.COUNT
    assert meter.state.account_no == ""


def test_a_new_year_begins_a_money_meters_steps_anew() -> None:
    meter = cards.meter(loaded(kind=MeterKind.MONEY))
    meter.state = replace(meter.state, residual=20_000, tier_litres=389_000)
    meter.live(date(2026, 12, 31), Volume(2_000))
    assert meter.state.tier_litres == 391_000
    assert meter.state.residual == 20_000 - 280 - 336
    meter.live(date(2027, 1, 1), Volume(1_000))
    assert meter.state.tier_litres == 1_000
    assert meter.state.residual == 20_000 - 280 - 336 - 280


def test_a_memory_from_an_older_version_is_read(tmp_path: Path) -> None:
    meter = cards.meter(cards.card())
    path = tmp_path / "meter.json"
    meter.save(path)
    text = path.read_text()
    path.write_text(text.replace('"battery": 1000, ', "").replace('"locked": false', '"x": 1'))
    assert VirtualMeter.load(path, OPEN4442).state == meter.state


def test_money_and_volume_come_home_in_their_own_unit() -> None:
    hung = bench()
    verdict = hung.take(loaded(20_000, MeterKind.MONEY), at=cards.AT)
    assert verdict.credited == Money(20_000)
