"""From a file at the centre to a desk that may sell: both command lines, the real service."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cardstation.bootstrap.beside import feed_follower
from cardstation.bootstrap.entry import doors
from cardstation.bootstrap.patient_sync import PatientSync
from cardstation.bootstrap.station import open_station
from cardstation.central.feeds.serving import deltas_after, heads_for
from cardstation.cli.central import main as central
from cardstation.cli.commands import COMMANDS
from cardstation.cli.run import main
from cardstation.errors import LedgerRefused, LedgerUnreachable
from cardstation.services.feed_state import feed_state
from cardstation.settings import load_settings
from cardstation.store import Store
from tests.kit.desk import SAMPLES, bare_desk
from tests.kit.feeds import A, FeedCentre, homes, rows_of
from tests.kit.postgres import CODES, Centre
from tests.kit.workbook import write_workbook

pytest_plugins = ("tests.kit.ledger_fixtures",)

TEAM = "绿园服务部"
Said = dict[str, Any]


@dataclass
class Shell:
    """Both command lines, each with `--json`."""

    folder: Path
    centre: Centre
    capsys: pytest.CaptureFixture[str]

    def at_centre(self, *words: str, status: int = 0) -> Said:
        key = self.folder / "centre.key"
        if not key.exists():
            key.write_bytes(bytes(range(32)))
            key.chmod(0o600)
        named = ["--key", str(key)] if words[0] not in ("give", "take", "list") else []
        where = ["--dsn", self.centre.books.dsn, "--home", str(self.folder / "central"), *named]
        as_json = ["--json"] if words[0] not in ("give", "take") else []
        assert central(["feed", *words, *where, *as_json]) == status
        out = self.capsys.readouterr().out
        return {} if status or not as_json else {"said": json.loads(out)}

    def at_desk(self, *words: str, status: int = 0) -> Said:
        home = ["--home", str(self.folder / "desk"), "--json", "--lang", "en"]
        assert main(doors(), COMMANDS, [*home, *words]) == status
        told: Said = json.loads(self.capsys.readouterr().out)
        return told


@pytest.fixture
def shell(
    centre: Centre,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "settings.toml").write_text("training = true\n", "utf-8")
    return Shell(tmp_path, centre, capsys)


def sample() -> list[dict[str, str]]:
    with (SAMPLES / "households.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row["team"] == TEAM]


def write(path: Path, rows: list[dict[str, str]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, rows[0].keys())
        out.writeheader()
        out.writerows(rows)
    return str(path)


@pytest.mark.postgres
def test_a_directory_goes_from_a_file_to_the_desk(shell: Shell) -> None:
    rows = sample()
    file = write(shell.folder / "all.csv", rows)
    published = shell.at_centre("publish", file)["said"]["published"]
    assert [(one["put"], one["afresh"]) for one in published] == [(len(rows), True)]
    shell.at_centre("policy", "--tariffs", str(SAMPLES / "tariffs.json"), *_TWO)
    shell.at_centre("give", "S001", TEAM)
    shell.at_desk("enrol", shell.centre.url, "--code", CODES[1])
    shell.at_desk("sync")
    found = shell.at_desk("feed", "show")
    assert [one["feed"] for one in found["feeds"]] == ["policy", f"directory/{TEAM}"]
    assert found["households"] == len(rows)
    assert shell.at_desk("quote", rows[0]["account_no"], "--money", "100")

    rows[0]["phone"] = "13900000000"
    sheet = [list(rows[0]), *(list(row.values()) for row in rows)]
    workbook = write_workbook(shell.folder / "all.xlsx", {"Sheet1": sheet}, ())
    assert shell.at_centre("publish", str(workbook))["said"]["published"][0]["put"] == 1
    followed = shell.at_desk("feed", "follow")
    assert [one["number"] for one in followed["feeds"]] == [1, 2]
    (policy, directory) = shell.at_centre("list")["said"][::-1]
    assert (policy["feed"], directory["rows"]) == ("policy", len(rows))
    assert directory["followers"][0]["station"] == "S001"


_TWO = ("--by", "anna", "--approved-by", "bert")


@pytest.mark.postgres
def test_what_the_centre_refuses_to_publish(shell: Shell) -> None:
    rows = sample()[:60]
    shell.at_centre("publish", write(shell.folder / "all.csv", rows))
    shell.at_centre("publish", write(shell.folder / "half.csv", rows[:30]), status=3)
    done = shell.at_centre("publish", str(shell.folder / "half.csv"), "--changes")
    assert done["said"]["published"] == []
    bad = [{**rows[0], "status": "?"}, *rows[2:]]
    said = shell.at_centre("publish", write(shell.folder / "bad.csv", bad))["said"]
    assert (said["published"], [one["row"] for one in said["rejected"]]) == ([], [2]), (
        "with a row that cannot be read nobody is taken off"
    )
    nowhere = [{**rows[0], "team": ""}]
    shell.at_centre("publish", write(shell.folder / "nowhere.csv", nowhere), status=3)
    shell.at_centre("policy", "--by", "anna", "--approved-by", "anna", status=3)
    shell.at_centre("give", "S001", "nowhere", status=3)
    shell.at_centre("renew", "nowhere", status=3)
    gone = shell.at_centre("publish", str(shell.folder / "half.csv"), "--may-shrink")["said"]
    assert gone["published"][0]["gone"] == 30
    renewed = shell.at_centre("renew", f"directory/{TEAM}")["said"]["published"][0]
    assert (renewed["number"], renewed["afresh"]) == (3, True)
    shell.at_centre("give", "S001", TEAM)
    shell.at_centre("take", "S001", TEAM)
    with shell.centre.books.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM station_districts")) == 0
        assert connection.scalar(text("SELECT max(published_by) FROM publications")) == (
            "command line"
        )


HEADINGS = "station,name,number,display,roles,from,until\n"


@pytest.mark.postgres
def test_clerks_go_from_a_file_to_their_station(shell: Shell) -> None:
    file = shell.folder / "clerks.csv"
    file.write_text(HEADINGS + "S001,王敏,1024,,supervisor;teller,,\n", "utf-8")
    shell.at_centre("clerks", str(file), *_TWO, status=3)  # S001 was never enrolled
    shell.at_desk("enrol", shell.centre.url, "--code", CODES[1])
    done = shell.at_centre("clerks", str(file), *_TWO)["said"]["published"]
    assert [(one["feed"], one["number"], one["put"]) for one in done] == [("clerks/S001", 1, 1)]
    shell.centre.station("S002")
    shell.at_desk("sync")
    (clerk,) = shell.at_desk("clerk", "list")["clerks"]
    assert (clerk["name"], clerk["number"], clerk["from_centre"]) == ("王敏", "1024", True)
    assert sorted(clerk["roles"]) == ["supervisor", "teller"]
    assert [one["feed"] for one in shell.at_desk("feed", "show")["feeds"]] == ["clerks/S001"]
    (told,) = shell.at_centre("list")["said"]
    assert [(one["station"], one["has"]) for one in told["followers"]] == [("S001", 0)]
    rows = "S001,王敏,1024,,teller,,\nS001,李芳,7,李芳,supervisor,2026-01-01,\n"
    file.write_text(HEADINGS + rows, "utf-8")
    shell.at_centre("clerks", str(file), *_TWO)
    shell.at_desk("sync")
    found = {one["name"]: one for one in shell.at_desk("clerk", "list")["clerks"]}
    assert (found["王敏"]["roles"], found["李芳"]["first"]) == (["teller"], "2026-01-01")


@pytest.mark.postgres
@pytest.mark.parametrize(
    "rows",
    [
        "",
        "S001,a,1,,teller,,\n",
        "S001,a,1,,supervisor,,2027-01-01\n",
        "S001,a,1,,supervisor,2099-01-01,\n",
        "S001,zo\u00eb,1,,supervisor,,\nS001,zoe\u0308,2,,teller,,\n",
        "S001,a,1,,king,,\n",
        ",a,1,,supervisor,,\n",
        "S001,a,1,,supervisor,,\nS001,a,2,,teller,,\n",
        "S001,a,1,,supervisor,tomorrow,\n",
    ],
)
def test_a_list_of_clerks_that_is_not_right_is_not_published(shell: Shell, rows: str) -> None:
    shell.centre.station()
    file = shell.folder / "clerks.csv"
    file.write_text(HEADINGS + rows, "utf-8")
    shell.at_centre("clerks", str(file), *_TWO, status=3)
    file.write_bytes(b"\xff\xfe\xfd")
    shell.at_centre("clerks", str(file), *_TWO, status=3)
    with shell.centre.books.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM feeds")) == 0


@pytest.mark.postgres
def test_an_older_station_is_told_of_no_clerks(shell: Shell) -> None:
    engine = shell.centre.books.engine
    shell.centre.station()
    file = shell.folder / "clerks.csv"
    file.write_text(HEADINGS + "S001,a,1,,supervisor,,\n", "utf-8")
    shell.at_centre("clerks", str(file), *_TWO)
    assert heads_for(engine, "S001", ()) == ()
    assert [one.feed for one in heads_for(engine, "S001", ["0:clerks/S001"])] == ["clerks/S001"]
    assert heads_for(engine, "S002", ["0:clerks/S001"]) == ()
    with pytest.raises(LedgerRefused, match="feed_not_followed"):
        deltas_after(engine, "S002", "clerks/S001", 0)


@pytest.mark.postgres
def test_an_open_desk_follows_after_it_synced(shell: Shell) -> None:
    shell.at_centre("publish", write(shell.folder / "all.csv", sample()[:5]))
    shell.at_centre("give", "S001", TEAM)
    shell.at_desk("enrol", shell.centre.url, "--code", CODES[1])
    settings = load_settings(shell.folder / "desk", {})
    with open_station(settings, True) as station:
        PatientSync(station)()
        assert until(lambda: feed_state(station).households == 5)


def until(well: Callable[[], bool]) -> bool:
    waiting = threading.Event()
    return any(well() or waiting.wait(0.05) for _ in range(1_000))


def test_a_follower_ends_at_once_and_outlives_a_dead_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    centre = FeedCentre()
    centre.publish(A, rows_of(homes(2)))
    line = centre.line()
    line.cut_after = 0
    with Store.open(tmp_path) as store, feed_follower(rest_s=0) as follower:
        station = replace(bare_desk(store), feeds=line)
        asked = threading.Event()

        def told(at: object) -> Any:
            asked.set()
            raise LedgerUnreachable

        line.told = told  # type: ignore[method-assign]
        follower.serve(station)
        follower.ring()
        assert asked.wait(10)
        del line.told
        line.cut_after = 9
        follower.ring()
        assert until(lambda: feed_state(station).households == 2)
    assert not [one for one in caplog.records if one.levelname == "WARNING"]
