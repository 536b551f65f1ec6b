"""A card is made in the place of another, and taken back, as works that are cut.

What must hold at the end: one live card of the household that opens by its own code, a meter that
took what was sold before and what was sold since, each once, and books that agree. A card that was
cut while it got its code may be laid aside: another is made in its place.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from pathlib import Path

from cardstation.domain.household import Household
from cardstation.domain.meter import CounterSchool, MakerRules
from cardstation.domain.transitions import TopUpState
from cardstation.errors import CardStationError, Defect
from cardstation.services.cancel_reissue import cancel_reissue
from cardstation.services.clear_card import give_up_clearing
from cardstation.services.intent.lost_card import MeterRead
from cardstation.services.lay_aside import lay_aside
from cardstation.services.recover import recover
from cardstation.services.reissue_card import reissue_card
from drivers.virtual import VirtualCard
from drivers.virtual.meter import VirtualMeter
from tests.kit.cut_clear import UNKNOWN
from tests.kit.cut_lives import SPOILED, Town, one_life, started
from tests.kit.issuing import blank
from tests.kit.power import Power, wired
from tests.kit.reissuing import SECOND, WHY, home_of, meter_of
from tests.kit.station import Desk, card_of, layout_of, nobody

GAS, MORE = 29_000, 14_000


class Act(StrEnum):
    """What is cut."""

    REISSUE = "reissue"
    CANCEL = "reissue taken back"


@dataclass
class ReissueTown(Town):
    """A household, its meter, the lost card with a load on it, and the new one."""

    _: KW_ONLY
    rules: MakerRules
    act: Act
    people: Household = field(init=False)
    old: VirtualCard = field(init=False)
    meter: VirtualMeter = field(init=False)

    def __post_init__(self) -> None:
        self.people = home_of(self.rules)
        self.old = wired(card_of(self.people, self.rules), Power())
        self.meter = meter_of(self.old, self.rules)
        super().__post_init__()
        desk = self.start(Power())
        desk.sell(self.old)
        self.agreed(desk)
        if self.act is Act.CANCEL:
            assert self._one(Power(), Act.REISSUE) == ""

    def start(self, power: Power) -> Desk:
        return started(
            *(power, self.home, self.centre, (self.old, self.card)),
            dialect=self.dialect,
            households=[self.people],
        )

    def life(self, power: Power) -> str:
        return self._one(power, self.act)

    def _one(self, power: Power, act: Act) -> str:
        return one_life(lambda: self.start(power), lambda desk: self._tried(desk, act))

    def _tried(self, desk: Desk, act: Act) -> str:
        desk.reader.insert(self.card)
        presence = desk.reader.wait_card(0)
        assert presence is not None
        at = (desk.station, desk.reader, presence)
        try:
            recover(desk.station)
            if self._done(desk, act):
                return ""
            if act is Act.CANCEL:
                cancel_reissue(*at, SECOND, WHY, nobody)
            else:
                counts = self.rules.school is not CounterSchool.NONE
                reissue_card(
                    *(*at, self.people.account_no, SECOND, WHY, nobody),
                    maker=self.rules.code,
                    meter=None if counts else MeterRead("photo 3"),
                )
        except Defect:
            raise
        except CardStationError as stop:
            return stop.code
        return ""

    def _done(self, desk: Desk, act: Act) -> bool:
        """The clerk sees that it was done: its slip is filed, or its card says so."""
        with desk.station.store.reading() as reading:
            made = reading.topups.reissues_of(self.people.account_no)
        ends = TopUpState.VOIDED if act is Act.CANCEL else TopUpState.SEALED
        return bool(made) and made[-1].state is ends and not self.aside

    def brought_to_its_end(self) -> None:
        stopped = self.life(Power())
        if stopped:
            assert stopped in SPOILED | {"reissue_same_card", UNKNOWN}, stopped
            self._laid_aside(stopped)

    def _laid_aside(self, why: str) -> None:
        self.aside.append(why)
        desk = self.start(Power())
        giving_up = give_up_clearing if self.act is Act.CANCEL else lay_aside
        words = "it opens no more; it is cut in two"
        giving_up(desk.station, self.people.account_no, SECOND, words)
        desk.station.store.close()
        self.card = wired(blank(self.rules), Power())
        assert self._one(Power(), Act.REISSUE) == ""

    def proven(self) -> None:
        """The live card goes to the meter, is loaded once more, and the other gives nothing."""
        before = self.meter.state.residual
        taken_back = self.act is Act.CANCEL and not self.aside
        live, dead = (self.old, self.card) if taken_back else (self.card, self.old)
        desk, layout = self.start(Power()), layout_of(self.rules)
        assert layout.decode(live.image).identity.generation == desk.household().generation
        assert self.meter.take(live).written
        assert self.meter.state.residual - before == GAS
        desk.sell(live, "50")
        desk.reader.pull()
        assert self.meter.take(live).written
        if layout.recognises(dead.image):
            self.meter.take(dead)
        assert self.meter.state.residual - before == GAS + MORE
        assert not recover(desk.station)
        self.agreed(desk)


def begun(home: Path, dialect: str, rules: MakerRules, act: Act) -> ReissueTown:
    return ReissueTown(home, dialect, wired(blank(rules), Power()), rules=rules, act=act)
