"""A sale without a network, under a grant that is exactly enough for it, as a job of the sweep."""

from __future__ import annotations

from cardstation.domain.money import Money
from cardstation.domain.offline_grant import Terms
from cardstation.services.grant_state import grant_state
from cardstation.services.sync import sync
from tests.kit.power import CutLine, Power
from tests.kit.station import Desk
from tests.kit.sweep import resolve_all
from tests.kit.sweep_jobs import closed, counter_sale
from tests.kit.sweep_waits import CODE_CUT, OVER
from tests.kit.sweep_world import HERE, Job, World

ENOUGH = Terms(Money(10_000), 24, Money(10_000), 24)


def _granted(world: World) -> None:
    """The centre grants the desk what one sale needs, and the desk takes it."""
    world.centre.grants.allow(HERE, ENOUGH)
    desk = world.start(Power())
    sync(desk.station)
    assert grant_state(desk.station) is not None
    closed(desk)


def _sold_alone(world: World, desk: Desk) -> None:
    """The sale of a desk that nobody answers: a cut neither loses its grant nor takes it twice."""
    line = desk.station.ledger
    assert isinstance(line, CutLine)
    line.down = True
    try:
        resolve_all(world, desk)
        counter_sale(world, desk)
    finally:
        line.down = False


GRANTED = Job(
    "sale under a grant",
    *(_sold_alone, (29_000, 0), 10_000, _granted),
    resolves=False,
    waits=CODE_CUT | OVER,
)
