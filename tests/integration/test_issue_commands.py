"""`cardstation issue`: a new card from the command line, and its slip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.household import HouseholdStatus
from drivers.virtual import Tear, VirtualCard
from drivers.virtual.card import new_chip
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import MeterState
from tests.kit import cards
from tests.kit.papers import pages_of
from tests.kit.shell import Shell, shell_for
from tests.kit.shifts import CHIEF
from tests.kit.station import card_of, layout_of

HOME = replace(cards.household(counter=0), chip="sle4442")


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    with shell_for(tmp_path / "home", monkeypatch, capsys, [HOME]) as shell:
        yield shell


def blank() -> VirtualCard:
    return VirtualCard(new_chip("sle4442"))


def test_a_card_is_issued_and_bound_and_its_slips_are_filed(run: Shell) -> None:
    card = run.put_in(blank())
    assert run("issue", "card", HOME.account_no, status=3)["error"] == "maker_not_said"
    issued = run("issue", "card", HOME.account_no, "--maker", "CS01")
    assert (issued["work"], issued["meter_no"], issued["counter"]) == ("issue", "", 0)
    text = "".join(pages_of(Path(issued["paper"]).read_bytes()))
    assert "发卡凭条" in text
    assert HOME.meter.meter_no in text
    run.put_in(card)
    assert run("issue", "card", HOME.account_no, "--maker", "CS01", status=3)["error"] == (
        "card_not_home"
    )
    meter = VirtualMeter(MeterState(HOME.meter.meter_no), layout_of(run.desk.station.makers[0]))
    meter.take(card)
    run.put_in(card)
    bound = run("issue", "card", HOME.account_no, "--maker", "CS01")
    assert (bound["work"], bound["meter_no"]) == ("bind", HOME.meter.meter_no)
    run.put_in(card)
    assert run("top-up", "--money", "100")["purchase_counter"] == 1


def test_a_dead_card_is_cleared_by_two_and_given_up_by_two(run: Shell) -> None:
    card = run.put_in(card_of(HOME))
    words = ("--why", "its household moved out", "--approver", CHIEF)
    assert run("clear", "card", *words, status=3)["error"] == "card_still_live"
    assert run("clear", "give-up", HOME.account_no, *words, status=3)["error"] == "no_clearing"
    with run.desk.station.store.unit() as unit:
        unit.households.update(replace(HOME, status=HouseholdStatus.CLOSED))
        unit.commit()
    card.chip.arm(Tear(40))
    assert run("clear", "card", *words, status=5)["error"] == "card_clear_unknown"
    card.chip.arm(None)
    assert [one["code"] for one in run("recover")["open"]] == ["card_clearing_open"]
    run.put_in(card)
    done = run("clear", "card", *words)
    assert (done["work"], done["card_no"], done["approver"]) == ("clear", HOME.card_no, CHIEF)
    text = "".join(pages_of(Path(done["paper"]).read_bytes()))
    assert "清卡凭条" in text
    assert CHIEF in text
    assert layout_of(run.desk.station.makers[0]).is_blank(card.image)
    run.put_in(card_of(HOME)).chip.arm(Tear(40))
    assert run("clear", "card", *words, status=5)["error"] == "card_clear_unknown"
    assert run("clear", "give-up", HOME.account_no, *words)["state"] == "voided"


def test_two_persons_lay_a_card_aside(run: Shell) -> None:
    card = run.put_in(blank())
    card.chip.arm(Tear(40))
    told = run("issue", "card", HOME.account_no, "--maker", "CS01", status=5)
    assert told["error"] == "card_work_unknown"
    card.chip.arm(None)
    assert [one["code"] for one in run("recover")["open"]] == ["card_work_open"]
    words = ("--why", "it broke in two", "--approver", CHIEF)
    assert run("issue", "lay-aside", HOME.account_no, *words)["state"] == "voided"
    assert run("issue", "lay-aside", HOME.account_no, *words, status=3)["error"] == "no_card_work"
