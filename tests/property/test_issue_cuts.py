"""A card is issued and bound under power cuts: every boundary, and again during what follows.

What must hold at the end, whatever was cut: one card of the household that opens by its own
code, its work in the chain and in the ledger, a meter that takes exactly what is sold after it,
and no gas before. A card that was cut while it got its code may be laid aside, and nothing else.
CI makes a part of the cuts; `ISSUE_CUTS=all` makes every one.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from cardstation.domain.household import Household
from cardstation.domain.ledger import EntryKind
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Work
from cardstation.errors import CardStationError, Defect
from cardstation.services.issue_card import issue_card
from cardstation.services.lay_aside import lay_aside
from cardstation.services.recover import recover
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard
from drivers.virtual.card import new_chip
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import MeterState
from tests.kit import cards
from tests.kit.cut_lives import HERE, one_life, started
from tests.kit.memory_ledger import Centre
from tests.kit.power import Cut, Power, moments, wired
from tests.kit.station import Desk, card_of, layout_of, nobody, repeat_chance

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

Record = Callable[[str, object], None]
HOME = replace(cards.household(counter=0), chip="sle4442")
SECOND = Approval("supervisor")
LAYOUT = layout_of(MAKERS[0])
SPOILED = {"card_code_unknown", "code_tries_low", "code_refused", "foreign_card"}
_DONE = {Work.ISSUE: ("card_not_home", "opening"), Work.BIND: ("not_blank", "user")}
"""What is said of a card that is done, and what it shows."""
LIVES = 4
WHOLE = os.environ.get("ISSUE_CUTS") == "all"


@dataclass
class Town:
    """What outlives the processes: a folder, the books, a meter, and cards of which one is used."""

    home: Path
    centre: Centre
    meter: VirtualMeter
    card: VirtualCard
    dialect: str
    aside: list[str] = field(default_factory=list)

    def start(self, power: Power) -> Desk:
        return started(
            power, self.home, self.centre, (self.card,), dialect=self.dialect, households=[HOME]
        )

    def life(self, power: Power, work: Work) -> str:
        """One life of the process: the card is issued, or what stopped it is told."""

        def tried(desk: Desk) -> str:
            stopped = ""
            for _ in range(LIVES):
                stopped = self._tried(desk, work)
                if not stopped:
                    break
            return stopped

        return one_life(lambda: self.start(power), tried)

    def _tried(self, desk: Desk, work: Work) -> str:
        desk.reader.pull()
        desk.reader.insert(self.card)
        presence = desk.reader.wait_card(0)
        assert presence is not None
        try:
            recover(desk.station)
            slip = issue_card(
                desk.station, desk.reader, presence, HOME.account_no, nobody, maker="CS01"
            )
        except Defect:
            raise
        except CardStationError as stop:
            return "" if (stop.code, self._shows()) == _DONE[work] else stop.code
        return "" if slip.work == work or work is Work.ISSUE else slip.work

    def two_persons(self) -> None:
        desk = self.start(Power())
        lay_aside(desk.station, HOME.account_no, SECOND, "it opens no more; it is cut in two")
        desk.station.store.close()

    def _shows(self) -> str:
        known = LAYOUT.recognises(self.card.image)
        return LAYOUT.decode(self.card.image).identity.card_type if known else ""

    def brought_to_its_end(self, work: Work) -> None:
        stopped = self.life(Power(), work)
        if stopped:
            assert stopped in SPOILED, stopped
            self.aside.append(stopped)
            if work is Work.BIND:
                assert (self.dialect, stopped) == ("omnikey", "code_tries_low"), stopped
                self.dialect = "acs"  # a reader that can read the tries
                assert self.life(Power(), work) == ""
                return
            if stopped == "code_tries_low":
                self.two_persons()
            self.card = wired(VirtualCard(new_chip("sle4442")), Power())
            assert self.life(Power(), work) == ""


def fresh(folder: Path, dialect: str, work: Work) -> Town:
    shutil.rmtree(folder, ignore_errors=True)
    centre = Centre()
    centre.enrol(HERE)
    state = MeterState(HOME.meter.meter_no, school=MAKERS[0].school)
    meter = VirtualMeter(state, LAYOUT)
    town = Town(folder, centre, meter, wired(VirtualCard(new_chip("sle4442")), Power()), dialect)
    town.start(Power()).station.store.close()
    if work is Work.BIND:
        assert town.life(Power(), Work.ISSUE) == ""
        assert town.meter.take(town.card).written
    return town


def proven(town: Town) -> None:
    """Meter, bind, buy, meter: what is sold is taken, and nothing was there before."""
    assert town.meter.state.residual == 0
    town.card.chip.power = Power()  # type: ignore[attr-defined]
    if LAYOUT.decode(town.card.image).identity.card_type == "opening":
        assert town.meter.take(town.card).written
        assert town.life(Power(), Work.BIND) == ""
    desk = town.start(Power())
    desk.sell(town.card, "100")
    sync(desk.station)
    proof = verify(desk.station)
    assert proof.ok, proof.disagreements
    with desk.station.store.reading() as reading:
        works = [one for one in reading.topups.every() if one.direction == "work"]
    assert [(one.reference, one.state) for one in works if one.state != "voided"] == [
        (Work.ISSUE, "sealed"),
        (Work.BIND, "sealed"),
    ]
    written = [k for k in desk.kinds() if k in (EntryKind.CARD_WRITTEN, EntryKind.SEALED)]
    assert written == ["card_written", "card_written", "sealed"]
    assert town.centre.chains[HERE].last_seq == proof.entries
    assert not recover(desk.station)
    desk.reader.pull()
    desk.station.store.close()
    assert town.meter.take(town.card).credited
    assert town.meter.state.residual == 29_000


def names_of(town: Town, work: Work, cut: Cut | None = None) -> list[str]:
    power = Power(cut)
    town.life(power, work)
    if cut is None:
        return power.names
    after = Power()
    town.life(after, work)
    return after.names


@pytest.mark.parametrize("dialect", ["acs", "omnikey"])
@pytest.mark.parametrize("work", list(_DONE))
def test_cut_anywhere(folder: Path, record_property: Record, work: Work, dialect: str) -> None:
    repeat_chance()
    names = names_of(fresh(folder / "run", dialect, work), work)
    cuts = [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]
    made, aside = cuts if WHOLE else cuts[3::97], Counter[str]()
    for cut in made:
        repeat_chance()
        town = fresh(folder / "run", dialect, work)
        try:
            town.life(Power(cut), work)
            town.brought_to_its_end(work)
            proven(town)
        except (AssertionError, CardStationError) as broken:
            broken.add_note(f"{work}, {dialect}: {cut} {names[cut.at]}")
            raise
        aside.update(town.aside)
    laid = "".join(f"; {count} laid aside ({why})" for why, count in aside.items())
    record_property("figures", f"{work} under cuts, {dialect}: {len(made)} cut, 0 broken{laid}")


@pytest.mark.parametrize("work", list(_DONE))
def test_cut_again_during_what_follows(folder: Path, work: Work) -> None:
    repeat_chance()
    names = names_of(fresh(folder / "run", "acs", work), work)
    firsts = [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]
    for number, first in enumerate(firsts[7 :: 31 if WHOLE else 211]):
        repeat_chance()
        after = names_of(fresh(folder / "run", "acs", work), work, first)
        seconds = [Cut(at, when) for at, name in enumerate(after) for when in moments(name)]
        for second in seconds[number % 41 :: 151]:
            repeat_chance()
            town = fresh(folder / "run", "acs", work)
            try:
                town.life(Power(first), work)
                town.life(Power(second), work)
                town.brought_to_its_end(work)
                proven(town)
            except (AssertionError, CardStationError) as broken:
                broken.add_note(f"{work}: {first}, {second}")
                raise


def test_a_card_cut_while_it_gets_its_code_is_the_only_one_laid_aside(folder: Path) -> None:
    """Planted: nobody is told to lay a card aside before its code was touched."""
    town = fresh(folder / "run", "acs", Work.ISSUE)
    names = names_of(town, Work.ISSUE)
    town = fresh(folder / "run", "acs", Work.ISSUE)
    town.life(Power(Cut(names.index("chip") + 20, moments("chip")[2])), Work.ISSUE)
    town.brought_to_its_end(Work.ISSUE)
    assert not town.aside


def test_the_card_of_somebody_else_is_untouched_while_a_work_is_open(folder: Path) -> None:
    town = fresh(folder / "run", "acs", Work.ISSUE)
    names = names_of(town, Work.ISSUE)
    town = fresh(folder / "run", "acs", Work.ISSUE)
    town.life(Power(Cut(names.index("chip") + 20, moments("chip")[2])), Work.ISSUE)
    mine = town.card
    town.card = wired(card_of(_neighbour()), Power())
    before = town.card.image
    assert town.life(Power(), Work.ISSUE) == "not_blank"
    assert town.card.image == before
    town.card = mine
    town.brought_to_its_end(Work.ISSUE)
    proven(town)


def _neighbour() -> Household:
    return replace(HOME, account_no="220104000999", card_no="88013025000999", purchase_counter=4)
