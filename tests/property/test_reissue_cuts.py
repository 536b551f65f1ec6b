"""A card is made in the place of another, and taken back, under power cuts at every boundary.

What must hold at the end, whatever was cut: one live card of the household that opens by its own
code, a meter that took what was sold before and what was sold since, each once, and books that
agree. A card that was cut while it got its code may be laid aside: another is made in its place.
CI makes a part of the cuts; `ISSUE_CUTS=all` makes every one.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import pytest

from cardstation.domain.meter import CounterSchool, MakerRules
from cardstation.domain.transitions import TopUpState
from cardstation.errors import CardStationError, Defect
from cardstation.services.cancel_reissue import cancel_reissue
from cardstation.services.clear_card import give_up_clearing
from cardstation.services.intent.lost_card import MeterRead
from cardstation.services.lay_aside import lay_aside
from cardstation.services.recover import recover
from cardstation.services.reissue_card import reissue_card
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard
from drivers.virtual.meter import VirtualMeter
from tests.kit.cut_lives import HERE, one_life, started
from tests.kit.issuing import blank
from tests.kit.memory_ledger import Centre
from tests.kit.power import Cut, Power, moments, wired
from tests.kit.reissuing import SECOND, WHY, home_of, meter_of
from tests.kit.station import Desk, card_of, layout_of, nobody, repeat_chance

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

Record = Callable[[str, object], None]
GAS, MORE = 29_000, 14_000
SPOILED = {"card_code_unknown", "code_tries_low", "code_refused", "foreign_card"}
EXACT = MAKERS[0]
UNCOUNTED = next(one for one in MAKERS if one.school is CounterSchool.NONE)
WHOLE = os.environ.get("ISSUE_CUTS") == "all"


class Act(StrEnum):
    """What is cut."""

    REISSUE = "reissue"
    CANCEL = "cancel"


@dataclass
class Town:
    """What outlives the processes: a folder, the books, a meter, the lost card and the new one."""

    home: Path
    centre: Centre
    rules: MakerRules
    act: Act
    old: VirtualCard
    card: VirtualCard
    meter: VirtualMeter
    dialect: str
    aside: list[str] = field(default_factory=list)

    @property
    def reading(self) -> MeterRead | None:
        return MeterRead("photo 3") if self.rules.school is CounterSchool.NONE else None

    def start(self, power: Power) -> Desk:
        return started(
            power,
            self.home,
            self.centre,
            (self.old, self.card),
            dialect=self.dialect,
            households=[home_of(self.rules)],
        )

    def life(self, power: Power, act: Act) -> str:
        """One life of the process: the act is done, or what stopped it is told."""
        return one_life(lambda: self.start(power), lambda desk: self._tried(desk, act))

    def _tried(self, desk: Desk, act: Act) -> str:
        desk.reader.insert(self.card)
        presence = desk.reader.wait_card(0)
        assert presence is not None
        try:
            recover(desk.station)
            done = self._done(desk, act)
            if done:
                return ""
            if act is Act.CANCEL:
                cancel_reissue(desk.station, desk.reader, presence, SECOND, WHY, nobody)
            else:
                account_no = home_of(self.rules).account_no
                reissue_card(
                    *(desk.station, desk.reader, presence, account_no, SECOND, WHY, nobody),
                    maker=self.rules.code,
                    meter=self.reading,
                )
        except Defect:
            raise
        except CardStationError as stop:
            return stop.code
        return ""

    def _done(self, desk: Desk, act: Act) -> bool:
        """The clerk sees that it was done: its slip is filed, or its card says so."""
        with desk.station.store.reading() as reading:
            made = reading.topups.reissues_of(home_of(self.rules).account_no)
        ends = TopUpState.VOIDED if act is Act.CANCEL else TopUpState.SEALED
        return bool(made) and made[-1].state is ends and not self.aside

    def brought_to_its_end(self) -> None:
        stopped = self.life(Power(), self.act)
        if stopped == "reissue_same_card":
            self._laid_aside(stopped)
        elif stopped:
            assert stopped in SPOILED, stopped
            self._laid_aside(stopped)

    def _laid_aside(self, why: str) -> None:
        self.aside.append(why)
        account_no = home_of(self.rules).account_no
        desk = self.start(Power())
        giving_up = give_up_clearing if self.act is Act.CANCEL else lay_aside
        giving_up(desk.station, account_no, SECOND, "it opens no more; it is cut in two")
        desk.station.store.close()
        self.card = wired(blank(self.rules), Power())
        assert self.life(Power(), Act.REISSUE) == ""


def fresh(folder: Path, rules: MakerRules, act: Act, dialect: str = "acs") -> Town:
    shutil.rmtree(folder, ignore_errors=True)
    centre = Centre()
    centre.enrol(HERE)
    old = wired(card_of(home_of(rules), rules), Power())
    meter = meter_of(old, rules)
    town = Town(folder, centre, rules, act, old, wired(blank(rules), Power()), meter, dialect)
    desk = town.start(Power())
    desk.sell(old)
    sync(desk.station)
    desk.reader.pull()
    desk.station.store.close()
    if act is Act.CANCEL:
        assert town.life(Power(), Act.REISSUE) == ""
    return town


def proven(town: Town) -> None:
    """The live card goes to the meter, is loaded once more, and the other one gives nothing."""
    before = town.meter.state.residual
    live, dead = (town.card, town.old) if town.act is Act.REISSUE else (town.old, town.card)
    if town.act is Act.CANCEL and town.aside:
        live, dead = town.card, town.old
    desk = town.start(Power())
    assert layout_of(town.rules).decode(live.image).identity.generation == (
        desk.household().generation
    )
    assert town.meter.take(live).written
    assert town.meter.state.residual - before == GAS
    desk.sell(live, "50")
    desk.reader.pull()
    assert town.meter.take(live).written
    if layout_of(town.rules).recognises(dead.image):
        town.meter.take(dead)
    assert town.meter.state.residual - before == GAS + MORE
    sync(desk.station)
    proof = verify(desk.station)
    assert proof.ok, proof.disagreements
    assert town.centre.chains[HERE].last_seq == proof.entries
    assert not town.centre.chains[HERE].exceptions
    assert not recover(desk.station)
    desk.station.store.close()


def cuts_of(town: Town) -> list[tuple[Cut, str]]:
    power = Power()
    town.life(power, town.act)
    return [(Cut(at, when), name) for at, name in enumerate(power.names) for when in moments(name)]


@pytest.mark.parametrize("rules", [EXACT, UNCOUNTED], ids=lambda one: one.school.value)
@pytest.mark.parametrize("act", list(Act))
def test_cut_anywhere(folder: Path, record_property: Record, act: Act, rules: MakerRules) -> None:
    repeat_chance()
    cuts = cuts_of(fresh(folder / "run", rules, act))
    made, aside = cuts if WHOLE else cuts[3::149], Counter[str]()
    for cut, name in made:
        repeat_chance()
        town = fresh(folder / "run", rules, act)
        try:
            town.life(Power(cut), act)
            town.brought_to_its_end()
            proven(town)
        except (AssertionError, CardStationError) as broken:
            broken.add_note(f"{act}, {rules.school}: {cut} {name}")
            raise
        aside.update(town.aside)
    laid = "".join(f"; {count} laid aside ({why})" for why, count in aside.items())
    record_property("figures", f"{act} under cuts, {rules.school}: {len(made)} cut, 0 broken{laid}")


@pytest.mark.parametrize("act", list(Act))
def test_cut_again_during_what_follows(folder: Path, act: Act) -> None:
    repeat_chance()
    firsts = cuts_of(fresh(folder / "run", EXACT, act))
    for number, (first, name) in enumerate(firsts[11 :: 31 if WHOLE else 613]):
        repeat_chance()
        town = fresh(folder / "run", EXACT, act)
        town.life(Power(first), act)
        for second, then in cuts_of(town)[number % 41 :: 251]:
            repeat_chance()
            town = fresh(folder / "run", EXACT, act)
            try:
                town.life(Power(first), act)
                town.life(Power(second), act)
                town.brought_to_its_end()
                proven(town)
            except (AssertionError, CardStationError) as broken:
                broken.add_note(f"{act}: {first} {name}, {second} {then}")
                raise
