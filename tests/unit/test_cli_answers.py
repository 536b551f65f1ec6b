"""The master secret is kept once and never shown; an answer needs a question."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cardstation.bootstrap.entry import doors
from cardstation.cli.commands import COMMANDS
from cardstation.cli.run import main


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CARDSTATION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    return tmp_path / "home"


def run(*arguments: str) -> int:
    return main(doors(), COMMANDS, arguments)


def test_a_made_secret_is_kept_in_a_file_only_we_may_read(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("keys", "make", "--json") == 0
    path = home / "card-master.key"
    assert path.stat().st_mode & 0o777 == 0o600
    shown = capsys.readouterr()
    assert json.loads(shown.out) == {"master_secret": "file"}
    assert path.read_text().strip() not in shown.out + shown.err


def test_a_second_secret_never_replaces_the_first(home: Path) -> None:
    assert run("keys", "make") == 0
    before = (home / "card-master.key").read_bytes()
    assert run("keys", "make") == 3
    assert (home / "card-master.key").read_bytes() == before


@pytest.mark.parametrize("given", ["", "xyz", "00" * 31])
def test_what_is_no_secret_is_refused(
    home: Path, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.prompt", lambda *_args, **_named: given)
    assert run("keys", "import") == 3
    assert not (home / "card-master.key").exists()


def test_a_typed_secret_is_taken_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.prompt", lambda *_args, **_named: "ab" * 32)
    assert run("keys", "import") == 0
    assert run("keys", "status") == 0
    assert (home / "card-master.key").exists()


def test_an_answer_to_no_question_is_refused(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("recover", "--taken", "nobody-asked", "--json") == 3
    assert json.loads(capsys.readouterr().out)["error"] == "no_open_question"
