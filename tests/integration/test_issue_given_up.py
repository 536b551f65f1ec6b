"""New cards that are given up, and cards pulled on every chip there is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Work
from cardstation.errors import Refusal
from cardstation.services.lay_aside import lay_aside
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from drivers.virtual import Tear, VirtualCard
from tests.kit.chips import on_other_chips
from tests.kit.issuing import blank, desk_for, issue, meter_for, newcomer, stopped_by
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.station import Desk, open_desk

SECOND = Approval("supervisor")


def stocked(tmp_path: Path) -> tuple[Desk, Household, VirtualCard]:
    home = newcomer(MAKERS[0])
    return desk_for(tmp_path, home), home, blank()


def test_a_new_card_that_is_lost_before_its_first_load_gives_way_to_another(tmp_path: Path) -> None:
    for visited in (False, True):
        home = newcomer(MAKERS[0])
        desk, card = desk_for(tmp_path / str(visited), home), blank()
        issue(desk, card, home)
        if visited:
            meter_for(home, MAKERS[0]).take(card)
            issue(desk, card, home)
        lay_aside(desk.station, home.account_no, SECOND, "lost on the way home")
        assert desk.kinds().count("card_given_up") == 1 + visited
        sync(desk.station)
        assert issue(desk, blank(), home).work == Work.ISSUE
        proof = verify(desk.station)
        assert proof.ok, proof.disagreements
        desk.station.store.close()


def test_a_card_that_was_loaded_is_not_given_up(tmp_path: Path) -> None:
    desk, home, card = stocked(tmp_path)
    issue(desk, card, home)
    meter_for(home, MAKERS[0]).take(card)
    issue(desk, card, home)
    desk.sell(card, "100")
    with pytest.raises(Refusal, match="no_card_work"):
        lay_aside(desk.station, home.account_no, SECOND, "lost on the way home")
    desk.station.store.close()


def bound_here(tmp_path: Path) -> tuple[Desk, Household, VirtualCard]:
    desk, home, card = stocked(tmp_path)
    issue(desk, card, home)
    meter_for(home, MAKERS[0]).take(card)
    issue(desk, card, home)
    sync(desk.station)
    return desk, home, card


def test_a_card_that_another_desk_loaded_is_not_given_up(tmp_path: Path) -> None:
    desk, home, card = bound_here(tmp_path / "one")
    line = MemoryLedger("S002", desk.ledger.centre)
    other = open_desk(tmp_path / "two", households=[home], ledger=line)
    other.station = replace(other.station, name="S002", number=2)
    other.sell(card, "100")
    sync(other.station)
    with pytest.raises(Refusal, match="no_card_work"):
        lay_aside(desk.station, home.account_no, SECOND, "lost on the way home")
    for one in (desk, other):
        one.station.store.close()


def test_a_card_that_is_done_is_given_up_only_while_the_ledger_is_heard(tmp_path: Path) -> None:
    desk, home, _ = bound_here(tmp_path)
    desk.station = replace(desk.station, ledger=Deaf())
    with pytest.raises(Refusal, match="lay_aside_needs_ledger"):
        lay_aside(desk.station, home.account_no, SECOND, "lost on the way home")
    desk.station.store.close()


class Deaf(MemoryLedger):
    """A ledger that does not answer."""

    def hurried(self) -> None:  # type: ignore[override]
        return None


@pytest.mark.parametrize(
    "rules", [rules for rules, _ in on_other_chips()], ids=lambda rules: rules.layout
)
def test_pulled_on_every_chip_it_is_finished_on_the_same_card_or_another(
    tmp_path: Path, rules: MakerRules
) -> None:
    """Each chip has its own way to be torn; what it leaves is finished, or laid aside by people."""
    whole = blank(rules)
    home = newcomer(rules)
    desk = desk_for(tmp_path / "count", home, rules)
    issue(desk, whole, home, rules.code)
    desk.station.store.close()
    steps = whole.chip.steps
    for number, tear in enumerate((1, steps // 2, steps - 2)):
        desk, card = desk_for(tmp_path / str(number), home, rules), blank(rules)
        card.chip.arm(Tear(tear))
        assert stopped_by(desk, card, home, rules.code) == "card_work_unknown"
        card.chip.arm(None)
        again = stopped_by(desk, card, home, rules.code)
        if again:
            assert again in LOST, (tear, again)
            card = blank(rules)
            if stopped_by(desk, card, home, rules.code):
                lay_aside(desk.station, home.account_no, SECOND, "it was pulled, and is spoiled")
                card = blank(rules)
                assert stopped_by(desk, card, home, rules.code) == ""
        meter = meter_for(home, rules)
        assert meter.take(card).written
        assert issue(desk, card, home, rules.code).work == Work.BIND
        desk.sell(card, "100")
        assert meter.take(card).credited
        proof = verify(desk.station)
        assert proof.ok, proof.disagreements
        desk.station.store.close()


LOST = {"card_code_unknown", "code_tries_low", "code_refused", "foreign_card", "not_blank"}
"""What is said of a card that its chip spoiled for ever when it was pulled."""
