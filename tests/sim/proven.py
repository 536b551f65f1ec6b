"""The product's own proof of one station; what it may name is named here, too."""

from __future__ import annotations

from cardstation.services.verify import verify
from tests.sim.desk import Desk
from tests.sim.watch import Broken
from tests.sim.world import World

REBUILT = frozenset({"funding_disagrees"})
"""Lists and orders are no entries: a store rebuilt from the ledger lacks those of its lost days."""


def proven(world: World, desk: Desk) -> None:
    """Let a station prove itself.

    Raises:
        Broken: it names what nothing explains.
    """
    found = verify(desk.station)
    named = {one.code for one in found.disagreements}
    if desk.rejoined and named and named <= REBUILT:
        world.oracle.named["verify: lists are missing after a rejoin"] += 1
    elif not found.ok:
        raise Broken(f"{desk.key}: verify says {found.disagreements}")
