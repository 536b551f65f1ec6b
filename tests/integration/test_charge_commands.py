"""`cardstation charge`, `balance`: money at the counter without a load, from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.cli import charge
from cardstation.domain.shift import Approval
from cardstation.services.verify import verify
from tests.kit.charging import ACCOUNT, HOME, counter_desk
from tests.kit.papers import pages_of
from tests.kit.shell import Shell
from tests.kit.station import Desk, card_of

WHY = ("--why", "typed for the wrong household", "--approver", "supervisor")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("CARDSTATION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    monkeypatch.setattr(charge, "approved", lambda _call, _station, name: Approval(name))
    made = counter_desk(tmp_path / "home")
    yield made
    proof = verify(made.station)
    made.station.store.close()
    assert proof.ok, proof.disagreements


@pytest.fixture
def run(desk: Desk, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(desk, capsys)


def test_a_fee_is_charged_printed_and_taken_back(run: Shell) -> None:
    assert [one["code"] for one in run("charge", "fees")["fees"]] == ["CARD", "VALVE"]
    assert "补卡工本费" in run.said("charge", "fees")
    made = run("charge", "fee", ACCOUNT, "CARD")
    assert (made["fen"], made["fee"], made["tender"]) == (1_000, "CARD", "cash")
    assert run("charge", "fee", ACCOUNT, "CARD", status=3)["error"] == "charged_already"
    again = run(
        "charge", "fee", ACCOUNT, "VALVE", "--money", "25", "--tender", "qr_code", "--again"
    )
    assert again["fen"] == 2_500
    a5, roll = run("receipt", made["receipt_no"])["papers"]
    assert "补卡工本费" in "".join(pages_of(Path(a5).read_bytes()))
    assert Path(roll).exists()
    assert run("charge", "begin-reverse", made["receipt_no"])["doubtful"] is False
    run("charge", "call-off", made["receipt_no"], "--approver", "supervisor")
    back = run("charge", "reverse", made["receipt_no"], "--original", "back", *WHY)
    assert (back["corrects"], back["receipt_no"]) == (made["charge"], "")
    a5, _ = run("receipt", made["receipt_no"])["papers"]
    assert "作废" in "".join(pages_of(Path(a5).read_bytes()))
    a5, _ = run("receipt", back["charge"])["papers"]
    assert "冲正凭条" in "".join(pages_of(Path(a5).read_bytes()))
    assert run("receipt", "S001-2026-000099", status=3)["error"] == "unknown_receipt"


def test_over_use_is_charged_or_put_off_and_arrears_are_paid(run: Shell) -> None:
    used = (ACCOUNT, "--volume", "5", "--document", "reading 1234.5")
    assert run("charge", "overuse", *used)["volume_m3"] == "5"
    off = run("charge", "overuse", *used, "--defer", "2026-12-31", "--approver", "b", "--again")
    assert (off["tender"], off["due"], off["receipt_no"]) == ("", "2026-12-31", "")
    assert run.said("charge", "overuse", *used, "--defer", "2026-12-31", status=2) == ""
    assert run("charge", "arrears", ACCOUNT)["fen"] == 3_460 + off["fen"]
    listed = run("charge", "list", ACCOUNT)
    assert [one["what"] for one in listed["charges"]] == ["over_use", "over_use", "arrears"]
    assert listed["arrears_fen"] == 0
    assert off["charge"] in run.said("charge", "list", ACCOUNT)


def test_a_balance_is_kept_spent_and_paid_out(desk: Desk, run: Shell) -> None:
    assert run("charge", "deposit", ACCOUNT, "--money", "100")["fen"] == 10_000
    desk.reader.insert(card_of(HOME))
    sold = run("top-up", "--money", "60", "--tender", "balance")
    assert (sold["tender"], sold["paid"]) == ("balance", 6_000)
    left = run("charge", "list", ACCOUNT)["free_fen"]
    assert left == 10_000 - sold["gas"]
    assert run("balance", "begin-pay-out", ACCOUNT, "--money", "1")["doubtful"] is False
    run("balance", "call-off", ACCOUNT, "--approver", "supervisor")
    out = run("balance", "pay-out", ACCOUNT, "--money", "40", "--approver", "supervisor")
    assert out["money"] == 4_000
    slip = "".join(pages_of(Path(out["paper"]).read_bytes()))
    for said in ("退款凭条", "用户结余", "¥40.00", HOME.name, out["payout_id"], "supervisor"):
        assert said in slip
    spent = run("balance", "pay-out", ACCOUNT, "--money", "40", "--approver", "b", status=3)
    assert (spent["error"], spent["values"]["free_fen"]) == ("balance_too_small", left - 4_000)
