"""Every other thing that stops a change of meter, its card, or its cancelling; nothing is done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.batch_life import Step
from cardstation.domain.ledger import EntryKind
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.volume import Volume
from cardstation.errors import CardSwapped, LinkFailed, Refusal
from cardstation.services import change_card as changing
from cardstation.services.begin_balance_payout import begin_balance_payout
from cardstation.services.cancel_meter_change import cancel_meter_change
from cardstation.services.grant_gas import grant_gas
from cardstation.services.identify import Plastic
from cardstation.services.intent.steps import record_step
from cardstation.services.pay_batch import pay_batch
from cardstation.services.sync import sync
from cardstation.services.withdraw_payout import withdraw_payout
from drivers.makers import MAKERS
from drivers.virtual import Tear
from tests.integration.test_change_meter import reading, record
from tests.kit.changing import NEW_NO, SECOND, WHY, change, customer, not_changed
from tests.kit.issuing import blank, desk_for, issue, stopped_by
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.station import Desk, card_of, layout_of, line, open_desk, put_batch

pytest_plugins = ("tests.kit.fast_disk",)
HOME = customer()
LEFT = reading(Volume(9_400))


def cancelled(desk: Desk, account_no: str = HOME.account_no) -> str:
    """The code of what stopped the cancelling, empty when nothing did."""
    try:
        cancel_meter_change(desk.station, account_no, SECOND, WHY)
    except Refusal as stop:
        return stop.code
    return ""


def recorded(desk: Desk) -> str:
    try:
        record(desk, HOME, LEFT)
    except Refusal as stop:
        return stop.code
    return ""


def beside(desk: Desk, folder: Path, **filed: object) -> Desk:
    """Another desk at the same ledger."""
    home = replace(HOME, **filed)  # type: ignore[arg-type]  # its own facts
    other = open_desk(folder, households=[home], ledger=MemoryLedger("S002", desk.ledger.centre))
    other.station = replace(other.station, name="S002", number=2)
    return other


def test_gas_that_is_due_for_the_old_meter_comes_first(tmp_path: Path) -> None:
    desk = desk_for(tmp_path, HOME)
    due = Volume(5_000)
    grant_gas(desk.station, HOME.account_no, due, Tender.MAKE_UP, "WO-7", SECOND, WHY)
    assert recorded(desk) == "change_due_open"
    desk.station.store.close()


@pytest.mark.parametrize("moved", [False, True])
def test_a_meter_that_hung_there_before_comes_back_by_cancelling_only(
    tmp_path: Path, moved: bool
) -> None:
    """What was loaded for it then would be taken for its last load, and go in once more."""
    desk, old_no = desk_for(tmp_path, HOME), HOME.meter.meter_no
    empty = reading(Volume(0))
    record(desk, HOME, empty)
    with pytest.raises(Refusal, match="meter_had_before"):
        record(desk, HOME, empty, number=old_no, moved=moved)
    assert cancelled(desk) == ""
    assert desk.household().meter.meter_no == old_no
    record(desk, HOME, empty)  # it was recorded too early: the new one never hung there
    record(desk, HOME, empty, number="QM2600000002")
    for gone in (old_no, NEW_NO):
        with pytest.raises(Refusal, match="meter_had_before"):
            record(desk, HOME, empty, number=gone, moved=moved)
    desk.station.store.close()


def test_what_another_desk_began_on_the_old_card_is_ended_there(tmp_path: Path) -> None:
    desk, card = desk_for(tmp_path / "one", HOME), card_of(HOME)
    other = beside(desk, tmp_path / "two")
    card.chip.arm(Tear(1))
    with pytest.raises(LinkFailed):
        other.sell(card, "100")
    card.chip.arm(None)
    sync(other.station)
    assert recorded(desk) == "change_open_elsewhere"
    for one in (desk, other):
        one.station.store.close()


def test_what_another_desk_loaded_for_the_new_meter_stays(tmp_path: Path) -> None:
    desk, card = desk_for(tmp_path / "one", HOME), card_of(HOME)
    record(desk, HOME, LEFT)
    new = replace(HOME.meter, meter_no=NEW_NO)
    filed = replace(HOME, meter=new, purchase_counter=0)
    other = beside(desk, tmp_path / "two", meter=new, purchase_counter=0)
    other.sell(card_of(filed), "100")
    sync(other.station)
    assert cancelled(desk) == "change_loaded"
    assert not_changed(desk, card, HOME) == ""
    for one in (desk, other):
        one.station.store.close()


def test_a_row_of_a_batch_that_is_closed_holds_nothing_up(tmp_path: Path) -> None:
    desk = desk_for(tmp_path, HOME)
    batch = put_batch(desk, [line(HOME, 1)])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(10_000))
    with desk.station.store.unit() as unit:
        record_step(desk.station, unit, batch, Step.CLOSED)
        unit.commit()
    assert recorded(desk) == ""
    desk.station.store.close()


def test_what_was_spent_or_issued_since_keeps_a_change(tmp_path: Path) -> None:
    desk = desk_for(tmp_path, HOME)
    assert cancelled(desk, "1") == "unknown_household"
    record(desk, HOME, LEFT)
    issue(desk, blank(), HOME)
    assert cancelled(desk) == "change_other_card"
    desk.station.store.close()
    desk = desk_for(tmp_path / "spent", HOME)
    record(desk, HOME, LEFT)
    with desk.station.store.unit() as unit:
        unit.households.update(replace(desk.household(), balance=Money(1)))
        unit.commit()
    assert cancelled(desk) == "change_balance_spent"
    desk.station.store.close()


def test_a_rest_that_is_on_its_way_out_keeps_a_change(tmp_path: Path) -> None:
    """It was handed over and the power went: it is not taken out of the balance as well."""
    desk = desk_for(tmp_path, HOME)
    record(desk, HOME, LEFT)
    begin_balance_payout(desk.station, HOME.account_no, desk.household().balance)
    assert cancelled(desk) == "payout_in_doubt"
    withdraw_payout(desk.station, HOME.account_no, SECOND)
    assert cancelled(desk) == ""
    desk.station.store.close()


@pytest.mark.parametrize("kind", list(MeterKind))
def test_a_change_with_nothing_left_is_taken_back(tmp_path: Path, kind: MeterKind) -> None:
    home = customer(kind=kind)
    desk = desk_for(tmp_path, home)
    nothing = Money(0) if kind is MeterKind.MONEY else Volume(0)
    assert record(desk, home, reading(nothing)).due_id == ""
    assert cancelled(desk) == ""
    assert desk.household() == home
    assert EntryKind.GAS_DUE not in desk.kinds()
    desk.station.store.close()


def test_other_cards_of_the_household_are_not_written(tmp_path: Path) -> None:
    home = replace(HOME, generation=1)
    desk = desk_for(tmp_path, home)
    record(desk, home, LEFT)
    older = card_of(replace(home, generation=0))
    assert not_changed(desk, older, home) == "old_card"
    unread = card_of(home)
    for place in layout_of(MAKERS[0]).credit_slots:  # type: ignore[attr-defined]  # of two slots
        unread.chip.memories["main"][place.address] ^= 0x11
    assert not_changed(desk, unread, home) == "change_not_readable"
    half = blank()
    half.chip.arm(Tear(40))
    assert stopped_by(desk, half, home) == "card_work_unknown"
    half.chip.arm(None)
    assert not_changed(desk, card_of(home), home) == "card_work_open"
    desk.station.store.close()


def test_a_card_that_is_of_neither_meter_is_not_written_back(tmp_path: Path) -> None:
    desk, card = desk_for(tmp_path, HOME), card_of(HOME)
    record(desk, HOME, LEFT)
    change(desk, card, HOME)
    assert cancelled(desk) == ""
    new = replace(HOME, meter=replace(HOME.meter, meter_no=NEW_NO))
    other = card_of(new, MAKERS[1])
    assert not_changed(desk, other, HOME) == "card_differs_from_file"
    assert not_changed(desk, card, HOME) == ""
    desk.station.store.close()


def test_another_card_in_the_lane_meanwhile_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, card = desk_for(tmp_path, HOME), card_of(HOME)
    record(desk, HOME, LEFT)
    taken = changing.insert_plastic

    def swapped(*about: object) -> Plastic:
        lying = taken(*about)  # type: ignore[arg-type]  # as it was called
        lying.image = bytes(len(lying.image))
        return lying

    monkeypatch.setattr(changing, "insert_plastic", swapped)
    with pytest.raises(CardSwapped):
        change(desk, card, HOME)
    desk.station.store.close()
