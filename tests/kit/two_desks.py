"""Two desks of one centre and a card carried between them: what their tests share."""

from __future__ import annotations

from typing import Any

import pytest

from cardstation.domain.shift import Approval
from cardstation.errors import LinkFailed, OutcomeUnknown
from cardstation.services.verify import verify
from drivers.virtual import Tear, VirtualCard
from drivers.virtual.tear import Cut
from tests.kit import cards
from tests.kit.memory_ledger import Centre
from tests.kit.station import Desk

HOME = cards.household()
SECOND = Approval("supervisor")
TORN_IN_PAYLOAD = Tear(12)
Pair = tuple[Desk, Desk, Centre]


def torn_at(desk: Desk, card: VirtualCard, tear: Cut = TORN_IN_PAYLOAD) -> None:
    card.chip.arm(tear)
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        desk.sell(card)
    card.chip.arm(None)
    desk.reader.pull()


def with_card(desk: Desk, card: VirtualCard, work: Any, *args: Any, **named: Any) -> Any:
    inserted = desk.insert(card)
    try:
        return work(desk.station, inserted, *args, **named)
    finally:
        inserted.close()
        desk.reader.pull()


def proved(*desks: Desk) -> list[Any]:
    found = [verify(desk.station) for desk in desks]
    for one in found:
        assert one.ok, one.disagreements
    return found


def gas_sold(centre: Centre) -> int:
    return -centre.balances.get("gas_sold", 0)
