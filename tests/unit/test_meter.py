from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.card import CardType
from cardstation.domain.meter import CounterSchool, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.volume import NO_GAS, Volume
from drivers.layouts.open4442 import OPEN4442
from drivers.makers import MAKERS
from drivers.virtual import Moment, PullAfter, Tear, VirtualCard
from drivers.virtual.maker import CardStory
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import MeterError, MeterState, Taking
from tests.kit import cards

FOUR = {maker.school: maker for maker in MAKERS if maker.training}
DESK = [
    a
    for owned in OPEN4442.plan_load(cards.card().image, cards.next_load(cards.card().image)).owned
    for a in owned
]


def loaded(number: int = 35_000, kind: MeterKind = MeterKind.VOLUME) -> VirtualCard:
    card = cards.card(kind=kind)
    cards.put(card, OPEN4442.plan_load(card.image, cards.next_load(card.image, number)))
    return card


@pytest.mark.parametrize("school", list(CounterSchool))
def test_a_load_is_taken_once_and_the_card_says_so(school: CounterSchool) -> None:
    card = loaded()
    before = card.image
    meter = cards.meter(card, FOUR[school])
    verdict = meter.take(card, at=cards.AT)
    assert verdict.taking is Taking.CREDITED
    assert verdict.credited == Volume(35_000)
    assert verdict.residual == Volume(38_500)
    assert (verdict.error, verdict.written, verdict.torn) == (0, True, False)
    shown = cards.content(card)
    assert shown.pending is None
    assert shown.returned is not None
    assert shown.credit is not None
    assert shown.returned.taken_mark == shown.credit.mark
    assert shown.returned.cumulative == shown.credit.cumulative
    assert shown.returned.written_at == cards.AT
    assert [card.image[a] for a in DESK] == [before[a] for a in DESK]
    again = meter.take(card, at=cards.AT)
    assert (again.taking, again.credited) == (Taking.ALREADY_TAKEN, NO_GAS)
    assert again.residual == Volume(38_500)


def test_the_codes_of_all_four_schools_are_registered() -> None:
    assert set(FOUR) == set(CounterSchool)


@pytest.mark.parametrize(
    ("school", "ahead", "taking", "error"),
    [
        (CounterSchool.EXACT, 0, Taking.NOTHING, 0),
        (CounterSchool.EXACT, -1, Taking.NOTHING, 0),
        (CounterSchool.EXACT, 1, Taking.CREDITED, 0),
        (CounterSchool.EXACT, 2, Taking.REFUSED, 17),
        (CounterSchool.GREATER, 0, Taking.NOTHING, 0),
        (CounterSchool.GREATER, 1, Taking.CREDITED, 0),
        (CounterSchool.GREATER, 7, Taking.CREDITED, 0),
        (CounterSchool.CUMULATIVE, 7, Taking.CREDITED, 0),
        (CounterSchool.NONE, -3, Taking.CREDITED, 0),
    ],
)
def test_counter_rules(school: CounterSchool, ahead: int, taking: Taking, error: int) -> None:
    card = cards.card()
    load = cards.next_load(card.image)
    meter = cards.meter(card, FOUR[school])
    wanted = meter.state.purchase_counter + ahead
    cards.put(card, OPEN4442.plan_load(card.image, replace(load, purchase_counter=wanted)))
    verdict = meter.take(card, at=cards.AT)
    assert (verdict.taking, verdict.error) == (taking, error)
    assert bool(verdict.credited) == (taking is Taking.CREDITED)
    assert (cards.content(card).pending is None) == (taking is Taking.CREDITED)


def test_a_cumulative_meter_credits_the_difference_of_the_totals() -> None:
    card = loaded()
    meter = cards.meter(card, FOUR[CounterSchool.CUMULATIVE])
    meter.state = replace(meter.state, cumulative=meter.state.cumulative - 10_000)
    assert meter.take(card).credited == Volume(45_000)
    meter.state = replace(meter.state, cumulative=meter.state.cumulative + 1)
    assert meter.take(card).error == MeterError.COUNT


def test_over_the_hoard_limit_nothing_is_credited() -> None:
    card = loaded()
    meter = cards.meter(card)
    meter.state = replace(meter.state, hoard=38_499)
    refused = meter.take(card, at=cards.AT)
    assert (refused.taking, refused.error) == (Taking.REFUSED, MeterError.OVER_HOARD)
    shown = cards.content(card)
    assert shown.pending == Volume(35_000)
    assert shown.returned is not None
    assert shown.returned.error == 21
    assert meter.state.purchase_counter == 50
    meter.consume(Volume(1))
    assert meter.take(card).taking is Taking.CREDITED
    cleared = cards.content(card).returned
    assert cleared is not None
    assert cleared.error == 0


