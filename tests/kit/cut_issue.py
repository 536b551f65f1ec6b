"""A card is issued and bound, as a work that is cut.

What must hold at the end: one card of the household that opens by its own code, its work in the
chain and in the ledger, a meter that takes exactly what is sold after it, and no gas before. A
card that was cut while it got its code may be laid aside, or one whose code was cut short twice.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path

from cardstation.domain.card import CardType
from cardstation.domain.household import Household
from cardstation.domain.ledger import EntryKind
from cardstation.domain.meter import MakerRules
from cardstation.domain.topup import Work
from cardstation.errors import CardStationError, Defect
from cardstation.services.issue_card import issue_card
from cardstation.services.lay_aside import lay_aside
from cardstation.services.recover import recover
from drivers.virtual.meter import VirtualMeter
from tests.kit.cut_lives import SPOILED, Town, one_life, started
from tests.kit.issuing import blank, meter_for, newcomer
from tests.kit.power import Power, wired
from tests.kit.reissuing import SECOND
from tests.kit.station import Desk, layout_of, nobody

DONE = {Work.ISSUE: ("card_not_home", "opening"), Work.BIND: ("not_blank", "user")}
"""What is said of a card that is done, and what it shows."""
TRIES = 4


@dataclass
class IssueTown(Town):
    """A new household, its meter, and cards of which one is used."""

    _: KW_ONLY
    rules: MakerRules
    work: Work
    people: Household = field(init=False)
    meter: VirtualMeter = field(init=False)
    cuts: int = 0

    def __post_init__(self) -> None:
        self.people = newcomer(self.rules)
        self.meter = meter_for(self.people, self.rules)
        super().__post_init__()
        if self.work is Work.BIND:
            assert self._one(Power(), Work.ISSUE) == ""
            assert self.meter.take(self.card).written

    def start(self, power: Power) -> Desk:
        return started(
            *(power, self.home, self.centre, (self.card,)),
            dialect=self.dialect,
            households=[self.people],
        )

    def life(self, power: Power) -> str:
        self.cuts += power.cut is not None
        return self._one(power, self.work)

    def _one(self, power: Power, work: Work) -> str:
        def tried(desk: Desk) -> str:
            stopped = ""
            for _ in range(TRIES):
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
                *(desk.station, desk.reader, presence, self.people.account_no, nobody),
                maker=self.rules.code,
            )
        except Defect:
            raise
        except CardStationError as stop:
            return "" if (stop.code, self.shows()) == DONE[work] else stop.code
        return "" if slip.work == work or work is Work.ISSUE else slip.work

    def shows(self) -> str:
        layout = layout_of(self.rules)
        known = layout.recognises(self.card.image)
        return layout.decode(self.card.image).identity.card_type if known else ""

    def brought_to_its_end(self) -> None:
        stopped = self.life(Power())
        if not stopped:
            return
        assert stopped in SPOILED, stopped
        self.aside.append(stopped)
        if self.work is Work.BIND and self.dialect == "omnikey":
            assert stopped == "code_tries_low", stopped
            self.dialect = "acs"  # a reader that can read the tries
            stopped = self.life(Power())
        if stopped:
            assert self.work is Work.ISSUE or self.cuts > 1, "its code was cut short once"
            self._another_card(stopped)

    def _another_card(self, stopped: str) -> None:
        """Of a blank; where its code was tried, two persons give the old one up before."""
        if stopped == "code_tries_low":
            self._two_persons()
        self.card = wired(blank(self.rules), Power())
        assert self._one(Power(), Work.ISSUE) == ""

    def _two_persons(self) -> None:
        desk = self.start(Power())
        why = "it opens no more; it is cut in two"
        lay_aside(desk.station, self.people.account_no, SECOND, why)
        desk.station.store.close()

    def proven(self) -> None:
        """Meter, bind, buy, meter: what is sold is taken, and nothing was there before."""
        assert self.meter.state.residual == 0
        self.card.chip.power = Power()  # type: ignore[attr-defined]
        if self.shows() == CardType.OPENING:
            assert self.meter.take(self.card).written
            assert self._one(Power(), Work.BIND) == ""
        desk = self.start(Power())
        desk.sell(self.card, "100")
        with desk.station.store.reading() as reading:
            works = [one for one in reading.topups.every() if one.direction == "work"]
        assert [(one.reference, one.state) for one in works if one.state != "voided"] == [
            (Work.ISSUE, "sealed"),
            (Work.BIND, "sealed"),
        ]
        written = [k for k in desk.kinds() if k in (EntryKind.CARD_WRITTEN, EntryKind.SEALED)]
        assert written[-3:] == ["card_written", "card_written", "sealed"]
        assert not recover(desk.station)
        self.agreed(desk)
        assert self.meter.take(self.card).credited
        assert self.meter.state.residual == 29_000


def begun(home: Path, dialect: str, rules: MakerRules, work: Work) -> IssueTown:
    card = wired(blank(rules), Power())
    return IssueTown(home, dialect, card, rules=rules, work=work)
