"""Clerks and shifts from the command line; before the count no command tells what it should be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest

from cardstation.bootstrap.entry import doors
from cardstation.cli.commands import COMMANDS
from cardstation.cli.doors import Doors
from cardstation.cli.run import main
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.errors import CardServiceGone, Refusal
from cardstation.services.close_shift import close_shift
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_batch import pay_batch
from drivers.keys import KeptDeviceKey
from tests.kit.desk import StandingClock
from tests.kit.every_command import BATCH, READS
from tests.kit.shifts import ANNA, BEN, CHIEF, PINS, PlainPins, desk_with_clerks
from tests.kit.station import card_of, line, neighbours, put_batch

FLOAT = Money.of_yuan("1234.56")
PAID = (Money.of_yuan("123.45"), Money.of_yuan("98.76"))
OWN = "846201"
LUMP = Money.of_yuan("77.31")
TAKEN = sum((*PAID, LUMP), Money(0))


def spelled(money: Money) -> set[str]:
    return {str(money.fen), money.yuan, str(money).lstrip("¥")}


SECRET = spelled(FLOAT + TAKEN) | spelled(TAKEN)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CARDSTATION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    return tmp_path / "home"


def nothing_plugged_in() -> Doors:
    """The product's doors, but for those that lead to readers and racks."""

    def gone(*_given: Any) -> Any:
        raise CardServiceGone

    def no_rack(*_given: Any) -> Any:
        raise Refusal("rack_not_serving")

    return replace(
        doors(), readers=gone, rack=no_rack, rack_call=no_rack, meter=no_rack, enrol=gone
    )


def run(*arguments: str) -> int:
    return main(nothing_plugged_in(), COMMANDS, arguments)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Types on the terminal: an answer for every question whose text contains a word."""
    answers: dict[str, str] = {}

    def prompt(text: str, **how: Any) -> str:
        assert how["err"]
        assert "PIN" not in text or how["hide_input"]
        return next(answer for part, answer in answers.items() if part in text)

    monkeypatch.setattr("click.prompt", prompt)
    return answers.__setitem__


def test_a_day_of_two_people(
    home: Path,
    typed: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, pin in PINS.items():
        typed(name, pin)
    assert run("clerk", "add", CHIEF, "--role", "supervisor", "--display", "班长") == 0
    assert run("clerk", "add", ANNA, "--role", "teller", "--approver", CHIEF) == 0
    monkeypatch.setenv("CARDSTATION_PIN", PINS[BEN])
    monkeypatch.setenv("CARDSTATION_APPROVER_PIN", PINS[CHIEF])
    assert run("clerk", "add", BEN, "--role", "teller", "--approver", CHIEF) == 0
    assert run("clerk", "remove", BEN, "--approver", CHIEF) == 0
    monkeypatch.delenv("CARDSTATION_PIN")
    monkeypatch.setenv("CARDSTATION_NEW_PIN", "730158")
    assert run("clerk", "pin", ANNA) == 0
    monkeypatch.setenv("CARDSTATION_NEW_PIN", PINS[ANNA])
    assert run("clerk", "pin", ANNA, "--approver", CHIEF) == 0
    assert run("shift", "open", ANNA, "--float", "500") == 3
    monkeypatch.setenv("CARDSTATION_NEW_PIN", OWN)
    assert run("clerk", "pin", ANNA) == 0
    typed(ANNA, OWN)
    assert run("clerk", "roles", ANNA, "--role", "teller", "--approver", CHIEF) == 0
    assert run("clerk", "list") == 0
    assert run("shift", "show") == 0
    assert run("shift", "open", ANNA, "--float", "500", "--sign-unknown") == 0
    assert run("shift", "show", "--json") == 0
    assert run("shift", "open", ANNA, "--float", "500") == 3
    assert run("shift", "close", "--counted", "some") == 2
    typed("元", "510")
    monkeypatch.setenv("CARDSTATION_RECEIVER_PIN", PINS[CHIEF])
    capsys.readouterr()
    assert run("shift", "close", "--to", CHIEF) == 0
    said = capsys.readouterr().out
    assert "¥510.00" in said
    assert "¥10.00" in said
    assert run("shift", "pairs") == 0
    assert run("shift", "pairs", "--month", "1999-01", "--json") == 0
    assert '"pairs": []' in capsys.readouterr().out
    assert run("shift", "close", "--counted", "1") == 3
    assert run("verify", "--json") == 0
    terms = json.loads(capsys.readouterr().out)["money_terms"]
    assert terms["cash_over_short"] == 1000


def test_a_count_made_before_is_not_asked_for_again(
    home: Path, typed: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_with_clerks(home)
    desk.station = replace(desk.station, device_key=KeptDeviceKey(home, training=True))
    open_shift(desk.station, ANNA, PINS[ANNA], float_money=FLOAT)
    monkeypatch.setattr("cardstation.services.close_shift._close", lambda *_a: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        close_shift(desk.station, PINS[ANNA], counted=FLOAT)
    desk.station.store.close()
    monkeypatch.undo()
    monkeypatch.setenv("CARDSTATION_HOME", str(home))
    monkeypatch.setattr("cardstation.bootstrap.station.Argon2Pin", PlainPins)
    monkeypatch.setenv("CARDSTATION_PIN", PINS[ANNA])
    assert run("shift", "close") == 0


@pytest.fixture
def selling(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder in the middle of a shift with cash sales and a cash lump sum."""
    monkeypatch.setattr("cardstation.bootstrap.station.Argon2Pin", PlainPins)
    monkeypatch.setenv("CARDSTATION_PIN", PINS[ANNA])
    monkeypatch.setenv("CARDSTATION_APPROVER_PIN", PINS[CHIEF])
    people = neighbours(3)
    desk = desk_with_clerks(home, households=people)
    desk.station = replace(desk.station, device_key=KeptDeviceKey(home, training=True))
    open_shift(desk.station, ANNA, PINS[ANNA], float_money=FLOAT)
    for person, paid in zip(people, PAID, strict=False):
        desk.sell(card_of(person), paid.yuan)
    put_batch(desk, [line(people[2], 1)], BATCH)
    pay_batch(desk.station, BATCH, tender=Tender.CASH, money=LUMP)
    desk.station.store.close()
    return home