def test_the_limit_on_the_card_counts_when_the_meter_has_none_of_its_own() -> None:
    card = loaded(1_000_000)
    assert cards.meter(card).take(card).error == MeterError.OVER_HOARD


@pytest.mark.parametrize(
    ("residual", "error"), [(99_979_999, MeterError.NONE), (99_980_000, MeterError.OVER_HOARD)]
)
def test_a_money_meter_takes_no_more_than_it_can_show(residual: int, error: int) -> None:
    card = loaded(20_000, MeterKind.MONEY)
    meter = cards.meter(card)
    meter.state = replace(meter.state, residual=residual, hoard=200_000_000)
    assert meter.take(card).error == error


def test_strangers_are_left_unchanged() -> None:
    card = loaded()
    before = card.image
    own = cards.meter(card).state
    for change, error in (
        ({"meter_no": "QM0000000000"}, MeterError.METER_NO),
        ({"account_no": "220104000018"}, MeterError.CUSTOMER_NO),
        ({"generation": 1}, MeterError.OLD_GENERATION),
        ({"account_no": ""}, MeterError.NOT_OPENED_BUY),
    ):
        meter = VirtualMeter(replace(own, **change), OPEN4442)  # type: ignore[arg-type]
        verdict = meter.take(card)
        assert (verdict.taking, verdict.error) == (Taking.REFUSED, error)
        assert not verdict.written
        assert card.image == before


def test_an_opening_card_binds_the_meter_to_its_household() -> None:
    card = cards.card(CardStory(card_type=CardType.OPENING, counter=1, taken=False))
    meter = cards.meter(card)
    assert meter.state.account_no == ""
    assert meter.take(card).taking is Taking.CREDITED
    assert meter.state.account_no == cards.household().account_no
    meter.state = replace(meter.state, account_no="220104000018")
    assert meter.take(card).error == MeterError.CUSTOMER_NO


def test_a_reissued_card_binds_and_the_old_one_is_dead() -> None:
    old = loaded()
    meter = cards.meter(old)
    new = cards.make_card(
        replace(cards.household(), generation=1),
        cards.CS01,
        OPEN4442,
        cards.DemoCardKeys(),
        story=CardStory(card_type=CardType.REISSUE, counter=51, taken=False),
    )
    assert meter.take(new).taking is Taking.CREDITED
    assert meter.take(old).error == MeterError.OLD_GENERATION
    unopened = VirtualMeter(MeterState(cards.household().meter.meter_no), OPEN4442)
    assert unopened.take(new).error == MeterError.NOT_OPENED_REISSUE


def test_a_copied_card_pays_only_once() -> None:
    card = loaded()
    thief = card.copy()
    meter = cards.meter(card)
    assert meter.take(card).taking is Taking.CREDITED
    assert meter.take(thief).taking is Taking.ALREADY_TAKEN


def test_a_mark_the_card_calls_taken_is_never_credited_again() -> None:
    card = loaded()
    cards.meter(card).take(card)
    fresh = cards.meter(card)
    fresh.state = replace(fresh.state, purchase_counter=50)
    assert fresh.take(card).error == MeterError.TAKEN_BEFORE


def test_a_cleared_load_is_nothing_in_every_school() -> None:
    for maker in FOUR.values():
        card = loaded()
        meter = cards.meter(card, maker)
        cards.put(card, OPEN4442.plan_clear(card.image, cards.clearing(card.image)))
        verdict = meter.take(card)
        assert (verdict.taking, verdict.credited) == (Taking.NOTHING, NO_GAS)
        assert meter.state.purchase_counter == 50
        resold = cards.next_load(card.image, mark=b"anew")
        cards.put(card, OPEN4442.plan_load(card.image, resold))
        assert meter.take(card).credited == Volume(35_000)
        assert meter.state.purchase_counter == 51


def _steps_of_the_return() -> int:
    card = loaded()
    meter = cards.meter(card)
    plain = meter.take(card, at=cards.AT, cut=PullAfter(999))
    assert plain.written
    return card.chip.steps


def test_pulled_at_any_step_of_its_write_the_gas_is_in_the_meter_once() -> None:
    steps = _steps_of_the_return()
    assert steps > 20
    for step in range(steps):
        for moment in (Moment.BEFORE, Moment.INSIDE):
            card = loaded()
            before = cards.content(card).returned
            meter = cards.meter(card)
            verdict = meter.take(card, at=cards.AT, cut=Tear(step, moment, seed=step))
            assert verdict.torn
            assert verdict.error == MeterError.PULLED_EARLY
            assert verdict.credited == Volume(35_000)
            shown = cards.content(card)
            complete = shown.returned != before
            assert (shown.pending is None) == complete
            again = meter.take(card, at=cards.AT)
            assert again.taking is Taking.ALREADY_TAKEN
            assert again.written
            assert again.residual == Volume(38_500)
            final = cards.content(card)
            assert final.pending is None
            assert final.returned is not None
            assert final.returned.error == MeterError.PULLED_EARLY


