"""Every command explains itself; wrong use, wrong settings and empty desks are told apart."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from cardstation.bootstrap.entry import doors
from cardstation.cli.commands import COMMANDS
from cardstation.cli.run import main
from tests.kit.e2e import Desk


def _all(commands: tuple[click.Command, ...], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for command in commands:
        name = (*path, str(command.name))
        yield name
        if isinstance(command, click.Group):
            yield from _all(tuple(command.commands.values()), name)


@pytest.mark.parametrize("path", [(), *_all(COMMANDS, ())], ids=" ".join)
def test_every_command_explains_itself(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(doors(), COMMANDS, [*path, "--help"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Usage: ")
    lines = said.split("\n")
    assert lines[2].strip(), said


@pytest.mark.parametrize(
    "words",
    [
        ("no-such-command",),
        ("batch", "import", "no-such-file.xlsx"),
        ("batch", "pay", "B1", "--tender", "cash"),
        ("batch", "pay", "B1", "--tender", "gold", "--fen", "1"),
        ("batch", "pay", "B1", "--tender", "cash", "--fen", "0"),
        ("batch", "pay", "B1", "--tender", "cash", "--yuan", "ten"),
        ("batch", "pay", "B1", "--tender", "cash", "--yuan", "9" * 20),
        ("quote",),
        ("quote", "1", "--money", "ten"),
        ("quote", "1", "--money", "1", "--volume", "1"),
        ("top-up", "--volume", "x"),
        ("top-up",),
        ("training", "rack", "serve", "--dialect", "dutch"),
        ("verify", "--no-such-option"),
    ],
    ids=" ".join,
)
def test_wrong_use_exits_with_two(words: tuple[str, ...], desk: Desk) -> None:
    answer = desk.ask(*words)
    assert answer.status == 2, str(answer)
    assert answer.out == ""
    assert "Usage: " in answer.err


def test_wrong_use_of_the_installed_commands(desk: Desk) -> None:
    for program in ("cardstation", "cardstation-central", "cardstation-desk"):
        answer = desk.start("--no-such-option", program=program).answer()
        assert answer.status == 2, str(answer)
        assert "--no-such-option" in answer.err
        answer = desk.start("--help", program=program).answer()
        assert answer.status == 0, str(answer)
        assert answer.out.startswith("Usage: ")


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("colour = 1\n", "colour", "a known name"),
        ('scale = "big"\n', "scale", "int"),
        ("scale = 7\n", "scale", "100–200"),
        ("not toml", "", "TOML"),
    ],
)
def test_a_wrong_setting_is_named_with_file_and_key(
    desk: Desk, text: str, key: str, expected: str
) -> None:
    desk.home.mkdir()
    file = desk.home / "settings.toml"
    file.write_text(text)
    answer = desk.ask("--lang", "en", "verify", "--json")
    assert answer.status == 3, str(answer)
    said = answer.json
    assert said["error"] == "bad_setting"
    assert said["values"] == {"file": str(file), "key": key, "expected": expected}
    assert str(file) in answer.err
    assert key in answer.err


def test_help_needs_no_settings(desk: Desk) -> None:
    desk.home.mkdir()
    (desk.home / "settings.toml").write_text("colour = 1")
    assert desk.ask("batch", "run", "--help").status == 0
    assert not (desk.home / "logs").exists()


def test_an_unknown_setting_of_the_environment_is_left_alone_and_a_bad_one_named(
    desk: Desk,
) -> None:
    assert desk.run("verify", CARDSTATION_SOMETHING_ELSE="1")["ok"]
    said = desk.run("verify", status=3, CARDSTATION_SCALE="huge")
    assert said["values"] == {"file": "environment", "key": "scale", "expected": "int"}


def test_books_that_disagree_are_one_object_and_a_status(desk: Desk) -> None:
    assert desk.run("verify")["ok"]
    (desk.home / "anchor").write_text('{"epoch": 1, "seq": 9, "hash": "ab"}')
    proof = desk.run("verify", status=4)
    assert not proof["ok"]
    assert [found["code"] for found in proof["disagreements"]] == ["store_rolled_back"]


def test_a_data_folder_that_cannot_be_written_is_said(desk: Desk) -> None:
    desk.home.write_text("a file stands here")
    said = desk.run("verify", status=4)
    assert said["error"] == "home_unusable"
    assert said["values"]["folder"] == str(desk.home)


def test_a_new_desk_has_nothing_and_says_so(desk: Desk) -> None:
    assert desk.run("batch", "show") == {"batches": []}
    assert desk.run("batch", "show", "2026-01-01-01", status=3)["error"] == "unknown_batch"
    assert desk.run("batch", "run", "2026-01-01-01", status=3)["error"] == "unknown_batch"
    assert desk.run("readers", status=4)["error"] == "card_service_gone"
    assert desk.run("sync", status=3)["error"] == "ledger_not_set"
    assert desk.run("training", "rack", "pull", status=4)["error"] == "rack_not_serving"
    proof = desk.run("verify")
    assert proof["ok"]
    assert proof["entries"] == 0
