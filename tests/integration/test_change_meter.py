"""Another meter for a household: what was left in the old one comes with it, no more, no less."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.card import Quantity
from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.domain.meter_change import Carried, FinalReading, MeterChangeSlip, NewMeter
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.errors import LedgerUnreachable, LinkFailed, Refusal
from cardstation.services.cancel_meter_change import cancel_meter_change
from cardstation.services.change_meter import change_meter, reckon_change
from cardstation.services.import_directory import OurWord, our_word, up_to_date
from cardstation.services.load_due import load_due
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from drivers.virtual import Tear, VirtualCard
from drivers.virtual.meter import VirtualMeter
from tests.kit.changing import NEW_NO, SECOND, WHY, change, customer, hung, not_changed
from tests.kit.clearing import loaded
from tests.kit.issuing import desk_for, issue
from tests.kit.station import Desk, card_of, layout_of, nobody

pytest_plugins = ("tests.kit.fast_disk",)
RULES = MAKERS[0]
SCHOOLS = [
    pytest.param(rules, old, new, id=f"{rules.school.value} {old.value} {new.value}")
    for rules in MAKERS[:4]
    for old in MeterKind
    for new in MeterKind
]


def reading(quantity: Quantity, counter: int = 50) -> FinalReading:
    return FinalReading(quantity, counter, "HB-117")


def record(
    desk: Desk,
    home: Household,
    read: FinalReading,
    kind: MeterKind | None = None,
    *,
    number: str = NEW_NO,
    old_no: str = "",
    moved: bool = False,
) -> MeterChangeSlip:
    new = NewMeter(number, kind or home.meter.kind, moved=moved)
    agreed = reckon_change(desk.station, home.account_no, new, read, old_no=old_no)
    return change_meter(
        desk.station, home.account_no, new, read, agreed, SECOND, WHY, old_no=old_no
    )


def load(desk: Desk, card: VirtualCard) -> None:
    inserted = desk.insert(card)
    try:
        load_due(desk.station, inserted, None, nobody)
    finally:
        inserted.close()


@pytest.mark.parametrize(("rules", "old_kind", "new_kind"), SCHOOLS)
def test_what_was_left_is_in_the_new_meter_and_sales_go_on(
    tmp_path: Path, rules: MakerRules, old_kind: MeterKind, new_kind: MeterKind
) -> None:
    home = customer(rules, old_kind)
    desk, card = desk_for(tmp_path, home, rules), card_of(home, rules)
    layout = layout_of(rules)
    old = VirtualMeter.of_card(layout.decode(card.image), layout, rules.school)
    desk.sell(card, "100")
    assert old.take(card).credited
    left, kept = old.state.quantity(old.state.residual), desk.household().balance
    slip = record(desk, home, reading(left, old.state.purchase_counter), new_kind)
    assert (slip.old_no, slip.new_no) == (home.meter.meter_no, NEW_NO)
    change(desk, card, home)
    load(desk, card)
    new = hung(rules, new_kind)
    assert new.take(card).credited
    assert new.state.quantity(new.state.residual) == slip.carried.quantity
    assert desk.household().balance == kept + slip.carried.to_balance
    issue(desk, card, home, rules.code)
    desk.sell(card, "100")
    assert new.take(card).credited
    found = verify(desk.station)
    assert found.ok, found.disagreements
    if old_kind is new_kind:
        was = left if isinstance(left, Money) else Volume(left.litres // 1000 * 1000)
        assert slip.carried.quantity == was
    sync(desk.station)
    assert verify(desk.station).ok
    desk.station.store.close()


@pytest.mark.parametrize("kind", list(MeterKind))
@pytest.mark.parametrize("rules", MAKERS[:4], ids=lambda rules: rules.school.value)
def test_a_meter_that_was_moved_by_the_fitters_card_goes_on_at_its_count(
    tmp_path: Path, rules: MakerRules, kind: MeterKind
) -> None:
    home = customer(rules, kind)
    desk, card = desk_for(tmp_path, home, rules), card_of(home, rules)
    layout = layout_of(rules)
    old = VirtualMeter.of_card(layout.decode(card.image), layout, rules.school)
    left, nothing = old.state.residual, old.state.quantity(0)
    new = VirtualMeter(replace(old.state, meter_no=NEW_NO), layout)
    read = reading(nothing, new.state.purchase_counter)
    assert record(desk, home, read, moved=True).due_id == ""
    assert change(desk, card, home).meter_no == NEW_NO
    assert not new.take(card).credited, "nothing is taken twice"
    for number in (1, 2):
        desk.sell(card, "100")
        assert new.take(card).credited
        unit = 10_000 if kind is MeterKind.MONEY else 29_000
        assert new.state.residual == left + number * unit
    assert verify(desk.station).ok
    desk.station.store.close()


def test_gas_becomes_money_at_todays_price_and_money_gas_with_the_rest_to_the_balance(
    tmp_path: Path,
) -> None:
    home = customer()  # 416.8 m³ bought: the second tier
    desk = desk_for(tmp_path, home)
    at = home.account_no
    money = reckon_change(
        desk.station, at, NewMeter(NEW_NO, MeterKind.MONEY), reading(Volume(12_500))
    )
    assert (money.quantity, money.to_balance) == (Money(4_200), NO_MONEY)
    assert money.quote is not None
    assert [one.tier for one in money.quote.lines] == [2]
    same = reckon_change(
        desk.station, at, NewMeter(NEW_NO, MeterKind.VOLUME), reading(Volume(12_500))
    )
    assert (same.quantity, same.to_balance) == (Volume(12_000), Money(168))
    desk.station.store.close()
    home = customer(RULES, MeterKind.MONEY)
    desk = desk_for(tmp_path / "money", home)
    gas = reckon_change(desk.station, at, NewMeter(NEW_NO, MeterKind.VOLUME), reading(Money(5_000)))
    assert (gas.quantity, gas.to_balance) == (Volume(14_000), Money(296))
    slip = record(desk, home, reading(Money(5_000)), MeterKind.VOLUME)
    assert desk.household().balance == Money(296)
    assert slip.due_id
    assert verify(desk.station).ok
    cancel_meter_change(desk.station, at, SECOND, WHY)
    assert desk.household().balance == NO_MONEY
    assert verify(desk.station).ok
    desk.station.store.close()


def stopped(
    desk: Desk, home: Household, *, read: FinalReading | None = None, **said: object
) -> str:
    facts = {"number": NEW_NO, "old_no": "", "kind": None, **said}
    with pytest.raises(Refusal) as stop:
        record(desk, home, read or reading(Volume(9_000)), **facts)  # type: ignore[arg-type]
    return stop.value.code


def test_what_is_said_of_both_meters_is_looked_at(tmp_path: Path) -> None:
    home = customer()
    neighbour = replace(
        home, account_no="2", card_no="2", meter=replace(home.meter, meter_no="QM2")
    )
    desk = desk_for(tmp_path, home)
    with desk.station.store.unit() as unit:
        unit.households.put([neighbour])
        unit.commit()
    assert stopped(desk, home, number="") == "meter_no_malformed"
    assert stopped(desk, home, number="QM2") == "meter_of_other_household"
    assert stopped(desk, home, number=home.meter.meter_no) == "meter_not_changed"
    assert stopped(desk, home, old_no="QM7") == "old_meter_differs"
    assert stopped(desk, home, read=reading(Money(1))) == "reading_wrong_unit"
    assert stopped(desk, home, moved=True) == "residual_moved"
    empty = reading(Volume(0))
    assert stopped(desk, home, read=empty, moved=True, kind=MeterKind.MONEY) == (
        "meter_kind_differs"
    )
    assert stopped(desk, home, read=reading(Volume(-1))) == "residual_below_zero"
    assert stopped(desk, home, read=FinalReading(Volume(0), 1, "")) == "order_no_missing"
    assert stopped(desk, replace(home, account_no="9")) == "unknown_household"
    agreed = Carried(Volume(1_000), NO_MONEY, None)
    new, read = NewMeter(NEW_NO, MeterKind.VOLUME), reading(Volume(9_000))
    with pytest.raises(Refusal, match="carried_differs"):
        change_meter(desk.station, home.account_no, new, read, agreed, SECOND, WHY)
    with pytest.raises(Refusal, match="second_person_same"):
        change_meter(desk.station, home.account_no, new, read, agreed, Approval("demo"), WHY)
    record(desk, home, read)
    assert stopped(desk, home, old_no=home.meter.meter_no) == "meter_changed_already"
    assert desk.kinds() == ["account", "gas_due"]
    desk.station.store.close()


def test_what_waits_for_the_old_card_is_ended_first(tmp_path: Path) -> None:
    home = customer()
    desk, card = desk_for(tmp_path, home), card_of(home)
    card.chip.arm(Tear(3))
    with pytest.raises(LinkFailed):
        desk.sell(card, "100")
    card.chip.arm(None)
    assert stopped(desk, home) == "change_intent_open"
    desk.station.store.close()


def test_a_change_is_taken_back_only_while_nothing_is_loaded(tmp_path: Path) -> None:
    home = customer()
    desk, card = desk_for(tmp_path, home), card_of(home)
    with pytest.raises(Refusal, match="no_meter_change"):
        cancel_meter_change(desk.station, home.account_no, SECOND, WHY)
    record(desk, home, reading(Volume(9_000)))
    change(desk, card, home)
    load(desk, card)
    with pytest.raises(Refusal, match="change_loaded"):
        cancel_meter_change(desk.station, home.account_no, SECOND, WHY)
    desk.station.store.close()


@pytest.mark.parametrize("written", [False, True])
def test_a_change_that_is_taken_back_leaves_all_as_it_was(tmp_path: Path, written: bool) -> None:
    home = customer()
    desk, card = desk_for(tmp_path, home), card_of(home)
    layout = layout_of(RULES)
    old = VirtualMeter.of_card(layout.decode(card.image), layout, RULES.school)
    record(desk, home, reading(Volume(9_400)))
    if written:
        change(desk, card, home)
    slip = cancel_meter_change(desk.station, home.account_no, SECOND, WHY)
    assert (slip.cancelled, slip.reading.residual) == (True, Volume(9_400))
    assert desk.household() == home
    assert desk.kinds()[-3:] == ["account", "carried", "gas_due"]
    if written:
        change(desk, card, home)
    with pytest.raises(Refusal, match="no_gas_due"):
        load(desk, card)
    desk.sell(card, "100")
    assert old.take(card).credited
    assert verify(desk.station).ok
    desk.station.store.close()


def test_a_file_that_had_the_new_meter_first_is_confirmed(tmp_path: Path) -> None:
    home = customer()
    meter = replace(home.meter, meter_no=NEW_NO)
    filed = replace(home, meter=meter, purchase_counter=0)
    desk, card = desk_for(tmp_path, filed), card_of(home)
    assert not_changed(desk, card, home) == "no_meter_change"
    read = reading(Volume(7_000))
    assert stopped(desk, home, kind=MeterKind.MONEY, old_no=home.meter.meter_no, read=read) == (
        "meter_kind_differs"
    )
    record(desk, home, read, old_no=home.meter.meter_no)
    assert desk.household() == filed
    change(desk, card, home)
    load(desk, card)
    assert hung(RULES, MeterKind.VOLUME).take(card).credited == Volume(7_000)
    with desk.station.store.reading() as look:
        ours: OurWord = our_word(look)
    assert up_to_date(desk.household(), filed, ours).now.meter == meter
    assert verify(desk.station).ok
    desk.station.store.close()


def test_a_file_from_before_the_change_does_not_bring_the_old_meter_back(tmp_path: Path) -> None:
    home = customer()
    desk = desk_for(tmp_path, home)
    record(desk, home, reading(Volume(7_000)))
    now = desk.household()
    with desk.station.store.reading() as look:
        brought = up_to_date(
            now, replace(home, bought_this_year=now.bought_this_year), our_word(look)
        )
    merged = brought.now
    assert (merged.meter, merged.purchase_counter) == (now.meter, 0)
    desk.station.store.close()


@pytest.mark.parametrize(("counted", "code"), [(51, ""), (50, "change_load_on_card")])
def test_the_fitters_counter_tells_whether_the_old_meter_took_the_last_load(
    tmp_path: Path, counted: int, code: str
) -> None:
    home = customer()
    desk, card = desk_for(tmp_path, home), loaded(home)
    record(desk, home, reading(Volume(0), counted))
    assert not_changed(desk, card, home) == code
    desk.station.store.close()


def test_arrears_and_tiers_stay(tmp_path: Path) -> None:
    home = replace(customer(), arrears=Money(1_200))
    desk = desk_for(tmp_path, home)
    record(desk, home, reading(Volume(7_000)))
    now = desk.household()
    assert (now.arrears, now.bought_this_year) == (home.arrears, home.bought_this_year)
    desk.station.store.close()


def test_the_ledger_is_asked_before_a_change_is_taken_back(tmp_path: Path) -> None:
    home = customer()
    desk = desk_for(tmp_path, home)
    record(desk, home, reading(Volume(7_000)))
    sync(desk.station)
    desk.ledger.boundary = unheard
    with pytest.raises(Refusal, match="change_cancel_needs_ledger"):
        cancel_meter_change(desk.station, home.account_no, SECOND, WHY)
    desk.station.store.close()


def unheard(_name: str) -> None:
    raise LedgerUnreachable