def test_a_meter_without_a_counter_takes_a_load_twice_when_its_proof_was_torn() -> None:
    card = loaded()
    meter = cards.meter(card, FOUR[CounterSchool.NONE])
    assert meter.take(card, cut=Tear(0)).torn
    assert meter.take(card).taking is Taking.CREDITED


def test_pulled_while_the_code_is_presented_a_try_is_gone() -> None:
    card = loaded()
    meter = cards.meter(card)
    card.chip.arm(Tear(1))
    assert meter.take(card).torn
    assert card.chip.security[0].bit_count() == 2
    assert meter.take(card).written


def test_a_locked_card_cannot_be_written_back() -> None:
    card = loaded()
    card.chip.security[0] = 0
    verdict = cards.meter(card).take(card)
    assert (verdict.error, verdict.written) == (MeterError.COMMUNICATION, False)


def test_an_unreadable_card_is_format_and_stays_as_it_is() -> None:
    meter = cards.meter(loaded())
    for address in (0x21, 0x44):
        card = loaded()
        card.chip.main[address] ^= 1
        before = card.image
        assert meter.take(card).error == MeterError.FORMAT
        assert card.image == before
    silent = loaded()
    silent.chip.main[0x80] = silent.chip.main[0xA8] = 0xFF
    assert meter.take(silent).error == MeterError.FORMAT
    torn_both = loaded()
    torn_both.chip.main[0x50] = torn_both.chip.main[0x68] = 0xFF
    verdict = meter.take(torn_both)
    assert (verdict.error, verdict.written) == (MeterError.FORMAT, True)


def test_money_and_volume_are_never_mixed() -> None:
    card = loaded()
    meter = cards.meter(card)
    meter.state = replace(meter.state, kind=MeterKind.MONEY)
    assert meter.take(card).error == MeterError.FORMAT


def test_a_volume_meter_burns_down_to_its_overdraft_and_closes() -> None:
    meter = cards.meter(cards.card())
    meter.state = replace(meter.state, overdraft=1_000)
    assert meter.consume(Volume(2_000)) == Volume(2_000)
    assert "valve_closed" not in meter.state.flags
    assert meter.consume(Volume(9_000)) == Volume(2_500)
    assert meter.state.flags == {"valve_closed"}
    assert meter.state.residual == -1_000


def test_a_money_meter_charges_its_tiers() -> None:
    card = loaded(20_000, MeterKind.MONEY)
    meter = cards.meter(card)
    meter.state = replace(meter.state, residual=0)
    assert meter.take(card).credited == Money(20_000)
    meter.state = replace(meter.state, tier_litres=389_000)
    assert meter.consume(Volume(2_000)) == Volume(2_000)
    assert meter.state.residual == 20_000 - 280 - 336
    assert meter.consume(Volume(333)) == Volume(333)
    assert meter.state.residual == 20_000 - 280 - 336 - 111
    assert meter.state.part_e5 == 88_800
    meter.consume(Volume(10**7))
    assert meter.state.residual == 0
    assert "valve_closed" in meter.state.flags


def test_a_money_meter_without_a_price_gives_no_gas() -> None:
    meter = VirtualMeter(MeterState("QM1", MeterKind.MONEY, residual=100), OPEN4442)
    assert meter.consume(Volume(1_000)) == NO_GAS
    assert meter.state.residual == 100


def test_what_it_reports_comes_home_on_the_card() -> None:
    card = loaded()
    meter = cards.meter(card)
    meter.state = replace(meter.state, faults=frozenset({"low_battery", "magnet"}))
    meter.consume(Volume(500))
    meter.take(card, at=cards.AT)
    returned = cards.content(card).returned
    assert returned is not None
    assert returned.flags == {"low_battery", "magnet"}
    assert returned.residual == Volume(38_000)


@pytest.mark.parametrize("kind", list(MeterKind))
def test_its_memory_survives_in_a_file(tmp_path: Path, kind: MeterKind) -> None:
    card = loaded(kind=kind)
    meter = cards.meter(card)
    meter.take(card, at=cards.AT)
    meter.state = replace(meter.state, faults=frozenset({"magnet"}), hoard=5)
    meter.save(tmp_path / "meter.json")
    assert VirtualMeter.load(tmp_path / "meter.json", OPEN4442).state == meter.state
