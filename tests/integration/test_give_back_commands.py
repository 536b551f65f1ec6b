"""`cardstation reverse`, `return`: gas and money back from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.money import Money
from drivers.virtual import PullAfter
from tests.kit.papers import pages_of
from tests.kit.shell import Shell, shell_for
from tests.kit.shifts import CHIEF
from tests.kit.station import card_of, neighbours

[HOME] = neighbours(1)
BY = ("--approver", CHIEF)


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    with shell_for(tmp_path / "home", monkeypatch, capsys, [HOME]) as shell:
        yield shell


def text_of(paid: dict[str, Any]) -> str:
    """What its slip says."""
    return "".join(pages_of(Path(paid["paper"]).read_bytes())).replace("\n", "")


def test_a_load_is_taken_off_its_card_and_its_money_handed_over(run: Shell) -> None:
    card = run.put_in(card_of(HOME))
    sold = run("top-up", "--money", "100")
    before = card.image
    run.put_in(card)
    assert run("reverse", *BY, status=3)["error"] == "meter_may_have_taken"
    assert card.image == before
    owed = run("reverse", "--reading", "photo 118", *BY)
    assert (owed["state"], owed["account_no"]) == ("sealed", HOME.account_no)
    assert owed["fen"] == sold["gas"]
    paid = run("pay-out", owed["intent"], *BY)
    assert paid["state"] == "refunded"
    slip = text_of(paid)
    for said in ("退款凭条", "退气", sold["receipt_no"], HOME.name, str(Money(owed["fen"])), CHIEF):
        assert said in slip
    assert "培训" in slip
    run.put_in(card)
    assert run("reverse", "--reading", "photo 118", *BY, status=3)["error"] == "nothing_to_return"
    assert run("card", "read")["pending"] is None


def test_a_paid_load_that_never_was_is_given_up(run: Shell) -> None:
    card = run.put_in(card_of(HOME))
    card.chip.arm(PullAfter(0))
    assert run("top-up", "--money", "100", status=4)["error"] == "card_removed"
    card.chip.arm(None)
    run.put_in(card)
    owed = run("return", *BY)
    assert (owed["state"], owed["fen"]) == ("refund_requested", 10_000)
    slip = text_of(run("pay-out", owed["intent"], *BY))
    for said in ("未充上", "¥100.00", "人民币壹佰元整", owed["intent"]):
        assert said in slip
    assert run("return", *BY, status=3)["error"] == "no_paid_load"


def test_a_return_that_touched_no_card_ends_at_its_next_insertion(run: Shell) -> None:
    card = run.put_in(card_of(HOME))
    run("top-up", "--money", "100")
    run.put_in(card).chip.arm(PullAfter(0))
    assert run("reverse", "--reading", "photo 118", *BY, status=4)["error"] == "card_removed"
    card.chip.arm(None)
    assert [one["direction"] for one in run("recover")["open"]] == ["return"]
    run.put_in(card)
    assert run("top-up", "--money", "50", status=3)["error"] == "load_still_on_card"
    assert run("recover")["open"] == []
    assert run.desk.states()[-1] == "voided"
