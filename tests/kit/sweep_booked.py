"""Money that no hand gives out, as jobs: loads of a bag's row and of a paid order, the way back.

What never came onto its card is given up, what lies on it is taken off. A row's money is the
payer's again, with its batch; an order's goes back by the centre.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from cardstation.domain.money import Money
from cardstation.errors import Refusal
from cardstation.services import load_line, load_prepaid
from cardstation.services.pay_batch import pay_batch
from cardstation.services.sync import sync
from tests.kit.power import Power
from tests.kit.station import Desk, nobody
from tests.kit.sweep_jobs import ANYBODYS, BATCH, closed, refund, take_back
from tests.kit.sweep_waits import CODE_CUT, OVER
from tests.kit.sweep_world import Job, Where, World

LOW, WHOLE = 3, 7
"""A card's tries, as its security memory shows them: two left, and all."""


def _line(world: World, desk: Desk) -> None:
    """The row of a sale, out of the lump sum."""
    pay_batch(desk.station, BATCH, tender=world.till.tender, money=Money(10_000))
    desk.load(BATCH, world.cards[0])


def _order(world: World, desk: Desk) -> None:
    """Gas paid online, at the counter."""
    world.centre.sell_online(ANYBODYS)
    sync(desk.station)
    inserted = desk.insert(world.cards[0])
    try:
        load_prepaid.load_prepaid(desk.station, inserted, None, nobody)
    finally:
        inserted.close()


def loaded(load: Callable[[World, Desk], None]) -> Callable[[World], None]:
    """It lies on its card, and the ledger knows."""

    def prepare(world: World) -> None:
        desk = world.start(Power())
        load(world, desk)
        sync(desk.station)
        closed(desk)

    return prepare


def stopped(load: Callable[[World, Desk], None], service: ModuleType) -> Callable[[World], None]:
    """Armed, and then the card's tries turned out to be low: proven not loaded.

    Only a reader that can read the tries can find them low.
    """

    def prepare(world: World) -> None:
        dialect, world.dialect = world.dialect, "acs"
        desk = world.start(Power())
        world.dialect = dialect
        world.cards[0].chip.security[0] = LOW
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(service, "ensure_unlockable", lambda *_: None)
            with pytest.raises(Refusal):
                load(world, desk)
        world.cards[0].chip.security[0] = WHOLE
        closed(desk)

    return prepare


REFUND_LINE = Job(
    "refund of a row", refund, (0, 0), 10_000, stopped(_line, load_line), resolves=False
)
REFUND_ORDER = Job(
    "refund of an order", refund, (0, 0), 0, stopped(_order, load_prepaid), resolves=False
)
RETURN_LINE = Job(
    "return of a row",
    *(take_back, (0, 0), 10_000, loaded(_line)),
    open_end=(Where.HOME,),
    waits=CODE_CUT | OVER,
)
RETURN_ORDER = Job(
    "return of an order",
    *(take_back, (0, 0), 0, loaded(_order)),
    open_end=(Where.HOME,),
    waits=CODE_CUT | OVER,
)
BOOKED = (REFUND_LINE, REFUND_ORDER, RETURN_LINE, RETURN_ORDER)
