"""The end of a world: the network is whole, every station is up, every card comes once more.

Then everything must be settled but what the rules leave to humans, and the totals must be equal.
"""

from __future__ import annotations

from datetime import timedelta

from cardstation.domain.card import Witness, judge
from cardstation.domain.topup import mark_of
from cardstation.domain.transitions import (
    FINAL,
    MAY_BE_ON_CARD,
    WAITS_FOR_CARD,
    Direction,
    TopUpState,
)
from cardstation.services.intent.lost_part import lost_since
from tests.sim.acts import answer_all, pay_back, resolve, send_all
from tests.sim.books import ASKING
from tests.sim.channels import take_in
from tests.sim.claims import claimable
from tests.sim.clerks import on_duty
from tests.sim.desk import Desk
from tests.sim.fates import go_back
from tests.sim.network import deliver_late
from tests.sim.people import DISPUTE, people_settle
from tests.sim.proven import proven
from tests.sim.town import Home
from tests.sim.watch import Broken, View
from tests.sim.world import World

ROUNDS = 3
SHORT = 20
"""So short a world asks one station only for its own proof, and visits nobody at the end."""

_UNANSWERED = ASKING | {TopUpState.QUOTED}
_OWES = {
    Direction.SALE: frozenset({TopUpState.REFUND_REQUESTED}),
    Direction.RETURN: frozenset({TopUpState.SEALED, TopUpState.PAYOUT_PENDING}),
}


def settle(world: World) -> None:
    """Bring everything to its end and hold it together once more.

    Raises:
        Broken: something is left that neither a rule nor a named fate explains.
    """
    steps = world.size.steps
    _heal(world)
    for desk in world.desks:
        if _never_used(desk):
            continue
        world.say(f"{desk.key} is switched on for the last time")
        if desk.has_clerks:
            on_duty(world, desk)
        else:
            world.work(desk, lambda _station: None)
        if _asks(desk):
            answer_all(world, desk)
        if desk.fate == "restored":
            go_back(world, desk)
            on_duty(world, desk)
    take_in(world, list(world.town.off_book))
    world.look()
    for _ in range(ROUNDS):
        came = _cards_come(world)
        _meters(world)
        world.look()
        if not came:
            break
    people_settle(world, _why_open)
    if steps > SHORT:
        _everybody(world)
    for desk in world.desks:
        if any(view.state in _OWES[view.direction] for view in desk.watch.views.values()):
            pay_back(world, desk)
    for desk in world.desks:
        if not _never_used(desk):
            send_all(world, desk)
    world.look()
    for desk in world.desks:
        if desk.watch.seq > desk.watch.acked[0]:  # what the first round learned
            send_all(world, desk)
    for home in world.town.homes.values():
        world.touch(home=home)
    world.look()
    used = [desk for desk in world.desks if not _never_used(desk)]
    chosen = world.chance.choice(used or world.desks)
    for desk in world.desks:
        _nothing_left(world, desk, whole=desk is chosen or steps > SHORT)
    _totals(world)
    claimable(world)


def _asks(desk: Desk) -> bool:
    """Whether a payment waits for its answer."""
    views = any(view.state in _UNANSWERED for view in desk.watch.views.values())
    return views or any(state == "asked" for state, _ in desk.watch.asked.values())


def _never_used(desk: Desk) -> bool:
    """Nothing was ever begun or written here: as it was made, and nobody switched it on."""
    return desk.station is None and not desk.clock.boots and not desk.fate


def _heal(world: World) -> None:
    world.size = type(world.size)(world.size.stations, world.size.households, 0, 0.0)
    world.weather.calm()
    while world.weather.late:
        deliver_late(world.centre, world.weather)
    world.time.pass_by(timedelta(days=1))
    for desk in world.desks:
        desk.ledger.parted = False
        desk.clock.wrong_by = timedelta()


def _open(desk: Desk) -> list[View]:
    return [v for v in desk.watch.views.values() if v.state not in FINAL[v.direction]]


def _cards_come(world: World) -> int:
    came = 0
    for desk in world.desks:
        waiting = [view for view in _open(desk) if view.state in WAITS_FOR_CARD]
        came += len(waiting)
        for account_no in dict.fromkeys(view.account_no for view in waiting):
            home = world.town.homes[account_no]
            for card in home.cards:
                world.say(f"{account_no} comes to {desk.key}")
                resolve(world, desk, home, card)
        if waiting:
            answer_all(world, desk)
    return came


def _meters(world: World) -> None:
    for home in world.town.homes.values():
        world.touch(home=home)
        for card in home.cards:
            home.burn(0.9)
            said = home.meets_meter(card, world.time.at)
            world.say(f"{home.account_no} at home: {said}")


def _everybody(world: World) -> None:
    """Who never came to a desk bought at a loading machine, and is visited at the meter."""
    came = set(world.town.homes)
    for household in world.town.directory:
        if household.account_no in came:
            continue
        home = world.town.at(household)
        world.touch(home=home)
        home.machine_loads(world.chance, world.time.at)
        home.meets_meter(home.cards[0], world.time.at)
    every = len(world.town.homes)
    world.counts["households with a card and a meter"] = every
    world.say(f"{every - len(came)} households that never came are visited")
    world.look()


