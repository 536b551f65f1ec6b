"""`cardstation batch run` of a bag whose envelopes are scanned, and `batch release-amount`."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.bootstrap.entry import doors
from cardstation.cli.commands import COMMANDS
from cardstation.cli.run import main
from cardstation.domain.batch import Verdict
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.services.import_list import import_list
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_batch import pay_batch
from cardstation.services.require_scans import lift_scans, require_scans
from cardstation.settings import Settings
from cardstation.store.funds import BatchStop
from drivers.keys import KeptDeviceKey
from drivers.virtual import VirtualReader
from tests.kit.shifts import ANNA, CHIEF, PINS, PlainPins, desk_with_clerks
from tests.kit.station import (
    DESK_RULES,
    RESIDENTIAL,
    Desk,
    card_of,
    line,
    neighbours,
    open_desk,
    put_batch,
)

HOMES = neighbours(2)
BATCH = "2026-11-24-01"


@dataclass(frozen=True)
class Slots:
    """The readers of the desk."""

    slots: tuple[VirtualReader, ...]

    def readers(self) -> tuple[VirtualReader, ...]:
        return self.slots


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CARDSTATION_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CARDSTATION_APPROVER_PIN", PINS[CHIEF])
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    monkeypatch.setattr("cardstation.bootstrap.station.Argon2Pin", PlainPins)
    return tmp_path / "home"


@contextmanager
def a_desk(home: Path) -> Iterator[Desk]:
    """The desk of this folder with a shift open, until the command takes it over."""
    desk = desk_with_clerks(home, households=HOMES)
    desk.station = replace(desk.station, device_key=KeptDeviceKey(home, training=True))
    open_shift(desk.station, ANNA, PINS[ANNA], float_money=Money.of_yuan("500"))
    try:
        yield desk
    finally:
        desk.station.store.close()


@dataclass
class Shell:
    """Runs `batch` commands with `--json`, and what they say beside the answer."""

    capsys: pytest.CaptureFixture[str]
    readers: tuple[VirtualReader, ...] = ()
    said: str = ""

    def __call__(self, *words: str, status: int = 0) -> Any:
        @contextmanager
        def plugged(_settings: Settings) -> Iterator[Slots]:
            yield Slots(self.readers)

        self.capsys.readouterr()
        own = replace(doors(), readers=plugged)
        assert main(own, COMMANDS, ["batch", *words, "--json"]) == status
        found = self.capsys.readouterr()
        self.said = found.err
        return json.loads(found.out or found.err)


@pytest.fixture
def batch(home: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """As `bag`."""
    return bag(home, capsys)


@pytest.fixture
def lifted(home: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """As `bag`, but a supervisor said that nothing is scanned."""
    return bag(home, capsys, lifted=True)


def bag(home: Path, capsys: pytest.CaptureFixture[str], *, lifted: bool = False) -> Shell:
    """A paid bag of two cards in envelopes `1` and `2`, each to be scanned; one in each reader."""
    with a_desk(home) as desk:
        lines = [line(one, row, envelope=str(row)) for row, one in enumerate(HOMES, 1)]
        put_batch(desk, lines, BATCH)
        pay_batch(desk.station, BATCH, tender=Tender.CASH, money=Money(20_000))
        require_scans(desk.station, BATCH)
        if lifted:
            lift_scans(desk.station, BATCH, Approval(CHIEF), "the scanner is broken")
    reader = VirtualReader()
    reader.insert(card_of(HOMES[0]))
    return Shell(capsys, (reader,))


def types(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def run(batch: Shell, idle: str = "0.3", **how: int) -> list[tuple[str, str]]:
    answer = batch("run", BATCH, "--no-papers", "--idle", idle, **how)
    return [(one["state"], one["reason"]) for one in answer["lines"]]


def test_the_scanned_envelope_lets_its_card_be_loaded(
    batch: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    types(monkeypatch, "1\n")
    assert run(batch) == [("done", ""), ("waiting", "")]
    assert HOMES[0].card_no in batch.said
    assert "信封" in batch.said


def test_another_envelope_is_a_stop(batch: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    card = card_of(HOMES[0])
    batch.readers[0].pull()
    batch.readers[0].insert(card)
    image = card.image
    types(monkeypatch, "2\n")
    assert run(batch)[0] == ("stopped", "card_in_other_envelope")
    assert card.image == image


@pytest.mark.parametrize("typed", ["", "\n"])
def test_without_an_envelope_the_card_stays_unwritten_and_waits(
    batch: Shell, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    types(monkeypatch, typed)
    assert run(batch)[0] == ("waiting", "")
    assert "请扫信封" in batch.said


def test_two_readers_ask_one_after_another(batch: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which card comes first nobody knows; each is named, and its scanner answers it."""
    second = VirtualReader(name="second")
    second.insert(card_of(HOMES[1]))
    batch.readers = (*batch.readers, second)
    asked: list[str] = []

    class Scanner(io.StringIO):
        def readline(self, *_size: int) -> str:
            said = batch.capsys.readouterr().err
            [number] = [
                at for at, one in enumerate(HOMES, 1) if one.card_no in said.split("\n")[-2]
            ]
            asked.append(str(number))
            return f"{number}\n"

    monkeypatch.setattr("sys.stdin", Scanner())
    assert run(batch, "5") == [("done", ""), ("done", "")]
    assert sorted(asked) == ["1", "2"]


