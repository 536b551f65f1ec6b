"""`cardstation make-up`, `emergency`: gas without money from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cardstation.cli import make_up
from cardstation.domain.shift import Approval
from tests.kit.papers import pages_of
from tests.kit.shell import Shell
from tests.kit.station import Desk, card_of, neighbours, open_desk, take

[HOME] = neighbours(1)
WHY = ("--why", "its meter lost the last load", "--approver", "supervisor")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("CARDSTATION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    monkeypatch.setattr(make_up, "approved", lambda _call, _station, name: Approval(name))
    made = open_desk(tmp_path / "home", households=[HOME])
    yield made
    made.station.store.close()


@pytest.fixture
def run(desk: Desk, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(desk, capsys)


def words_of(answer: dict[str, Any]) -> set[str]:
    """Of the form that is filed for two people to sign."""
    return set("\n".join(pages_of(Path(answer["paper"]).read_bytes())).split())


def test_gas_due_is_granted_listed_loaded_and_its_slip_is_filed(desk: Desk, run: Shell) -> None:
    granted = run("make-up", "grant", HOME.account_no, "--volume", "20", "--document", "WO-7", *WHY)
    assert (granted["cause"], granted["volume_m3"], granted["fen"]) == ("make_up", "20", None)
    assert (granted["clerk"], granted["approver"]) == ("demo", "supervisor")
    assert {"补气批准单", "WO-7"} <= words_of(granted)
    [one] = run("make-up", "list")["dues"]
    assert (one["due"], one["left"]["volume_m3"]) == (granted["due"], "20")
    card = card_of(HOME)
    desk.reader.insert(card)
    slip = run("make-up", "load")
    assert (slip["kind"], slip["paid"], slip["order_id"]) == ("make_up_slip", 0, granted["due"])
    assert take(card).credited.litres == 20_000
    assert run("make-up", "list")["dues"] == []
    assert [one["left"]["volume_m3"] for one in run("make-up", "list", "--all")["dues"]] == ["0"]
    papers = run("receipt", slip["receipt_no"])["papers"]
    for paper in papers:
        text = "".join("".join(pages_of(Path(paper).read_bytes())).split())
        assert "补气凭条" in text
        assert "未收款" in text
        assert "圈存" not in text
    assert "没有" in run.said("make-up", "list")


def test_emergency_gas_is_granted_and_withdrawn(run: Shell) -> None:
    asked = ("emergency", HOME.account_no, "--document", "call 7", *WHY)
    granted = run(*asked)
    assert (granted["cause"], granted["volume_m3"]) == ("emergency", "10")
    assert run(*asked, status=3)["error"] == "emergency_open"
    assert granted["due"] in run.said("make-up", "list", HOME.account_no)
    gone = run("make-up", "withdraw", granted["due"], *WHY)
    assert gone["withdrawn"] == {"volume_m3": "10", "fen": None}
    assert "应急供气批准单" in words_of(granted)
    assert "应补气撤回单" in words_of(gone)
    assert "已撤出" in run.said("make-up", "list", "--all")
