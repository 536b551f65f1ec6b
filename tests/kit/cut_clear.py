"""A dead card is cleared, as a work that is cut.

What must hold at the end: a card that is blank to everybody and opens by the code of a blank, its
clearing in the chain and in the ledger, nothing open, its household as it was. A card that was cut
while it got that code may be given up, and nothing else.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field, replace
from pathlib import Path

from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules
from cardstation.domain.transitions import TopUpState
from cardstation.errors import CardStationError, Defect
from cardstation.services.clear_card import clear_card, give_up_clearing
from cardstation.services.recover import recover
from tests.kit.clearing import SECOND, WHY, clearings, closed, is_blank
from tests.kit.cut_lives import SPOILED, Town, one_life, started
from tests.kit.issuing import issue, newcomer
from tests.kit.power import Power, wired
from tests.kit.station import Desk, card_of, nobody

UNKNOWN = "card_clear_unknown"
"""Of a chip without tries to count: it got another code, and is no card any more."""


@dataclass
class ClearTown(Town):
    """Somebody who moved out, and who moves in next."""

    _: KW_ONLY
    rules: MakerRules
    people: Household = field(init=False)
    next: Household = field(init=False)

    def __post_init__(self) -> None:
        self.people = closed(self.rules)
        self.next = replace(
            newcomer(self.rules), account_no="220104000999", card_no="88013025000999"
        )
        super().__post_init__()

    def start(self, power: Power) -> Desk:
        return started(
            *(power, self.home, self.centre, (self.card,)),
            dialect=self.dialect,
            households=[self.people, self.next],
        )

    def life(self, power: Power) -> str:
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
            done = is_blank(self.card, self.rules) and clearings(desk)[-1:] == [TopUpState.SEALED]
            return "" if stop.code == "blank_card" and done else stop.code
        return ""

    def brought_to_its_end(self) -> None:
        stopped = self.life(Power())
        if stopped:
            assert stopped in SPOILED | {UNKNOWN}, stopped
            self.aside.append(stopped)
            desk = self.start(Power())
            why = "it is cut in two"
            give_up_clearing(desk.station, self.people.account_no, SECOND, why)
            desk.station.store.close()

    def proven(self) -> None:
        """It is issued to the next household, or it is given up; the books agree."""
        desk = self.start(Power())
        ends = clearings(desk)
        assert ends[-1:] == [TopUpState.VOIDED if self.aside else TopUpState.SEALED]
        assert set(ends) <= {TopUpState.VOIDED, TopUpState.SEALED}
        assert desk.household(self.people.account_no) == self.people
        assert not recover(desk.station)
        if not self.aside:
            assert is_blank(self.card, self.rules)
            slip = issue(desk, self.card, self.next, self.rules.code)
            assert slip.card_no == self.next.card_no
        self.agreed(desk)


def begun(home: Path, dialect: str, rules: MakerRules) -> ClearTown:
    return ClearTown(home, dialect, wired(card_of(closed(rules), rules), Power()), rules=rules)
