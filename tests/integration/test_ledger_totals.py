"""What the ledger last answered is held against our own postings; the newest word counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.meter import MeterKind
from cardstation.domain.shift import Approval
from cardstation.ports.ledger import Ack
from cardstation.services.pay_out import pay_out
from cardstation.services.return_load import return_load
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from tests.kit import cards
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.station import Desk, card_of, nobody, open_desk

SECOND = Approval("supervisor")


class Wrong(MemoryLedger):
    """Answers with sums of its own while it is told to."""

    said: dict[str, int] | None = None

    def push(self, entries: Sequence[bytes], nonce: str) -> Ack:
        ack = super().push(entries, nonce)
        return ack if self.said is None else replace(ack, totals=self.said)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, ledger=Wrong())
    yield opened
    opened.station.store.close()


def test_what_came_to_nothing_in_the_ledger_leaves_no_older_sum_standing(desk: Desk) -> None:
    """Sold and told; then taken back, paid out and told: every sum of the ledger is nothing."""
    home = cards.household(MeterKind.MONEY)
    with desk.station.store.unit() as unit:
        unit.households.put([home])
        unit.commit()
    card = card_of(home)
    desk.sell(card)
    sync(desk.station)
    inserted = desk.insert(card)
    back = return_load(desk.station, inserted, SECOND, nobody, reading="photo 1")
    inserted.close()
    pay_out(desk.station, back.topup_id, SECOND)
    sync(desk.station)
    found = verify(desk.station)
    assert found.ok, found.disagreements


@pytest.mark.parametrize("said", [{"tender": 1}, {"gas_sold": -1}])
def test_a_ledger_that_posted_other_sums_is_named(desk: Desk, said: dict[str, int]) -> None:
    ledger = desk.station.ledger
    assert isinstance(ledger, Wrong)
    ledger.said = said
    desk.sell(card_of(cards.household()))
    sync(desk.station)
    (one,) = verify(desk.station).disagreements
    assert (one.code, one.values["term"]) == ("term_differs", "ledger_gas_sold")
