"""An account on its way to be closed: a load in its meter, a reading, what is said."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from cardstation.domain.closing import Closing, FinalReading
from cardstation.domain.money import Money
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.services.close_account import Leaving, close_account
from cardstation.services.quote_closing import quote_closing
from drivers.virtual import VirtualCard
from tests.kit.station import Desk, card_of, neighbours, take

SECOND = Approval("017")
HOMES = neighbours(2)
A = HOMES[0].account_no
READ = FinalReading(Volume.of_m3("20"), "王师傅", "CB-118")
WORTH = Money(6_720)
"""Of 20 m³ in the second tier."""
WHY, LOST, SLIP = "moves away, form 21", "left in the old flat", "the slip was in the till"


def bought(desk: Desk, yuan: str = "100") -> VirtualCard:
    """A card whose load its meter took."""
    card = card_of(HOMES[0])
    desk.sell(card, yuan)
    take(card)
    return card


def said(desk: Desk, final: FinalReading = READ, **other: Any) -> Leaving:
    """What is said, with the sum that the desk names."""
    total = quote_closing(desk.station, A, final).total
    return Leaving(**{"final": final, "why": WHY, "handed": total, "card_lost": LOST, **other})


def close(desk: Desk, **other: Any) -> Closing:
    return close_account(desk.station, A, SECOND, said(desk, **other))


def with_card(desk: Desk, card: VirtualCard, leaving: Leaving) -> Closing:
    with ExitStack() as stack:
        inserted = desk.insert(card)
        stack.callback(inserted.close)
        return close_account(desk.station, A, SECOND, leaving, inserted)
