"""A data folder with one supervisor, for registered sheets; asked for with `pytest_plugins`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.bootstrap.station import open_station
from cardstation.domain.shift import Role
from cardstation.services.add_clerk import add_clerk
from cardstation.settings import load_settings, save_setting
from drivers.keys import KeptDeviceKey
from tests.kit.sheet_cli import Cli
from tests.kit.shifts import CHIEF, PINS, PlainPins


@pytest.fixture
def cli(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    monkeypatch.setattr("drivers.keys.layout_secrets.read_keyring", lambda _name: None)
    monkeypatch.setattr("drivers.keys.layout_secrets.write_keyring", lambda _name, _key: False)
    monkeypatch.setattr("drivers.keys.master_secret.read_keyring", lambda _name: None)
    monkeypatch.setattr("drivers.admission.SEEDS", range(1))
    monkeypatch.setattr("cardstation.bootstrap.station.Argon2Pin", PlainPins)
    monkeypatch.setattr(
        "cardstation.bootstrap.station.device_key_of",
        lambda settings: KeptDeviceKey(settings.home, training=True),
    )
    monkeypatch.setenv("CARDSTATION_APPROVER_PIN", PINS[CHIEF])
    home = folder / "home"
    home.mkdir()
    save_setting(home, training=False)
    with open_station(load_settings(home), True) as station:
        add_clerk(station, CHIEF, PINS[CHIEF], {Role.SUPERVISOR}, by=None)
    return Cli(home, capsys)
