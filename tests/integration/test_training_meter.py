"""The meter of the training box: days, magnets, batteries and tool cards from the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cardstation.bootstrap.card_box import FOLDER
from cardstation.bootstrap.meter import take_card
from cardstation.bootstrap.station import open_station
from cardstation.cli.training import meter as command
from cardstation.domain.tool_card import Tool
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.settings import Settings, load_settings
from drivers.layouts.open_tools import CHANGE4442
from drivers.virtual import VirtualCard
from drivers.virtual.tool_maker import make_tool_card
from tests.kit import cards

CARD = cards.household().card_no


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = load_settings(tmp_path, {"CARDSTATION_STATE": str(tmp_path / "state")})
    with open_station(found, True) as station, station.store.unit() as unit:
        unit.households.put([cards.household()])
        unit.commit()
    return found


def put_in(settings: Settings, **wanted: object) -> Any:
    return take_card(settings, {"card": CARD, **wanted})


def test_days_pass_and_the_meter_remembers(settings: Settings) -> None:
    first = put_in(settings)
    after = put_in(settings, days=3, use="0.5")
    assert after["meter"]["residual"] == first["meter"]["residual"] - 1_500
    assert after["meter"]["used_litres"] == first["meter"]["used_litres"] + 1_500
    assert after["meter"]["battery"] < first["meter"]["battery"]
    assert put_in(settings, use="0.5")["meter"]["residual"] == after["meter"]["residual"] - 500


def test_a_magnet_locks_the_meter_until_a_card_or_a_tool_comes(settings: Settings) -> None:
    put_in(settings)
    locked = put_in(settings, tamper="magnet", backwards=True)
    assert locked["meter"]["locked"]
    assert locked["display"] == "Err-32"
    assert put_in(settings)["meter"]["locked"] is False
    assert put_in(settings)["meter"]["faults"] == ["magnet"]
    assert put_in(settings, tool="unlock")["meter"]["faults"] == []


def test_a_flat_battery_takes_no_card(settings: Settings) -> None:
    put_in(settings)
    flat = put_in(settings, days=600)
    assert (flat["error"], flat["display"]) == (1, "Err-31")
    assert put_in(settings, new_battery=True)["error"] == 0


def test_a_clear_card_makes_the_meter_as_new(settings: Settings) -> None:
    left = put_in(settings)["meter"]["residual"]
    cleared = put_in(settings, tool="clear")
    assert cleared["void"] == left > 0
    assert put_in(settings)["display"] == "Err-34"


def test_a_tool_card_that_a_desk_made_is_put_into_the_meter(settings: Settings) -> None:
    left = put_in(settings)["meter"]["residual"]
    made = make_tool_card(Tool.CHANGE, cards.household().meter.meter_no, datetime.now(UTC))
    made.save(settings.home / FOLDER / "fitter.json")
    assert put_in(settings, tool_card="fitter")["did"]
    assert put_in(settings)["display"] == "Err-34", "it is empty, and nobody's"
    kept = VirtualCard.load(settings.home / FOLDER / "fitter.json")
    assert CHANGE4442.decode(kept.image).uses[0].residual == Volume(left)


def test_the_command_offers_what_the_meter_can_do() -> None:
    offered = {option for one in command.params for option in one.opts}
    assert {
        "--days",
        "--tamper",
        "--new-battery",
        "--backwards",
        "--tool",
        "--tool-card",
    } <= offered


def test_an_amount_that_is_none_is_refused(settings: Settings) -> None:
    with pytest.raises(Refusal, match="bad_amount"):
        put_in(settings, use="much")
