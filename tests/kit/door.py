"""A bag that is collected at the door, while its list lies at a desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cardstation.domain.custody import Party
from cardstation.domain.seal_number import seal_number
from cardstation.services.collect_bag import collect_bag
from cardstation.services.custody_state import CustodyState, Happened, custody_state
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.hand_over import HandOverRequest
from tests.kit.handing import SIGNED, hand
from tests.kit.lists import list_row, taken
from tests.kit.station import Desk, neighbours
from tests.kit.two_stations import told

HOMES = neighbours(4)
DIFFERS = "team_counted_otherwise"


class Door:
    """A desk with a list, the laptop of its team, and the books."""

    def __init__(self, desk: Desk, laptop: Desk) -> None:
        self.desk, self.laptop = desk, laptop
        self.batch_id = taken(desk.station, [list_row(one) for one in HOMES]).batch_id
        self.seal = seal_number(desk.station.number, self.batch_id, 1)

    def collect(self, arrived: int = 4, **said: Any) -> None:
        known = {"given_by": "陈国栋", "taken_by": "李建国", "seal_no": self.seal}
        signed = {"given_picture": SIGNED, "taken_picture": SIGNED}
        way = {"giver": Party.MANAGER, "taker": Party.TEAM}
        asked = HandOverRequest(arrived=arrived, **(way | known | signed | said))
        collect_bag(self.laptop.station, asked)

    def hand(self, giver: Party, taker: Party, **said: Any) -> CustodyState:
        return hand(self.desk.station, self.batch_id, giver, taker, seal_no=self.seal, **said)

    def hear(self) -> None:
        told(self.laptop, self.desk)

    @property
    def now(self) -> datetime:
        return self.desk.station.clock.now()

    @property
    def state(self) -> CustodyState:
        return custody_state(self.desk.station, self.batch_id)

    @property
    def reported(self) -> list[Happened]:
        return [one for one in self.state.timeline if one.reported is not None]

    @property
    def codes(self) -> list[str]:
        return [one.code for one in exceptions_state(self.desk.station)]
