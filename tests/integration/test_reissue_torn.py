"""A new card is pulled at any step of its writing: the meter takes its load once or not at all.

A part of the steps; `./dev soak works` tears every one of every chip.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.meter import CounterSchool, MakerRules
from cardstation.services.intent.lost_card import MeterRead
from cardstation.services.lay_aside import lay_aside
from cardstation.services.recover import recover
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from drivers.virtual import Tear, VirtualCard
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import number_of
from tests.kit.chips import on_other_chips
from tests.kit.issuing import blank
from tests.kit.reissuing import SECOND, desk_at, home_of, meter_of, not_reissued
from tests.kit.station import Desk, card_of, repeat_chance

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

UNCOUNTED = next(one for one in MAKERS if one.school is CounterSchool.NONE)
CASES = (MAKERS[0], UNCOUNTED, *(rules for rules, _ in on_other_chips()))
SPOILED = {"card_code_unknown", "code_tries_low", "code_refused", "foreign_card"}


class Story:
    """A card with a load that is lost, its meter, and a blank that is torn."""

    def __init__(self, folder: Path, rules: MakerRules) -> None:
        repeat_chance()
        self.rules, self.home = rules, home_of(rules)
        self.desk: Desk = desk_at(folder, self.home, rules)
        self.old: VirtualCard = card_of(self.home, rules)
        self.meter: VirtualMeter = meter_of(self.old, rules)
        self.start = self.meter.state.cumulative
        sold = self.desk.sell(self.old)
        self.desk.reader.pull()
        self.lot = number_of(sold.volume or sold.gas)
        self.new = blank(rules)

    def made(self, card: VirtualCard) -> str:
        counts = self.rules.school is not CounterSchool.NONE
        meter = None if counts else MeterRead("photo 2")
        return not_reissued(self.desk, self.home, card=card, rules=self.rules, meter=meter)

    def credited(self) -> int:
        return self.meter.state.cumulative - self.start


def steps_of(folder: Path, rules: MakerRules) -> int:
    story = Story(folder, rules)
    story.new.chip.arm(None)
    assert story.made(story.new) == ""
    story.desk.station.store.close()
    return story.new.chip.steps


@pytest.mark.parametrize("rules", CASES, ids=lambda rules: rules.code)
def test_torn_anywhere(folder: Path, rules: MakerRules) -> None:
    steps = steps_of(folder / "count", rules)
    for tear in sorted({0, 5, steps // 2, steps - 2, steps - 1}):
        torn(folder / str(tear), rules, tear)


def torn(folder: Path, rules: MakerRules, tear: int) -> None:
    """Pulled at one step, and made in the end on that card or another blank."""
    story = Story(folder, rules)
    story.new.chip.arm(Tear(tear))
    assert story.made(story.new) == "card_work_unknown", tear
    story.new.chip.arm(None)
    assert [one.code for one in recover(story.desk.station)] == ["card_work_open"]
    story.meter.take(story.new.copy())
    assert story.credited() in (0, story.lot), tear
    again = story.made(story.new)
    if again:
        assert again in SPOILED | {"reissue_same_card"}, tear
        gone = lay_aside(story.desk.station, story.home.account_no, SECOND, "it is cut in two")
        assert gone.state == "voided"
        story.new = blank(rules)
        assert story.made(story.new) == ""
    took = story.meter.take(story.new)
    assert took.written
    assert story.credited() == story.lot or rules is UNCOUNTED, tear
    assert story.meter.take(story.old).error
    assert verify(story.desk.station).ok
    story.desk.station.store.close()
