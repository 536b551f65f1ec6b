"""A tool card is made and taken back under power cuts: every boundary, and again in what follows.

What must hold at the end, whatever was cut: the card is whole as it was asked for, or a blank that
opens by the code of one; what a meter wrote on it is on record; what the books say of it is one
story. A card that was cut while it got a code may be given up, and nothing else. CI makes a part of
the cuts; `ISSUE_CUTS=all` makes every one.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from cardstation.domain.tool_book import ToolStatus
from cardstation.domain.tool_card import Tool
from cardstation.errors import CardStationError, Defect
from cardstation.services.lose_tool_card import lose_tool_card
from cardstation.services.recover import recover
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.layouts.open4442 import OPEN4442
from drivers.layouts.open_tools import TOOL4442
from drivers.virtual import VirtualCard
from tests.kit.cut_lives import HERE, SPOILED, one_life, started
from tests.kit.memory_ledger import Centre
from tests.kit.power import Cut, Power, PowerCut, moments, wired
from tests.kit.station import Desk, repeat_chance
from tests.kit.tooling import SECOND, WHY, every, make, order, take_back, used

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

Record = Callable[[str, object], None]
WHOLE = os.environ.get("ISSUE_CUTS") == "all"
WANTED = order(Tool.TEST, uses=2)
NUMBER = "T00001000001"


@dataclass
class Town:
    """What outlives the processes: a folder, the books, a card."""

    home: Path
    centre: Centre
    card: VirtualCard
    aside: list[str] = field(default_factory=list)

    def start(self, power: Power) -> Desk:
        return started(power, self.home, self.centre, (self.card,))

    def life(self, power: Power, *, back: bool) -> str:
        """One life of the process: the card is made, or taken back, or what stopped it is told."""
        return one_life(lambda: self.start(power), lambda desk: _tried(desk, self.card, back=back))

    def brought_to_its_end(self, *, back: bool) -> None:
        stopped = self.life(Power(), back=back)
        if stopped:
            assert stopped in SPOILED, stopped
            self.aside.append(stopped)
            desk = self.start(Power())
            lose_tool_card(desk.station, NUMBER, SECOND, "it opens no more; cut in two")
            desk.station.store.close()


def _tried(desk: Desk, card: VirtualCard, *, back: bool) -> str:
    try:
        recover(desk.station)
        if back:
            take_back(desk, card)
        elif [one.status for one in every(desk)] != [ToolStatus.OUT]:
            make(desk, card, WANTED)
    except Defect:
        raise
    except CardStationError as stop:
        done = [one.status for one in every(desk)] == [ToolStatus.BACK]
        return "" if back and done and stop.code == "not_a_tool_card" else stop.code
    return ""


def fresh(folder: Path, *, back: bool) -> Town:
    shutil.rmtree(folder, ignore_errors=True)
    centre = Centre()
    centre.enrol(HERE)
    town = Town(folder, centre, wired(VirtualCard(), Power()))
    desk = town.start(Power())
    if back:
        make(desk, town.card, WANTED)
        used(town.card)
        desk.reader.pull()
    desk.station.store.close()
    return town


def proven(town: Town, *, back: bool) -> None:
    desk = town.start(Power())
    [record] = every(desk)
    ended = {True: ToolStatus.BACK, False: ToolStatus.OUT}[back]
    assert record.status is (ended if not town.aside or back else ToolStatus.LOST)
    assert not recover(desk.station)
    if back:
        assert record.content is not None
        assert [one.done for one in record.content.uses] == [True]
    if not town.aside:
        if back:
            assert OPEN4442.is_blank(town.card.image)
            assert make(desk, town.card, replace(WANTED, work_order="GD-2")).holder == "李师傅"
        else:
            assert TOOL4442.decode(town.card.image).card == record.given.card
        assert used(town.card).state.error == 0
    sync(desk.station)
    proof = verify(desk.station)
    assert proof.ok, proof.disagreements
    assert town.centre.chains[HERE].last_seq == proof.entries
    desk.reader.pull()
    desk.station.store.close()


def names_of(town: Town, cut: Cut | None = None, *, back: bool) -> list[str]:
    power = Power(cut)
    town.life(power, back=back)
    if cut is None:
        return power.names
    after = Power()
    town.life(after, back=back)
    return after.names


@pytest.mark.parametrize("back", [False, True], ids=["make", "take-back"])
def test_cut_anywhere(folder: Path, record_property: Record, *, back: bool) -> None:
    repeat_chance()
    names = names_of(fresh(folder / "run", back=back), back=back)
    cuts = [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]
    made, aside = cuts if WHOLE else cuts[3::61], Counter[str]()
    for cut in made:
        repeat_chance()
        town = fresh(folder / "run", back=back)
        try:
            town.life(Power(cut), back=back)
            town.brought_to_its_end(back=back)
            proven(town, back=back)
        except (AssertionError, CardStationError) as broken:
            broken.add_note(f"{cut} {names[cut.at]}")
            raise
        aside.update(town.aside)
    laid = "".join(f"; {count} laid aside ({why})" for why, count in aside.items())
    what = "taken back" if back else "made"
    record_property("figures", f"tool card {what} under cuts: {len(made)} cut, 0 broken{laid}")


@pytest.mark.parametrize("back", [False, True], ids=["make", "take-back"])
def test_cut_again_during_what_follows(folder: Path, *, back: bool) -> None:
    repeat_chance()
    names = names_of(fresh(folder / "run", back=back), back=back)
    firsts = [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]
    for number, first in enumerate(firsts[7 :: 31 if WHOLE else 307]):
        repeat_chance()
        after = names_of(fresh(folder / "run", back=back), first, back=back)
        seconds = [Cut(at, when) for at, name in enumerate(after) for when in moments(name)]
        for second in seconds[number % 41 :: 227]:
            repeat_chance()
            town = fresh(folder / "run", back=back)
            try:
                town.life(Power(first), back=back)
                town.life(Power(second), back=back)
                town.brought_to_its_end(back=back)
                proven(town, back=back)
            except (AssertionError, CardStationError) as broken:
                broken.add_note(f"{first}, {second}")
                raise


def test_a_word_is_said_of_each_loss(folder: Path) -> None:
    """Two lives between the two facts of a loss: it is said once more, and on record once."""
    town = fresh(folder / "run", back=True)
    power = Power()
    desk = town.start(power)
    lose_tool_card(desk.station, NUMBER, SECOND, WHY)
    desk.station.store.close()
    for at, name in enumerate(power.names):
        for when in moments(name):
            town = fresh(folder / "run", back=True)
            lost_under(town, Power(Cut(at, when)))
            lost_under(town, Power())
            desk = town.start(Power())
            assert [one.status for one in every(desk)] == [ToolStatus.LOST]
            assert desk.kinds().count("tool_card") == 2
            assert verify(desk.station).ok
            desk.station.store.close()


def lost_under(town: Town, power: Power) -> None:
    desk: Desk | None = None
    try:
        desk = town.start(power)
        lose_tool_card(desk.station, NUMBER, SECOND, WHY)
    except (PowerCut, CardStationError):
        return
    finally:
        if desk is not None:
            desk.station.store.close()
