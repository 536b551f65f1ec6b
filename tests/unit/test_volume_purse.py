"""The CPU card for volume meters: its files, its facts in litres, beside the money card."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from cardstation.domain.card import CardContent, Credit, Span
from cardstation.domain.household import Household
from cardstation.domain.meter import Meter, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Defect, Refusal
from drivers.makers.purse_cards import PURSE_CARDS
from drivers.purses import PURSES
from drivers.purses.chip import KIND
from drivers.purses.gas_content import CLEARED, Parameters, Purpose, Returned
from drivers.purses.gas_files import RETURNED
from drivers.purses.opencpu_volume import OPEN_CPU_VOLUME
from drivers.purses.volume_chip import VolumePurseChipDriver
from drivers.purses.volume_content import (
    parameters_of,
    parameters_to_bytes,
    returned_of,
    returned_to_bytes,
)
from drivers.purses.volume_layout import VolumePurseLayout
from drivers.virtual import Tear, VirtualCard, VirtualReader
from drivers.virtual.meter_errors import MeterError
from drivers.virtual.meter_rules import Taking
from drivers.virtual.purse_bench import PurseBench
from drivers.virtual.purse_meter import PurseMeter, last_load_in, purse_in
from drivers.virtual.volume_purse_maker import LAST_LOAD_LITRES, make_purse_of
from tests.kit import cards
from tests.kit.purses import order, software

AT = datetime.fromisoformat("2026-11-26T08:30+08:00")
LAYOUT = VolumePurseLayout(OPEN_CPU_VOLUME.name, PURSE_CARDS.code)
HOME: Household = replace(cards.household(counter=7), chip="epurse")
MONEY_HOME = replace(HOME, meter=Meter("001799609893", MeterKind.MONEY, None))
WHOSE = Parameters("QM1799609893", "220104000017", Purpose.REISSUE, generation=3)
BACK = Returned("QM-1/2.3", "220104000017", 12_345, 8, at="2611260830")


def test_both_files_hold_meter_numbers_with_letters() -> None:
    assert parameters_of(parameters_to_bytes(WHOSE)) == WHOSE
    assert returned_of(returned_to_bytes(BACK)) == BACK
    assert returned_of(CLEARED) is None


@pytest.mark.parametrize("number", ["", "QM17996098930", "QM表1", "QM\n1"])
def test_a_number_without_room_is_refused(number: str) -> None:
    with pytest.raises(Refusal, match="field_does_not_fit"):
        parameters_to_bytes(replace(WHOSE, meter_no=number))


def test_no_byte_changes_or_changes_places_unseen() -> None:
    for content, read, first in (
        (parameters_to_bytes(WHOSE), parameters_of, 0),
        (returned_to_bytes(BACK), returned_of, 1),
    ):
        for at in range(first, len(content)):
            spoilt = bytearray(content)
            spoilt[at] ^= 0x10
            with pytest.raises(Refusal, match="card_damaged"):
                read(bytes(spoilt))
            other = max(first, (at + 5) % len(content))
            if content[at] != content[other]:
                swapped = bytearray(content)
                swapped[at], swapped[other] = content[other], content[at]
                with pytest.raises(Refusal, match="card_damaged"):
                    read(bytes(swapped))


def image_of(card: VirtualCard) -> bytes:
    reader = VirtualReader("desk")
    reader.insert(card)
    presence = reader.wait_card(0)
    assert presence is not None
    driver = VolumePurseChipDriver(PURSES[1], software())
    image = driver.attach(reader.open(presence)).read()
    reader.pull()
    return image


def read(card: VirtualCard) -> CardContent:
    return LAYOUT.decode(image_of(card))


def test_a_card_shows_its_gas_in_litres() -> None:
    shown = read(make_purse_of(HOME))
    assert (shown.identity.meter_no, shown.identity.account_no) == (
        HOME.meter.meter_no,
        HOME.account_no,
    )
    assert shown.credit is not None
    assert (shown.credit.quantity, shown.credit.purchase_counter) == (Volume(LAST_LOAD_LITRES), 7)
    assert shown.pending is None
    assert shown.limits.hoard == Volume(99_999_999)


def test_the_desk_plans_gas_and_takes_none_back() -> None:
    image = image_of(make_purse_of(HOME))
    credit = LAYOUT.decode(image).credit
    assert credit is not None
    wanted = replace(credit, quantity=Volume.of_m3("35"), purchase_counter=8, mark=b"mark")
    after = LAYOUT.decode(LAYOUT.plan_load(image, wanted).target)
    assert after.pending == Volume.of_m3("35")
    with pytest.raises(Defect):
        LAYOUT.plan_load(image, replace(wanted, quantity=Money(1)))
    with pytest.raises(Refusal, match="purse_keeps_gas"):
        LAYOUT.plan_clear(image, Credit(NO_GAS, 7, NO_GAS, AT, 1, b"mark", 0))


@pytest.mark.parametrize("home", [HOME, MONEY_HOME], ids=lambda one: one.meter.kind.value)
def test_each_application_is_read_by_its_own_driver_only(home: Household) -> None:
    card = make_purse_of(home)
    reader = VirtualReader("desk")
    reader.insert(card)
    presence = reader.wait_card(0)
    assert presence is not None
    for purse in PURSES:
        assert purse.recognises(presence.atr)
        link = reader.open(presence)
        if purse.counts is home.meter.kind:
            purse.attach(link)
        else:
            with pytest.raises(Refusal, match="foreign_card"):
                purse.attach(link)
        link.close()


def test_a_card_that_its_issuer_blocked_says_so() -> None:
    card = make_purse_of(HOME)
    purse_in(card).block()
    with pytest.raises(Refusal, match="purse_locked"):
        read(card)


def filled(home: Household, amount: int, loads: int = 1) -> VirtualCard:
    """A card with so much on it, as a desk left it."""
    card = make_purse_of(home)
    chip = purse_in(card)
    chip.power_up()
    chip.host_write([Span(chip.place(RETURNED), CLEARED)])
    for _ in range(loads):
        chip._loaded(order(amount), bytes(4))
    chip.power_off()
    return card


@pytest.mark.parametrize("home", [HOME, MONEY_HOME], ids=lambda one: one.meter.kind.value)
def test_a_meter_takes_all_once_and_says_so(home: Household) -> None:
    card, bench = filled(home, 35_000), PurseBench((), ())
    first, second = (bench.take(card, at=AT) for _ in range(2))
    assert (first.taking, second.taking) == (Taking.CREDITED, Taking.ALREADY_TAKEN)
    assert bench[home.meter.meter_no].credited == 35_000
    assert purse_in(card).state.of_kind(KIND).balance == 0
    amount = Money(35_000) if home is MONEY_HOME else Volume(35_000)
    assert first.credited == first.residual == amount
    assert last_load_in(purse_in(card)) == (amount, 8)


def test_a_meter_says_what_is_wrong_with_a_purse() -> None:
    meter = PurseMeter.of_purse(make_purse_of(HOME))
    neighbour = replace(HOME, meter=replace(HOME.meter, meter_no="QM1"))
    mover = replace(HOME, account_no="220104000018")
    spoilt = make_purse_of(HOME)
    purse_in(spoilt).main[80] ^= 1
    money = make_purse_of(MONEY_HOME)
    for card, error in (
        (make_purse_of(neighbour), MeterError.METER_NO),
        (make_purse_of(mover), MeterError.CUSTOMER_NO),
        (filled(HOME, 1_000, loads=2), MeterError.COUNT),
        (filled(HOME, 99_999_999), MeterError.NONE),
        (spoilt, MeterError.FORMAT),
        (money, MeterError.FORMAT),
    ):
        before = purse_in(card).state
        verdict = meter.take(card, at=AT)
        assert verdict.error == error, error
        assert (purse_in(card).state == before) is (error is not MeterError.NONE)
    over = meter.take(filled(HOME, 1), at=AT)
    assert over.taking is Taking.ALREADY_TAKEN
    meter.state = replace(meter.state, purchase_counter=7)
    assert meter.take(filled(HOME, 1), at=AT).error == MeterError.OVER_HOARD


def test_pulled_at_any_step_it_is_credited_once() -> None:
    for step in range(8):
        for seed in range(3):
            card, meter = filled(HOME, 35_000), PurseMeter.of_purse(make_purse_of(HOME))
            meter.take(card, at=AT, cut=Tear(step, seed=seed))
            card.chip.arm(None)
            again = meter.take(card, at=AT)
            assert again.written
            assert meter.state.cumulative == 35_000, step
            assert read(card).returned is not None


def test_the_maker_allows_what_its_purses_count() -> None:
    assert PURSE_CARDS.kinds == {one.counts for one in PURSES}
