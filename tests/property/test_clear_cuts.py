"""A dead card is cleared under power cuts: every boundary, and again during what follows.

What must hold at the end, whatever was cut: a card that is blank to everybody and opens by the code
of a blank, its clearing in the chain and in the ledger, nothing open, its household as it was. A
card that was cut while it got that code may be given up, and nothing else. CI makes a part of the
cuts; `ISSUE_CUTS=all` makes every one.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from cardstation.domain.shift import Approval
from cardstation.domain.transitions import TopUpState
from cardstation.errors import CardStationError, Defect
from cardstation.services.clear_card import clear_card, give_up_clearing
from cardstation.services.recover import recover
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.virtual import VirtualCard
from tests.kit.clearing import WHY, clearings, closed, is_blank
from tests.kit.cut_lives import HERE, SPOILED, one_life, started
from tests.kit.issuing import issue, newcomer
from tests.kit.memory_ledger import Centre
from tests.kit.power import Cut, Power, moments, wired
from tests.kit.station import MAKERS, Desk, card_of, nobody, repeat_chance

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

Record = Callable[[str, object], None]
HOME = closed()
NEXT = replace(newcomer(MAKERS[0]), account_no="220104000999", card_no="88013025000999")
SECOND = Approval("supervisor")
WHOLE = os.environ.get("ISSUE_CUTS") == "all"


@dataclass
class Town:
    """What outlives the processes: a folder, the books, a card."""

    home: Path
    centre: Centre
    card: VirtualCard
    dialect: str
    aside: list[str] = field(default_factory=list)

    def start(self, power: Power) -> Desk:
        return started(
            power,
            self.home,
            self.centre,
            (self.card,),
            dialect=self.dialect,
            households=[HOME, NEXT],
        )

    def life(self, power: Power) -> str:
        """One life of the process: the card is cleared, or what stopped it is told."""
        return one_life(lambda: self.start(power), self._tried)

    def _tried(self, desk: Desk) -> str:
        desk.reader.insert(self.card)
        presence = desk.reader.wait_card(0)
        assert presence is not None
        try:
            recover(desk.station)
            clear_card(desk.station, desk.reader, presence, SECOND, WHY, nobody)
        except Defect:
            raise
        except CardStationError as stop:
            done = is_blank(self.card) and clearings(desk)[-1:] == [TopUpState.SEALED]
            return "" if stop.code == "blank_card" and done else stop.code
        return ""

    def brought_to_its_end(self) -> None:
        stopped = self.life(Power())
        if stopped:
            assert stopped in SPOILED, stopped
            self.aside.append(stopped)
            desk = self.start(Power())
            give_up_clearing(desk.station, HOME.account_no, SECOND, "it is cut in two")
            desk.station.store.close()


def fresh(folder: Path, dialect: str) -> Town:
    shutil.rmtree(folder, ignore_errors=True)
    centre = Centre()
    centre.enrol(HERE)
    town = Town(folder, centre, wired(card_of(HOME), Power()), dialect)
    town.start(Power()).station.store.close()
    return town


def proven(town: Town) -> None:
    """It is issued to the next household, or it is given up; the books agree."""
    desk = town.start(Power())
    ends = clearings(desk)
    assert ends[-1:] == [TopUpState.VOIDED if town.aside else TopUpState.SEALED]
    assert set(ends) <= {TopUpState.VOIDED, TopUpState.SEALED}
    assert desk.household() == HOME
    assert not recover(desk.station)
    if not town.aside:
        assert is_blank(town.card)
        assert issue(desk, town.card, NEXT).card_no == NEXT.card_no
    sync(desk.station)
    proof = verify(desk.station)
    assert proof.ok, proof.disagreements
    assert town.centre.chains[HERE].last_seq == proof.entries
    desk.reader.pull()
    desk.station.store.close()


def names_of(town: Town, cut: Cut | None = None) -> list[str]:
    power = Power(cut)
    town.life(power)
    if cut is None:
        return power.names
    after = Power()
    town.life(after)
    return after.names


@pytest.mark.parametrize("dialect", ["acs", "omnikey"])
def test_cut_anywhere(folder: Path, record_property: Record, dialect: str) -> None:
    repeat_chance()
    names = names_of(fresh(folder / "run", dialect))
    cuts = [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]
    made, aside = cuts if WHOLE else cuts[3::97], Counter[str]()
    for cut in made:
        repeat_chance()
        town = fresh(folder / "run", dialect)
        try:
            town.life(Power(cut))
            town.brought_to_its_end()
            proven(town)
        except (AssertionError, CardStationError) as broken:
            broken.add_note(f"{dialect}: {cut} {names[cut.at]}")
            raise
        aside.update(town.aside)
    laid = "".join(f"; {count} laid aside ({why})" for why, count in aside.items())
    record_property("figures", f"clear under cuts, {dialect}: {len(made)} cut, 0 broken{laid}")


def test_cut_again_during_what_follows(folder: Path) -> None:
    repeat_chance()
    names = names_of(fresh(folder / "run", "acs"))
    firsts = [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]
    for number, first in enumerate(firsts[7 :: 31 if WHOLE else 211]):
        repeat_chance()
        after = names_of(fresh(folder / "run", "acs"), first)
        seconds = [Cut(at, when) for at, name in enumerate(after) for when in moments(name)]
        for second in seconds[number % 41 :: 151]:
            repeat_chance()
            town = fresh(folder / "run", "acs")
            try:
                town.life(Power(first))
                town.life(Power(second))
                town.brought_to_its_end()
                proven(town)
            except (AssertionError, CardStationError) as broken:
                broken.add_note(f"{first}, {second}")
                raise
