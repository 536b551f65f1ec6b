"""A tool card is made and taken back, as works that are cut.

What must hold at the end: the card is whole as it was asked for, or a blank that opens by the code
of one; what a meter wrote on it is on record; what the books say of it is one story. A card that
was cut while it got a code may be given up, and nothing else.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field, replace
from pathlib import Path

from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules
from cardstation.domain.tool_book import ToolOrder, ToolStatus
from cardstation.domain.tool_card import Tool
from cardstation.errors import CardStationError, Defect
from cardstation.ports.tool_layout import ToolLayout
from cardstation.services.lose_tool_card import lose_tool_card
from cardstation.services.recover import recover
from drivers.makers import MAKERS
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import MeterState
from tests.kit.changing import customer
from tests.kit.cut_lives import SPOILED, Town, one_life, started
from tests.kit.issuing import blank
from tests.kit.power import Power, wired
from tests.kit.station import Desk, layout_of
from tests.kit.tooling import METER, NOW, SECOND, every, make, order, take_back

NUMBER = "T00001000001"


@dataclass
class ToolTown(Town):
    """A household whose meter is looked after, and a fitter's card."""

    _: KW_ONLY
    layout: ToolLayout
    back: bool = False
    rules: MakerRules = field(init=False)
    people: Household = field(init=False)
    wanted: ToolOrder = field(init=False)

    def __post_init__(self) -> None:
        self.rules = maker_of(self.layout)
        self.people = customer(self.rules)
        kind = Tool.TEST if Tool.TEST in self.layout.tools else Tool.CHANGE
        self.wanted = order(kind, uses=2, maker=self.rules.code)
        super().__post_init__()
        if self.back:
            desk = self.start(Power())
            make(desk, self.card, self.wanted)
            self._used()
            self.agreed(desk)

    def start(self, power: Power) -> Desk:
        return started(
            *(power, self.home, self.centre, (self.card,)),
            dialect=self.dialect,
            households=[self.people],
        )

    def life(self, power: Power) -> str:
        return one_life(lambda: self.start(power), self._tried)

    def _tried(self, desk: Desk) -> str:
        try:
            recover(desk.station)
            if self.back:
                take_back(desk, self.card)
            elif [one.status for one in every(desk)] != [ToolStatus.OUT]:
                make(desk, self.card, self.wanted)
        except Defect:
            raise
        except CardStationError as stop:
            done = [one.status for one in every(desk)] == [ToolStatus.BACK]
            return "" if self.back and done and stop.code == "not_a_tool_card" else stop.code
        return ""

    def _used(self) -> None:
        """The fitter was there."""
        plain = MeterState(
            METER, account_no=self.people.account_no, residual=3_500, cumulative=90_000
        )
        there = VirtualMeter(plain, layout_of(self.rules))
        assert there.use(self.card, at=NOW).did
        assert there.state.error == 0

    def brought_to_its_end(self) -> None:
        stopped = self.life(Power())
        if stopped:
            assert stopped in SPOILED, stopped
            self.aside.append(stopped)
            desk = self.start(Power())
            lose_tool_card(desk.station, NUMBER, SECOND, "it opens no more; cut in two")
            desk.station.store.close()

    def proven(self) -> None:
        desk = self.start(Power())
        [record] = every(desk)
        ended = ToolStatus.BACK if self.back else ToolStatus.OUT
        assert record.status is (ended if not self.aside or self.back else ToolStatus.LOST)
        assert not recover(desk.station)
        if self.back:
            assert record.content is not None
            assert [one.done for one in record.content.uses] == [True]
        if not self.aside:
            if self.back:
                assert self.layout.is_blank(self.card.image)
                again = replace(self.wanted, work_order="GD-2")
                assert make(desk, self.card, again).holder == "李师傅"
            else:
                assert self.layout.decode(self.card.image).card == record.given.card
            self._used()
        self.agreed(desk)


def maker_of(layout: ToolLayout) -> MakerRules:
    """Whose cards have the same chip."""
    return next(one for one in MAKERS if layout_of(one).chip == layout.chip)


def begun(home: Path, dialect: str, layout: ToolLayout, *, back: bool) -> ToolTown:
    card = wired(blank(maker_of(layout)), Power())
    return ToolTown(home, dialect, card, layout=layout, back=back)
