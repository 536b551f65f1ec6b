"""`cardstation account`: each change files the form that its two people sign."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.cli import account
from cardstation.domain.shift import Approval
from tests.kit.papers import pages_of
from tests.kit.shell import Shell
from tests.kit.station import neighbours, open_desk

[HOME] = neighbours(1)
ACCOUNT = HOME.account_no
WHY = ("--why", "asked at the desk, paper 7")
TWO = (*WHY, "--approver", "supervisor")


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    monkeypatch.setenv("CARDSTATION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    monkeypatch.setattr(account, "approved", lambda _call, _station, name: Approval(name))
    desk = open_desk(tmp_path / "home", households=[HOME])
    yield Shell(desk, capsys)
    desk.station.store.close()


def test_an_account_is_stopped_restarted_and_put_in_another_name(run: Shell) -> None:
    owner = ("--name", "新户主", "--persons", "3", "--takes-balance")
    asked = {
        "停用申请单": ("stop", ACCOUNT, *WHY),
        "启用申请单": ("restart", ACCOUNT, *TWO),
        "过户申请单": ("transfer", ACCOUNT, *owner, *TWO),
    }
    for title, words in asked.items():
        made = run("account", *words)
        assert made["words"] == WHY[1]
        text = "".join("".join(pages_of(Path(made["paper"]).read_bytes())).split())
        assert title in text
        assert "paper7" in text
    assert "新户主" in text
