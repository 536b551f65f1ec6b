"""The board and the triage list from the command line and behind the window's callables."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cardstation.bootstrap.desk_teams import team_services
from cardstation.bootstrap.entry import doors
from cardstation.bootstrap.station import station_on
from cardstation.cli.commands import COMMANDS
from cardstation.cli.run import main
from cardstation.domain.forecast import MeterReading
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.settings import Settings, load_settings
from cardstation.store import Store
from tests.kit.papers import pages_of
from tests.kit.station import line, neighbours, open_desk, put_batch

Command = Callable[..., tuple[int, Any, str]]
HOMES = neighbours(3)
COMMUNITY = HOMES[0].address.community


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Runs a command; returns its exit status, its answer and, without `--json`, its words."""
    monkeypatch.setenv("CARDSTATION_HOME", str(tmp_path))
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)

    def run(*words: str) -> tuple[int, Any, str]:
        capsys.readouterr()
        status = main(doors(), COMMANDS, list(words))
        said = capsys.readouterr().out
        return status, json.loads(said) if "--json" in words and said else None, said

    return run


def put_readings(home: Path) -> None:
    """Two readings of the first household, ten days apart: 10 m³ used, 3 left."""
    desk = open_desk(home, households=HOMES)
    put_batch(desk, [line(one, row) for row, one in enumerate(HOMES, start=4)])
    now = desk.station.clock.now()
    household = HOMES[0]
    with desk.station.store.unit() as unit:
        for days, left in ((10, 13), (0, 3)):
            unit.readings.add(
                MeterReading(
                    household.account_no,
                    household.meter.meter_no,
                    Volume(left * 1000),
                    Volume(13_000),
                    household.purchase_counter,
                    now - timedelta(days=days),
                ),
                now,
            )
        unit.commit()
    desk.station.store.close()


def test_the_board_as_json_and_in_words(run: Command, tmp_path: Path) -> None:
    put_readings(tmp_path)
    status, found, _ = run("--json", "board")
    assert status == 0
    assert found["totals"] == {
        "expected": 3,
        "collected": 0,
        "loaded": 0,
        "returned": 0,
        "exceptions": 0,
    }
    assert found["rows"][0]["batches"] == ["2026-11-24-01"]
    status, _, said = run("board")
    assert status == 0
    assert "应有" in said
    assert "仅本站" in said


def test_the_triage_list_and_its_files_name_nobody(run: Command, tmp_path: Path) -> None:
    put_readings(tmp_path)
    out = tmp_path / "out"
    status, found, _ = run("--json", "triage", COMMUNITY, "--out", str(out))
    assert status == 0
    assert found["unread"] == 2
    [row] = found["rows"]
    assert (row["door"], row["ground"]) == (HOMES[0].address.door, "readings")
    paper, table = map(Path, found["files"])
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    at = HOMES[0].address
    assert rows[0] == ["小区", "楼栋", "单元", "房号", "可用时间"]
    assert rows[1][:4] == [COMMUNITY, at.building, at.unit, at.room]
    for told in (*pages_of(paper.read_bytes()), table.read_text("utf-8-sig")):
        for home in HOMES:
            for secret in (home.name, home.account_no, home.card_no, home.meter.meter_no):
                assert secret not in told
    status, _, said = run("triage", COMMUNITY)
    assert status == 0
    assert at.door in said
    assert "仅本站" in said
    assert run("triage", "没有的小区")[0] != 0


def test_the_window_files_and_prints_the_same(run: Command, tmp_path: Path) -> None:
    put_readings(tmp_path)
    printed: list[Path] = []

    def printing(path: Path) -> Path:
        printed.append(path)
        return path

    with Store.open(tmp_path) as store:
        station = station_on(store, load_settings(tmp_path))
        teams = team_services(station, tmp_path / "papers", lambda: "en", printing)
        assert teams.board().expected == 3
        assert teams.triage(COMMUNITY).unread == 2
        paper, table = teams.file_triage(COMMUNITY)
    assert printed == [paper]
    assert "Gas lasts" in table.read_text("utf-8-sig")


def test_the_ceiling_is_a_setting(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, offline_limit_yuan=2000, offline_limit_hours=24)
    with Store.open(tmp_path) as store:
        limit = station_on(store, settings).offline_limit
    assert (limit.money, limit.hours) == (Money(200_000), 24)
