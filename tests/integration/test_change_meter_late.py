"""What comes late to a change of meter: a paid row, an order, another desk, a lost store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from cardstation.domain.card import CardType
from cardstation.domain.ledger import Order
from cardstation.domain.meter import CounterSchool, MakerRules, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.topup import Work
from cardstation.domain.transitions import TopUpState
from cardstation.domain.volume import Volume
from cardstation.errors import LedgerRefused, Refusal
from cardstation.services.cancel_meter_change import cancel_meter_change
from cardstation.services.intent.gas_dues import dues_of, record_due
from cardstation.services.intent.lost_card import MeterRead
from cardstation.services.intent.meter_rests import record_rest
from cardstation.services.lay_aside import lay_aside
from cardstation.services.load_prepaid import load_prepaid
from cardstation.services.orders_state import orders_state
from cardstation.services.pay_batch import pay_batch
from cardstation.services.rejoin import rejoin
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import MeterState
from tests.integration.test_change_meter import load, reading, record
from tests.integration.test_rejoin import Restored, rows
from tests.kit.changing import NEW_NO, SECOND, WHY, change, customer, hung
from tests.kit.issuing import blank, desk_for, issue
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.reissuing import reissue
from tests.kit.station import Desk, card_of, layout_of, line, nobody, open_desk, put_batch

pytest_plugins = ("tests.kit.fast_disk",)
RULES = MAKERS[0]


def test_a_row_that_is_paid_at_the_old_count_is_ended_first(tmp_path: Path) -> None:
    home = customer()
    desk = desk_for(tmp_path, home)
    batch = put_batch(desk, [line(home, 1)])
    record_and_back(desk)  # a row that holds no money keeps nobody from it
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(10_000))
    with pytest.raises(Refusal, match="change_row_paid"):
        record(desk, home, reading(Volume(5_000)))
    desk.station.store.close()


def record_and_back(desk: Desk) -> None:
    record(desk, customer(), reading(Volume(5_000)))
    cancel_meter_change(desk.station, customer().account_no, SECOND, WHY)


def test_an_order_that_was_paid_for_the_old_meter_is_bound_anew(tmp_path: Path) -> None:
    home = customer()
    desk, card = desk_for(tmp_path, home), card_of(home)
    paid_at = desk.clock.now() - timedelta(days=1)
    order = Order("D7", home.account_no, 5600, 20_000, "residential@2026-01-01", 50, "", paid_at)
    with desk.station.store.unit() as unit:
        unit.orders.put([order])
        unit.commit()
    record(desk, home, reading(Volume(5_000)))
    change(desk, card, home)
    inserted = desk.insert(card)
    with pytest.raises(Refusal, match="order_of_old_meter"):
        load_prepaid(desk.station, inserted, "D7", nobody)
    inserted.close()
    assert [one.passed for one in orders_state(desk.station, 7)] == [True]
    desk.station.store.close()


def test_the_changed_card_of_a_household_that_had_a_card_before_is_laid_aside(
    tmp_path: Path,
) -> None:
    home = replace(customer(), generation=1)
    desk, card = desk_for(tmp_path, home), card_of(home)
    record(desk, home, reading(Volume(5_000)))
    change(desk, card, home)
    done = lay_aside(desk.station, home.account_no, SECOND, "lost on the way to its meter")
    assert (done.state, done.reference) == (TopUpState.VOIDED, Work.CHANGE)
    fresh, new = blank(), hung(RULES, home.meter.kind)
    issue(desk, fresh, home)
    new.take(fresh)
    issue(desk, fresh, home)
    load(desk, fresh)
    assert new.take(fresh).credited == Volume(5_000)
    assert verify(desk.station).ok
    desk.station.store.close()


def test_another_desk_whose_file_has_the_new_meter_binds_the_card(tmp_path: Path) -> None:
    home = customer()
    desk, card = desk_for(tmp_path / "one", home), card_of(home)
    record(desk, home, reading(Volume(5_000)))
    change(desk, card, home)
    load(desk, card)
    new = hung(RULES, home.meter.kind)
    assert new.take(card).credited
    sync(desk.station)
    filed = replace(home, meter=replace(home.meter, meter_no=NEW_NO), purchase_counter=0)
    other = open_desk(
        tmp_path / "two", households=[filed], ledger=MemoryLedger("S002", desk.ledger.centre)
    )
    other.station = replace(other.station, name="S002", number=2)
    assert issue(other, card, filed).work == Work.BIND
    other.sell(card, "100")
    assert new.take(card).credited
    for one in (desk, other):
        sync(one.station)
        assert verify(one.station).ok
        one.station.store.close()


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[Restored]:
    with ExitStack() as opened:
        yield Restored(tmp_path, opened)


def test_a_lost_store_knows_its_changes_of_meter_again(restored: Restored) -> None:
    restored.backed_up()
    desk, (first, second, *_) = restored.desk, restored.homes
    record(desk, first, reading(Volume(9_400)))
    change(desk, restored.cards[0], first)
    load(desk, restored.cards[0])
    record(desk, second, reading(Volume(3_700)), number="QM2600000002")
    change(desk, restored.cards[1], second)
    cancel_meter_change(desk.station, second.account_no, SECOND, WHY)
    sync(desk.station)
    before = rows(desk)
    lost = restored.lost()
    with pytest.raises(LedgerRefused, match="ledger_ahead"):
        sync(lost.station)
    rejoin(lost.station, SECOND)
    assert rows(lost)["households"] == before["households"]
    assert {k: v.state for k, v in rows(lost)["topups"].items()} == {
        k: v.state for k, v in before["topups"].items()
    }
    assert verify(lost.station).ok
    change(lost, restored.cards[1], second)
    lost.sell(restored.cards[1], "100")
    sync(lost.station)
    assert verify(lost.station).ok


@pytest.mark.parametrize("kind", list(MeterKind))
@pytest.mark.parametrize("rules", MAKERS[:4], ids=lambda rules: rules.school.value)
def test_no_gas_is_made_or_lost_over_many_meters(
    tmp_path: Path, rules: MakerRules, kind: MeterKind
) -> None:
    """What was sold is what the meters burnt, what is in the last one, and what became money."""
    chance, home = Random(f"{rules.code} {kind}"), customer(rules, kind)
    desk, card = desk_for(tmp_path, home, rules), card_of(home, rules)
    layout = layout_of(rules)
    meter = VirtualMeter.of_card(layout.decode(card.image), layout, rules.school)
    meter.state = replace(meter.state, residual=0)
    sold, burnt, rest = 0, 0, 0
    for number in range(4):
        for _ in range(chance.randrange(1, 3)):
            sold += _bought(desk, card, meter, rules, str(chance.randrange(60, 300)))
        if kind is MeterKind.VOLUME:
            used = chance.randrange(meter.state.residual)
            burnt += meter.consume(Volume(used)).litres
        left = meter.state.quantity(meter.state.residual)
        counter = meter.state.purchase_counter
        number_ = f"QM260000000{number}"
        slip = record(desk, home, reading(left, counter), number=number_)
        rest += meter.state.residual - _raw(slip.carried.quantity)
        change(desk, card, home)
        new = MeterState(number_, kind=kind, school=rules.school, hoard=None)
        meter = VirtualMeter(new, layout)
        if slip.carried.quantity:
            load(desk, card)
            assert _raw(meter.take(card).credited) == _raw(slip.carried.quantity)
        else:
            meter.take(card)
        assert meter.state.residual + burnt + rest == sold
        _bound(desk, card, rules)
    assert 0 <= rest < 4_000
    with desk.station.store.reading() as look:
        assert not [one for one in dues_of(look) if one.is_open]
    sync(desk.station)
    found = verify(desk.station)
    assert found.ok, found.disagreements
    desk.station.store.close()


def _bought(
    desk: Desk, card: VirtualCard, meter: VirtualMeter, rules: MakerRules, yuan: str
) -> int:
    held = meter.state.cumulative
    desk.sell(card, yuan)
    assert meter.take(card).credited
    _bound(desk, card, rules)
    return meter.state.cumulative - held


def _bound(desk: Desk, card: VirtualCard, rules: MakerRules) -> None:
    """At the counter a card that opened its meter is bound before anything else."""
    shown = layout_of(rules).decode(card.image)
    if shown.identity.card_type == "opening":
        issue(desk, card, desk.household(shown.identity.account_no), rules.code)


def _raw(quantity: Volume | Money) -> int:
    return quantity.litres if isinstance(quantity, Volume) else quantity.fen


def test_what_came_with_a_meter_has_its_change(tmp_path: Path) -> None:
    """Planted: money in a balance, and gas due, that no change of meter stands behind."""
    home = customer()
    desk = desk_for(tmp_path, home)
    record(desk, home, reading(Volume(5_400)))
    with desk.station.store.unit() as unit:
        first = unit.account_changes.of_account(home.account_no)[0]
        (due,) = (one for _, _, one in unit.gas_dues.every())
        for change_id, money in (("none", 5), (first.change_id, -5)):
            record_rest(desk.station, unit, replace(first, change_id=change_id), Money(money))
        record_due(desk.station, unit, replace(due, due_id="none"))
        unit.commit()
    found = verify(desk.station)
    named = [one.values["change_id"] for one in found.disagreements if "change_id" in one.values]
    assert sorted(named) == sorted(["none", "none", first.change_id])
    desk.station.store.close()


@pytest.mark.parametrize("rules", MAKERS[:4], ids=lambda rules: rules.school.value)
def test_a_loaded_card_that_was_to_open_the_new_meter_is_reissued_as_one_that_opens_it(
    tmp_path: Path, rules: MakerRules
) -> None:
    home = customer(rules)
    desk, lost = desk_for(tmp_path, home, rules), card_of(home, rules)
    record(desk, home, reading(Volume(9_000)))
    change(desk, lost, home)
    load(desk, lost)
    with pytest.raises(Refusal, match="reissue_meter_unread"):
        reissue(desk, home, blank(rules), rules)
    fresh, new = blank(rules), hung(rules, home.meter.kind)
    counts = None if rules.school is CounterSchool.NONE else 0
    reissue(desk, home, fresh, rules, meter=MeterRead("photo 7", counts))
    assert layout_of(rules).decode(fresh.image).identity.card_type is CardType.OPENING
    assert new.take(fresh).credited == Volume(9_000)
    assert not new.take(lost).written, "an older card is no card of this meter any more"
    assert issue(desk, fresh, home, rules.code).work == Work.BIND
    desk.sell(fresh, "100")
    assert new.take(fresh).credited
    assert new.state.cumulative == 9_000 + 29_000
    sync(desk.station)
    found = verify(desk.station)
    assert found.ok, found.disagreements
    desk.station.store.close()


def test_one_that_opened_it_before_it_was_lost_is_reissued_as_any(tmp_path: Path) -> None:
    home = customer()
    desk, lost = desk_for(tmp_path, home), card_of(home)
    record(desk, home, reading(Volume(9_000)))
    change(desk, lost, home)
    load(desk, lost)
    fresh, new = blank(), hung(RULES, home.meter.kind)
    assert new.take(lost.copy()).credited
    reissue(desk, home, fresh, meter=MeterRead("photo 7", 1))
    assert layout_of(RULES).decode(fresh.image).identity.card_type is CardType.REISSUE
    desk.sell(fresh, "100")
    assert new.take(fresh).credited
    assert verify(desk.station).ok
    desk.station.store.close()