def test_two_people_end_that_a_wrong_clock_stops_the_desk(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The desk sold while its clock was years ahead."""
    monkeypatch.setattr("cardstation.bootstrap.station.Argon2Pin", PlainPins)
    monkeypatch.setenv("CARDSTATION_APPROVER_PIN", PINS[CHIEF])
    ahead, people = StandingClock(), neighbours(1)
    ahead.at += timedelta(days=3_650)
    desk = desk_with_clerks(home, households=people, clock=ahead)
    desk.station = replace(desk.station, device_key=KeptDeviceKey(home, training=True))
    open_shift(desk.station, ANNA, PINS[ANNA], float_money=FLOAT)
    desk.sell(card_of(people[0]))
    desk.station.store.close()

    def said(reason: str) -> dict[str, Any]:
        run("clock", "--reason", reason, "--approver", CHIEF, "--json")
        answer: dict[str, Any] = json.loads(capfd.readouterr().out)
        return answer

    assert said(" ")["error"] == "reason_needed"
    settled = said("battery")
    assert settled["reason"] == "battery"
    assert datetime.fromisoformat(settled["counts_from"]) < ahead.at
    assert said("battery")["error"] == "clock_not_behind"


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    name = (*path, str(command.name))
    if isinstance(command, click.Group):
        for part in command.commands.values():
            yield from leaves(part, name)
    else:
        yield name


def test_every_command_is_asked_for_the_total() -> None:
    assert READS.keys() == {path for command in COMMANDS for path in leaves(command)}


def test_no_command_tells_the_total_before_the_count(
    selling: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARDSTATION_NEW_PIN", "111111")
    monkeypatch.setattr("click.prompt", lambda *_args, **_named: "111111")
    nonsense = selling.parent / "nonsense.csv"
    nonsense.write_text("nothing\n")
    said = ""
    for path, arguments in READS.items():
        given = [str(nonsense) if one == "FILE" else one for one in arguments]
        for form in ((), ("--json",)):
            run(*path, *given, *form)
            out, err = capfd.readouterr()
            found = {secret for secret in SECRET if secret in out + err}
            assert not found, (path, form, out, err)
            said += out + err
    for shown in (LUMP, FLOAT):
        assert shown.yuan in said.replace(",", "") or str(shown.fen) in said, shown


def test_after_the_count_the_totals_are_told(
    selling: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--lang", "en", "verify") == 0
    assert "totals are shown after its till was counted" in capsys.readouterr().out
    assert run("verify", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told.keys() == {"ok", "disagreements", "entries", "acked_seq", "held_back"}
    assert told["held_back"]
    assert run("shift", "close", "--counted", "1532", "--json") == 0
    closed = json.loads(capsys.readouterr().out)
    assert closed["expected"] == (FLOAT + TAKEN).fen
    assert run("verify", "--json") == 0
    assert json.loads(capsys.readouterr().out)["taken_fen"] == TAKEN.fen
