"""`cardstation orders`, `card load-prepaid`, `receipt`: gas paid online from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cardstation.bootstrap.demo_readers import LocalRoom
from cardstation.bootstrap.entry import doors
from cardstation.cli.commands import COMMANDS
from cardstation.cli.doors import Doors
from cardstation.cli.run import main
from cardstation.domain.ledger import Order
from cardstation.services.station import Station
from cardstation.services.sync import sync
from cardstation.settings import Settings
from tests.kit.desk import StandingClock
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.papers import pages_of
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch, take

HOME, OTHER = neighbours(2)
NOW = StandingClock().at
ORDER = Order(
    "D1", HOME.account_no, 5600, 20_000, "residential@2026-01-01", 50, "",
    paid_at=NOW - timedelta(days=40),
)  # fmt: skip


class Shell:
    """Runs commands with `--json` on a made-up desk."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.desk: Desk = open_desk(home, households=[HOME, OTHER], ledger=MemoryLedger())
        self._capsys = capsys

    def _doors(self) -> Doors:
        @contextmanager
        def station(_settings: Settings, _writing: bool) -> Iterator[Station]:
            yield self.desk.station

        @contextmanager
        def readers(_settings: Settings) -> Iterator[LocalRoom]:
            yield LocalRoom(self.desk.reader)

        return replace(doors(), station=station, readers=readers)

    def __call__(self, *words: str, status: int = 0) -> Any:
        self._capsys.readouterr()
        assert main(self._doors(), COMMANDS, [*words, "--json"]) == status
        return json.loads(self._capsys.readouterr().out)


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    monkeypatch.setenv("CARDSTATION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    shell = Shell(tmp_path / "home", capsys)
    shell.desk.ledger.centre.sell_online(ORDER)
    shell.desk.ledger.centre.sell_online(
        replace(ORDER, order_id="D2", account_no=OTHER.account_no, leased_to="S002", paid_at=NOW)
    )
    sync(shell.desk.station)
    yield shell
    shell.desk.station.store.close()


def test_orders_are_listed_held_and_given_back(run: Shell) -> None:
    found = run("orders", "list")
    assert found["warn_days"] == 30
    assert [
        (one["order_id"], one["days"], one["warns"], one["holder"]) for one in found["orders"]
    ] == [("D1", 40, True, "nobody"), ("D2", 0, False, "elsewhere")]
    assert (found["orders"][0]["fen"], found["orders"][0]["volume_m3"]) == (5600, "20")
    assert not run("orders", "list", "--days", "41")["orders"][0]["warns"]
    held = run("orders", "lease", "D1")
    assert (held["leased_to"], bool(held["leased_until"])) == ("S001", True)
    assert run("orders", "list")["orders"][0]["holder"] == "ours"
    assert run("orders", "release", "D1")["leased_to"] == ""
    refused = run("orders", "lease", "D2", status=3)
    assert (refused["error"], refused["values"]["station"]) == ("order_leased_elsewhere", "S002")
    assert run("orders", "release", "nobody's", status=3)["error"] == "order_not_waiting"


def test_the_orders_of_a_batch_are_held_together(run: Shell) -> None:
    theirs = replace(ORDER, order_id="D2", account_no=OTHER.account_no)
    batch = put_batch(run.desk, [line(HOME, 1, order=ORDER), line(OTHER, 2, order=theirs)])
    told = run("batch", "lease", batch)
    assert (told["held"], told["not_held"]) == (1, 1)
    found = [(one["order_id"], one["held"], one["reason"]) for one in told["orders"]]
    assert found == [("D1", True, ""), ("D2", False, "order_leased_elsewhere")]
    assert run("orders", "list")["orders"][0]["holder"] == "ours"


def test_an_order_is_loaded_and_its_slip_is_printed_twice(run: Shell) -> None:
    card = card_of(HOME)
    run.desk.reader.insert(card)
    slip = run("card", "load-prepaid")
    assert (slip["kind"], slip["order_id"], slip["paid"]) == ("loading_slip", "D1", 5600)
    assert take(card).credited.litres == 20_000
    assert run("card", "load-prepaid", "D1", status=3)["error"] == "order_already_loaded"
    first = run("receipt", slip["receipt_no"])["papers"]
    again = run("receipt", slip["receipt_no"], "--reason", "夹纸")["papers"]
    texts = ["".join(pages_of(Path(paths[0]).read_bytes())[0].split()) for paths in (first, again)]
    assert all("圈存凭条" in text and "D1" in text for text in texts)
    assert ["补打1：夹纸" in text for text in texts] == [False, True]
    assert run("receipt", "S001-2026-999999", status=3)["error"] == "unknown_receipt"
