"""Commands with `--json` on a made-up desk, its reader in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.bootstrap.demo_readers import LocalRoom
from cardstation.bootstrap.entry import doors
from cardstation.cli.commands import COMMANDS
from cardstation.cli.run import main
from cardstation.domain.household import Household
from cardstation.services.station import Station
from cardstation.settings import Settings
from drivers.virtual import VirtualCard
from tests.kit.shifts import CHIEF, PINS, desk_on_duty
from tests.kit.station import Desk


class Shell:
    """Runs commands with `--json` on a made-up desk."""

    def __init__(self, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
        self.desk, self._capsys = desk, capsys

    def __call__(self, *words: str, status: int = 0) -> Any:
        return json.loads(self.said(*words, "--json", status=status))

    def said(self, *words: str, status: int = 0) -> str:
        """What a command says on its standard output."""

        @contextmanager
        def station(_settings: Settings, _writing: bool) -> Iterator[Station]:
            yield self.desk.station

        @contextmanager
        def readers(_settings: Settings) -> Iterator[LocalRoom]:
            yield LocalRoom(self.desk.reader)

        self._capsys.readouterr()
        made = replace(doors(), station=station, readers=readers)
        assert main(made, COMMANDS, words) == status
        return self._capsys.readouterr().out

    def put_in(self, card: VirtualCard) -> VirtualCard:
        self.desk.reader.pull()
        self.desk.reader.insert(card)
        return card


@contextmanager
def shell_for(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    households: Sequence[Household],
) -> Iterator[Shell]:
    """A desk on duty whose supervisor's PIN is at hand."""
    monkeypatch.setenv("CARDSTATION_HOME", str(home))
    monkeypatch.setenv("CARDSTATION_APPROVER_PIN", PINS[CHIEF])
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    shell = Shell(desk_on_duty(home, households=households), capsys)
    yield shell
    shell.desk.station.store.close()
