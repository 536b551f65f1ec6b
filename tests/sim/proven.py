"""The product's own proof of one station; what it may name is named here, too."""

from __future__ import annotations

from cardstation.services.proof.records import Disagreement
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
    left = []
    for one in found.disagreements:
        if desk.rejoined and one.code in REBUILT:
            world.oracle.named["verify: lists are missing after a rejoin"] += 1
        elif one.code == "counter_loaded_twice" and _copied(world, desk, one):
            world.oracle.named["verify: a copied card carries two loads of one counter"] += 1
        else:
            left.append(one)
    if left or not (found.ok or found.disagreements):
        raise Broken(f"{desk.key}: verify says {left}")


def _copied(world: World, desk: Desk, found: Disagreement) -> bool:
    view = desk.watch.views[str(found.values["topup_id"])]
    return len(world.town.homes[view.account_no].cards) > 1