def test_nobody_lifts_the_scans_alone(batch: Shell) -> None:
    assert main(doors(), COMMANDS, ["batch", "scan-envelopes", BATCH, "off"]) == 2
    assert "--approver" in batch.capsys.readouterr().err


def test_nobody_changes_an_envelope_alone_once_cards_were_compared(
    batch: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    types(monkeypatch, "2\n")
    run(batch)
    change = ("envelope", BATCH, "1", "")
    assert batch(*change, status=3)["error"] == "envelope_change_needs_two"
    agreed = batch(*change, "--approver", CHIEF, "--reason", "the envelope was torn")
    assert agreed["envelope"] == ""


def test_where_nothing_has_to_be_scanned_nothing_is_read(
    lifted: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:

    class Nobody(io.StringIO):
        def readline(self, *_size: int) -> str:
            raise AssertionError

    monkeypatch.setattr("sys.stdin", Nobody())
    assert run(lifted)[0] == ("done", "")


def test_where_nothing_else_waits_a_stopped_card_is_taken_once_more(lifted: Shell) -> None:
    """As with F5 at the desk; a card that stops again has had its turn, and the run ends."""
    assert run(lifted)[0] == ("done", "")
    older = card_of(replace(HOMES[1], purchase_counter=HOMES[1].purchase_counter - 1))
    for card, left in ((older, "stopped"), (older, "stopped"), (card_of(HOMES[1]), "done")):
        lifted.readers[0].pull()
        lifted.readers[0].insert(card)
        assert run(lifted, "5")[1][0] == left
    assert "停下的 1 张卡再走一遍" in lifted.said
    assert run(lifted)[1] == ("done", "")
    assert "停下的" not in lifted.said


def test_the_help_says_so(batch: Shell) -> None:
    assert main(doors(), COMMANDS, ["batch", "run", "--help"]) == 0
    assert "standard input" in " ".join(batch.capsys.readouterr().out.split())


# ── an amount far above what such a household uses ──


@pytest.fixture
def far_more(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Shell, str]:
    """A list whose first row wants 2000 yuan of gas where 500 m³ is the most that is plausible."""
    rows = ["户号,户主,房号,卡号,金额"]
    for one, yuan in zip(HOMES, (2000, 100), strict=True):
        said = (one.account_no, one.name, one.address.door, one.card_no, str(yuan))
        rows.append(",".join(said))
    path = tmp_path / "list.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with a_desk(home) as desk:
        most = {HOMES[0].tariff: Volume.of_m3("500")}
        with desk.station.store.unit() as unit:
            unit.tariffs.replace((RESIDENTIAL,), replace(DESK_RULES, plausible_per_load=most))
            unit.commit()
        batch_id = import_list(desk.station, path).batch_id
    return Shell(capsys), batch_id


def test_a_supervisor_releases_an_amount_from_the_command_line(
    far_more: tuple[Shell, str],
) -> None:
    batch, batch_id = far_more
    released = batch("release-amount", batch_id, "1", "--approver", CHIEF)
    assert (released["fen"], released["account_no"]) == (200_000, HOMES[0].account_no)
    assert (released["verdict"], released["state"]) == (Verdict.READY, "unfunded")
    row = batch("row", batch_id, str(released["place"]))
    assert row["line"]["reasons"] == ["amount_released"]


@pytest.mark.parametrize(
    ("place", "approver", "code"),
    [
        ("2", CHIEF, "nothing_to_release"),
        ("1", ANNA, "second_person_same"),
        ("9", CHIEF, "unknown_line"),
    ],
)
def test_nothing_else_is_released(
    far_more: tuple[Shell, str], place: str, approver: str, code: str
) -> None:
    batch, batch_id = far_more
    refused = batch("release-amount", batch_id, place, "--approver", approver, status=3)
    assert refused["error"] == code


def test_a_card_loaded_elsewhere_is_allowed_by_the_meters_reading(
    home: Path, far_more: tuple[Shell, str]
) -> None:
    """Only one that was stopped for this, and only with what the meter reads."""
    batch, batch_id = far_more
    asks = ("allow-load", batch_id, "1", "--approver", CHIEF, "--reading")
    assert batch(*asks, "1043.2", status=3)["error"] == "nothing_to_allow"
    desk = open_desk(home)
    with closing(desk.station.store), desk.station.store.unit() as unit:
        at = desk.station.clock.now()
        facts = {"shown": "0a1b2c3d"}
        unit.funds.stop(BatchStop(batch_id, 1, HOMES[0].card_no, "loaded_since_list", facts, at))
        unit.commit()
    assert batch(*asks, " ", status=3)["error"] == "reading_needed"
    assert batch(*asks, "1043.2") == {"batch": batch_id, "place": 1, "reading": "1043.2"}