def _nothing_left(world: World, desk: Desk, *, whole: bool) -> None:
    """Nothing is open but what only humans may end, and everything is confirmed."""
    for view in _open(desk):
        why = _why_open(world, desk, view)
        if not why:
            raise Broken(f"{desk.key}: {view.topup_id} ends as {view.state.value}")
        world.oracle.named[f"left to humans: {why}"] += 1
    if desk.fate or desk.station is None:
        return
    if desk.watch.acked != (desk.watch.seq, desk.watch.hash):
        raise Broken(f"{desk.key}: {desk.watch.seq - desk.watch.acked[0]} entries stay unsent")
    if whole:
        proven(world, desk)


def _why_open(world: World, desk: Desk, view: View) -> str:
    """Which rule leaves an intent to humans, empty when none does."""
    home = world.town.homes[view.account_no]
    if desk.fate:
        return desk.fate
    if len(home.cards) > 1:
        return "a card exists twice"
    if any(card.chip.security[0] != 7 for card in home.cards):
        return "a code was cut short too often"
    if view.state is TopUpState.DISPUTED:
        return DISPUTE
    if _lost_since(desk, view):
        return "records were lost since it was begun"
    if _went_on(home, view):
        return "the card went on without it"
    if _taken_off_again(world, home, view):
        return "another desk's load was taken off since"
    return _torn_over(world, desk, home, view)


def _lost_since(desk: Desk, view: View) -> bool:
    """Its money may have gone back in a part that nobody has: two people end it."""
    if desk.station is None or view.state not in (TopUpState.PAID, TopUpState.NOT_LOADED):
        return False
    with desk.station.store.reading() as reading:
        intent = reading.topups.get(view.topup_id)
        return intent is not None and lost_since(reading, intent.opened_at)


def _torn_over(world: World, desk: Desk, home: Home, view: View) -> str:
    """Another desk tore the card again over this one's tear: its load is in dispute, or forgotten.

    A desk forgets a load when an older copy of its store is put back.
    """
    image = home.cards[0].image
    if _shown(desk, view.topup_id, image) is not Witness.FOREIGN:
        return ""
    if any(
        _shown(other, one.topup_id, image) is Witness.TORN
        for other in world.desks
        for one in other.watch.views.values()
        if one.account_no == home.account_no and one.state is TopUpState.DISPUTED
    ):
        return "a load in dispute lies torn over it"
    known = {topup_id for each in world.desks for topup_id in each.watch.views}
    forgotten = any(
        one.account_no == home.account_no and one.state in MAY_BE_ON_CARD
        for watch in world.oracle.watches
        for one in watch.views.values()
        if one.topup_id not in known
    )
    return "a load nobody remembers lies torn over it" if forgotten else ""


def _shown(desk: Desk, topup_id: str, image: bytes) -> Witness | None:
    """What a card shows of an intent that was armed at a desk."""
    if desk.station is None:
        return None
    with desk.station.store.reading() as reading:
        intent = reading.topups.get(topup_id)
    plan = intent.plan if intent else None
    return judge(plan.before, plan.target, plan.owned, image) if plan else None


def _went_on(home: Home, view: View) -> bool:
    """Somebody else wrote the card with this load's counter, or further on."""
    credit = home.content(home.cards[0]).credit
    if credit is None:
        return True
    if credit.mark == mark_of(view.topup_id):
        return False
    return home.uncounted or credit.purchase_counter >= view.counter_after > 0


def _taken_off_again(world: World, home: Home, view: View) -> bool:
    """Another desk wrote its own load over this one's tear and took it off: only people can tell.

    The card stands at the counter before this load, and no record of it is left there. A desk whose
    older store was put back has itself forgotten that it did.
    """
    credit = home.content(home.cards[0]).credit
    every = [one for watch in world.oracle.watches for one in watch.views.values()]
    over = {one.corrects for one in every if credit and one.mark == credit.mark}
    return any(
        one.topup_id in over and one.counter_after == view.counter_after > 0
        for one in every
        if one.topup_id != view.topup_id or one.state is not view.state
    )


def _totals(world: World) -> None:
    """What was sealed and what is truly on cards and in meters, over the whole utility.

    Every household counts, but those whose card exists twice.
    """
    counted = sum(len(home.cards) == 1 for home in world.town.homes.values())
    if len(world.oracle.gas) != counted:
        raise Broken(f"{len(world.oracle.gas)} of {counted} households are in the sum")
    sealed, there, doubt = (
        sum(of_home[part] for of_home in world.oracle.gas.values()) for part in range(3)
    )
    if not sealed <= there <= sealed + doubt:
        raise Broken(f"gas sealed {sealed}, in doubt {doubt}, on cards and in meters {there}")
