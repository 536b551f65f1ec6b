"""What was left in an old meter is carried over once, whichever desk has heard of its change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.closing import FinalReading
from cardstation.domain.meter import MakerRules
from cardstation.domain.tool_card import Tool
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services.cancel_meter_change import cancel_meter_change
from cardstation.services.close_account import Leaving, close_account
from cardstation.services.quote_closing import quote_closing
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard
from tests.integration.test_change_meter import load, reading, record
from tests.kit.changing import NEW_NO, SECOND, WHY, change, customer, hung
from tests.kit.issuing import desk_for, issue
from tests.kit.station import Desk, card_of
from tests.kit.tooling import make, order, take_back, used
from tests.kit.two_stations import line_of, told, two_stations

pytest_plugins = ("tests.kit.fast_disk",)
RULES = MAKERS[0]
HOME = customer(RULES)
LEFT = reading(Volume(80_000))


def close(desk: Desk) -> None:
    final = FinalReading(Volume(0), "the fitter", "HB-117")
    back = quote_closing(desk.station, HOME.account_no, final).total
    said = Leaving(final, "moves away, paper 17", back, card_lost="lost on the way home")
    close_account(desk.station, HOME.account_no, SECOND, said)


def refused(desk: Desk, code: str) -> None:
    with pytest.raises(Refusal) as stop:
        record(desk, HOME, LEFT)
    assert stop.value.code == code


@pytest.mark.parametrize("rules", MAKERS[:4], ids=lambda rules: rules.school.value)
def test_a_change_that_another_desk_carried_out_is_recorded_nowhere_else(
    tmp_path: Path, rules: MakerRules
) -> None:
    home = customer(rules)
    with two_stations(tmp_path, households=[home]) as (one, other, _):
        card = card_of(home, rules)
        record(one, home, LEFT)
        change(one, card, home)
        told(one)
        refused(other, "meter_known_elsewhere")
        load(one, card)
        told(one)
        refused(other, "meter_known_elsewhere")


def test_a_change_that_was_given_up_elsewhere_is_recorded(tmp_path: Path) -> None:
    with two_stations(tmp_path, households=[HOME]) as (one, other, _):
        card = card_of(HOME)
        record(one, HOME, LEFT)
        change(one, card, HOME)
        cancel_meter_change(one.station, HOME.account_no, SECOND, WHY)
        change(one, card, HOME)
        told(one, other)
        record(other, HOME, LEFT)


def test_without_a_word_of_the_ledger_no_meter_is_changed(tmp_path: Path) -> None:
    with two_stations(tmp_path, households=[HOME]) as (one, other, _):
        told(one, other)
        line_of(other).down = True
        refused(other, "change_needs_ledger")


@pytest.mark.parametrize("rules", MAKERS[:4], ids=lambda rules: rules.school.value)
def test_what_two_desks_have_on_record_for_one_meter_is_loaded_by_the_first(
    tmp_path: Path, rules: MakerRules
) -> None:
    home = customer(rules)
    filed = replace(home, meter=replace(home.meter, meter_no=NEW_NO), purchase_counter=0)
    with two_stations(tmp_path, households=[filed]) as (one, other, _):
        card = card_of(home, rules)
        for desk in (one, other):
            record(desk, filed, LEFT, old_no=home.meter.meter_no)
        change(one, card, home)
        load(one, card)
        one.reader.pull()
        assert hung(rules, home.meter.kind).take(card).credited
        told(one, other)
        issue(other, card, other.household(), rules.code)
        with pytest.raises(Refusal) as stop:
            load(other, card)
        assert stop.value.code == "due_carried_elsewhere"
        line_of(other).down = True
        with pytest.raises(Refusal) as stop:
            load(other, card)
        assert stop.value.code == "change_needs_ledger"


def test_an_account_whose_meter_was_changed_elsewhere_is_not_closed_by_the_old_one(
    tmp_path: Path,
) -> None:
    with two_stations(tmp_path, households=[HOME]) as (one, other, _):
        card = card_of(HOME)
        record(one, HOME, LEFT)
        change(one, card, HOME)
        load(one, card)
        told(one, other)
        with pytest.raises(Refusal) as stop:
            close(other)
        assert stop.value.code == "meter_known_elsewhere"


def test_what_a_fitters_card_brought_into_the_new_meter_is_not_carried_over_as_well(
    tmp_path: Path,
) -> None:
    desk, tool = desk_for(tmp_path, HOME), VirtualCard()
    make(desk, tool, order(Tool.CHANGE))
    used(tool, purchase_counter=7)
    used(tool, meter_no=NEW_NO, account_no="", residual=0)
    take_back(desk, tool)
    refused(desk, "residual_moved")
    record(desk, HOME, reading(Volume(0), 7), number="QM2600000002")
    desk.station.store.close()


def test_a_meter_is_taken_from_no_other_household(tmp_path: Path) -> None:
    meter = replace(HOME.meter, meter_no="QM2700000002")
    next_door = replace(HOME, account_no="220104000025", card_no="88013025000025", meter=meter)
    with two_stations(tmp_path, households=[HOME, next_door]) as (desk, _, _):
        nothing = reading(Volume(0))
        filed = HOME.meter.meter_no
        with pytest.raises(Refusal, match="meter_of_other_household"):
            record(desk, HOME, nothing, number=filed, old_no=meter.meter_no)
        record(desk, HOME, nothing)
        record(desk, next_door, nothing, number=filed)
        with pytest.raises(Refusal, match="meter_of_other_household"):
            cancel_meter_change(desk.station, HOME.account_no, SECOND, WHY)
        assert desk.household(HOME.account_no).meter.meter_no == NEW_NO
