"""A bag of cards at a desk: a list that is paid, its cards, and what becomes of them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

import pytest

from cardstation.domain.batch import LineState
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.trays import Tray
from cardstation.errors import Refusal
from cardstation.services.batch_state import batch_state
from cardstation.services.card_trays import card_trays
from cardstation.services.identify import insert_card
from cardstation.services.load_line import load_line
from cardstation.services.pay_batch import pay_batch
from drivers.virtual import VirtualCard, VirtualReader
from tests.kit.station import Desk, card_of, line, nobody, put_batch


@dataclass
class Bag:
    """Some households, their cards, and a desk with a list of them that is paid."""

    desk: Desk
    people: list[Household]
    cards: list[VirtualCard]
    batch_id: str

    def load(self, at: int, envelope: str = "", reader: VirtualReader | None = None) -> None:
        reader = reader or self.desk.reader
        reader.pull()
        reader.insert(self.cards[at])
        presence = reader.wait_card(0)
        assert presence is not None
        with closing(insert_card(self.desk.station, reader, presence)) as card:
            load_line(self.desk.station, self.batch_id, card, nobody, envelope)

    def refused(self, at: int, envelope: str = "") -> str:
        with pytest.raises(Refusal) as stop:
            self.load(at, envelope)
        return stop.value.code

    @property
    def states(self) -> list[LineState]:
        return [one.state for one in batch_state(self.desk.station, self.batch_id).outcomes]

    @property
    def steps(self) -> list[tuple[str, str]]:
        with self.desk.station.store.reading() as reading:
            found = reading.steps.of_batch(self.batch_id)
        return [(one.step.value, one.clerk) for one in found]

    @property
    def trays(self) -> list[tuple[int, Tray, str]]:
        found = card_trays(self.desk.station, self.batch_id)
        return [(one.place, one.tray, one.reason) for one in found]


def bag_at(desk: Desk, people: list[Household], *, envelopes: bool = False) -> Bag:
    lines = [
        line(one, row, envelope=str(row) if envelopes else "")
        for row, one in enumerate(people, start=1)
    ]
    batch_id = put_batch(desk, lines)
    money = Money.of_yuan(str(100 * len(people)))
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=money)
    return Bag(desk, people, [card_of(one) for one in people], batch_id)
