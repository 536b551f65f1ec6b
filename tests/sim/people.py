"""Two people end what no card can tell; in the simulation they know what truly happened."""

from __future__ import annotations

from collections.abc import Callable

from cardstation.domain.topup import mark_of
from cardstation.domain.transitions import WAITS_FOR_CARD, Direction, TopUpState
from cardstation.services.dispute import dispute
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.settle_dispute import Finding, settle_dispute
from cardstation.services.station import Station
from tests.sim.acts import SUPERVISOR, send_all
from tests.sim.desk import Desk
from tests.sim.town import Home
from tests.sim.watch import View
from tests.sim.world import World

DISPUTE = "in dispute"
LOOKED = "card and meter were looked at"
KEPT = "the card went to the laboratory"
ROUNDS = 2
"""Who took a load over gives it up first; the desk that began it hears of that and follows."""

Why = Callable[[World, Desk, View], str]


def people_settle(world: World, why: Why) -> None:
    """End every dispute, and everything that only a dispute can end, by what is true.

    Args:
        world: All of it.
        why: Which rule leaves an intent to people, empty when none does.
    """
    for _ in range(ROUNDS):
        for desk in world.desks:
            for view in list(desk.watch.views.values()):
                if _is_theirs(world, desk, view) and why(world, desk, view):
                    _settle(world, desk, view)
        world.look()
        for desk in world.desks:
            if desk.watch.seq > desk.watch.acked[0]:
                send_all(world, desk)
        world.look()


def _is_theirs(world: World, desk: Desk, view: View) -> bool:
    """Waits at a desk that goes on, for a household's only card, whose code still answers."""
    home = world.town.homes[view.account_no]
    whole = len(home.cards) == 1 and home.cards[0].chip.security[0] == 7
    return whole and not desk.fate and view.state in WAITS_FOR_CARD


def _settle(world: World, desk: Desk, view: View) -> None:
    home = world.town.homes[view.account_no]
    finding = _truth(home, view)
    meter = MeterCount(
        home.meter.state.purchase_counter, another=_of_others(home, view), card_here=True
    )

    def doing(station: Station) -> None:
        if view.state is not TopUpState.DISPUTED:
            dispute(station, view.topup_id, SUPERVISOR, KEPT)
        settle_dispute(station, view.topup_id, finding, LOOKED, SUPERVISOR, meter)
        world.counts[f"settled by people: {finding.value}"] += 1

    world.say(f"two people at {desk.key} look at {view.topup_id}: {finding.value}")
    world.work(desk, doing)


def _of_others(home: Home, view: View) -> bool:
    """Whether the meter took a load of somebody else with this one's counter, or a later one."""
    mark = mark_of(view.corrects) if view.direction is Direction.RETURN else view.mark
    return bool(home.credited) and mark not in home.credited


def _truth(home: Home, view: View) -> Finding:
    """Whether the load, or that which a return shall take back, is on its card or was taken."""
    mark = mark_of(view.corrects) if view.direction is Direction.RETURN else view.mark
    there = mark in home.waiting() or mark in home.credited
    return Finding.LOADED if there else Finding.NOT_LOADED
