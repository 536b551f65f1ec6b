"""A bench of meters: batteries, magnets, valves, tool cards, days, and the published errors."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from cardstation.domain.card import CardType
from cardstation.domain.meter import CounterSchool, MeterKind
from cardstation.domain.money import Money
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
from drivers.virtual.meter_rules import FLAT, LOW, MeterState, Taking
from drivers.virtual.meter_tools import Tool, ToolCard
from tests.kit import cards

DAY = date(2026, 11, 24)
HOME = cards.household()


def loaded(litres: int = 35_000, kind: MeterKind = MeterKind.VOLUME) -> VirtualCard:
    card = cards.card(kind=kind)
    cards.put(card, OPEN4442.plan_load(card.image, cards.next_load(card.image, litres)))
    return card


def bench() -> MeterBench:
    return MeterBench((OPEN4442,), MAKERS)


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
    assert meter.use(ToolCard(Tool.UNLOCK)).error is MeterError.VOLTAGE
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
    meter.use(ToolCard(Tool.UNLOCK))
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


def test_a_test_card_lets_gas_through_that_nobody_pays() -> None:
    meter = cards.meter(cards.card())
    before = meter.state
    worked = meter.use(ToolCard(Tool.TEST, test_litres=50))
    assert worked.tested == 50
    assert meter.state.residual == before.residual
    assert meter.state.used_litres == before.used_litres + 50
    assert meter.use(ToolCard(Tool.CHECK)).card.seen == meter.state


def test_a_tool_card_for_another_meter_does_nothing() -> None:
    meter = cards.meter(cards.card())
    for tool in Tool:
        before = meter.state
        worked = meter.use(ToolCard(tool, meter_no="QM0000000000"))
        assert worked.error is MeterError.METER_NO
        assert replace(meter.state, error=0, battery=0) == replace(before, error=0, battery=0)


def test_a_cleared_meter_is_as_new_and_its_gas_is_void() -> None:
    card = loaded()
    meter = cards.meter(card)
    meter.take(card)
    worked = meter.use(ToolCard(Tool.CLEAR))
    assert worked.void == 38_500
    assert (meter.state.residual, meter.state.account_no) == (0, "")
    assert meter.take(card).error == MeterError.NOT_OPENED_BUY


@pytest.mark.parametrize("kind", list(MeterKind))
@pytest.mark.parametrize("school", list(CounterSchool))
def test_what_a_change_card_takes_out_it_puts_in_once(
    school: CounterSchool, kind: MeterKind
) -> None:
    maker = next(one for one in TRAINING if one.school is school)
    card = cards.card(kind=kind, rules=maker)
    hung = bench()
    old = hung.hang(card)
    residual, total = old.state.residual, old.state.cumulative
    new = VirtualMeter(MeterState("QM0000000002", kind, school, used_litres=5), OPEN4442)
    taken = old.use(ToolCard(Tool.CHANGE)).card
    assert (old.state.residual, old.state.account_no) == (0, "")
    hung.replace(HOME.meter.meter_no, new)
    put = new.use(taken).card
    assert (new.state.residual, new.state.cumulative) == (residual, total)
    assert new.state.account_no == HOME.account_no
    assert (new.state.meter_no, new.state.used_litres) == ("QM0000000002", 5)
    assert put.carried is None
    spare = VirtualMeter(MeterState("QM0000000003", kind, school), OPEN4442)
    assert spare.use(put).error is MeterError.NOT_OPENED_BUY
    assert old.use(taken).error is MeterError.NONE, "a copy of the tool card works again"
    assert new.use(taken).error is MeterError.CUSTOMER_NO


def test_a_change_card_fits_only_a_meter_of_its_kind() -> None:
    taken = cards.meter(cards.card()).use(ToolCard(Tool.CHANGE)).card
    for other in (
        MeterState("QM0000000002", MeterKind.MONEY),
        MeterState("QM0000000002", school=CounterSchool.NONE),
    ):
        assert VirtualMeter(other, OPEN4442).use(taken).error is MeterError.FORMAT


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
